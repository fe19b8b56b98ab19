"""Joint draws of every profile × variant, over the standard deviations and the effects."""

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells
from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.terms import Term
from analysis.stats.pooled.variances import Draw, find_weights

MOST_NEWTON_STEPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class JointDraws:
    """Draws of general effects, of the level of each profile, and of the standard deviations.

    effects: (draws, profiles, variants) on the logit scale. level: (draws, profiles, parts) of the
    standard situation: the logit that is added to an effect to give a rate, in each connected part
    of the variants. parts: (variants,) which that is. sd: per term (draws,). component: (draws,)
    which draw of the standard deviations each belongs to.
    """

    effects: Array
    level: Array
    parts: Codes
    sd: dict[Term, Array]
    component: Codes


def draw_effects(
    model: PooledModel,
    cells: PooledCells,
    parts: Codes,
    components: list[Draw],
    peak: Mode,
    count: int,
    generator: np.random.Generator,
) -> JointDraws:
    """Return joint draws from the mixture of normals that the components make.

    cells: all cells, also those that carry no comparison: they tell the level of a profile.
    parts: (variants,) the connected part of each.
    """
    component = _allocate(find_weights(components), count)
    profiles, variants = model.grid.shape
    effects = np.empty((count, profiles * variants))
    for place, held in enumerate(components):
        rows = np.flatnonzero(component == place)
        if rows.size:
            effects[rows] = _draw_component(model, held, rows.size, generator)
    terms = model.terms.random
    log_sd = np.array([one.log_sd for one in components]).reshape(len(components), len(terms))
    sd = {term: np.exp(log_sd[component, place]) for place, term in enumerate(terms)}
    effects = effects.reshape(count, profiles, variants)
    level = _draw_level(model, cells, effects, parts, peak, generator)
    return JointDraws(effects, level, parts, sd, component)


def _allocate(weights: Array, count: int) -> Codes:
    """Return which component each draw comes from, in proportion to their weights, in pairs."""
    edges = np.cumsum(weights) / weights.sum()
    pairs = (count + 1) // 2
    component = np.searchsorted(edges, (np.arange(pairs) + 0.5) / pairs).astype(np.int64)
    return np.repeat(component, 2)[:count]


def _draw_component(
    model: PooledModel, held: Draw, count: int, generator: np.random.Generator
) -> Array:
    """Return draws of the grid's effects at one set of standard deviations, (count, rows)."""
    common = model.grid.common
    root = np.linalg.cholesky(held.hessian)
    standard = _draw_pairs(generator, root.shape[0], count)
    values = held.common[:, None] + np.linalg.solve(root.T, standard)
    scale = held.scale
    drawn = (common.values @ (scale[:, None] * values)).T
    for term, marks in common.unseen.items():
        sd = scale[common.terms.index(term)]
        drawn += sd * (marks @ _draw_pairs(generator, marks.shape[1], count)).T
    return drawn


def _draw_pairs(generator: np.random.Generator, size: int, count: int) -> Array:
    """Return antithetic standard normals (size, count), of which the mean is 0 whatever the seed,
    so that how variants are named or ordered changes no mean."""
    half = generator.standard_normal((size, (count + 1) // 2))
    return np.hstack([half, -half])[:, :count]


def _draw_level(
    model: PooledModel,
    cells: PooledCells,
    effects: Array,
    parts: Codes,
    peak: Mode,
    generator: np.random.Generator,
) -> Array:
    """Return draws of the level of each profile and part; infinite without response.

    The level is such that the rates, over the people counted, give the responses counted. Its
    spread is that of the mean linear predictor, weighted by information: to the first order that
    is independent of the effects around their mean.
    """
    profiles = model.grid.shape[0]
    mean = effects.mean(axis=0)
    nobs, count = _sum_counts(model, cells)
    weight = _sum_weights(model, peak)
    levels = np.empty((len(effects), profiles, parts.max(initial=0) + 1))
    for part in range(levels.shape[2]):
        own = parts == part
        level = _match_level(mean[:, own], nobs[:, own], count[:, own].sum(axis=1))
        held = np.where(own, weight, 0.0)
        share = held / np.maximum(held.sum(axis=1, keepdims=True), 1e-300)
        spread = np.sqrt(_find_level_variance(model, peak, own))
        noise = generator.standard_normal((len(effects), profiles)) * spread
        levels[:, :, part] = level + noise - np.einsum("dpv,pv->dp", effects - mean, share)
    return levels


def _sum_counts(model: PooledModel, cells: PooledCells) -> tuple[Array, Array]:
    """Return people and responses of all cells, (profiles, variants) of the grid."""
    place = {variant: position for position, variant in enumerate(model.grid.variants)}
    at = np.array([place.get(one, -1) for one in cells.variants], dtype=np.int64)[cells.variant]
    held = at >= 0
    size = model.grid.shape
    flat = cells.profile[held] * size[1] + at[held]
    total = size[0] * size[1]
    nobs = np.bincount(flat, cells.nobs[held], minlength=total).reshape(size)
    return nobs, np.bincount(flat, cells.count[held], minlength=total).reshape(size)


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


def _sum_weights(model: PooledModel, peak: Mode) -> Array:
    """Return the information of the used cells, (profiles, variants) of the grid."""
    weight = _weigh_cells(model, peak)
    row = model.grid.key[_key_of_cells(model)]
    profiles, variants = model.grid.shape
    return np.bincount(row, weight, minlength=profiles * variants).reshape(profiles, variants)


def _weigh_cells(model: PooledModel, peak: Mode) -> Array:
    weight = np.zeros(model.cells.size)
    for block, own in zip(model.blocks, peak.system.weights, strict=True):
        weight[block.rows] = own
    return weight


def _find_level_variance(model: PooledModel, peak: Mode, variants: Array) -> Array:
    """Return per profile the variance of the mean predictor of cells of some variants; where a
    profile has none, the largest of the others stands in."""
    profiles, size = model.grid.shape
    row = model.grid.key[_key_of_cells(model)]
    weight = _weigh_cells(model, peak) * variants[row % size]
    total = np.bincount(row // size, weight, minlength=profiles)
    variance = np.full(profiles, np.nan)
    for place in np.flatnonzero(total > 0):
        own = np.where(row // size == place, weight / total[place], 0.0)
        scores = tuple(own[block.rows] for block in model.blocks)
        _effects, predictors = peak.system.solve(scores, None)
        variance[place] = sum(a @ b for a, b in zip(scores, predictors, strict=True))
    largest = np.nanmax(variance) if (total > 0).any() else 0.0
    return np.where(np.isnan(variance), largest, variance)


def _key_of_cells(model: PooledModel) -> Codes:
    keys = np.zeros(model.cells.size, dtype=np.int64)
    for block in model.blocks:
        _experiments, _profiles, arms, atoms, _locals = block.shape
        stratum, atom = np.divmod(block.slot, atoms)
        part = block.stratum_part[stratum]
        arm = atom
        if block.arm_of_atom is not None:
            arm = block.arm_of_atom.argmax(axis=2)[part // block.shape[1], atom]
        keys[block.rows] = block.key.reshape(-1, arms)[part, arm]
    return keys
