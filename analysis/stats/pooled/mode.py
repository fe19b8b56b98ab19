"""The most likely effects at given standard deviations: damped Newton with step-halving."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.stats.pooled.blocks import EliminatedBlock, eliminate, predict
from analysis.stats.pooled.core import Core, eliminate_labs
from analysis.stats.pooled.data import Array
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.terms import Term

MOST_STEPS = 100
MOST_HALVINGS = 30
TOLERANCE = 1e-9
# Below this a cell knows nothing that can be computed with.
LEAST_WEIGHT = 1e-10
MOST_CARRIED = 20.0


class NotConvergedError(ArithmeticError):
    """Newton's method found no mode."""


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Values of all effects, on the unit scale; one entry per block where there are several.

    intercepts: (S,) each, on the logit scale. locals: (E, J) each. deviations: (N,) each, of the
    cells. lab: (L, q). common: (m,).
    """

    intercepts: tuple[Array, ...]
    locals: tuple[Array, ...]
    deviations: tuple[Array, ...]
    lab: Array
    common: Array

    def move(self, change: "Effects", step: float) -> "Effects":
        """Return the effects moved by a share of a change."""
        return Effects(
            *(
                tuple(one + step * other for one, other in zip(mine, its, strict=True))
                for mine, its in (
                    (self.intercepts, change.intercepts),
                    (self.locals, change.locals),
                    (self.deviations, change.deviations),
                )
            ),
            self.lab + step * change.lab,
            self.common + step * change.common,
        )

    def lower(self, shift: Array | float) -> "Effects":
        """Return the effects with the common ones lowered."""
        return replace(self, common=self.common - shift)

    def dot(self, other: "Effects") -> float:
        """Return the inner product with other effects, without the intercepts."""
        lists = ((self.locals, other.locals), (self.deviations, other.deviations))
        total = sum(np.vdot(a, b) for mine, its in lists for a, b in zip(mine, its, strict=True))
        return float(total + np.vdot(self.lab, other.lab) + self.common @ other.common)


@dataclass(frozen=True, slots=True, eq=False)
class Scales:
    """Standard deviations as the fit uses them: of common columns, lab columns, locals, cells."""

    common: Array
    lab: Array
    locals: tuple[Array, ...]
    cell: float


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """The Newton system at given predictors: what each cell tells, with blocks and core reduced.

    weights: (N,) each, information of a cell on its linear predictor.
    """

    model: PooledModel
    scales: Scales
    weights: tuple[Array, ...]
    blocks: tuple[EliminatedBlock, ...]
    core: Core

    def solve(self, scores: tuple[Array, ...], pull: Effects | None) -> tuple[Effects, list]:
        """Return the solution for scores of the predictors (N,) each and a pull of the priors,
        and the predictors that it gives.

        pull: the effects themselves, towards whose minus they are pulled; None for none.
        """
        cell = self.scales.cell
        shrink = [1.0 + weight * cell**2 for weight in self.weights]
        own = pull.deviations if pull else [0.0] * len(scores)
        reduced, score = [], np.zeros(self.model.labs * self.model.grid.key.size)
        for place, block in enumerate(self.blocks):
            rest = (scores[place] + self.weights[place] * cell * own[place]) / shrink[place]
            found = block.reduce(rest, -pull.locals[place] if pull else None)
            reduced.append(found)
            score += np.bincount(
                _flat_keys(self.model, block).ravel(), found.key.ravel(), minlength=score.size
            )
        score = score.reshape(self.model.labs, -1)
        lab, common, keys = self.core.solve(
            score, -pull.lab if pull else 0.0, -pull.common if pull else 0.0
        )
        steps, deviations, predictors = [], [], []
        for place, block in enumerate(self.blocks):
            step = block.expand(reduced[place], keys.ravel()[_flat_keys(self.model, block)])
            rest = scores[place] - self.weights[place] * step.predictor
            deviation = (cell * rest - own[place]) / shrink[place]
            steps.append(step)
            deviations.append(deviation)
            predictors.append(step.predictor + cell * deviation)
        found = Effects(
            tuple(step.intercept for step in steps),
            tuple(step.local for step in steps),
            tuple(deviations),
            lab,
            common,
        )
        return found, predictors

    def find_logdet(self) -> float:
        """Return the log determinant of the whole Hessian."""
        cells = sum(np.log1p(weight * self.scales.cell**2).sum() for weight in self.weights)
        return float(cells) + sum(one.logdet for one in self.blocks) + self.core.find_logdet()


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """The most likely effects, their predictors (N,) each, and the system solved there."""

    effects: Effects
    predictors: tuple[Array, ...]
    system: System
    log_joint: float
    steps: int

    @property
    def log_marginal(self) -> float:
        """The Laplace approximation to the log marginal likelihood."""
        return self.log_joint - 0.5 * self.system.find_logdet()


def make_scales(model: PooledModel, sd: dict[Term, float]) -> Scales:
    """Return the standard deviations of terms as the fit uses them; a term left out has 0."""
    return Scales(
        np.array([sd[term] for term in model.common_terms]),
        model.grid.of_lab.scale(sd),
        tuple(model.local_scale(block, sd) for block in model.blocks),
        sd.get(Term.CELL, 0.0),
    )


def start_effects(model: PooledModel) -> Effects:
    """Return effects of 0, and intercepts at the rate of each stratum."""
    intercepts = []
    for block in model.blocks:
        stratum = block.slot // block.shape[3]
        count = np.bincount(stratum, block.count)
        intercepts.append(np.log(count / (np.bincount(stratum, block.nobs) - count)))
    return Effects(
        tuple(intercepts),
        tuple(np.zeros((block.shape[0], block.shape[4])) for block in model.blocks),
        tuple(np.zeros(block.count.size) for block in model.blocks),
        np.zeros((model.labs, len(model.grid.of_lab.terms))),
        np.zeros(len(model.common_terms)),
    )


def rescale_effects(effects: Effects, before: Scales, after: Scales) -> Effects:
    """Return the effects on a new unit scale, so that they mean nearly the same."""
    return replace(
        effects,
        locals=tuple(
            one * _ratio(old, new)
            for one, old, new in zip(effects.locals, before.locals, after.locals, strict=True)
        ),
        deviations=tuple(one * _ratio(before.cell, after.cell) for one in effects.deviations),
        lab=effects.lab * _ratio(before.lab, after.lab),
        common=effects.common * _ratio(before.common, after.common),
    )


def find_mode(
    model: PooledModel,
    scales: Scales,
    start: Effects,
    tolerance: float = TOLERANCE,
    tilt: Array | None = None,
) -> Mode:
    """Return the mode, from starting values on the unit scale of `scales`.

    tolerance: on Newton's decrement, which is twice the log density still to be gained.
    tilt: (m,) where the prior of the common effects has its mean, which is 0 without one; so the
    mode is that of all effects with one value of tilt × common. Raises NotConvergedError.
    """
    shift = 0.0 if tilt is None else tilt
    effects = start
    predictors = predict_all(model, scales, effects)
    value = find_log_joint(model, predictors, effects.lower(shift))
    for count in range(1, MOST_STEPS + 1):
        scores, system = linearise(model, scales, predictors)
        pull = effects.lower(shift)
        change, moved = system.solve(scores, pull)
        gain = sum(np.vdot(a, b) for a, b in zip(scores, moved, strict=True)) - pull.dot(change)
        step, value, effects, predictors = _search(
            model, effects, predictors, value, change, moved, gain, shift
        )
        if gain < tolerance or step == 0.0:
            return Mode(effects, predictors, system, value, count)
        # A system is as large as the data: let go of one before making the next.
        del system
    raise NotConvergedError


def _search(model, effects, predictors, value, change, moved, gain, shift):
    step = 1.0
    for _halving in range(MOST_HALVINGS):
        there = effects.move(change, step)
        reached = tuple(one + step * move for one, move in zip(predictors, moved, strict=True))
        found = find_log_joint(model, reached, there.lower(shift))
        if found >= value + 1e-4 * step * gain - 1e-9 * max(1.0, abs(value)) * (gain < 1e-3):
            return step, found, there, reached
        step /= 2
    return 0.0, value, effects, predictors


def linearise(
    model: PooledModel, scales: Scales, predictors: tuple[Array, ...]
) -> tuple[tuple[Array, ...], System]:
    """Return the scores of the predictors and the Newton system there."""
    keys = model.grid.key.size
    scores, weights, blocks = [], [], []
    information = np.zeros(model.labs * keys * keys)
    for block, predictor, scale in zip(model.blocks, predictors, scales.locals, strict=True):
        rate = 1.0 / (1.0 + np.exp(-predictor))
        weight = np.maximum(block.nobs * rate * (1.0 - rate), LEAST_WEIGHT)
        reduced = eliminate(block, weight / (1.0 + weight * scales.cell**2), scale)
        scores.append(block.count - block.nobs * rate)
        weights.append(weight)
        blocks.append(reduced)
        _add_information(information, model, reduced)
    core = eliminate_labs(
        information.reshape(model.labs, keys, keys),
        model.key_common * scales.common,
        model.key_of_lab * scales.lab,
        scales.common[-keys:] if model.has_own_effects else None,
    )
    return tuple(scores), System(model, scales, tuple(weights), tuple(blocks), core)


def _add_information(information: Array, model: PooledModel, block: EliminatedBlock) -> None:
    keys = model.grid.key.size
    experiments, profiles, arms = block.block.key.shape
    place = block.block.key.reshape(experiments, -1)
    row = (block.block.lab[:, None] * keys + place) * keys
    at = row[:, :, None] + place[:, None, :]
    information += np.bincount(at.ravel(), block.information.ravel(), minlength=information.size)


def _flat_keys(model: PooledModel, block: EliminatedBlock) -> Array:
    experiments = block.block.key.shape[0]
    place = block.block.key.reshape(experiments, -1)
    return block.block.lab[:, None] * model.grid.key.size + place


def predict_all(model: PooledModel, scales: Scales, effects: Effects) -> tuple[Array, ...]:
    """Return the linear predictors of the cells, (N,) per block."""
    keys = (model.key_common * scales.common) @ effects.common
    keys = keys + effects.lab @ (model.key_of_lab * scales.lab).T
    found = []
    for place, block in enumerate(model.blocks):
        experiments = block.key.shape[0]
        at = block.lab[:, None] * model.grid.key.size + block.key.reshape(experiments, -1)
        plain = predict(
            block,
            scales.locals[place],
            effects.intercepts[place],
            effects.locals[place],
            keys.ravel()[at],
        )
        found.append(plain + scales.cell * effects.deviations[place])
    return tuple(found)


def find_log_joint(model: PooledModel, predictors: tuple[Array, ...], effects: Effects) -> float:
    """Return the log likelihood less half the squared effects, which their priors ask."""
    total = -0.5 * effects.dot(effects)
    for block, predictor in zip(model.blocks, predictors, strict=True):
        total += block.count @ predictor - block.nobs @ np.logaddexp(0.0, predictor)
    return float(total)


def _ratio(before: Array | float, after: Array | float) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(before, dtype=float) / np.asarray(after, dtype=float)
    return np.clip(np.nan_to_num(ratio, nan=0.0, posinf=0.0), 0.0, MOST_CARRIED)
