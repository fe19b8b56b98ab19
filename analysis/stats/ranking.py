"""How sure it is that one variant is the best, or so near to it that it does not matter."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]

_STEPS_PER_SPREAD = 25
_REACH = 7.0
_MOST_POINTS = 200_001


class NearBest(NamedTuple):
    """P(nobody is more than the margin better) and E[best - chosen], both of one variant."""

    probability: float
    expected_loss: float


def estimate_near_best(
    chosen: int,
    rates: Sequence[float],
    std_errors: Sequence[float],
    margin: float,
    is_lower_better: bool = False,
) -> NearBest:
    """Return how sure it is that a variant is best or within the margin of the best.

    The true rates are taken as independent normals around the estimates, which holds for any
    estimator that gives a rate with a standard error; both integrals are sums on one grid.
    """
    means = np.asarray(rates, dtype=float) * (-1.0 if is_lower_better else 1.0)
    spreads = np.maximum(np.asarray(std_errors, dtype=float), 1e-9)
    others = np.arange(means.size) != chosen
    if not others.any():
        return NearBest(1.0, 0.0)
    grid = _lay_grid(means, spreads)
    step = grid[1] - grid[0]
    below = ndtr((grid[:, None] - means[others]) / spreads[others]).prod(axis=1)
    edges = np.append(grid, grid[-1] + step) - step / 2
    chance = np.diff(ndtr((edges - means[chosen]) / spreads[chosen]))
    near = np.interp(grid + margin, grid, below, right=1.0)
    loss_above = np.cumsum((1.0 - below)[::-1])[::-1] * step - (1.0 - below) * step / 2
    return NearBest(float(chance @ near), float(chance @ loss_above))


def _lay_grid(means: Array, spreads: Array) -> Array:
    low, high = (means - _REACH * spreads).min(), (means + _REACH * spreads).max()
    points = int((high - low) / spreads.min() * _STEPS_PER_SPREAD) + 2
    return np.linspace(low, high, min(points, _MOST_POINTS))
