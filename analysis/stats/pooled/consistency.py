"""The design-by-treatment test: do experiments that compared other variants tell the same?

A design is the set of variants that an experiment compared. Next to the variants, every design ×
variant gets a free effect; the statistic is twice the log density that this gains, and its degrees
of freedom are what those effects can tell (Higgins et al. 2012; White et al. 2012).
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

from analysis.stats.pooled.data import Array, Codes
from analysis.stats.pooled.designs import count_contrasts, find_designs
from analysis.stats.pooled.extended import (
    InvertedCore,
    Step,
    climb,
    free_effects,
    invert_system,
)
from analysis.stats.pooled.layout import Block
from analysis.stats.pooled.mode import Effects, Mode, System
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.terms import MAIN, OF_LAB, Term, pair
from analysis.stats.pooled.threads import one_thread
from analysis.stats.results import Status

# Beyond these the dense algebra of all designs at once is no longer small.
MOST_LEVELS, MOST_NUMBERS = 800, 20_000_000


class NoTest(StrEnum):
    """Why there is no test."""

    ONE_DESIGN = "no two designs can be compared"
    NOT_REPEATED = "no design was held twice"
    MANY_DESIGNS = "too many designs to compare at once"


class ConsistencyTest(NamedTuple):
    """The test of one assumption: consistency. The figures are None when status is not `ok`.

    statistic: chi-squared on so many degrees of freedom. designs: how many there are.
    """

    status: Status
    designs: int
    reason: NoTest | None = None
    statistic: float | None = None
    freedom: int | None = None
    pvalue: float | None = None


@one_thread()
def check_consistency(mode: Mode, with_heterogeneity: bool = True) -> ConsistencyTest:
    """Return the design-by-treatment test, given the mode at the most likely standard deviations.

    with_heterogeneity: whether experiments and labs may differ by as much as the fit says; without
    it all that they differ counts as inconsistency, save what clusters and cells differ. Standard
    deviations are those of the consistent model, as in a score test; effects of variants have no
    prior. Cost: linear in the cells, cubic in designs × variants, of which
    there are at most 800.
    """
    cells = mode.system.model.cells
    design = find_designs(cells)
    count = int(design.max()) + 1
    level = np.unique(pair(design, cells.variant), return_inverse=True)[1].ravel()
    model = mode.system.model
    freedom = _count_freedom(model, level)
    reason = _why_not(model, design, level, with_heterogeneity) if freedom else NoTest.ONE_DESIGN
    if reason:
        return ConsistencyTest(Status.UNDEFINED, count, reason)
    variants = (*MAIN, Term.CHANNEL_STYLE)
    without = (Term.DESIGN_VARIANT,)
    if not with_heterogeneity:
        without = (*without, *OF_LAB, Term.EXPERIMENT_VARIANT)
    statistic = _find_gain(free_effects(mode, variants, without), level, freedom)
    pvalue = float(chdtrc(freedom, statistic))
    return ConsistencyTest(Status.OK, count, None, statistic, freedom, pvalue)


def _why_not(
    model: PooledModel, design: Codes, level: Codes, with_heterogeneity: bool
) -> NoTest | None:
    held = np.unique(np.column_stack([design, model.cells.experiment]), axis=0)[:, 0]
    levels = int(level.max()) + 1
    # Where each design is one experiment, what experiments differ says all that designs do.
    if with_heterogeneity and np.bincount(held).max() == 1:
        return NoTest.NOT_REPEATED
    numbers = levels * model.labs * model.grid.key.size
    return NoTest.MANY_DESIGNS if levels > MOST_LEVELS or numbers > MOST_NUMBERS else None


def _count_freedom(model: PooledModel, level: Codes) -> int:
    """Return how many effects of levels can be told, next to free effects of variants.

    Within strata as many contrasts can be told as there are codes less groups of codes that no
    stratum connects.
    """
    return count_contrasts(model.stratum, level) - count_contrasts(
        model.stratum, model.cells.variant
    )


def _find_gain(mode: Mode, level: Codes, freedom: int) -> float:
    """Return twice the log density gained by a free effect of each level, (cells,) codes."""
    levels = [level[block.rows] for block in mode.system.model.blocks]
    size = int(level.max()) + 1

    def find_step(system: System, scores: tuple[Array, ...], effects: Effects) -> Step:
        system = invert_system(system)
        move, fitted = system.solve(scores, effects)
        held = zip(levels, scores, system.weights, fitted, strict=True)
        score = sum(np.bincount(at, s - w * f, minlength=size) for at, s, w, f in held)
        change = _solve_known(find_level_information(system, level), score, freedom)
        weighed = (w * change[at] for w, at in zip(system.weights, levels, strict=True))
        carried, _fitted = system.solve(tuple(weighed), None)
        return Step(move.move(carried, -1.0), change)

    return 2.0 * climb(mode, size, lambda added: [added[at] for at in levels], find_step).gain


def _solve_known(information: Array, score: Array, freedom: int) -> Array:
    """Return the solution along as many directions as are known, the best known ones."""
    scale = 1.0 / np.sqrt(np.maximum(np.diag(information), 1e-300))
    values, vectors = np.linalg.eigh(information * np.outer(scale, scale))
    known = vectors[:, -freedom:]
    return scale * (known @ ((known.T @ (scale * score)) / values[-freedom:]))


def find_level_information(system: System, level: Codes) -> Array:
    """Return what the cells know of a free effect of each level, (levels, levels).

    level: (cells,) codes that are the same for all cells of one experiment × variant. All other
    effects are eliminated. Linear in the cells.
    """
    model, core = system.model, system.core
    size, keys = int(level.max()) + 1, model.grid.key.size
    own = np.zeros(size * size)
    shared = np.zeros(model.labs * keys * size)
    for reduced in system.blocks:
        block = reduced.block
        experiments, profiles, arms = block.key.shape
        at = _list_arms(block, level)
        by_arm = reduced.information.reshape(experiments, profiles * arms, profiles, arms).sum(2)
        both = by_arm.reshape(experiments, profiles, arms, arms).sum(1)
        place = at[:, :, None] * size + at[:, None, :]
        own += np.bincount(place.ravel(), both.ravel(), minlength=own.size)
        key = block.lab[:, None] * keys + block.key.reshape(experiments, -1)
        place = key[:, :, None] * size + at[:, None, :]
        shared += np.bincount(place.ravel(), by_arm.ravel(), minlength=shared.size)
    told = _find_told(core, shared.reshape(model.labs, keys, size))
    return own.reshape(size, size) - told


def _list_arms(block: Block, level: Codes) -> Codes:
    """Return the level of each arm of each experiment of a block, (experiments, arms)."""
    _experiments, profiles, arms, atoms, _locals = block.shape
    stratum, arm = np.divmod(block.slot, atoms)
    experiment = block.stratum_part[stratum] // profiles
    if block.arm_of_atom is not None:
        arm = block.arm_of_atom.argmax(axis=2)[experiment, arm]
    found = np.zeros((block.shape[0], arms), dtype=np.int64)
    found[experiment, arm] = level[block.rows]
    return found


def _find_told(core: InvertedCore, shared: Array) -> Array:
    """Return how much of the information (L, G, k) on levels the shared effects take up."""
    size = shared.shape[2]
    lab_score = core.of_lab.T @ shared
    flat = lab_score.reshape(-1, size)
    reduced = shared.sum(axis=0) - core.gain.reshape(len(flat), shared.shape[1]).T @ flat
    common = core.common.T @ reduced
    in_labs = (core.lab_inverse @ lab_score).reshape(-1, size)
    return common.T @ (core.inverse @ common) + flat.T @ in_labs
