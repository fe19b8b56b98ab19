"""Differences within strata, averaged: Mantel and Haenszel."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]


class StratifiedEstimate(NamedTuple):
    """One stratified difference per group: arrays with an entry for each group.

    std_error is NaN where nothing varies, all but strata_* NaN where no stratum has both sides.
    pvalue: Cochran-Mantel-Haenszel, no continuity correction. count1 ... nobs2: sums over the
    strata that were used. strata_used and strata_left_out count strata that hold people.
    """

    difference: Array
    std_error: Array
    pvalue: Array
    count1: Array
    nobs1: Array
    count2: Array
    nobs2: Array
    strata_used: NDArray[np.int64]
    strata_left_out: NDArray[np.int64]


def estimate_mantel_haenszel(
    count1: ArrayLike,
    nobs1: ArrayLike,
    count2: ArrayLike,
    nobs2: ArrayLike,
    group: ArrayLike | None = None,
    groups: int = 1,
) -> StratifiedEstimate:
    """Return Mantel and Haenszel's risk difference, rate 1 minus rate 2, per group of strata.

    count1, nobs1, count2, nobs2: one entry per stratum; group: which of the `groups` comparisons
    (numbered from 0) the stratum belongs to. A stratum is used when both sides have people in it,
    with weight n1 n2 / (n1 + n2). The standard error is that of Sato, Greenland and Robins, right
    for few large and for many small strata. Source: Greenland and Robins 1985, Biometrics 41:55;
    Sato, Greenland and Robins 1989, Biometrics 45:1323; the test: Mantel and Haenszel 1959.
    """
    y1, n1, y2, n2 = (np.asarray(one, dtype=float) for one in (count1, nobs1, count2, nobs2))
    at = np.zeros(y1.size, dtype=int) if group is None else np.asarray(group, dtype=int)
    holds_people = np.bincount(at[n1 + n2 > 0], minlength=groups)
    is_used = (n1 > 0) & (n2 > 0)
    y1, n1, y2, n2, at = (one[is_used] for one in (y1, n1, y2, n2, at))

    def add(parts: Array) -> Array:
        return np.bincount(at, weights=parts, minlength=groups)

    total, gain = n1 + n2, (y1 * n2 - y2 * n1) / (n1 + n2)
    weight = add(n1 * n2 / total)
    lean = add((n1 * n1 * y2 - n2 * n2 * y1 + n1 * n2 * (n2 - n1) / 2) / total**2)
    spread = add((y1 * (n2 - y2) + y2 * (n1 - y1)) / (2 * total))
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = add(gain) / weight
        variance = (difference * lean + spread) / weight**2
        std_error = np.where((variance > 0) & (spread > 0), np.sqrt(np.abs(variance)), np.nan)
    pvalue = _test(add(gain), add(_test_variance(y1, n1, y2, n2)))
    used = np.bincount(at, minlength=groups)
    sums = (add(y1), add(n1), add(y2), add(n2))
    return StratifiedEstimate(difference, std_error, pvalue, *sums, used, holds_people - used)


def _test_variance(y1: Array, n1: Array, y2: Array, n2: Array) -> Array:
    total, responded = n1 + n2, y1 + y2
    return n1 * n2 * responded * (total - responded) / (total**2 * np.maximum(total - 1, 1))


def _test(excess: Array, variance: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(variance > 0, excess / np.sqrt(variance), np.nan)
    return 2 * ndtr(-np.abs(statistic))
