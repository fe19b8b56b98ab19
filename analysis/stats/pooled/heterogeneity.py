"""How much experiments and labs differ, and whether counts vary more than chance.

τ is the spread of a difference between two variants on the logit scale. I² is the share of the
spread between results of experiments that is no chance (Higgins & Thompson 2002), φ is Pearson's
overdispersion.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.blocks import eliminate
from analysis.stats.pooled.criterion import find_spread
from analysis.stats.pooled.data import Array, Codes
from analysis.stats.pooled.draws import JointDraws
from analysis.stats.pooled.extended import free_effects
from analysis.stats.pooled.layout import Block
from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.priors import is_from_prior
from analysis.stats.pooled.terms import OF_LAB, Term
from analysis.stats.pooled.threads import one_thread
from analysis.stats.results import Status

MOST_DISPERSION = 1.5
LEAST_FREEDOM = 5.0
TAILS = (0.025, 0.975)
OF_EXPERIMENT = (Term.EXPERIMENT_VARIANT, Term.DESIGN_VARIANT)


class NoSpread(StrEnum):
    """Why a figure is not known."""

    NOT_IN_MODEL = "no term of the model tells it"
    FROM_PRIOR = "too few labs, so that the prior tells it"
    ONE_EXPERIMENT = "experiments share no comparison"
    NO_FREEDOM = "too few counts are left to tell it"


class Spread(NamedTuple):
    """A figure with its 95 % interval; None when status is not `ok`.

    interval: None when variances are plugged in.
    """

    status: Status
    reason: NoSpread | None = None
    value: float | None = None
    interval: tuple[float, float] | None = None


class Heterogeneity(NamedTuple):
    """τ between experiments and between labs (logit), I² (a share), and φ.

    is_overdispersed: φ of more than 1.5 without terms for cells and clusters. The fit allows for
    it when it has such a term; if not, intervals are too narrow.
    """

    tau: Spread
    lab_tau: Spread
    i_squared: Spread
    dispersion: Spread
    is_overdispersed: bool


@one_thread()
def estimate_heterogeneity(mode: Mode, draws: JointDraws) -> Heterogeneity:
    """Return how much results differ beyond chance.

    mode: at the most likely standard deviations; draws: joint draws, of which the standard
    deviations are used. Cost: linear in the cells.
    """
    labs = mode.system.model.labs
    tau = find_tau(draws, OF_EXPERIMENT)
    lab_tau = find_tau(draws, OF_LAB)
    if lab_tau.status == Status.OK and any(is_from_prior(term, labs) for term in OF_LAB):
        lab_tau = Spread(Status.TOO_LITTLE, NoSpread.FROM_PRIOR)
    dispersion = check_dispersion(mode)
    is_overdispersed = dispersion.status == Status.OK and dispersion.value > MOST_DISPERSION
    shared = find_i_squared(draws, find_typical_variance(mode))
    return Heterogeneity(tau, lab_tau, shared, dispersion, is_overdispersed)


def find_tau(draws: JointDraws, terms: tuple[Term, ...]) -> Spread:
    """Return the spread of a difference between two variants that some terms make together.

    It is √2 times their standard deviation: both variants deviate. Median and 95 % interval.
    """
    variance = _draw_variance(draws, terms)
    if variance is None:
        return Spread(Status.UNDEFINED, NoSpread.NOT_IN_MODEL)
    return _summarise(np.sqrt(2.0 * variance))


def find_i_squared(draws: JointDraws, typical: float | None) -> Spread:
    """Return the share of the variance between results of experiments that is no chance.

    typical: variance of a difference within an experiment, see `find_typical_variance`.
    """
    variance = _draw_variance(draws, OF_EXPERIMENT)
    if variance is None:
        return Spread(Status.UNDEFINED, NoSpread.NOT_IN_MODEL)
    if typical is None:
        return Spread(Status.UNDEFINED, NoSpread.ONE_EXPERIMENT)
    return _summarise(2.0 * variance / (2.0 * variance + typical))


def find_typical_variance(mode: Mode) -> float | None:
    """Return the variance that chance gives the difference of two variants in one experiment.

    With P = W − WX(X'WX)⁻X'W, W what experiments know of their variants and X the variants, it is
    2·rank(P) / tr(P): for experiments of two variants that of Higgins & Thompson (2002, eq. 9),
    else its extension to networks (Jackson, White & Riley 2012). Over all profiles of an experiment
    together. None when experiments share no comparison.
    """
    model, scales = mode.system.model, mode.system.scales
    size = len(model.grid.variants)
    summed, squared, trace, rank = np.zeros((size, size)), np.zeros((size, size)), 0.0, 0
    for place, block in enumerate(model.blocks):
        weight = mode.system.weights[place]
        scale = scales.locals[place].copy()
        scale[: block.shape[2]] = 0.0
        held = eliminate(block, weight / (1.0 + weight * scales.cell**2), scale)
        experiments, profiles, arms = block.key.shape
        known = held.information.reshape(experiments, profiles, arms, profiles, arms).sum((1, 3))
        variant = _list_variants(block, model.grid.key % size)
        at = (variant[:, :, None] * size + variant[:, None, :]).ravel()
        for total, one in ((summed, known), (squared, known @ known)):
            total += np.bincount(at, one.ravel(), minlength=size * size).reshape(size, size)
        own = np.einsum("eaa->ea", known)
        trace += float(own.sum())
        rank += int((own > 0).sum() - (own > 0).any(axis=1).sum())
    inverse = np.linalg.pinv(summed, rcond=1e-9, hermitian=True)
    left = rank - int(np.linalg.matrix_rank(summed, hermitian=True, tol=1e-9 * summed.max()))
    if left < 1:
        return None
    return float(2.0 * left / (trace - np.sum(inverse * squared)))


def check_dispersion(mode: Mode) -> Spread:
    """Return Pearson's χ² over its degrees of freedom, without terms for cells and clusters.

    Those terms take up what chance does not explain, so they are left out to see it. Degrees of
    freedom: cells less what the fit uses of them, tr(W·Cov).
    """
    model = mode.system.model
    plain = free_effects(mode, (), (Term.CELL, Term.CLUSTER))
    spread = find_spread(plain)
    square, freedom = 0.0, float(model.cells.size)
    for block, predictor, variance in zip(
        model.blocks, plain.predictors, spread.predictors, strict=True
    ):
        rate = 1.0 / (1.0 + np.exp(-predictor))
        weight = np.maximum(block.nobs * rate * (1.0 - rate), 1e-10)
        square += float(((block.count - block.nobs * rate) ** 2 / weight).sum())
        freedom -= float(weight @ variance)
    if freedom < LEAST_FREEDOM:
        return Spread(Status.TOO_LITTLE, NoSpread.NO_FREEDOM)
    return Spread(Status.OK, None, square / freedom)


def _draw_variance(draws: JointDraws, terms: tuple[Term, ...]) -> Array | None:
    """Return draws of the summed variances of those terms that the model has."""
    held = [draws.sd[term] ** 2 for term in terms if term in draws.sd]
    return sum(held) if held else None


def _summarise(values: Array) -> Spread:
    middle, low, high = np.quantile(values, [0.5, *TAILS]).tolist()
    return Spread(Status.OK, None, middle, (low, high) if low < high else None)


def _list_variants(block: Block, variant_of_key: Codes) -> Codes:
    """Return the variant of each arm of each experiment, (experiments, arms).

    An arm is not in every profile: the first that has it tells which variant it is.
    """
    experiments, _profiles, arms = block.key.shape
    held = np.zeros((experiments * block.shape[1], arms), dtype=bool)
    stratum, arm = np.divmod(block.slot, block.shape[3])
    part = block.stratum_part[stratum]
    if block.arm_of_atom is not None:
        arm = block.arm_of_atom.argmax(axis=2)[part // block.shape[1], arm]
    held[part, arm] = True
    first = held.reshape(experiments, -1, arms).argmax(axis=1)
    return variant_of_key[np.take_along_axis(block.key, first[:, None, :], axis=1)[:, 0]]
