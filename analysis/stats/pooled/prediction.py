"""What a next experiment may show: draws that carry how labs and experiments differ.

To the general effects come deviations of the lab, and of one experiment in it (Higgins, Thompson &
Spiegelhalter 2009). A lab that took part deviates as its own experiments tell; a new lab as far as
labs differ. What the data cannot tell apart is drawn from the prior, if priors are used.
"""

from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array, Codes, Variant
from analysis.stats.pooled.design import Grid
from analysis.stats.pooled.draws import JointDraws, draw_pairs
from analysis.stats.pooled.levels import draw_level
from analysis.stats.pooled.part import find_rates
from analysis.stats.pooled.priors import PriorKind, find_scale
from analysis.stats.pooled.progress import OnProgress
from analysis.stats.pooled.results import PooledEstimate
from analysis.stats.pooled.terms import OF_LAB, DropReason, Term
from analysis.stats.pooled.together import Together, weigh_profiles

TAILS = (0.025, 0.975)
# Sets the random numbers of predictions apart from those of the fit with the same seed.
SPAWN = 1
# No lab has this number.
CELL_PLACE = 2**31


class NoDrawsError(ValueError):
    """There was nothing to compare, so there is nothing to predict from."""


class VariantPrediction(NamedTuple):
    """What a new experiment with a variant may show in one profile, as shares; limits are 95 %.

    profile: empty for all profiles together. living_lab: None for a lab that did not take part.
    difference_ci: with the best other variant.
    """

    profile: str
    variant: Variant
    living_lab: str | None
    rate_ci: tuple[float, float]
    against: Variant
    difference_ci: tuple[float, float]


def list_predictions(
    estimate: PooledEstimate,
    seed: int,
    on_progress: OnProgress | None = None,
    together: Together | None = None,
) -> tuple[VariantPrediction, ...]:
    """Return what a new experiment may show, in a new lab first and then in each lab.

    A rate in a new lab is that of the standard situation of the profile; in a known lab that of the
    lab's own people, where some of them responded. on_progress: takes the share that is done.
    together: all profiles together, of which predictions are made too, weighed in the same way.
    """
    if estimate.draws is None:
        return ()
    found = _read_lab(
        estimate, None, predict_new_lab(estimate, seed), estimate.draws.level, together
    )
    for lab, name in enumerate(estimate.labs):
        effects, level = predict_lab(estimate, lab, seed)
        found += _read_lab(estimate, name, effects, level, together)
        if on_progress:
            on_progress((lab + 1) / len(estimate.labs))
    return tuple(found)


def predict_new_lab(estimate: PooledEstimate, seed: int, with_experiment: bool = True) -> Array:
    """Return draws of the effects in a lab without experiments, (draws, profiles, variants)."""
    grid, draws = _require(estimate)
    generator = _start(seed, 0)
    predicted = draws.effects.copy()
    for term in OF_LAB:
        sd = _draw_sd(estimate, term, generator)
        if sd is not None:
            levels = _code_levels(grid, term)
            predicted += sd[:, None, None] * _draw_levels(levels, sd.size, generator)
    if with_experiment and not _is_in_lab(estimate):
        predicted += _draw_experiment(estimate, generator)
    return predicted


def predict_lab(
    estimate: PooledEstimate, lab: int, seed: int, with_experiment: bool = True
) -> tuple[Array, Array]:
    """Return draws of the effects in a lab that took part, and of its level.

    lab: its place in `estimate.labs`. Effects: (draws, profiles, variants); level: as in draws.
    """
    grid, draws = _require(estimate)
    generator = _start(seed, lab + 1)
    predicted = draws.effects.copy()
    if grid.of_lab.terms:
        predicted += _draw_known_lab(grid, draws, lab, generator)
    level = draw_level(predicted, draws.situation.labs[lab], draws.parts, generator)
    level = np.where(np.isfinite(level).all(axis=0), level, draws.level)
    if with_experiment:
        predicted += _draw_experiment(estimate, generator)
    return predicted, level


def _start(seed: int, place: int) -> np.random.Generator:
    """Return a generator that shares no number with the fit, nor with those of other places."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(SPAWN, place)))


def _require(estimate: PooledEstimate) -> tuple[Grid, JointDraws]:
    if estimate.grid is None or estimate.draws is None:
        raise NoDrawsError
    return estimate.grid, estimate.draws


def _read_lab(
    estimate: PooledEstimate,
    name: str | None,
    effects: Array,
    level: Array,
    together: Together | None,
) -> list[VariantPrediction]:
    """Return the predictions of one lab, for each profile × variant that has a rate."""
    place = {variant: at for at, variant in enumerate(estimate.variants)}
    number = {profile: at for at, profile in enumerate(estimate.profiles)}
    asked = [(one, [number[one.profile]]) for one in estimate.estimates]
    if together:
        several = [number[profile] for profile in together.profiles]
        asked += [(one, several) for one in together.estimates]
    found = []
    for one, profiles in asked:
        if one.rate is None or one.against is None:
            continue
        members = [place[one.variant], place[one.against]]
        shares = weigh_profiles(estimate.draws, profiles, one.part)
        rates = sum(
            share * find_rates(effects[:, at, members], level[:, at, one.part, None])
            for at, share in zip(profiles, shares.tolist(), strict=True)
        )
        limits = np.quantile(np.c_[rates[:, 0], rates[:, 0] - rates[:, 1]], TAILS, axis=0)
        rate_ci, difference_ci = (tuple(column) for column in limits.T.tolist())
        found.append(
            VariantPrediction(one.profile, one.variant, name, rate_ci, one.against, difference_ci)
        )
    return found


def _draw_known_lab(
    grid: Grid, draws: JointDraws, lab: int, generator: np.random.Generator
) -> Array:
    """Return draws of how a lab that took part deviates, given the draws of the general effects."""
    count, profiles, variants = draws.effects.shape
    columns = len(grid.of_lab.terms)
    noise = draw_pairs(generator, columns, count).T
    key = draws.effects.reshape(count, -1)[:, grid.key]
    key = key + draws.of_design @ grid.of_design.values.T
    own = np.empty((count, columns))
    for place, given in enumerate(draws.labs):
        rows = draws.component == place
        own[rows] = draws.lab_scale[place] * given.draw(lab, key[rows], noise[rows])
    deviation = own @ grid.of_lab.values.T
    for term, marks in grid.of_lab.unseen.items():
        unseen = draw_pairs(generator, marks.shape[1], count).T @ marks.T
        deviation += draws.sd[term][:, None] * unseen
    return deviation.reshape(count, profiles, variants)


def _draw_experiment(estimate: PooledEstimate, generator: np.random.Generator) -> Array:
    """Return draws of how the variants of one experiment, of a new design, deviate; alike in all
    profiles."""
    _grid, draws = _require(estimate)
    count, _profiles, variants = draws.effects.shape
    variance = draws.sd.get(Term.DESIGN_VARIANT, np.zeros(count)) ** 2
    sd = _draw_sd(estimate, Term.EXPERIMENT_VARIANT, generator)
    if sd is not None:
        variance = variance + sd**2
    noise = draw_pairs(generator, variants, count).T
    return (np.sqrt(variance)[:, None] * noise)[:, None]


def draw_cell_sd(estimate: PooledEstimate, seed: int, with_clusters: bool = False) -> Array:
    """Return draws (draws,) of how much a cell of an experiment deviates besides, logit scale.

    with_clusters: cells are of one cluster each.
    """
    _grid, draws = _require(estimate)
    sd = _draw_sd(estimate, Term.CELL, _start(seed, CELL_PLACE))
    found = np.zeros(len(draws.effects)) if sd is None else sd
    of_cluster = draws.sd.get(Term.CLUSTER)
    return found if of_cluster is None or not with_clusters else np.hypot(found, of_cluster)


def _draw_sd(estimate: PooledEstimate, term: Term, generator: np.random.Generator) -> Array | None:
    """Return draws of a term's standard deviation: from the data, else from the prior."""
    _grid, draws = _require(estimate)
    if term in draws.sd:
        return draws.sd[term]
    dropped = estimate.dropped[term]
    if dropped.other == Term.CLUSTER:
        return draws.sd[Term.CLUSTER]
    is_hidden = dropped.reason == DropReason.FEW_LABS or (
        dropped.reason == DropReason.SAME and not (term in OF_LAB and dropped.other in OF_LAB)
    )
    if not is_hidden or estimate.priors == PriorKind.NONE:
        return None
    scale = find_scale(term, len(estimate.labs))
    return scale * np.abs(generator.standard_normal(len(draws.effects)))


def _is_in_lab(estimate: PooledEstimate) -> bool:
    """Tell whether what experiments differ is counted in what labs differ."""
    dropped = estimate.dropped.get(Term.EXPERIMENT_VARIANT)
    return dropped is not None and dropped.other in OF_LAB


def _code_levels(grid: Grid, term: Term) -> list[Codes]:
    """Return per set of levels of a lab term the level of each profile × variant, (P, V)."""
    profiles = np.arange(len(grid.profiles))[:, None]
    channel = _code([one.channel for one in grid.variants])[None]
    if term == Term.LAB_STYLE:
        axes = zip(*(one.values for one in grid.variants), strict=True)
        return [_code(list(values))[None] + 0 * profiles for values in axes]
    if term == Term.LAB_CHANNEL:
        return [channel + 0 * profiles]
    return [profiles * (channel.max() + 1) + channel]


def _draw_levels(levels: list[Codes], count: int, generator: np.random.Generator) -> Array:
    return sum(draw_pairs(generator, int(one.max()) + 1, count).T[:, one] for one in levels)


def _code(names: list[str]) -> Codes:
    return np.unique(np.array(names, dtype=str), return_inverse=True)[1].ravel()
