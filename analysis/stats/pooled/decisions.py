"""What to decide in one profile: leaders, regret, ranks and claims, all from the same draws.

Shapes: D draws, V variants. Higher is better.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from analysis.stats.pooled.data import Array
from analysis.stats.verdicts import Verdict, judge_pairs

LEVEL = 0.95
# Points on an ellipse of which the extremes are sought.
ANGLES = 24
LEAST_RATE = 1e-15


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

    difference: of the rates, with lower and upper simultaneous 95 % limits over all pairs of the
    profile. better: P(row > column). gap: the difference on the logit scale, where draws are
    nearly normal also for small rates; deviation: its standard deviation. largest: (D,) the
    largest standardised gap of all pairs in each draw, from which the limits come.
    """

    difference: Array
    lower: Array
    upper: Array
    better: Array
    gap: Array
    deviation: Array
    largest: Array


def find_limit(largest: Array) -> float:
    """Return how many standard deviations a gap may lie off, from draws of the largest."""
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


def compare_pairs(rates: Array) -> PairTable:
    """Return all pairs of variants from draws of their rates (D, V).

    Limits rest on the largest standardised difference of logits over all pairs (max-t from the
    joint draws; Hothorn, Bretz & Westfall 2008).
    """
    count, variants = rates.shape
    by_variant = logit(np.clip(rates.T, LEAST_RATE, 1.0 - LEAST_RATE))
    means = by_variant.mean(axis=1)
    centred = by_variant - means[:, None]
    covariance = centred @ centred.T / max(count - 1, 1)
    spread = np.diag(covariance)
    sums = spread[:, None] + spread
    deviation = np.sqrt(np.maximum(sums - 2 * covariance, 1e-30))
    slope = (spread[:, None] - spread) / 2 / deviation**2
    rest = np.sqrt(np.maximum((sums + 2 * covariance) / 4 - (slope * deviation) ** 2, 0.0))
    largest, better = np.zeros(count), np.full((variants, variants), 0.5)
    for place in range(variants - 1):
        others = slice(place + 1, None)
        better[place, others] = (by_variant[place] > by_variant[others]).mean(axis=1)
        better[others, place] = 1.0 - better[place, others]
        gaps = np.abs(centred[others] - centred[place]) / deviation[place, others, None]
        np.maximum(largest, gaps.max(axis=0), out=largest)
    average = rates.mean(axis=0)
    gap, middle = means[:, None] - means, (means[:, None] + means) / 2
    reach = find_limit(largest)
    lower, upper = _find_limits(gap, reach * deviation, middle, slope, reach * rest)
    difference = average[:, None] - average
    return PairTable(difference, lower, upper, better, gap, deviation, largest)


def _find_limits(
    gap: Array, reach: Array, middle: Array, slope: Array, rest: Array
) -> tuple[Array, Array]:
    """Return the least and largest difference of rates over an ellipse of logits, per pair.

    gap, reach: difference of the logits, and how far it may lie off. middle: their mean, which
    moves by slope with the gap and by as much as rest besides. A limit lies beyond 0 just when
    that of the gap does.
    """
    lower, upper = np.full_like(gap, np.inf), np.full_like(gap, -np.inf)
    for angle in np.linspace(0.0, 2.0 * np.pi, ANGLES, endpoint=False):
        moved = np.cos(angle) * reach
        there, half = middle + slope * moved + np.sin(angle) * rest, (gap + moved) / 2
        found = expit(there + half) - expit(there - half)
        np.minimum(lower, found, out=lower)
        np.maximum(upper, found, out=upper)
    return lower, upper


def find_claims(pairs: PairTable) -> Array:
    """Return which variants (row) are surely better than which (column), over all pairs at once."""
    return find_claims_over(pairs, find_limit(pairs.largest))


def find_claims_over(pairs: PairTable, limit: float) -> Array:
    """Return which variants (row) lie more than so many standard deviations above which others."""
    return pairs.gap > limit * pairs.deviation


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
