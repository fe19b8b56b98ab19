"""What to decide in one profile: leaders, regret, ranks and claims, all from the same draws.

Shapes: D draws, V variants. Higher is better.
"""

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.data import Array
from analysis.stats.verdicts import Verdict, judge_pairs

LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """The decision quantities of one profile, each (V,).

    regret: E[best - this] on the scale of the rates. rank_lower, rank_upper: 95 % of the draws,
    1 is best.
    """

    p_best: Array
    p_within_margin: Array
    regret: Array
    rank_lower: Array
    rank_upper: Array

    @property
    def advised(self) -> int:
        """The variant of least expected regret."""
        return int(np.argmin(self.regret))


@dataclass(frozen=True, slots=True, eq=False)
class PairTable:
    """All pairs of variants, each (V, V) for row minus column.

    deviation: the standard deviation of a difference. largest: (D,) the largest standardised
    difference of all pairs in each draw, from which the limits come. better: P(row > column).
    """

    difference: Array
    deviation: Array
    better: Array
    largest: Array

    @property
    def lower(self) -> Array:
        """Simultaneous 95 % lower limits over all pairs of the profile."""
        return self.difference - find_limit(self.largest) * self.deviation

    @property
    def upper(self) -> Array:
        """Simultaneous 95 % upper limits over all pairs of the profile."""
        return self.difference + find_limit(self.largest) * self.deviation


def find_limit(largest: Array) -> float:
    """Return how many standard deviations a difference may lie off, from draws of the largest."""
    return float(np.quantile(largest, LEVEL))


def decide(rates: Array, margin: float) -> Decision:
    """Return the decision quantities from draws of the rates (D, V)."""
    count, variants = rates.shape
    best = rates.max(axis=1, keepdims=True)
    leader = np.bincount(rates.argmax(axis=1), minlength=variants) / count
    order = np.argsort(-rates, axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, variants + 1)[None, :], axis=1)
    tail = (1.0 - LEVEL) / 2
    low, high = np.quantile(ranks, [tail, 1.0 - tail], axis=0, method="inverted_cdf")
    gap = best - rates
    return Decision(leader, (gap <= margin).mean(axis=0), gap.mean(axis=0), low, high)


def compare_pairs(values: Array) -> PairTable:
    """Return all pairs with simultaneous limits from draws (D, V).

    The limits are those of the largest standardised difference over all pairs (max-t from the
    joint draws; Hothorn, Bretz & Westfall 2008).
    """
    count, variants = values.shape
    by_variant = np.ascontiguousarray(values.T)
    means = by_variant.mean(axis=1)
    centred = by_variant - means[:, None]
    covariance = centred @ centred.T / max(count - 1, 1)
    spread = np.diag(covariance)
    deviation = np.sqrt(np.maximum(spread[:, None] + spread - 2 * covariance, 1e-30))
    largest, better = np.zeros(count), np.full((variants, variants), 0.5)
    for place in range(variants - 1):
        rest = slice(place + 1, None)
        better[place, rest] = (by_variant[place] > by_variant[rest]).mean(axis=1)
        better[rest, place] = 1.0 - better[place, rest]
        gaps = np.abs(centred[rest] - centred[place]) / deviation[place, rest, None]
        np.maximum(largest, gaps.max(axis=0), out=largest)
    return PairTable(means[:, None] - means, deviation, better, largest)


def find_claims(pairs: PairTable) -> Array:
    """Return which variants (row) are surely better than which (column), over all pairs at once."""
    return find_claims_over(pairs, find_limit(pairs.largest))


def find_claims_over(pairs: PairTable, limit: float) -> Array:
    """Return which variants (row) lie more than so many standard deviations above which others."""
    return pairs.difference > limit * pairs.deviation


def judge_against_best(
    pairs: PairTable, regret: Array, margin: float
) -> tuple[list[Verdict], Array]:
    """Return each variant's verdict against the best other one, and which one that is."""
    variants = regret.size
    if variants < 2:
        return [Verdict.NOT_ENOUGH_DATA] * variants, np.zeros(variants, dtype=np.int64)
    order = np.argsort(regret, kind="stable")
    other = np.full(variants, order[0])
    other[order[0]] = order[1]
    rows = np.arange(variants)
    lower, upper, better = (
        table[rows, other] for table in (pairs.lower, pairs.upper, pairs.better)
    )
    # Read from the row's own side: what is worse is no better, and its other side says it.
    verdicts, _side = judge_pairs(lower, upper, better, margin, np.zeros(variants))
    return verdicts, other
