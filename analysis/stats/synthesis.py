"""One mean of what several experiments found: random effects with Hartung and Knapp's interval."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

Array = NDArray[np.float64]

STEPS = 100
PRECISE = 1e-12


class MeanEffect(NamedTuple):
    """A mean over experiments; all but `number` and `mean` are None for a single one.

    tau: how much experiments differ, as a standard deviation. probability_above: that the mean is
    above 0.
    """

    number: int
    mean: float | None = None
    std_error: float | None = None
    lower: float | None = None
    upper: float | None = None
    probability_above: float | None = None
    tau: float | None = None


def estimate_mean_effect(
    effects: ArrayLike, std_errors: ArrayLike, confidence_level: float = 0.95
) -> MeanEffect:
    """Return the mean of effects that differ between experiments, by more than chance or not.

    effects, std_errors: one per experiment, errors above 0. The variance between experiments is
    Paule and Mandel's (1982, J Res NBS 87:377), never below 0; the interval is Hartung and Knapp's
    (2001, Stat Med 20:3875) with t on experiments less one, its scale never taken below 1, as that
    would call few experiments that happen to agree surer than their people allow (Röver, Knapp and
    Friede 2015, BMC Med Res Methodol 15:99).
    """
    y, v = np.asarray(effects, dtype=float), np.asarray(std_errors, dtype=float) ** 2
    if not y.size:
        return MeanEffect(0)
    if y.size == 1:
        return MeanEffect(1, float(y[0]))
    tau2 = _find_between(y, v)
    weight = 1 / (v + tau2)
    mean = float((weight * y).sum() / weight.sum())
    scale = max(1.0, float((weight * (y - mean) ** 2).sum()) / (y.size - 1))
    error = float(np.sqrt(scale / weight.sum()))
    half = float(stdtrit(y.size - 1, 0.5 + confidence_level / 2)) * error
    above = float(stdtr(y.size - 1, mean / error))
    return MeanEffect(y.size, mean, error, mean - half, mean + half, above, float(np.sqrt(tau2)))


def _find_between(y: Array, v: Array) -> float:
    """Return the variance at which the effects spread just as much as is expected."""
    tau2 = 0.0
    for _step in range(STEPS):
        weight = 1 / (v + tau2)
        off = y - (weight * y).sum() / weight.sum()
        excess = float((weight * off**2).sum()) - (y.size - 1)
        if excess <= PRECISE * y.size:
            # Convex and falling: coming from the left, Newton's steps never pass the root.
            break
        tau2 += excess / float((weight**2 * off**2).sum())
    return tau2
