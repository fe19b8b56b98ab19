"""The comparison of one experiment's variants, per profile and over all of them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.stats.assembly import (
    Findings,
    Rates,
    assemble_comparison,
    list_findings,
    list_rates,
)
from analysis.stats.cells import Cell, ExperimentDesign
from analysis.stats.differences import Differences, compare_all
from analysis.stats.layout import PairLayout, gather_facts, gather_pairs, lay_out_pairs
from analysis.stats.multiplicity import adjust_holm
from analysis.stats.results import ExperimentComparison
from analysis.stats.tables import tabulate
from analysis.stats.variants import estimate_rates
from analysis.stats.verdicts import judge_pairs

Array = NDArray[np.float64]


def compare_experiment(cells: Sequence[Cell], design: ExperimentDesign) -> ExperimentComparison:
    """Compare the variants of one experiment: all but what needs a fitted model.

    cells: see `Cell`; cells with equal keys are added. Rates are shares in [0, 1], differences
    shares in [-1, 1]. What cannot be estimated is None, with a status and a reason. Raises
    ImpossibleCountsError when a count is negative or above its denominator.
    """
    return compare_experiments([(cells, design)])[0]


def compare_experiments(
    experiments: Sequence[tuple[Sequence[Cell], ExperimentDesign]],
) -> list[ExperimentComparison]:
    """Compare the variants of each experiment, all of them in one pass over columns."""
    columns = compare_columns(experiments)
    return [assemble_comparison(one, columns.findings, columns.rates) for one in columns.layouts]


class ComparedColumns(NamedTuple):
    """All figures of many experiments, and where those of each experiment stand."""

    layouts: list[PairLayout]
    findings: Findings
    rates: Rates


def compare_columns(
    experiments: Sequence[tuple[Sequence[Cell], ExperimentDesign]],
) -> ComparedColumns:
    """Return the figures of experiments as columns: all arithmetic, before results are made."""
    layouts = lay_out_pairs([tabulate(cells, design) for cells, design in experiments])
    if not layouts:
        return ComparedColumns([], Findings([], [], [], []), Rates([], [], []))
    findings = _judge(layouts, *compare_all(layouts, gather_pairs(layouts)))
    return ComparedColumns(layouts, findings, list_rates(estimate_rates(layouts)))


def _judge(layouts: Sequence[PairLayout], reported: Differences, within: Differences) -> Findings:
    """Add to the figures what they mean: adjusted p-values and verdicts."""
    facts = gather_facts(layouts)
    chances = [_turn(one, facts.is_lower_better) for one in (reported, within)]
    is_total = np.zeros(facts.margin.size, dtype=bool)
    for layout in layouts:
        is_total[layout.rows(layout.blocks - 1)] = True
    difference, _, _, lower, upper, *_ = (
        np.where(is_total, of_total, of_profile)
        for of_total, of_profile in zip(within.figures, reported.figures, strict=True)
    )
    chance = np.where(is_total, chances[1], chances[0])
    verdicts, sides = judge_pairs(
        lower, upper, chance, facts.margin, difference, facts.is_lower_better
    )
    adjusted = [_adjust(layouts, one.figures.pvalue) for one in (reported, within)]
    return list_findings(reported, within, chances, adjusted, verdicts, sides)


def _turn(differences: Differences, is_lower_better: NDArray[np.bool_]) -> Array:
    above = differences.figures.probability_above
    return np.where(is_lower_better, 1 - above, above)


def _adjust(layouts: Sequence[PairLayout], pvalues: Array) -> Array:
    adjusted = np.full(pvalues.shape, np.nan)
    for layout in layouts:
        for rows, size in layout.families():
            adjusted[rows] = adjust_holm(pvalues[rows], size)
    return adjusted
