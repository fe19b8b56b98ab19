"""Programmes that break the model's form: coverage of the intervals all the same.

python -m tests.studies.pooled.study_breaks ["heavy tails"] [--full]
"""

from functools import partial

from tests.studies.pooled.bars import Bar, mean_of, ratio_of
from tests.studies.pooled.programmes import BREAKS, PROGRAMMES, change
from tests.studies.pooled.running import Study, run_command
from tests.studies.pooled.study_estimate import score_programme

STUDIES = tuple(
    Study(
        name,
        name,
        partial(score_programme, change(PROGRAMMES["moderate"], **parts)),
        (
            Bar(f"{name}: coverage", mean_of("coverage"), 0.92),
            Bar(f"{name}: false claims", ratio_of("false_claims", "claims"), digits=".4f"),
        ),
        range(1001, 1005),
        range(1001, 1041),
    )
    for name, parts in BREAKS.items()
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
