"""The comparison of one experiment's variants, per profile and over all of them."""

from collections.abc import Sequence

from analysis.stats.cells import Cell, ExperimentDesign
from analysis.stats.results import ExperimentComparison

METHOD_VERSION = "1"


def compare_experiment(cells: Sequence[Cell], design: ExperimentDesign) -> ExperimentComparison:
    """Compare the variants of one experiment, without what needs a fitted model."""
    return compare_experiments([(cells, design)])[0]


def compare_experiments(
    experiments: Sequence[tuple[Sequence[Cell], ExperimentDesign]],
) -> list[ExperimentComparison]:
    """Compare the variants of each experiment, all of them in one pass over arrays."""
    raise NotImplementedError
