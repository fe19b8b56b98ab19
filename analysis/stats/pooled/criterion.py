"""The Laplace criterion of the standard deviations, free intercepts integrated out, with gradient.

log p(y | sd) ≈ log joint at the mode − ½ log |Hessian| (Breslow & Clayton 1993; Skaug & Fournier
2006), REML-like since intercepts and main effects are integrated too. The gradient is analytic:
per term |b|² − n + tr(Cov b) + 2 b·s, with b the effects on the unit scale, n their number and s
the change of the mode that the third derivatives ask for. Where a known bias adds to the variance
of an effect, only its own share of all this is the term's.
"""

from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.core import CoreCovariance
from analysis.stats.pooled.data import Array
from analysis.stats.pooled.mode import Effects, Mode, Scales
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.terms import Term


class Slope(NamedTuple):
    """The gradient per term, and how many effects the data tell: n − tr(Cov b)."""

    gradient: Array
    freedom: Array


class Spread(NamedTuple):
    """Posterior variances: (N,) of the predictors per block, and per term the sum over effects."""

    predictors: tuple[Array, ...]
    by_term: dict[Term, float]
    core: CoreCovariance


def find_slope(mode: Mode, terms: tuple[Term, ...]) -> Slope:
    """Return the gradient of the log marginal likelihood to the log standard deviations."""
    model, system = mode.system.model, mode.system
    spread = find_spread(mode)
    scores = []
    for block, predictor, variance in zip(
        model.blocks, mode.predictors, spread.predictors, strict=True
    ):
        rate = 1.0 / (1.0 + np.exp(-predictor))
        third = block.nobs * rate * (1.0 - rate) * (1.0 - 2.0 * rate)
        scores.append(-0.5 * variance * third)
    shift, _predictors = system.solve(tuple(scores), None)
    squares = sum_by_term(model, system.scales, mode.effects, mode.effects)
    slopes = sum_by_term(model, system.scales, mode.effects, shift)
    counts = count_effects(model, system.scales)
    freedom = np.array([counts[term] - spread.by_term[term] for term in terms])
    pull = np.array([squares[term] + 2.0 * slopes[term] for term in terms])
    return Slope(pull - freedom, freedom)


def find_spread(mode: Mode) -> Spread:
    """Return the posterior variances at the mode."""
    model, system = mode.system.model, mode.system
    core = system.core.find_covariance()
    by_term = dict.fromkeys(Term, 0.0)
    _add(by_term, model.common_terms, core.common)
    _add(by_term, model.grid.of_lab.terms, core.lab)
    predictors = []
    cell = system.scales.cell
    for block, weight in zip(system.blocks, system.weights, strict=True):
        experiments = block.block.key.shape[0]
        place = block.block.key.reshape(experiments, -1)
        lab = block.block.lab[:, None, None]
        held = core.key[lab, place[:, :, None], place[:, None, :]]
        variance, local = block.spread_variance(held)
        shrink = 1.0 + weight * cell**2
        by_term[Term.CELL] += float((1 / shrink + (weight * cell / shrink) ** 2 * variance).sum())
        predictors.append(variance / shrink**2 + cell**2 / shrink)
        arms = block.block.shape[2]
        local = local * block.block.share_estimated(block.scale)
        by_term[Term.EXPERIMENT_VARIANT] += float(local[:arms].sum())
        by_term[Term.CLUSTER] += float(local[arms:].sum())
    return Spread(tuple(predictors), by_term, core)


def sum_by_term(
    model: PooledModel, scales: Scales, one: Effects, other: Effects
) -> dict[Term, float]:
    """Return the inner product of two sets of effects, term by term."""
    sums = dict.fromkeys(Term, 0.0)
    _add(sums, model.common_terms, one.common * other.common)
    _add(sums, model.grid.of_lab.terms, (one.lab * other.lab).sum(axis=0))
    for place, block in enumerate(model.blocks):
        product = (one.locals[place] * other.locals[place]).sum(axis=0)
        product *= block.share_estimated(scales.locals[place])
        sums[Term.EXPERIMENT_VARIANT] += float(product[: block.shape[2]].sum())
        sums[Term.CLUSTER] += float(product[block.shape[2] :].sum())
        sums[Term.CELL] += float(one.deviations[place] @ other.deviations[place])
    return sums


def count_effects(model: PooledModel, scales: Scales) -> dict[Term, float]:
    """Return how many effects each term has, with those that padding added."""
    counts = dict.fromkeys(Term, 0.0)
    _add(counts, model.common_terms, np.ones(len(model.common_terms)))
    lab_terms = model.grid.of_lab.terms
    _add(counts, lab_terms, np.full(len(lab_terms), float(model.labs)))
    for block, scale in zip(model.blocks, scales.locals, strict=True):
        experiments, _profiles, arms, _atoms, locals_ = block.shape
        own = float(block.share_estimated(scale)[:arms].sum())
        counts[Term.EXPERIMENT_VARIANT] += experiments * own
        counts[Term.CLUSTER] += experiments * (locals_ - arms)
        counts[Term.CELL] += block.count.size
    return counts


def _add(sums: dict[Term, float], terms: tuple[Term, ...], values: Array) -> None:
    for term, value in zip(terms, values.tolist(), strict=True):
        sums[term] += value
