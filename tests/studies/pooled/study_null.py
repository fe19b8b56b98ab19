"""Programmes in which no variant differs from another: how many profiles get a claim.

python -m tests.studies.pooled.study_null [--full]
"""

from functools import partial

from tests.studies.pooled.bars import Bar, mean_of
from tests.studies.pooled.programmes import PROGRAMMES, change
from tests.studies.pooled.running import Study, run_command
from tests.studies.pooled.study_estimate import score_programme

FULL = {"moderate": 60, "small": 120, "sparse": 60}
QUICK = {"moderate": 4, "small": 16, "sparse": 6}

STUDIES = tuple(
    Study(
        f"no effects, {name}",
        f"no effects, {name}",
        partial(score_programme, change(PROGRAMMES[name], is_null=True)),
        (
            Bar(
                f"no effects, {name}: profiles with a claim",
                mean_of("profiles_with_false_claim"),
                most=0.05,
            ),
            Bar(f"no effects, {name}: coverage", mean_of("coverage")),
        ),
        range(1001, 1001 + QUICK[name]),
        range(1001, 1001 + FULL[name]),
    )
    for name in FULL
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
