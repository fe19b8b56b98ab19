"""The probability that one rate is above another, by deterministic quadrature."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, expit, sici

Array = NDArray[np.float64]

_PRIOR = 0.5
# Spacing in standard deviations of the narrower posterior and, for skewed ones, in logits.
_SPACING, _WIDEST_STEP = 0.65, 0.45
# How far the tails reach: in standard deviations, and in lengths of an exponential tail.
_REACH, _TAIL = 7.5, 20.0
_MOST_NODES = 192
_LEAST_NODES = 32
# Products this small stay in one thread of the linear algebra library.
_BLOCK_PRODUCT = 262_144
_FAR_APART = 9.0


def estimate_probability_above(
    count1: ArrayLike, nobs1: ArrayLike, count2: ArrayLike, nobs2: ArrayLike
) -> Array:
    """Return P(rate 1 > rate 2) when each rate is Beta(count + 1/2, nobs - count + 1/2).

    Counts broadcast; 0 <= count <= nobs, nobs may be 0. The posteriors are independent, with
    Jeffreys' prior. Both densities are taken on the logit scale, where an equally spaced sum is
    exact to about 1e-9; Stenger's sinc rule gives the inner integral on the same points. Where one
    posterior is much narrower than the other, the wider one is integrated by scipy's betainc.
    Source: Stenger 1993, Numerical Methods Based on Sinc and Analytic Functions, §4.5.
    """
    arrays = np.broadcast_arrays(count1, nobs1, count2, nobs2)
    y1, n1, y2, n2 = (np.ravel(one).astype(float) for one in arrays)
    a1, b1, a2, b2 = y1 + _PRIOR, n1 - y1 + _PRIOR, y2 + _PRIOR, n2 - y2 + _PRIOR
    return _integrate(a1, b1, a2, b2).reshape(arrays[0].shape)


def _integrate(a1: Array, b1: Array, a2: Array, b2: Array) -> Array:
    mean1, spread1 = _approximate_logit(a1, b1)
    mean2, spread2 = _approximate_logit(a2, b2)
    low = np.minimum(_lower_end(mean1, spread1, a1), _lower_end(mean2, spread2, a2))
    high = np.maximum(_upper_end(mean1, spread1, b1), _upper_end(mean2, spread2, b2))
    step = np.minimum(_SPACING * np.minimum(spread1, spread2), _WIDEST_STEP)
    sizes = _round_up((high - low) / step + 2)
    longest_tail = _TAIL / np.minimum(np.minimum(a1, b1), np.minimum(a2, b2))
    is_far = np.abs(mean1 - mean2) > _FAR_APART * np.hypot(spread1, spread2) + 2 * longest_tail
    is_even = (sizes <= _MOST_NODES) & ~is_far
    answer = np.where(mean1 > mean2, 1.0, 0.0)
    for size in np.unique(sizes[is_even]):
        at = np.flatnonzero(is_even & (sizes == size))
        answer[at] = _sum_on_shared_grids(size, low[at], step[at], (a1[at], b1[at], a2[at], b2[at]))
    at = np.flatnonzero(~is_even & ~is_far)
    if at.size:
        answer[at] = _sum_over_narrower(a1[at], b1[at], a2[at], b2[at])
    return np.clip(answer, 0.0, 1.0)


def _sum_on_shared_grids(
    size: int, low: Array, step: Array, parameters: tuple[Array, Array, Array, Array]
) -> Array:
    cumulative, places = _sinc_integral(size), np.arange(size)
    rows = max(1, _BLOCK_PRODUCT // size**2)
    sums = []
    for start in range(0, low.size, rows):
        block = slice(start, start + rows)
        grid = low[block, None] + step[block, None] * places
        weights1, weights2 = _weigh_both(grid, *(one[block] for one in parameters))
        sums.append(np.einsum("ij,ij->i", weights1 @ cumulative, weights2))
    return np.concatenate(sums)


def _sinc_integral(size: int) -> Array:
    """Return the matrix that integrates a function up to each of its equally spaced points."""
    step = 0.5 + sici(np.pi * np.arange(1 - size, size))[0] / np.pi
    places = np.arange(size)
    return step[places[:, None] - places + size - 1]


def _weigh_both(grid: Array, a1: Array, b1: Array, a2: Array, b2: Array) -> tuple[Array, Array]:
    softplus = np.maximum(grid, 0.0) + np.log1p(np.exp(-np.abs(grid)))
    return _weigh(grid, softplus, a1, b1), _weigh(grid, softplus, a2, b2)


def _sum_over_narrower(a1: Array, b1: Array, a2: Array, b2: Array) -> Array:
    _, spread1 = _approximate_logit(a1, b1)
    _, spread2 = _approximate_logit(a2, b2)
    is_first = spread1 <= spread2
    a, b = np.where(is_first, a1, a2), np.where(is_first, b1, b2)
    other_a, other_b = np.where(is_first, a2, a1), np.where(is_first, b2, b1)
    mean, spread = _approximate_logit(a, b)
    low, high = _lower_end(mean, spread, a), _upper_end(mean, spread, b)
    grid = np.linspace(low, high, _MOST_NODES, axis=1)
    softplus = np.maximum(grid, 0.0) + np.log1p(np.exp(-np.abs(grid)))
    below = betainc(other_a[:, None], other_b[:, None], expit(grid))
    is_above = np.einsum("ij,ij->i", _weigh(grid, softplus, a, b), below)
    return np.where(is_first, is_above, 1.0 - is_above)


def _weigh(grid: Array, softplus: Array, a: Array, b: Array) -> Array:
    """Return the density of the logit of a Beta on a grid, summing to one."""
    logarithm = a[:, None] * grid - (a + b)[:, None] * softplus
    weights = np.exp(logarithm - logarithm.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _approximate_logit(a: Array, b: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation of the logit of a Beta, close enough to lay a grid."""
    mean = np.log(a / b) - 0.5 / a + 0.5 / b - (a**-2 - b**-2) / 12
    return mean, np.sqrt(_trigamma(a) + _trigamma(b))


def _trigamma(x: Array) -> Array:
    inverse = 1 / x
    return inverse * (1 + inverse * (0.5 + inverse / 6))


def _lower_end(mean: Array, spread: Array, a: Array) -> Array:
    return mean - np.maximum(_REACH * spread, _TAIL / a)


def _upper_end(mean: Array, spread: Array, b: Array) -> Array:
    return mean + np.maximum(_REACH * spread, _TAIL / b)


def _round_up(nodes: Array) -> NDArray[np.int64]:
    return np.maximum(np.ceil(nodes / 16) * 16, _LEAST_NODES).astype(int)
