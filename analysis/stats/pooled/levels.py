"""The standard situation: how high the rates of a profile lie, in all labs together or in one."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells
from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.model import PooledModel

MOST_NEWTON_STEPS = 100


class Place(NamedTuple):
    """What was counted in one place, each (profiles, variants) of the grid.

    weight: the information of the cells that carry a comparison.
    """

    nobs: Array
    count: Array
    weight: Array


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """What was counted everywhere, and in each lab of which cells carry a comparison."""

    everywhere: Place
    labs: tuple[Place, ...]


def find_situation(model: PooledModel, cells: PooledCells, peak: Mode) -> Situation:
    """Return what was counted; cells: all, also those that carry no comparison."""
    shape = model.grid.shape
    size = shape[0] * shape[1]
    known = np.unique(model.cells.lab)
    number = np.full(len(cells.labs), known.size)
    number[known] = np.arange(known.size)
    place = {variant: position for position, variant in enumerate(model.grid.variants)}
    at = np.array([place.get(one, -1) for one in cells.variants], dtype=np.int64)[cells.variant]
    held = at >= 0
    flat = number[cells.lab[held]] * size + cells.profile[held] * shape[1] + at[held]
    used = number[model.cells.lab] * size + find_rows(model)
    total = (known.size + 1) * size
    sums = [
        np.bincount(rows, values, minlength=total).reshape(-1, *shape)
        for rows, values in (
            (flat, cells.nobs[held]),
            (flat, cells.count[held]),
            (used, _weigh_cells(model, peak)),
        )
    ]
    labs = tuple(Place(*(one[lab] for one in sums)) for lab in range(known.size))
    return Situation(Place(*(one.sum(axis=0) for one in sums)), labs)


def draw_level(effects: Array, place: Place, parts: Codes, generator: np.random.Generator) -> Array:
    """Return draws of the level, (draws, profiles, parts); infinite or NaN without response.

    effects: (draws, profiles, variants). The level is such that the rates, over the people
    counted, give the responses counted. Its spread is that of the mean linear predictor: that mean
    is told by the free intercepts alone, so its variance is one over the information, and to the
    first order it is independent of the effects around their own mean.
    """
    mean = effects.mean(axis=0)
    levels = np.empty((*effects.shape[:2], parts.max(initial=0) + 1))
    for part in range(levels.shape[2]):
        own = parts == part
        nobs, count = place.nobs[:, own], place.count[:, own].sum(axis=1)
        level = _match_level(mean[:, own], nobs, count)
        weight = np.where(own, place.weight, 0.0)
        total = weight.sum(axis=1)
        share = weight / np.maximum(total, 1e-300)[:, None]
        people = nobs.sum(axis=1)
        counted = count * (people - count) / np.maximum(people, 1.0)
        spread = 1.0 / np.sqrt(np.where(total > 0, total, np.maximum(counted, 1e-300)))
        noise = generator.standard_normal(effects.shape[:2]) * spread
        levels[:, :, part] = level + noise - np.einsum("dpv,pv->dp", effects - mean, share)
    return levels


def _match_level(effects: Array, nobs: Array, count: Array) -> Array:
    """Return per profile the level at which expected and counted responses are equal."""
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.log(count / (nobs.sum(axis=1) - count))
    for place in np.flatnonzero(np.isfinite(level)):
        level[place] = _solve_level(level[place], nobs[place], effects[place], count[place])
    return level


def _solve_level(level: float, nobs: Array, effects: Array, count: float) -> float:
    level -= float(nobs @ effects / nobs.sum())
    for _step in range(MOST_NEWTON_STEPS):
        rate = 1.0 / (1.0 + np.exp(-(level + effects)))
        gap = count - nobs @ rate
        move = float(np.clip(gap / max(nobs @ (rate * (1.0 - rate)), 1e-12), -1.0, 1.0))
        level += move
        if abs(move) < 1e-10:
            break
    return level


def _weigh_cells(model: PooledModel, peak: Mode) -> Array:
    weight = np.zeros(model.cells.size)
    for block, own in zip(model.blocks, peak.system.weights, strict=True):
        weight[block.rows] = own
    return weight


def find_rows(model: PooledModel) -> Codes:
    """Return the profile × variant of each used cell, as a row of the grid."""
    keys = np.zeros(model.cells.size, dtype=np.int64)
    for block in model.blocks:
        _experiments, _profiles, arms, atoms, _locals = block.shape
        stratum, atom = np.divmod(block.slot, atoms)
        part = block.stratum_part[stratum]
        arm = atom
        if block.arm_of_atom is not None:
            arm = block.arm_of_atom.argmax(axis=2)[part // block.shape[1], atom]
        keys[block.rows] = block.key.reshape(-1, arms)[part, arm]
    return model.grid.key[keys]
