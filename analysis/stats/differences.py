"""Differences of many pairs: between people, within strata, or between clusters as each needs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analysis.stats.clusters import ClusterDifference, ClusterRows, compare_clusters
from analysis.stats.layout import PairLayout, gather_strata
from analysis.stats.proportions import normal_quantile
from analysis.stats.rates import RateDifferences, RatePairs, compare_rates, hold_back_sparse
from analysis.stats.results import Method
from analysis.stats.stratified import StratifiedEstimate, estimate_mantel_haenszel

Array = NDArray[np.float64]


class Differences(NamedTuple):
    """Columns of figures with, per row, their method, number of clusters and strata."""

    figures: RateDifferences
    method: NDArray[np.object_]
    clusters: NDArray[np.int64]
    strata_used: NDArray[np.int64]
    strata_left_out: NDArray[np.int64]


def compare_all(layouts: Sequence[PairLayout], pairs: RatePairs) -> tuple[Differences, Differences]:
    """Return the differences to report for each row, and those within strata.

    The first are crude for everyone; for a profile they are within waves where it has several. The
    second matter for the rows of everyone. Where clusters were recorded both follow the clusters.
    """
    crude = _compare_crude(pairs)
    within = _compare_within(layouts, pairs, crude)
    for layout in layouts:
        if len(layout.table.waves) > 1:
            _prefer_strata(layout, crude, within)
        if layout.table.clusters is not None:
            _follow_clusters(layout, pairs, crude, within)
    return crude, within


def _compare_crude(pairs: RatePairs) -> Differences:
    size = pairs.level.size
    method = _name_methods(pairs)
    method[(pairs.nobs1 == 0) | (pairs.nobs2 == 0)] = None
    return Differences(compare_rates(pairs), method, *(np.zeros(size, dtype=int) for _ in range(3)))


def _compare_within(
    layouts: Sequence[PairLayout], pairs: RatePairs, crude: Differences
) -> Differences:
    """Compare within strata: Mantel-Haenszel; as counts where one stratum is left or none vary."""
    found = estimate_mantel_haenszel(*gather_strata(layouts), pairs.level.size)
    figures = _limit(found, pairs)
    method = _repeat(Method.MANTEL_HAENSZEL, pairs.level.size)
    method[found.strata_used == 0] = None
    is_plain = (found.strata_used == 1) | ((found.strata_used > 1) & np.isnan(found.std_error))
    is_crude = (found.strata_used == 1) & (found.strata_left_out == 0)
    rest = np.flatnonzero(is_plain & ~is_crude)
    sums = RatePairs(*(column[rest] for column in found[3:7]), *pairs.select(rest)[4:])
    plain = compare_rates(sums)
    for column, of_crude, of_sums in zip(figures, crude.figures, plain, strict=True):
        column[is_crude] = of_crude[is_crude]
        column[rest] = of_sums
    method[is_plain] = _name_methods(pairs)[is_plain]
    summed = RatePairs(*found[3:7], *pairs[4:])
    hold_back_sparse(summed, figures.simultaneous_lower, figures.simultaneous_upper)
    clusters = np.zeros(pairs.level.size, dtype=int)
    return Differences(figures, method, clusters, found.strata_used, found.strata_left_out)


def _name_methods(pairs: RatePairs) -> NDArray[np.object_]:
    method = _repeat(Method.MIETTINEN_NURMINEN, pairs.level.size)
    method[pairs.is_newcombe] = _repeat(Method.NEWCOMBE, pairs.is_newcombe.sum())
    return method


def _repeat(method: Method, size: int) -> NDArray[np.object_]:
    # numpy.full would turn the members of an enumeration into plain texts.
    column = np.empty(size, dtype=object)
    column.fill(method)
    return column


def _limit(found: StratifiedEstimate, pairs: RatePairs) -> RateDifferences:
    limits = []
    for level in (pairs.level, pairs.simultaneous_level):
        half = normal_quantile(level) * found.std_error
        limits += [np.maximum(found.difference - half, -1), np.minimum(found.difference + half, 1)]
    above = ndtr(found.difference / found.std_error)
    return RateDifferences(found.difference, *limits, found.pvalue, above)


def _prefer_strata(layout: PairLayout, crude: Differences, within: Differences) -> None:
    """Compare profiles within waves: with changed shares their sums would mislead."""
    rows = slice(layout.first, layout.rows(layout.blocks - 1).start)
    for column, source in zip(crude.figures, within.figures, strict=True):
        column[rows] = source[rows]
    for column, source in zip(crude[1:], within[1:], strict=True):
        column[rows] = source[rows]


def _follow_clusters(
    layout: PairLayout, pairs: RatePairs, crude: Differences, within: Differences
) -> None:
    everyone, waves = layout.table.clusters, len(layout.table.waves)
    for block in range(layout.blocks - 1):
        held = everyone.select(everyone.stratum // waves == block)
        _follow_block(layout, block, held, pairs, crude)
    last = layout.blocks - 1
    _follow_block(layout, last, everyone, pairs, within)
    one = everyone.stratum * 0
    _follow_block(layout, last, everyone._replace(stratum=one, block=one), pairs, crude)


def _follow_block(
    layout: PairLayout, block: int, held: ClusterRows, pairs: RatePairs, into: Differences
) -> None:
    rows = layout.rows(block)
    sides = zip(layout.variant.tolist(), layout.reference.tolist(), strict=True)
    for row, (variant, reference) in zip(range(rows.start, rows.stop), sides, strict=True):
        if into.method[row] is not None:
            _replace_row(row, compare_clusters(held, variant, reference), pairs, into)


def _replace_row(
    row: int, found: ClusterDifference | None, pairs: RatePairs, into: Differences
) -> None:
    figures = into.figures
    for column in figures[1:]:
        column[row] = np.nan
    into.method[row] = None if found is None else found.method
    if found is None:
        return
    figures.difference[row] = found.difference
    figures.ci_lower[row], figures.ci_upper[row] = found.limits(pairs.level[row])
    both = found.limits(pairs.simultaneous_level[row])
    figures.simultaneous_lower[row], figures.simultaneous_upper[row] = both
    figures.pvalue[row], figures.probability_above[row] = found.pvalue, found.probability_above
    into.clusters[row] = found.clusters
