"""Limits of the model against regressions of statsmodels, and what may change no contrast.

python -m tests.studies.pooled.study_limits [--full]
"""

from collections.abc import Callable
from functools import partial

from analysis.stats.pooled.priors import PriorKind
from tests.studies.pooled.bars import Bar, largest_of
from tests.studies.pooled.limits import (
    miss_complete_pooling,
    miss_double_zero,
    miss_no_pooling,
    miss_relabelled,
    miss_split,
    miss_split_rows,
)
from tests.studies.pooled.running import Row, Study, run_command

MOST = 1e-6
CHECKS = {
    "no pooling less the regression per profile": miss_no_pooling,
    "complete pooling less the additive regression": miss_complete_pooling,
    "other names, with priors": partial(miss_relabelled, PriorKind.DEFAULT),
    "other names, without priors": partial(miss_relabelled, PriorKind.NONE),
    "a cell in two halves": miss_split,
    "a row in two halves": partial(miss_split_rows, PriorKind.DEFAULT),
    "an experiment without response, with priors": partial(miss_double_zero, PriorKind.DEFAULT),
    "an experiment without response, without priors": partial(miss_double_zero, PriorKind.NONE),
}


def score_difference(check: Callable[[int], float], seed: int) -> Row:
    """Return the largest difference of one programme."""
    return {"difference": check(seed)}


STUDIES = tuple(
    Study(
        name,
        name,
        partial(score_difference, check),
        (Bar(f"{name}: largest difference", largest_of("difference"), most=MOST, digits=".1e"),),
        range(1, 3),
        range(1, 21),
    )
    for name, check in CHECKS.items()
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
