"""P(best) of variants whose posteriors are independent, by quadrature instead of draws."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr

from analysis.stats.pooled.data import Array

# Beyond this many standard deviations a normal holds less than 1e-15.
REACH = 8.5
# Steps per smallest spread; the trapezium rule errs by about exp(-2 (pi steps)^2) on a normal.
STEPS = 2.5
LEAST_SHARE = 3e-4


def find_best_probabilities(means: ArrayLike, std_errors: ArrayLike) -> Array:
    """Return P(each is the largest), of independent normals, to about 1e-9.

    It is the integral of each density times the distribution functions of all others, on one grid
    over the places where the largest can lie. Equal variants without spread share the chance.
    Where spreads differ a thousandfold the error is about 1e-7.
    """
    mean = np.asarray(means, dtype=float)
    spread = np.asarray(std_errors, dtype=float)
    # What is known far better than the rest is as good as known: the grid stays small.
    spread = np.maximum(spread, max(LEAST_SHARE * spread.max(), 1e-12))
    low = (mean - REACH * spread).max()
    high = (mean + REACH * spread).max()
    is_possible = mean + REACH * spread > low
    step = spread[is_possible].min() / STEPS
    grid = np.arange(low, high + step, step)
    place = (grid[:, None] - mean[is_possible]) / spread[is_possible]
    below = log_ndtr(place)
    others = below.sum(axis=1, keepdims=True) - below
    density = np.exp(others - 0.5 * place**2) / (spread[is_possible] * np.sqrt(2 * np.pi))
    found = np.zeros(mean.size)
    found[is_possible] = density.sum(axis=0) * step
    return found / found.sum()
