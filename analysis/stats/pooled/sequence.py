"""A confidence sequence of a stratified difference: limits that hold at every look.

The difference of two rates within each experiment × profile is averaged with weights of people
(nobs1·nobs2 / (nobs1 + nobs2)); around it stands a normal-mixture boundary (Robbins 1970; Howard,
Ramdas, McAuliffe & Sekhon 2021; asymptotic form of Waudby-Smith et al. 2024). Valid however often
one looks; it takes no stand on when to look.
"""

from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array

# People at which the sequence is narrowest compared with a fixed interval.
TUNED_FOR = 500.0


class SequenceLimits(NamedTuple):
    """A difference with limits that hold at all looks together; NaN where there are no people."""

    difference: float
    lower: float
    upper: float


def find_sequence_limits(
    count: Array, nobs: Array, level: float = 0.95, tuned_for: float = TUNED_FOR
) -> SequenceLimits:
    """Return limits of variant less reference from all that is counted so far.

    count, nobs: (strata, 2) responses and people, the variant first. tuned_for: people in both
    variants at which the limits should be tightest. A rate of 0 or 1 is moved by half a person,
    in its variance only.
    """
    held = (nobs > 0).all(axis=1)
    if not held.any():
        return SequenceLimits(np.nan, np.nan, np.nan)
    count, nobs = count[held], nobs[held]
    rates = count / nobs
    kept = (count + 0.5) / (nobs + 1.0)
    variance = (kept * (1.0 - kept) / nobs).sum(axis=1)
    # Weights of people alone: those of the variance would follow the outcome that is judged.
    weight = 1.0 / (1.0 / nobs).sum(axis=1)
    weight /= weight.sum()
    difference = float(weight @ (rates[:, 0] - rates[:, 1]))
    spread = float(weight**2 @ variance)
    people = nobs.sum()
    reach = _find_boundary(people, tuned_for, 1.0 - level) * np.sqrt(spread)
    return SequenceLimits(difference, difference - reach, difference + reach)


def _find_boundary(people: float, tuned_for: float, alpha: float) -> float:
    """Return how many standard errors the normal mixture allows after this many people."""
    ratio = _find_ratio(alpha) / tuned_for
    grown = people * ratio
    return float(np.sqrt((1.0 + 1.0 / grown) * (np.log1p(grown) - 2.0 * np.log(alpha))))


def _find_ratio(alpha: float) -> float:
    """Return the mixture's variance that makes the boundary tightest at one unit of information."""
    return -2.0 * np.log(alpha) + np.log(-2.0 * np.log(alpha) + 1.0)
