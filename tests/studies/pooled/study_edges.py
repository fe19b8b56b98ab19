"""Sparse and degenerate counts: finite figures, sensible, with the right status.

python -m tests.studies.pooled.study_edges
"""

from functools import partial

from tests.studies.pooled.bars import Bar, largest_of
from tests.studies.pooled.edges import EDGES, find_faults
from tests.studies.pooled.running import Row, Study, run_command, tell


def score_edges(names: tuple[str, ...], place: int) -> Row:
    """Return how many faults the estimate of one case has; tells which."""
    faults = find_faults(names[place])
    for fault in faults:
        tell(f"{names[place]}: {fault}")
    return {"faults": float(len(faults))}


# Here a seed is the place of a case.
STUDIES = (
    Study(
        "edges",
        "edges",
        partial(score_edges, tuple(EDGES)),
        (Bar("sparse and degenerate counts: faults", largest_of("faults"), most=0, digits=".0f"),),
        range(len(EDGES)),
        range(len(EDGES)),
    ),
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
