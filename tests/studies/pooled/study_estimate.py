"""Score the pooled estimator on programmes with known truth; prints a table of bars.

python -m tests.studies.pooled.study_estimate moderate [--full] [--seeds 1001-1040] [--jobs 2]
"""

from functools import partial

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from tests.studies.pooled.bars import Bar, mean_of, ratio_of, size_of
from tests.studies.pooled.programmes import PROGRAMMES, Programme, simulate
from tests.studies.pooled.running import Row, Study, run_command
from tests.studies.pooled.scores import score

# Those on which other methods were scored; together with fresh ones they are a hundred.
LISTED = {"moderate": range(1, 33), "small": range(201, 231), "sparse": range(101, 111)}
FRESH = {"moderate": range(1001, 1069), "small": range(1001, 1071), "sparse": range(1001, 1091)}
QUICK = {"moderate": 8, "small": 20, "sparse": 8}


def score_programme(programme: Programme, seed: int) -> Row:
    """Return the scores of one simulated programme."""
    truth = simulate(programme, seed)
    estimate = estimate_pooled(gather_cells(truth.rows), PooledOptions())
    return score(estimate, truth, programme)._asdict()


def list_bars(name: str) -> tuple[Bar, ...]:
    """Return the bars of a programme of the model's own form."""
    is_moderate = name == "moderate"
    return (
        Bar(f"{name}: coverage", mean_of("coverage"), 0.94, 0.96 if is_moderate else None),
        Bar(f"{name}: right advice", mean_of("right_advice"), 0.75 if is_moderate else None),
        Bar(
            f"{name}: gap between stated P(best) and hits",
            size_of("calibration_gap"),
            most=0.03 if is_moderate else None,
        ),
        Bar(
            f"{name}: false claims",
            ratio_of("false_claims", "claims"),
            most=0.003 if is_moderate else None,
            digits=".4f",
        ),
        Bar(
            f"{name}: profiles with a false claim",
            mean_of("profiles_with_false_claim"),
            most=0.05 if is_moderate else None,
        ),
    )


STUDIES = tuple(
    Study(
        name,
        name,
        partial(score_programme, PROGRAMMES[name]),
        list_bars(name),
        LISTED[name][: QUICK[name]],
        (*LISTED[name], *FRESH[name]),
    )
    for name in LISTED
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
