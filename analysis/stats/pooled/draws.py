"""Joint draws of every profile × variant, over the standard deviations and the effects."""

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.connected import find_main_parts
from analysis.stats.pooled.data import Array, Codes, PooledCells
from analysis.stats.pooled.labs import LabsGiven
from analysis.stats.pooled.levels import Situation, draw_level, find_situation
from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.skewness import correct_skewness
from analysis.stats.pooled.terms import Term
from analysis.stats.pooled.variances import Draw, find_weights


@dataclass(frozen=True, slots=True, eq=False)
class JointDraws:
    """Draws of general effects, of the level of each profile, and of the standard deviations.

    effects: (draws, profiles, variants) on the logit scale. of_design: (draws, columns), how
    designs deviate. level: (draws, profiles, parts) of the standard situation: the logit that is
    added to an effect to give a rate, in each connected part of the variants. parts: (variants,)
    which that is. sd: per term (draws,). component: (draws,) which draw of the standard deviations
    each belongs to. labs: per component how the labs deviate, and lab_scale: (components, columns)
    by how much. situation: what was counted where.
    """

    effects: Array
    of_design: Array
    level: Array
    parts: Codes
    sd: dict[Term, Array]
    component: Codes
    labs: tuple[LabsGiven, ...]
    lab_scale: Array
    situation: Situation

    @property
    def main_parts(self) -> Codes:
        """The part of each profile in which there is advice, (profiles,)."""
        return find_main_parts(self.situation.everywhere.nobs, self.parts)


def draw_effects(
    model: PooledModel,
    cells: PooledCells,
    parts: Codes,
    components: list[Draw],
    peak: Mode,
    count: int,
    generator: np.random.Generator,
    with_skewness: bool = True,
) -> JointDraws:
    """Return joint draws from the mixture of normals that the components make.

    cells: all cells, also those that carry no comparison: they tell the level of a profile.
    parts: (variants,) the connected part of each. with_skewness: whether effects of variants with
    one kind of outcome are corrected, which asks for proper priors.
    """
    component = _allocate(find_weights(components), count)
    profiles, variants = model.grid.shape
    effects = np.empty((count, profiles * variants))
    of_design = np.empty((count, len(model.grid.of_design.terms)))
    for place, held in enumerate(components):
        rows = np.flatnonzero(component == place)
        if rows.size:
            effects[rows], of_design[rows] = _draw_component(model, held, rows.size, generator)
    if with_skewness:
        correct_skewness(model, effects, component, components, parts, peak)
    terms = model.terms.random
    log_sd = np.array([one.log_sd for one in components]).reshape(len(components), len(terms))
    sd = {term: np.exp(log_sd[component, place]) for place, term in enumerate(terms)}
    effects = effects.reshape(count, profiles, variants)
    situation = find_situation(model, cells, peak)
    level = draw_level(effects, situation.everywhere, parts, generator)
    at_peak = LabsGiven.of(peak)
    return JointDraws(
        effects,
        of_design,
        level,
        parts,
        sd,
        component,
        tuple(one.labs or at_peak for one in components),
        np.array([one.of_lab for one in components]),
        situation,
    )


def _allocate(weights: Array, count: int) -> Codes:
    """Return which component each draw comes from, in proportion to their weights, in pairs."""
    edges = np.cumsum(weights) / weights.sum()
    pairs = (count + 1) // 2
    component = np.searchsorted(edges, (np.arange(pairs) + 0.5) / pairs).astype(np.int64)
    return np.repeat(component, 2)[:count]


def _draw_component(
    model: PooledModel, held: Draw, count: int, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Return draws of the grid's effects at one set of standard deviations, (count, rows), and of
    the deviations of designs, (count, columns)."""
    common = model.grid.common
    root = np.linalg.cholesky(held.hessian)
    standard = draw_pairs(generator, root.shape[0], count)
    values = held.scale[:, None] * (held.common[:, None] + np.linalg.solve(root.T, standard))
    # Those of designs come last; they are no part of a general effect.
    columns = len(common.terms)
    drawn = (common.values @ values[:columns]).T
    for term, marks in common.unseen.items():
        sd = held.scale[common.terms.index(term)]
        drawn += sd * (marks @ draw_pairs(generator, marks.shape[1], count)).T
    return drawn, values[columns:].T


def draw_pairs(generator: np.random.Generator, size: int, count: int) -> Array:
    """Return antithetic standard normals (size, count), of which the mean is 0 whatever the seed,
    so that how variants are named or ordered changes no mean."""
    half = generator.standard_normal((size, (count + 1) // 2))
    return np.hstack([half, -half])[:, :count]
