"""The posterior of the standard deviations: where it peaks, how it spreads, and draws from it.

The peak is found by quasi-Newton steps on log standard deviations, of which the first ones are
those of Fellner and Schall (Wood & Fasiolo 2017). Draws come from a normal that is split along its
axes (Rue, Martino & Chopin 2009) and carry importance weights.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.criterion import find_slope
from analysis.stats.pooled.data import Array
from analysis.stats.pooled.labs import LabsGiven, is_kept
from analysis.stats.pooled.mode import (
    Effects,
    Mode,
    Scales,
    find_log_joint,
    find_mode,
    make_scales,
    predict_all,
    rescale_effects,
    start_effects,
)
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.priors import PriorKind, main_sd, penalise
from analysis.stats.pooled.tangents import Tangents, find_tangents

LOWEST, HIGHEST = np.log(1e-4), np.log(8.0)
MOST_STEPS = 60
# What a next step may still be expected to gain: where the shape is found too, it mends the peak.
GAIN_LEFT = {PriorKind.DEFAULT: 0.2, PriorKind.NONE: 1e-7}
LONGEST_STEP = 1.5
START = 0.1
PROBE = 0.1
# A probe of the shape stands where a normal has lost this much of its log density.
PROBE_AT = np.sqrt(2.0)
# Half a million cells know a standard deviation to half a percent.
NARROWEST, WIDEST = 0.002, 1.5
# Newton's decrement at which a mode is good enough to climb from, and to weigh a draw with.
LOOSE = {PriorKind.DEFAULT: 1e-3, PriorKind.NONE: 1e-8}
LOOSER = 4.0
# An axis with less spread than this is as good as normal.
TIGHT = 0.15


class Point(NamedTuple):
    """The log posterior of log standard deviations at one place, up to a constant."""

    log_sd: Array
    value: float
    gradient: Array | None
    freedom: Array | None
    mode: Mode


class Draw(NamedTuple):
    """One drawn set of standard deviations, its log weight, and the common effects there.

    common: (m,) most likely, on the unit scale; hessian: (m, m) theirs, labs and experiments
    eliminated; scale: (m,); of_lab: (q,) the scale of the lab columns. labs: None when there are
    too many to keep. The rest of the mode is not kept: it is as large as the data.
    """

    log_sd: Array
    log_weight: float
    common: Array
    hessian: Array
    scale: Array
    of_lab: Array
    labs: LabsGiven | None

    @classmethod
    def of(cls, point: Point, log_weight: float = 0.0) -> "Draw":
        """Return a draw at a point."""
        mode, scales = point.mode, point.mode.system.scales
        return cls(
            point.log_sd,
            log_weight,
            mode.effects.common,
            mode.system.core.hessian,
            scales.common,
            scales.lab,
            LabsGiven.of(mode) if is_kept(mode) else None,
        )


@dataclass(slots=True, eq=False)
class Criterion:
    """The log posterior of log standard deviations, with a count of its evaluations.

    A mode is sought from `effects`, on the unit scale of `scales`.
    on_evaluation: called after each.
    """

    model: PooledModel
    kind: PriorKind
    effects: Effects
    scales: Scales
    tangents: Tangents | None = None
    evaluations: int = 0
    on_evaluation: Callable[[], None] | None = None

    @classmethod
    def of(cls, model: PooledModel, kind: PriorKind) -> "Criterion":
        """Return the criterion of a model, started at effects of 0."""
        sd = main_sd(kind) | dict.fromkeys(model.terms.random, START)
        return cls(model, kind, start_effects(model), make_scales(model, sd))

    def evaluate(self, log_sd: Array, with_gradient: bool = True) -> Point:
        """Return value and gradient at log standard deviations of the random terms."""
        terms = self.model.terms.random
        sd = main_sd(self.kind) | dict(zip(terms, np.exp(log_sd).tolist(), strict=True))
        scales = make_scales(self.model, sd)
        start = self._find_start(log_sd, scales)
        mode = find_mode(self.model, scales, start, LOOSE[self.kind] if with_gradient else LOOSER)
        self.evaluations += 1
        if self.on_evaluation:
            self.on_evaluation()
        penalty = penalise(terms, log_sd, self.kind, self.model.labs)
        value = mode.log_marginal + penalty.value
        if not with_gradient:
            return Point(log_sd, value, None, None, mode)
        slope = find_slope(mode, terms)
        return Point(log_sd, value, slope.gradient + penalty.gradient, slope.freedom, mode)

    def anchor(self, point: Point, with_tangents: bool = False) -> None:
        """Start from here from now on, along the tangents if they are worth their price."""
        self.effects, self.scales = point.mode.effects, point.mode.system.scales
        if with_tangents:
            self.tangents = find_tangents(point.mode, self.model.terms.random, point.log_sd)

    def _find_start(self, log_sd: Array, scales: Scales) -> Effects:
        """Return the likelier of two starts: the effects as they were, and along the tangents."""
        starts = [rescale_effects(self.effects, self.scales, scales)]
        if self.tangents is None:
            return starts[0]
        starts.append(self.tangents.extrapolate(log_sd, scales))
        values = [
            find_log_joint(self.model, predict_all(self.model, scales, one), one) for one in starts
        ]
        return starts[int(np.argmax(values))]


def find_peak(criterion: Criterion) -> Point:
    """Return the most likely standard deviations: BFGS on their logs, with bounds."""
    terms = criterion.model.terms.random
    point = criterion.evaluate(np.full(len(terms), np.log(START)))
    inverse = np.diag(1.0 / (2.0 * np.maximum(point.freedom, 0.0) + 1.0))
    for _step in range(MOST_STEPS):
        criterion.anchor(point)
        is_free = _is_free(point)
        pull = np.where(is_free, point.gradient, 0.0)
        move = inverse @ pull * is_free
        if move @ pull < GAIN_LEFT[criterion.kind]:
            break
        move *= min(1.0, LONGEST_STEP / np.abs(move).max(initial=1e-12))
        found = _search(criterion, point, move)
        if found is None:
            break
        inverse = _update_inverse(inverse, found.log_sd - point.log_sd, point, found)
        point = found
    return point


def _is_free(point: Point) -> Array:
    at_bottom = (point.log_sd <= LOWEST) & (point.gradient < 0)
    at_top = (point.log_sd >= HIGHEST) & (point.gradient > 0)
    return ~(at_bottom | at_top)


def _search(criterion: Criterion, point: Point, move: Array) -> Point | None:
    step = 1.0
    for _halving in range(12):
        there = np.clip(point.log_sd + step * move, LOWEST, HIGHEST)
        found = criterion.evaluate(there)
        if found.value >= point.value + 1e-4 * (point.gradient @ (there - point.log_sd)) - 1e-6:
            return found
        step *= 0.35
    return None


def _update_inverse(inverse: Array, moved: Array, before: Point, after: Point) -> Array:
    turned = before.gradient - after.gradient
    curvature = float(moved @ turned)
    if curvature <= 1e-8 * np.linalg.norm(moved) * np.linalg.norm(turned):
        return inverse
    outer = np.outer(moved, turned) / curvature
    left = np.eye(moved.size) - outer
    return left @ inverse @ left.T + np.outer(moved, moved) / curvature


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A normal around the peak, split along its axes: (k, k) axes as columns of unit spread, and
    by how much each is stretched upwards and downwards."""

    peak: Point
    axes: Array
    upwards: Array
    downwards: Array

    def place(self, standard: Array) -> tuple[Array, float]:
        """Return the place of standard normals (k,), and the log density there."""
        stretch = np.where(standard > 0, self.upwards, self.downwards)
        density = -0.5 * standard @ standard - np.log(self.upwards + self.downwards).sum()
        there = self.peak.log_sd + self.axes @ (standard * stretch)
        return np.clip(there, LOWEST, HIGHEST), float(density)


def find_shape(criterion: Criterion, peak: Point) -> Shape:
    """Return the spread of the log standard deviations around the peak, which it mends."""
    criterion.anchor(peak, with_tangents=True)
    values, vectors = np.linalg.eigh(_find_curvature(criterion, peak))
    spread = 1.0 / np.sqrt(np.clip(values, 1.0 / WIDEST**2, 1.0 / NARROWEST**2))
    axes = _orient(vectors) * spread
    move = axes @ (axes.T @ peak.gradient)
    move *= min(1.0, LONGEST_STEP / np.abs(move).max(initial=1e-12))
    mended = criterion.evaluate(np.clip(peak.log_sd + move, LOWEST, HIGHEST), with_gradient=False)
    peak = mended if mended.value > peak.value else peak
    upwards, downwards = (
        np.array([_probe(criterion, peak, sign * one) for one in axes.T]) for sign in (1.0, -1.0)
    )
    return Shape(peak, axes, upwards, downwards)


def _orient(vectors: Array) -> Array:
    """Return the vectors with their largest entry positive, so that rounding turns none around."""
    largest = np.abs(vectors).argmax(axis=0)
    return vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])


def _find_curvature(criterion: Criterion, peak: Point) -> Array:
    """Return minus the Hessian at the peak, from differences of gradients."""
    size = peak.log_sd.size
    hessian = np.empty((size, size))
    for place in range(size):
        moved = peak.log_sd + PROBE * np.eye(size)[place]
        hessian[place] = (peak.gradient - criterion.evaluate(moved).gradient) / PROBE
    return (hessian + hessian.T) / 2


def _probe(criterion: Criterion, peak: Point, axis: Array) -> float:
    """Return by how much an axis is stretched, from the density lost along it."""
    if np.linalg.norm(axis) < TIGHT:
        return 1.0
    there = np.clip(peak.log_sd + PROBE_AT * axis, LOWEST, HIGHEST)
    lost = peak.value - criterion.evaluate(there, with_gradient=False).value
    return float(np.sqrt(1.0 / np.clip(lost, 0.25, 4.0)))


def draw_variances(
    criterion: Criterion, shape: Shape, count: int, generator: np.random.Generator
) -> list[Draw]:
    """Return weighted draws of the standard deviations, in antithetic pairs."""
    half = generator.standard_normal((count // 2, shape.peak.log_sd.size))
    found = []
    for one in np.vstack([half, -half]):
        there, density = shape.place(one)
        point = criterion.evaluate(there, with_gradient=False)
        found.append(Draw.of(point, point.value - density))
    return found


def find_weights(draws: list[Draw]) -> Array:
    """Return the weights of draws, which sum to one."""
    logs = np.array([one.log_weight for one in draws])
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def count_effective(draws: list[Draw]) -> float:
    """Return how many equally weighted draws these are worth (Kish)."""
    return float(1.0 / (find_weights(draws) ** 2).sum())
