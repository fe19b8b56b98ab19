"""Rates and differences of two rates: closed forms over columns of counts."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]

_MOST_STEPS = 200
# Secants gain digits faster than this step shrinks; a last bisection is still this exact.
_TOLERANCE = 1e-10
# Blocks that stay in the processor's cache are twice as fast as whole columns.
_BLOCK = 2048


def normal_quantile(confidence_level: ArrayLike) -> Array:
    """Return the two-sided standard normal quantile of a confidence level (1.96 for 0.95)."""
    return ndtri(0.5 + np.asarray(confidence_level, dtype=float) / 2)


def estimate_wilson(
    count: ArrayLike, nobs: ArrayLike, confidence_level: ArrayLike = 0.95
) -> tuple[Array, Array]:
    """Return Wilson's score limits of a rate.

    count, nobs, confidence_level: arrays that broadcast; nobs > 0 (0 gives NaN). Limits are shares
    in [0, 1], exactly 0 for an empty cell and 1 for a full one. Source: Wilson 1927; Newcombe
    1998, Stat Med 17:857, method 3.
    """
    return wilson_limits(count, nobs, normal_quantile(confidence_level))


def wilson_limits(count: ArrayLike, nobs: ArrayLike, quantile: ArrayLike) -> tuple[Array, Array]:
    """Return Wilson's limits for a given quantile (normal, or t for few clusters)."""
    count, nobs = np.asarray(count, dtype=float), np.asarray(nobs, dtype=float)
    squared = np.square(quantile)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = count / nobs
        centre = rate + squared / (2 * nobs)
        half = quantile * np.sqrt(rate * (1 - rate) / nobs + squared / (4 * nobs**2))
        scale = 1 + squared / nobs
        lower = np.where(count == 0, 0.0, (centre - half) / scale)
        upper = np.where(count == nobs, 1.0, (centre + half) / scale)
    unknown = nobs <= 0
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def compare_newcombe(
    count1: ArrayLike,
    nobs1: ArrayLike,
    count2: ArrayLike,
    nobs2: ArrayLike,
    confidence_level: ArrayLike = 0.95,
) -> tuple[Array, Array]:
    """Return Newcombe's hybrid score limits of rate 1 minus rate 2.

    All arguments broadcast; limits are shares in [-1, 1]. Source: Newcombe 1998, Stat Med 17:873,
    method 10 (without continuity correction).
    """
    quantile = normal_quantile(confidence_level)
    lower1, upper1 = wilson_limits(count1, nobs1, quantile)
    lower2, upper2 = wilson_limits(count2, nobs2, quantile)
    rate1 = np.divide(count1, nobs1, dtype=float)
    rate2 = np.divide(count2, nobs2, dtype=float)
    difference = rate1 - rate2
    lower = difference - np.hypot(rate1 - lower1, upper2 - rate2)
    upper = difference + np.hypot(upper1 - rate1, rate2 - lower2)
    return np.maximum(lower, -1.0), np.minimum(upper, 1.0)


def compare_miettinen_nurminen(
    count1: ArrayLike,
    nobs1: ArrayLike,
    count2: ArrayLike,
    nobs2: ArrayLike,
    confidence_level: ArrayLike = 0.95,
) -> tuple[Array, Array]:
    """Return Miettinen and Nurminen's asymptotic score limits of rate 1 minus rate 2.

    A limit is the difference D at which the score statistic, with both rates at their maximum
    likelihood values given D and variance times N/(N-1), equals the normal quantile. Empty and
    full cells need no correction. All arguments broadcast; limits are shares in [-1, 1]. Source:
    Miettinen and Nurminen 1985, Stat Med 4:213. (statsmodels 0.15.0 is wrong at the upper limit.)
    """
    arrays = np.broadcast_arrays(count1, nobs1, count2, nobs2, normal_quantile(confidence_level))
    shape = arrays[0].shape
    y1, n1, y2, n2, z = (np.ravel(one).astype(float) for one in arrays)
    # The upper limit of a difference is minus the lower limit of the opposite difference.
    both = [np.concatenate(pair) for pair in ((y1, y2), (n1, n2), (y2, y1), (n2, n1), (z, z))]
    starts = range(0, 2 * y1.size, _BLOCK)
    blocks = [[one[start : start + _BLOCK] for one in both] for start in starts]
    lower = np.concatenate([_solve_lower_score_limit(*block) for block in blocks] or [y1])
    return lower[: y1.size].reshape(shape), (-lower[y1.size :]).reshape(shape)


def check_two_proportions(
    count1: ArrayLike, nobs1: ArrayLike, count2: ArrayLike, nobs2: ArrayLike
) -> tuple[Array, Array]:
    """Return the z statistic and two-sided p-value of the pooled two-proportion score test.

    The square of z is Pearson's chi-square without continuity correction (R's
    `prop.test(correct = FALSE)`). NaN where all or none respond in both, where it is not defined.
    """
    y1, n1, y2, n2 = (np.asarray(one, dtype=float) for one in (count1, nobs1, count2, nobs2))
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (y1 + y2) / (n1 + n2)
        variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
        statistic = np.where(variance > 0, (y1 / n1 - y2 / n2) / np.sqrt(variance), np.nan)
    return statistic, 2 * ndtr(-np.abs(statistic))


def check_above_exactly(count1: float, nobs1: float, count2: float, nobs2: float) -> float:
    """Return the exact one-sided p-value (mid-p) of rate 1 being above rate 2.

    Counts of one pair, all above or equal to 0 with people on both sides. The chance of at least
    this many in the first, given all who responded, with half of that of exactly this many.
    Source: Fisher 1935; Lancaster 1961, JASA 56:223; Hirji 2006, Exact Analysis of Discrete Data.
    """
    responded, people = count1 + count2, nobs1 + nobs2
    least, most = max(0.0, nobs1 + responded - people), min(nobs1, responded)
    here = np.arange(least, most)
    up = (responded - here) * (nobs1 - here)
    down = (here + 1) * (people - responded - nobs1 + here + 1)
    logarithm = np.append(0.0, np.cumsum(np.log(up / down)))
    weights = np.exp(logarithm - logarithm.max())
    at = int(count1 - least)
    return float((weights[at + 1 :].sum() + weights[at] / 2) / weights.sum())


def _solve_lower_score_limit(y1: Array, n1: Array, y2: Array, n2: Array, z: Array) -> Array:
    """Find D below the observed difference with (difference - D) = z sd(D): bracketed secant."""
    observed = y1 / n1 - y2 / n2
    start, _ = _start_at_newcombe(y1, n1, y2, n2, z)
    answer = np.where(observed <= -1, -1.0, np.nan)
    active = np.flatnonzero(np.isnan(answer) & np.isfinite(observed))
    low, high = np.full(observed.shape, -1.0), observed.copy()
    here = np.clip(start, low + 1e-12, high - 1e-12 * (1 + np.abs(high)))
    before, value_before = high.copy(), np.full(observed.shape, np.nan)
    for step in range(_MOST_STEPS):
        if not active.size:
            break
        at = active
        spread = z[at] * _constrained_std_error(here[at], y1[at], n1[at], y2[at], n2[at])
        value = observed[at] - here[at] - spread
        is_below = value > 0
        low[at] = np.where(is_below, here[at], low[at])
        high[at] = np.where(is_below, high[at], here[at])
        move = _propose(step, here[at], value, before[at], value_before[at], observed[at] - spread)
        is_inside = (move > low[at]) & (move < high[at])
        move = np.where(is_inside, move, 0.5 * (low[at] + high[at]))
        before[at], value_before[at] = here[at], value
        is_done = (np.abs(move - here[at]) <= _TOLERANCE) | (value == 0)
        answer[at[is_done]] = np.where(value == 0, here[at], move)[is_done]
        here[at] = move
        active = at[~is_done]
    answer[active] = here[active]
    return answer


def _propose(
    step: int, here: Array, value: Array, before: Array, value_before: Array, fixed_point: Array
) -> Array:
    """Return the next point: a fixed-point step first, then secants, now and then a bisection."""
    if step == 0:
        return fixed_point
    if step > 10 and step % 3 == 0:
        return np.full(here.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return here - value * (here - before) / (value - value_before)


def _start_at_newcombe(y1: Array, n1: Array, y2: Array, n2: Array, z: Array) -> tuple[Array, Array]:
    lower1, _ = wilson_limits(y1, n1, z)
    _, upper2 = wilson_limits(y2, n2, z)
    rate1, rate2 = y1 / n1, y2 / n2
    return rate1 - rate2 - np.hypot(rate1 - lower1, upper2 - rate2), rate1


def _constrained_std_error(d: Array, y1: Array, n1: Array, y2: Array, n2: Array) -> Array:
    """Return the standard error of a difference when it is held at d."""
    rate1 = _constrained_rate(d, y1, n1, y2, n2)
    rate2 = np.clip(rate1 - d, 0.0, 1.0)
    total = n1 + n2
    variance = (rate1 * (1 - rate1) / n1 + rate2 * (1 - rate2) / n2) * total / (total - 1)
    return np.sqrt(np.maximum(variance, 0.0))


def _constrained_rate(d: Array, y1: Array, n1: Array, y2: Array, n2: Array) -> Array:
    """Return the maximum likelihood value of rate 1 when rate 1 - rate 2 is held at d.

    It is the middle root of a cubic (Farrington and Manning 1990, Stat Med 9:1447), in
    trigonometric form, then polished by Newton since the arc cosine loses half the digits.
    """
    ratio, rate1, rate2 = n2 / n1, y1 / n1, y2 / n2
    cubic = 1 + ratio
    square = -(cubic + rate1 + ratio * rate2 + d * (ratio + 2)) / cubic
    linear = (d * d + d * (2 * rate1 + cubic) + rate1 + ratio * rate2) / cubic
    constant = -rate1 * d * (1 + d) / cubic
    third = square / 3
    shift = third * (third * third - linear / 2) + constant / 2
    size = np.copysign(np.sqrt(np.maximum(third * third - linear / 3, 0.0)), shift)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.clip(np.where(size == 0, 0.0, shift / (size * size * size)), -1.0, 1.0)
    root = 2 * size * np.cos((np.pi + np.arccos(cosine)) / 3) - third
    low, high = np.maximum(0.0, d), np.minimum(1.0, 1 + d)
    root = np.clip(root, low, high)
    for _ in range(2):
        value = ((root + square) * root + linear) * root + constant
        slope = (3 * root + 2 * square) * root + linear
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = np.clip(root - value / slope, low, high)
        root = np.where(np.isfinite(moved), moved, root)
    return root
