"""Joint draws of every profile × variant, over the standard deviations and the effects."""

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells
from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.terms import Term
from analysis.stats.pooled.variances import Draw

MOST_NEWTON_STEPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class JointDraws:
    """Draws of general effects, of the level of each profile, and of the standard deviations.

    effects: (draws, profiles, variants) on the logit scale. level: (draws, profiles) of the
    standard situation: the logit that is added to an effect to give a rate. sd: per term (draws,).
    component: (draws,) which draw of the standard deviations each belongs to.
    """

    effects: Array
    level: Array
    sd: dict[Term, Array]
    component: Codes

    @property
    def rates(self) -> Array:
        """Rates in the standard situation, (draws, profiles, variants)."""
        return 1.0 / (1.0 + np.exp(-(self.effects + self.level[:, :, None])))


def draw_effects(
    model: PooledModel,
    cells: PooledCells,
    components: list[Draw],
    peak: Mode,
    count: int,
    generator: np.random.Generator,
) -> JointDraws:
    """Return joint draws from the mixture of normals that the components make.

    cells: all cells, also those that carry no comparison: they tell the level of a profile.
    """
    component = _allocate([one.weight for one in components], count)
    profiles, variants = model.grid.shape
    effects = np.empty((count, profiles * variants))
    for place, held in enumerate(components):
        rows = np.flatnonzero(component == place)
        if rows.size:
            effects[rows] = _draw_component(model, held.mode, rows.size, generator)
    terms = model.terms.random
    log_sd = np.array([one.log_sd for one in components]).reshape(len(components), len(terms))
    sd = {term: np.exp(log_sd[component, place]) for place, term in enumerate(terms)}
    effects = effects.reshape(count, profiles, variants)
    level = _draw_level(model, cells, effects, peak, generator)
    return JointDraws(effects, level, sd, component)


def _allocate(weights: list[float], count: int) -> Codes:
    """Return which component each draw comes from, in proportion to their weights, in pairs."""
    edges = np.cumsum(weights) / np.sum(weights)
    pairs = (count + 1) // 2
    component = np.searchsorted(edges, (np.arange(pairs) + 0.5) / pairs).astype(np.int64)
    return np.repeat(component, 2)[:count]


def _draw_component(
    model: PooledModel, mode: Mode, count: int, generator: np.random.Generator
) -> Array:
    """Return draws of the grid's effects at one set of standard deviations, (count, rows)."""
    common = model.grid.common
    root = np.linalg.cholesky(mode.system.core.hessian)
    standard = _draw_pairs(generator, root.shape[0], count)
    values = mode.effects.common[:, None] + np.linalg.solve(root.T, standard)
    scale = mode.system.scales.common
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
    peak: Mode,
    generator: np.random.Generator,
) -> Array:
    """Return draws of each profile's level, (draws, profiles); minus infinity without response.

    The level is such that the rates, over the people counted, give the responses counted. Its
    spread is that of the mean linear predictor, weighted by information: to the first order that
    is independent of the effects around their mean.
    """
    profiles, variants = model.grid.shape
    mean = effects.mean(axis=0)
    level = _match_level(model, cells, mean)
    share, variance = _mean_predictor(model, peak, profiles * variants)
    share = share.reshape(profiles, variants)
    around = np.einsum("dpv,pv->dp", effects - mean, share)
    noise = generator.standard_normal((len(effects), profiles)) * np.sqrt(variance)
    return level + noise - around


def _match_level(model: PooledModel, cells: PooledCells, effects: Array) -> Array:
    """Return per profile the level at which expected and counted responses are equal."""
    place = {variant: position for position, variant in enumerate(model.grid.variants)}
    at = np.array([place.get(one, -1) for one in cells.variants], dtype=np.int64)[cells.variant]
    held = at >= 0
    size = effects.shape
    flat = cells.profile[held] * size[1] + at[held]
    nobs = np.bincount(flat, cells.nobs[held], minlength=effects.size).reshape(size)
    count = np.bincount(flat, cells.count[held], minlength=effects.size).reshape(size).sum(axis=1)
    total = nobs.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.log(count / (total - count))
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


def _mean_predictor(model: PooledModel, peak: Mode, rows: int) -> tuple[Array, Array]:
    """Return what each row of the grid contributes to the mean predictor of its profile, and the
    variance of that mean; of a profile without comparisons the largest variance stands in."""
    profiles, variants = model.grid.shape
    weight = np.zeros(model.cells.size)
    for block, own in zip(model.blocks, peak.system.weights, strict=True):
        weight[block.rows] = own
    profile = model.cells.profile
    total = np.bincount(profile, weight, minlength=profiles)
    row = model.grid.key[_key_of_cells(model)]
    share = np.bincount(row, weight, minlength=rows).reshape(profiles, variants)
    share /= np.maximum(total, 1e-300)[:, None]
    variance = np.full(profiles, np.nan)
    for place in np.flatnonzero(total > 0):
        own = np.where(profile == place, weight / total[place], 0.0)
        scores = tuple(own[block.rows] for block in model.blocks)
        _effects, predictors = peak.system.solve(scores, None)
        variance[place] = sum(a @ b for a, b in zip(scores, predictors, strict=True))
    return share, np.where(np.isnan(variance), np.nanmax(variance), variance)


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
