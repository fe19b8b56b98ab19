"""The rate of each variant, with nested intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis.stats.clusters import estimate_design_effect
from analysis.stats.layout import PairLayout
from analysis.stats.proportions import normal_quantile, wilson_limits

Array = NDArray[np.float64]

NESTED_LEVELS = (0.5, 0.8)


class RateColumns(NamedTuple):
    """Per variant and block: limits at 50 %, 80 % and the design's level, shape (3, rates).

    Row `layout.first_rate + block * variants + variant`. clusters: 0 where none are recorded.
    """

    rate: Array
    level: Array
    lower: Array
    upper: Array
    clusters: NDArray[np.int64]


def estimate_rates(layouts: Sequence[PairLayout]) -> RateColumns:
    """Return every variant's rate: Wilson's limits, widened where clusters were assigned."""
    count = np.concatenate([one.count.ravel() for one in layouts])
    nobs = np.concatenate([one.nobs.ravel() for one in layouts])
    sizes = [one.count.size for one in layouts]
    level = np.empty((3, count.size))
    level[:2] = np.array(NESTED_LEVELS)[:, None]
    level[2] = np.repeat([one.design.confidence_level for one in layouts], sizes)
    lower, upper = wilson_limits(count, nobs, normal_quantile(level))
    with np.errstate(invalid="ignore"):
        rates = RateColumns(count / nobs, level, lower, upper, np.zeros(count.size, dtype=int))
    for layout in layouts:
        if layout.table.clusters is not None:
            _widen(layout, rates)
    return rates


def _widen(layout: PairLayout, rates: RateColumns) -> None:
    everyone, waves = layout.table.clusters, len(layout.table.waves)
    variants = layout.count.shape[1]
    for block in range(layout.blocks):
        is_last = block == layout.blocks - 1
        held = everyone if is_last else everyone.select(everyone.stratum // waves == block)
        held = held._replace(stratum=held.stratum * 0)
        effect, df = estimate_design_effect(held)
        for variant in range(variants):
            clusters = np.unique(held.cluster[(held.variant == variant) & (held.nobs > 0)]).size
            at = layout.first_rate + block * variants + variant
            rates.clusters[at] = clusters
            sides = layout.count[block, variant], layout.nobs[block, variant]
            limits = _wilson_of_clusters(*sides, clusters, effect, df, rates.level[:, at])
            rates.lower[:, at], rates.upper[:, at] = limits


def _wilson_of_clusters(
    count: float, nobs: float, clusters: int, effect: float | None, df: float, level: Array
) -> tuple[Array, Array]:
    """Return Wilson's limits for as many independent people as the clusters are worth.

    Without any variation to measure, a cluster is worth one person.
    """
    if nobs <= 0 or df <= 0:
        return np.full(3, np.nan), np.full(3, np.nan)
    worth = clusters if effect is None else nobs / effect
    return wilson_limits(count / nobs * worth, worth, stdtrit(df, 0.5 + level / 2))
