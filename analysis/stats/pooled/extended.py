"""A mode to which effects are added, with or without a refit: the ground of consistency.

An added effect has a column z over the cells and no prior. With H the Hessian of the mode and W the
information of the cells, its information is z'Wz − z'WX H⁻¹ X'Wz: what the cells know of it once
everything else has had its say.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.blocks import EliminatedBlock, eliminate
from analysis.stats.pooled.core import Core
from analysis.stats.pooled.data import Array, Codes
from analysis.stats.pooled.layout import Block
from analysis.stats.pooled.mode import (
    Effects,
    Mode,
    Scales,
    System,
    find_log_joint,
    find_mode,
    linearise,
    predict_all,
    rescale_effects,
)
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.terms import Term

# Wide enough to say nothing, and narrow enough to leave digits to what is said.
FREE_SD = 100.0
# What is known of an added effect less than this share of the best known one is rounding.
LEAST_SHARE = 1e-6
MOST_STEPS = 30
LEAST_GAIN, LEAST_STEP = 1e-7, 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class InvertedCore(Core):
    """A core that is solved many times.

    inverse: (m, m) of its Hessian. to_common: (m, G) common effects per unit of the reduced score
    of the keys, and to_key: (G, G) the values of the keys.
    """

    inverse: Array
    to_common: Array
    to_key: Array

    @classmethod
    def of(cls, core: Core) -> "InvertedCore":
        """Return a core with its inverse."""
        inverse = np.linalg.inv(core.hessian)
        to_common = inverse @ core.common.T
        fields = (getattr(core, name) for name in Core.__dataclass_fields__)
        return cls(*fields, inverse, to_common, core.common @ to_common)

    def solve(
        self, score: Array, lab_pull: Array, common_pull: Array
    ) -> tuple[Array, Array, Array]:
        """Return lab effects (L, q), common effects (m,) and values of the keys (L, G)."""
        lab_score = score @ self.of_lab + lab_pull
        reduced = score.sum(axis=0) - np.einsum("lqg,lq->g", self.gain, lab_score)
        common, shared = self.to_common @ reduced, self.to_key @ reduced
        if np.ndim(common_pull):
            common = common + self.inverse @ common_pull
            shared = shared + self.to_common.T @ common_pull
        lab = np.einsum("lqr,lr->lq", self.lab_inverse, lab_score) - self.gain @ shared
        return lab, common, shared + lab @ self.of_lab.T


def free_effects(mode: Mode, terms: tuple[Term, ...], without: tuple[Term, ...] = ()) -> Mode:
    """Return the mode without the priors of some terms, and without other terms.

    terms: those of which the standard deviation becomes so large that it says nothing. without:
    those of which it becomes 0. All others keep theirs. The core of the mode is inverted.
    """
    model, before = mode.system.model, mode.system.scales
    common = before.common.copy()
    common[[one in terms for one in model.common_terms]] = FREE_SD
    common[[one in without for one in model.common_terms]] = 0.0
    lab = np.where([one in without for one in model.grid.of_lab.terms], 0.0, before.lab)
    locals_ = []
    for block, values in zip(model.blocks, before.locals, strict=True):
        values = values.copy()
        if Term.EXPERIMENT_VARIANT in without:
            values[: block.shape[2]] = block.bias
        values[block.shape[2] :] *= Term.CLUSTER not in without
        locals_.append(values)
    cell = before.cell * (Term.CELL not in without)
    after = Scales(common, lab.reshape(before.lab.shape), tuple(locals_), cell)
    found = find_mode(model, after, rescale_effects(mode.effects, before, after))
    return replace(found, system=invert_system(found.system))


def invert_system(system: System) -> System:
    """Return a system that is cheap to solve many times."""
    return replace(system, core=InvertedCore.of(system.core))


def take_experiments(block: Block, chosen: Array) -> Block:
    """Return the experiments of a block for which `chosen` (experiments,) is true."""
    profiles, atoms = block.shape[1], block.shape[3]
    experiment, profile = np.divmod(block.stratum_part, profiles)
    is_held = chosen[experiment]
    number = np.cumsum(chosen) - 1
    stratum, atom = np.divmod(block.slot, atoms)
    cells = is_held[stratum]
    renumbered = (np.cumsum(is_held) - 1)[stratum[cells]]
    has_clusters = block.arm_of_atom is not None
    return Block(
        block.rows[cells],
        block.count[cells],
        block.nobs[cells],
        renumbered * atoms + atom[cells],
        number[experiment[is_held]] * profiles + profile[is_held],
        block.lab[chosen],
        block.key[chosen],
        (int(chosen.sum()), *block.shape[1:]),
        block.arm_of_atom[chosen] if has_clusters else None,
        block.local_of_atom[chosen] if has_clusters else None,
        block.bias,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some experiments of a mode, with all that the others know of what they have in common.

    rows: (N,) which of the used cells these are. predictor, residual, weight: (N,) at the mode.
    """

    model: PooledModel
    system: System
    rows: Codes
    count: Array
    nobs: Array
    predictor: Array
    residual: Array
    weight: Array

    @classmethod
    def of(cls, mode: Mode, experiments: Codes) -> "Part":
        """Return the part of a mode that some experiments are; experiments: codes of the cells."""
        model, scales = mode.system.model, mode.system.scales
        blocks, weights, held = [], [], []
        for place, block in enumerate(model.blocks):
            chosen = _find_chosen(model, block, experiments)
            if not chosen.any():
                continue
            own = take_experiments(block, chosen)
            cells = np.isin(block.rows, own.rows)
            predictor = mode.predictors[place][cells]
            weight = _weigh(own.nobs, predictor)
            shrunk = weight / (1.0 + weight * scales.cell**2)
            blocks.append(eliminate(own, shrunk, scales.locals[place]))
            weights.append(weight)
            held.append((own.rows, own.count, own.nobs, predictor, weight))
        rows, count, nobs, predictor, weight = (
            np.concatenate(column) for column in zip(*held, strict=True)
        )
        system = System(model, scales, tuple(weights), tuple(blocks), mode.system.core)
        residual = count - nobs / (1.0 + np.exp(-predictor))
        return cls(model, system, rows, count, nobs, predictor, residual, weight)

    def solve(self, scores: Array) -> tuple[Array, Array]:
        """Return the common effects (m,) and predictors (N,) that scores (N,) give."""
        effects, predictors = self.system.solve(self._split(scores), None)
        return effects.common, np.concatenate(predictors)

    def find_own_information(self, columns: Array, predictor: Array | None = None) -> Array:
        """Return what this part alone knows of effects of columns (N, k), (k, k).

        All that it shares with others is held still. predictor: (N,), None for those of the mode.
        """
        weight = self.weight if predictor is None else _weigh(self.nobs, predictor)
        weight = weight / (1.0 + weight * self.system.scales.cell**2)
        information = np.zeros((columns.shape[1],) * 2)
        parts = zip(self._split(weight), self._split(columns), self.system.blocks, strict=True)
        for own, held, block in parts:
            known = block if predictor is None else eliminate(block.block, own, block.scale)
            fitted = np.column_stack([_fit_alone(known, own * one) for one in held.T])
            information += held.T @ (own[:, None] * (held - fitted))
        return information

    def _split(self, values: Array) -> tuple[Array, ...]:
        if len(self.system.blocks) == 1:
            return (values,)
        ends = np.cumsum([one.block.count.size for one in self.system.blocks])
        return tuple(np.split(values, ends[:-1]))


def _fit_alone(block: EliminatedBlock, score: Array) -> Array:
    experiments, profiles, arms = block.block.key.shape
    return block.expand(block.reduce(score), np.zeros((experiments, profiles * arms))).predictor


def _find_chosen(model: PooledModel, block: Block, experiments: Codes) -> Array:
    """Return which experiments of a block are among some codes."""
    stratum = block.slot // block.shape[3]
    place = block.stratum_part[stratum] // block.shape[1]
    codes = np.zeros(block.shape[0], dtype=np.int64)
    codes[place] = model.cells.experiment[block.rows]
    return np.isin(codes, experiments)


def _weigh(nobs: Array, predictor: Array) -> Array:
    rate = 1.0 / (1.0 + np.exp(-predictor))
    return np.maximum(nobs * rate * (1.0 - rate), 1e-10)


def invert_known(information: Array) -> tuple[Array, int]:
    """Return the inverse on what is known, (k, k), and how many directions that are."""
    values, vectors = np.linalg.eigh(information)
    is_known = values > LEAST_SHARE * max(float(values.max(initial=0.0)), 1e-300)
    kept = vectors[:, is_known]
    return (kept / values[is_known]) @ kept.T, int(is_known.sum())


class Step(NamedTuple):
    """A Newton step: of the effects of the model, and of those that are added (k,)."""

    effects: Effects
    added: Array


class Climbed(NamedTuple):
    """A mode with added effects (k,), the system there, and the log density that they gain."""

    effects: Effects
    added: Array
    system: System
    gain: float


def climb(
    mode: Mode,
    size: int,
    spread: Callable[[Array], list[Array]],
    find_step: Callable[[System, tuple[Array, ...], Effects], Step],
) -> Climbed:
    """Return the mode once `size` effects without a prior are added, by damped Newton steps.

    spread: the predictors (N,) per block that added effects give. find_step: the step at a system,
    with the scores (N,) per block and the effects there.
    """
    model, scales = mode.system.model, mode.system.scales
    effects, added, predictors = mode.effects, np.zeros(size), mode.predictors
    before = value = find_log_joint(model, predictors, effects)
    for _round in range(MOST_STEPS):
        scores, system = linearise(model, scales, predictors)
        step = find_step(system, scores, effects)
        length, found = 1.0, -np.inf
        while found < value and length > LEAST_STEP:
            there, tried = effects.move(step.effects, length), added + length * step.added
            own = zip(predict_all(model, scales, there), spread(tried), strict=True)
            reached = tuple(one + more for one, more in own)
            found, length = find_log_joint(model, reached, there), length / 2
        if found < value + LEAST_GAIN:
            break
        effects, added, predictors, value = there, tried, reached, found
    return Climbed(effects, added, system, value - before)
