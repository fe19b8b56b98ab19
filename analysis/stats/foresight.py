"""What a later comparison may show, before it is held: its difference, sampling included."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# Enough for probabilities within 0.02 of those of endless draws.
TAILS = (0.025, 0.975)
NEWTON_STEPS = 6


class LaterCells(NamedTuple):
    """The cells of one later comparison, column by column.

    wave: code of the stratum. is_first: whether it holds the first variant. nobs, count: people,
    and those who responded.
    """

    wave: Codes
    is_first: NDArray[np.bool_]
    nobs: Array
    count: Array


class Foreseen(NamedTuple):
    """The probability that the first variant is seen ahead (a tie counts half), and the limits
    between which 95 in 100 differences of observed shares should lie."""

    probability: float
    lower: float
    upper: float


def foresee_difference(
    gap: Array, noise_sd: Array, cells: LaterCells, generator: np.random.Generator
) -> Foreseen:
    """Return what an experiment of this size may see of a difference that is known in draws.

    gap: (D,) draws of the true difference in that experiment, first less second, on the logit
    scale, with all that labs and experiments differ in them. noise_sd: (D,) how much cells deviate
    besides. Of the later result only its size is used: the people in each cell, and the share of
    both variants together in a wave, which says nothing about which of the two is ahead. Waves are
    weighed as Mantel and Haenszel do, like the difference that is observed.
    """
    total, weights = np.zeros(gap.size), 0.0
    for wave in np.unique(cells.wave).tolist():
        held = LaterCells(*(column[cells.wave == wave] for column in cells))
        sizes = held.nobs[held.is_first].sum(), held.nobs[~held.is_first].sum()
        if not min(sizes):
            continue
        weight = sizes[0] * sizes[1] / sum(sizes)
        total += weight * _draw_difference(gap, noise_sd, held, generator)
        weights += weight
    seen = total / weights
    # Sums of rounded shares differ in their last digit where the shares are equal.
    is_tie = np.abs(seen) < 1e-12
    probability = float(np.where(is_tie, 0.5, seen > 0).mean())
    lower, upper = np.quantile(seen, TAILS)
    return Foreseen(probability, float(lower), float(upper))


def _draw_difference(
    gap: Array, noise_sd: Array, cells: LaterCells, generator: np.random.Generator
) -> Array:
    """Return draws (D,) of the difference of the observed shares in one wave."""
    side = np.where(cells.is_first, 0.5, -0.5)
    deviation = side * gap[:, None]
    deviation = deviation + noise_sd[:, None] * generator.standard_normal(deviation.shape)
    rates = expit(_find_level(deviation, cells)[:, None] + deviation)
    count = generator.binomial(cells.nobs.astype(np.int64), rates)
    first, second = (
        count[:, own].sum(axis=1) / cells.nobs[own].sum()
        for own in (cells.is_first, ~cells.is_first)
    )
    return first - second


def _find_level(deviation: Array, cells: LaterCells) -> Array:
    """Return the level (D,) at which as many respond as did, of both variants together."""
    people = cells.nobs.sum()
    share = (cells.count.sum() + 0.5) / (people + 1)
    level = np.full(len(deviation), logit(share))
    for _step in range(NEWTON_STEPS):
        rates = expit(level[:, None] + deviation)
        slope = (rates * (1 - rates)) @ cells.nobs
        level -= np.clip((rates @ cells.nobs - share * people) / slope, -2.0, 2.0)
    return level
