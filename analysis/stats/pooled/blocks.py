"""Elimination of what belongs to one experiment: free intercepts, variant and cluster effects.

Shapes: E experiments, P profiles, A arms, n atoms, J local effects, S strata, N cells of a block.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array
from analysis.stats.pooled.layout import Block


class Weighed(NamedTuple):
    """Information of a block's cells, by stratum and by part (experiment × profile).

    atom: (S, n) weights. total: (S,) their sums. part: (E, P, n, n) information on the atoms once
    the intercepts are integrated out.
    """

    atom: Array
    total: Array
    part: Array


class Reduced(NamedTuple):
    """A score of which the intercepts and local effects are eliminated.

    stratum: (S,) sums of the score. local: (E, J) score of the local effects. key: (E, P × A).
    """

    stratum: Array
    local: Array
    key: Array


class Step(NamedTuple):
    """Values (or changes) of a block's intercepts, local effects and linear predictors."""

    intercept: Array
    local: Array
    predictor: Array


@dataclass(frozen=True, slots=True, eq=False)
class EliminatedBlock:
    """A block whose intercepts and local effects are eliminated, at given weights and scales.

    scale: (J,) standard deviations of the local effects. inverse: (E, J, J) of the local Hessian.
    gain: (E, P × A, J) coupling of keys to local effects times that inverse. information:
    (E, P × A, P × A) what the block knows about its keys. logdet: of all that was eliminated.
    """

    block: Block
    scale: Array
    weighed: Weighed
    inverse: Array
    gain: Array
    information: Array
    logdet: float

    def reduce(self, score: Array, pull: Array | None = None) -> Reduced:
        """Return a score on the cells (N,), and a pull (E, J) on local effects, reduced to keys."""
        experiments, profiles, arms, atoms, _locals = self.block.shape
        by_atom = _spread(score, self.block).reshape(self.weighed.atom.shape)
        total = by_atom.sum(axis=1)
        by_atom = by_atom - self.weighed.atom * (total / self.weighed.total)[:, None]
        parts = _sum_parts(by_atom, self.block).reshape(experiments, profiles, atoms)
        local = self._to_local(parts.sum(axis=1))
        if pull is not None:
            local = local + pull
        key = self._to_arms(parts).reshape(experiments, profiles * arms)
        return Reduced(total, local, key - np.einsum("ekj,ej->ek", self.gain, local))

    def expand(self, reduced: Reduced, key: Array) -> Step:
        """Return the solution given that of the keys (E, P × A)."""
        local = np.einsum("eij,ej->ei", self.inverse, reduced.local)
        local -= np.einsum("ekj,ek->ej", self.gain, key)
        atoms = _gather_atoms(self.block, self.scale, key, local)
        by_stratum = atoms[self.block.stratum_part]
        change = (reduced.stratum - (self.weighed.atom * by_stratum).sum(axis=1)) / (
            self.weighed.total
        )
        predictor = (by_stratum + change[:, None]).ravel()[self.block.slot]
        return Step(change, local, predictor)

    def spread_variance(self, covariance: Array) -> tuple[Array, Array]:
        """Return the variance of each cell's predictor (N,) and of the local effects (J,), summed.

        covariance: (E, P × A, P × A) of the keys.
        """
        experiments, profiles, arms, atoms, locals_ = self.block.shape
        crossed = covariance @ self.gain
        local = self.inverse + np.swapaxes(self.gain, 1, 2) @ crossed
        grid = covariance.reshape(experiments, profiles, arms, profiles, arms)
        own = np.einsum("epapb->epab", grid)
        crossed = crossed.reshape(experiments, profiles, arms, locals_)
        part = self._atom_covariance(own, crossed, local).reshape(-1, atoms, atoms)
        share = self.weighed.atom / self.weighed.total[:, None]
        held = part[self.block.stratum_part]
        with_mean = (held @ share[:, :, None])[:, :, 0]
        of_mean = (with_mean * share).sum(axis=1) + 1.0 / self.weighed.total
        variance = np.einsum("saa->sa", held) - 2 * with_mean + of_mean[:, None]
        return variance.ravel()[self.block.slot], np.einsum("ejj->j", local)

    def _atom_covariance(self, own: Array, crossed: Array, local: Array) -> Array:
        """Return the covariance of key plus local effects, (E, P, n, n)."""
        if self.block.local_of_atom is None:
            both = crossed * self.scale
            local = local * np.outer(self.scale, self.scale)
            return own - both - np.swapaxes(both, 2, 3) + local[:, None]
        place = self.block.arm_of_atom[:, None]
        loading = self.block.local_of_atom[:, None] * self.scale
        turned = np.swapaxes(loading, 2, 3)
        both = place @ crossed @ turned
        own = place @ own @ np.swapaxes(place, 2, 3)
        return own - both - np.swapaxes(both, 2, 3) + loading @ local[:, None] @ turned

    def _to_local(self, atoms: Array) -> Array:
        if self.block.local_of_atom is None:
            return atoms * self.scale
        return np.einsum("enj,en->ej", self.block.local_of_atom, atoms) * self.scale

    def _to_arms(self, parts: Array) -> Array:
        if self.block.arm_of_atom is None:
            return parts
        return parts @ self.block.arm_of_atom


def eliminate(block: Block, weight: Array, scale: Array) -> EliminatedBlock:
    """Eliminate the intercepts and local effects of a block.

    weight: (N,) information of each cell on its linear predictor; scale: (J,).
    """
    experiments, profiles, arms, _atoms, locals_ = block.shape
    weighed = _weigh(block, weight)
    on_arms, crossed, local = _project(block, weighed.part, scale)
    hessian = local + np.eye(locals_)
    logdet = np.log(weighed.total).sum() + _logdet(hessian)
    inverse = np.linalg.inv(hessian)
    crossed = crossed.reshape(experiments, profiles * arms, locals_)
    gain = crossed @ inverse
    information = gain @ -np.swapaxes(crossed, 1, 2)
    grid = information.reshape(experiments, profiles, arms, profiles, arms)
    for profile in range(profiles):
        grid[:, profile, :, profile] += on_arms[:, profile]
    return EliminatedBlock(block, scale, weighed, inverse, gain, information, float(logdet))


def predict(block: Block, scale: Array, intercept: Array, local: Array, key: Array) -> Array:
    """Return the linear predictor of each cell (N,) from the values of the effects."""
    atoms = _gather_atoms(block, scale, key, local)
    return (atoms[block.stratum_part] + intercept[:, None]).ravel()[block.slot]


def _gather_atoms(block: Block, scale: Array, key: Array, local: Array) -> Array:
    """Return key plus local effects of each atom, (E × P, n)."""
    experiments, profiles, arms, atoms, _locals = block.shape
    on_arms = key.reshape(experiments, profiles, arms)
    scaled = local * scale
    if block.local_of_atom is not None:
        on_arms = np.einsum("ena,epa->epn", block.arm_of_atom, on_arms)
        scaled = np.einsum("enj,ej->en", block.local_of_atom, scaled)
    return (on_arms + scaled[:, None, :]).reshape(-1, atoms)


def _weigh(block: Block, weight: Array) -> Weighed:
    experiments, profiles, _arms, atoms, _locals = block.shape
    by_atom = _spread(weight, block)
    total = by_atom.sum(axis=1)
    root = by_atom / np.sqrt(total)[:, None]
    part = -_sum_parts(root[:, :, None] * root[:, None, :], block)
    diagonal = np.einsum("paa->pa", part)
    diagonal += _sum_parts(by_atom, block)
    return Weighed(by_atom, total, part.reshape(experiments, profiles, atoms, atoms))


def _project(block: Block, part: Array, scale: Array) -> tuple[Array, Array, Array]:
    """Return information on arms, between arms and local effects, and on local effects."""
    summed = part.sum(axis=1)
    if block.local_of_atom is None:
        return part, part * scale, summed * np.outer(scale, scale)
    loading = block.local_of_atom * scale
    turned = np.swapaxes(block.arm_of_atom, 1, 2)[:, None]
    on_arms = turned @ part @ block.arm_of_atom[:, None]
    return on_arms, turned @ part @ loading[:, None], np.swapaxes(loading, 1, 2) @ summed @ loading


def _spread(values: Array, block: Block) -> Array:
    """Return values of cells as strata × atoms, 0 where there is no cell."""
    spread = np.zeros(block.strata * block.shape[3])
    spread[block.slot] = values
    return spread.reshape(block.strata, -1)


def _sum_parts(values: Array, block: Block) -> Array:
    """Return sums over the strata of each experiment × profile; strata stand in that order."""
    starts = np.flatnonzero(np.diff(block.stratum_part, prepend=-1))
    sums = np.zeros((block.shape[0] * block.shape[1], *values.shape[1:]))
    sums[block.stratum_part[starts]] = np.add.reduceat(values, starts, axis=0)
    return sums


def _logdet(matrices: Array) -> float:
    root = np.linalg.cholesky(matrices)
    return 2.0 * float(np.log(np.einsum("...jj->...j", root)).sum())
