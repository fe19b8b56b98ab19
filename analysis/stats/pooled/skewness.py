"""Variants to which nobody, or everybody, responded: their effect is not normal, but skewed.

The log density along the effect is that of the mode of all others, less half the log determinant
(Tierney & Kadane 1986); found at a few places, by tilting the prior. Draws are moved to it rank by
rank, so that how they depend on each other stays.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array, Codes
from analysis.stats.pooled.levels import find_rows
from analysis.stats.pooled.mode import (
    Effects,
    Mode,
    NotConvergedError,
    find_log_joint,
    find_mode,
)
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.variances import Draw

# Tilts in units of one over the standard deviation; they end where the density is negligible.
TILTS = (0.7, 1.4, 2.2, 3.2, 4.5, 6.5, 9.5, 14.0, 21.0)
NEGLIGIBLE = 8.0
PRECISE = 1e-6
# With less skewness than this the limits are off by less than a twentieth of a standard deviation.
LEAST_SKEWNESS = 0.1
MOST_DEGREES = 8
GRID = 801


class Scarce(NamedTuple):
    """An effect to correct: its row of the grid, and the rows with whose mean it is compared."""

    row: int
    reference: Codes


class Marginal(NamedTuple):
    """How an effect is spread: places in standard deviations from its mode, and the share below."""

    place: Array
    share: Array

    def find_quantiles(self, shares: Array) -> Array:
        """Return the places below which such shares lie."""
        return np.interp(shares, self.share, self.place)


def correct_skewness(
    model: PooledModel,
    effects: Array,
    component: Codes,
    components: list[Draw],
    parts: Codes,
    peak: Mode,
) -> None:
    """Correct, in place, draws (draws, rows of the grid) of effects that are clearly skewed."""
    for scarce in _find_scarce(model, parts):
        direction = _direct(model, scarce)
        marginal = _find_marginal(peak, direction * peak.system.scales.common)
        if marginal is None:
            continue
        gap = effects[:, scarce.row] - effects[:, scarce.reference].mean(axis=1)
        along = [direction * one.scale for one in components]
        centre = np.array([a @ one.common for a, one in zip(along, components, strict=True)])
        spread = np.array(
            [_find_spread(a, one.hessian) for a, one in zip(along, components, strict=True)]
        )
        centre, spread = centre[component], spread[component]
        shares = (np.argsort(np.argsort((gap - centre) / spread)) + 0.5) / gap.size
        effects[:, scarce.row] += centre + spread * marginal.find_quantiles(shares) - gap


def _find_spread(along: Array, hessian: Array) -> float:
    """Return the standard deviation of along × common effects."""
    return sqrt(along @ np.linalg.solve(hessian, along))


def _find_scarce(model: PooledModel, parts: Codes) -> list[Scarce]:
    """Return the effects of variants with only one kind of outcome in a profile and part."""
    variants = model.grid.shape[1]
    rows = find_rows(model)
    size = model.grid.shape[0] * variants
    count = np.bincount(rows, model.cells.count, minlength=size)
    nobs = np.bincount(rows, model.cells.nobs, minlength=size)
    found = []
    for row in np.flatnonzero((nobs > 0) & ((count == 0) | (count == nobs))).tolist():
        profile, variant = divmod(row, variants)
        own = profile * variants + np.flatnonzero(parts == parts[variant])
        reference = own[(count[own] > 0) & (count[own] < nobs[own])]
        if not reference.size:
            reference = own[nobs[own] > 0][:1]
        if row not in reference:
            found.append(Scarce(row, reference))
    return found


def _direct(model: PooledModel, scarce: Scarce) -> Array:
    """Return how the effect depends on the common effects, (m,), on the logit scale."""
    values = model.grid.common.values
    own = values[scarce.row] - values[scarce.reference].mean(axis=0)
    return np.r_[own, np.zeros(len(model.grid.of_design.terms))]


def _find_marginal(peak: Mode, along: Array) -> Marginal | None:
    """Return the marginal of along × common effects; None when it is nearly normal."""
    spread = _find_spread(along, peak.system.core.hessian)
    if abs(_find_skewness(peak, along, spread)) < LEAST_SKEWNESS:
        return None
    centre = float(along @ peak.effects.common)
    try:
        points = [
            *reversed(_climb_down(peak, along, -1.0 / spread)),
            (centre, _weigh(peak, along)),
            *_climb_down(peak, along, 1.0 / spread),
        ]
    except NotConvergedError:
        return None
    places, logs = np.array(points).T
    return _integrate((places - centre) / spread, logs)


def _find_skewness(peak: Mode, along: Array, spread: float) -> float:
    """Return the skewness to the first order, from third derivatives."""
    system = peak.system
    nothing = tuple(np.zeros_like(one) for one in peak.predictors)
    zero = peak.effects.move(peak.effects, -1.0)
    _effects, covariances = system.solve(nothing, zero.lower(along))
    total = 0.0
    for block, predictor, own in zip(
        system.model.blocks, peak.predictors, covariances, strict=True
    ):
        rate = 1.0 / (1.0 + np.exp(-predictor))
        total -= float((own**3) @ (block.nobs * rate * (1.0 - rate) * (1.0 - 2.0 * rate)))
    return total / spread**3


def _climb_down(peak: Mode, along: Array, unit: float) -> list[tuple[float, float]]:
    """Return places ever farther from the peak with their log density, until it is negligible."""
    start: Effects = peak.effects
    highest = _weigh(peak, along)
    points = []
    for tilt in TILTS:
        mode = find_mode(peak.system.model, peak.system.scales, start, PRECISE, tilt * unit * along)
        start = mode.effects
        points.append((float(along @ start.common), _weigh(mode, along)))
        if highest - points[-1][1] > NEGLIGIBLE:
            break
    return points


def _weigh(mode: Mode, along: Array) -> float:
    """Return the log density of along × common effects at a mode, up to a constant."""
    effects = mode.effects
    joint = find_log_joint(mode.system.model, mode.predictors, effects)
    spread = _find_spread(along, mode.system.core.hessian)
    return joint - 0.5 * mode.system.find_logdet() - float(np.log(spread))


def _integrate(places: Array, logs: Array) -> Marginal:
    """Return the marginal of which the log density is known at some places."""
    grid = np.linspace(places[0], places[-1], GRID)
    fitted = np.polynomial.Polynomial.fit(places, logs, min(places.size - 1, MOST_DEGREES))
    logs = fitted(grid)
    density = np.exp(logs - logs.max())
    share = np.r_[0.0, np.cumsum((density[1:] + density[:-1]) / 2)]
    return Marginal(grid, share / share[-1])
