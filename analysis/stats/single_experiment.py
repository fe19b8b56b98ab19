"""The estimator of one experiment: the closed-form comparison with the fitted interaction."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.stats.cells import Cell, ExperimentDesign
from analysis.stats.comparison import compare_experiment
from analysis.stats.interaction import check_interaction
from analysis.stats.results import ExperimentComparison, Warned, WarningCode
from analysis.stats.tables import tabulate

# Above this, people within a cell resemble each other too much to count as independent.
OVERDISPERSED = 1.5


def estimate_single_experiment(
    cells: Sequence[Cell], design: ExperimentDesign
) -> ExperimentComparison:
    """Compare the variants of one experiment and test whether profiles differ in it."""
    comparison = compare_experiment(cells, design)
    table = tabulate(cells, design)
    interaction = check_interaction(table)
    spread = interaction.overdispersion
    comparison = replace(comparison, interaction=interaction)
    if table.clusters is None and spread is not None and spread > OVERDISPERSED:
        return comparison.with_warning(Warned(WarningCode.OVERDISPERSED, (("ratio", spread),)))
    return comparison
