"""Many pairs of rates compared at once: the closed forms, applied to whole columns."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.stats.probability import estimate_probability_above
from analysis.stats.proportions import (
    check_above_exactly,
    check_two_proportions,
    compare_miettinen_nurminen,
    compare_newcombe,
)

Array = NDArray[np.float64]

# With fewer expected than this, and one side this many times the other, the normal tails of score
# limits are far too thin; between sides of about equal size their skewness cancels out.
FEW_EXPECTED = 5.0
UNEVEN = 2.0


class RatePairs(NamedTuple):
    """Columns with one entry per pair: counts of both sides, levels, and whether by Newcombe."""

    count1: Array
    nobs1: Array
    count2: Array
    nobs2: Array
    level: Array
    simultaneous_level: Array
    is_newcombe: NDArray[np.bool_]

    def select(self, chosen: NDArray) -> "RatePairs":
        """Return the pairs where `chosen` is true, or at the positions it names."""
        return RatePairs(*(column[chosen] for column in self))


class RateDifferences(NamedTuple):
    """Columns with one entry per pair; NaN where a figure is not defined."""

    difference: Array
    ci_lower: Array
    ci_upper: Array
    simultaneous_lower: Array
    simultaneous_upper: Array
    pvalue: Array
    probability_above: Array


def compare_rates(pairs: RatePairs) -> RateDifferences:
    """Compare pairs of rates that count independent people; pairs without people give NaN.

    Where fewer than 5 are expected to respond (or not) on a side and the other is more than twice
    as big, simultaneous limits leave out 0 only if the exact test does so at the same level: one
    person who responds is no proof.
    """
    result = RateDifferences(*(np.full(pairs.level.size, np.nan) for _ in range(7)))
    has_people = (pairs.nobs1 > 0) & (pairs.nobs2 > 0)
    held = pairs.select(has_people)
    sides = held[:4]
    result.difference[has_people] = held.count1 / held.nobs1 - held.count2 / held.nobs2
    result.pvalue[has_people] = check_two_proportions(*sides)[1]
    result.probability_above[has_people] = estimate_probability_above(*sides)
    limits = _limits(held)
    hold_back_sparse(held, limits[2], limits[3])
    for column, values in zip(result[1:5], limits, strict=True):
        column[has_people] = values
    return result


def hold_back_sparse(pairs: RatePairs, lower: Array, upper: Array) -> None:
    """Move simultaneous limits to 0 in sparse, uneven pairs where the exact test finds no proof."""
    responded, people = pairs.count1 + pairs.count2, pairs.nobs1 + pairs.nobs2
    rarer, fewer = np.minimum(responded, people - responded), np.minimum(pairs.nobs1, pairs.nobs2)
    is_uneven = people - fewer > UNEVEN * fewer
    is_sparse = is_uneven & (rarer * fewer < FEW_EXPECTED * people)
    is_doubtful = is_sparse & ((lower > 0) | (upper < 0))
    for at in np.flatnonzero(is_doubtful).tolist():
        first, second = (pairs.count1[at], pairs.nobs1[at]), (pairs.count2[at], pairs.nobs2[at])
        sides = (*first, *second) if lower[at] > 0 else (*second, *first)
        tail = (1 - pairs.simultaneous_level[at]) / 2
        if check_above_exactly(*sides) >= tail * (1 - 1e-9):
            lower[at], upper[at] = min(lower[at], 0.0), max(upper[at], 0.0)


def _limits(pairs: RatePairs) -> tuple[Array, Array, Array, Array]:
    size = pairs.level.size
    lower, upper = np.empty(2 * size), np.empty(2 * size)
    for is_newcombe, compare in ((False, compare_miettinen_nurminen), (True, compare_newcombe)):
        at = np.flatnonzero(pairs.is_newcombe == is_newcombe)
        if at.size:
            sides = [np.concatenate([side[at], side[at]]) for side in pairs[:4]]
            levels = np.concatenate([pairs.level[at], pairs.simultaneous_level[at]])
            places = np.concatenate([at, at + size])
            lower[places], upper[places] = compare(*sides, levels)
    return lower[:size], upper[:size], lower[size:], upper[size:]
