"""The log marginal likelihood with all its constants, so that it compares with other programs."""

from math import lgamma, log, pi

from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.priors import FLAT_SD, PriorKind
from analysis.stats.pooled.terms import Term


def find_log_marginal(mode: Mode, kind: PriorKind) -> float:
    """Return the log probability of the counts of the used cells at the standard deviations.

    The free intercepts are integrated over a flat density of 1. Without priors so are the main
    effects, as differences with one channel and one value of each style axis: that is the REML
    likelihood of glmmTMB.
    """
    model = mode.system.model
    total = mode.log_marginal + _count_ways(model)
    total += (model.stratum.max() + 1) / 2 * log(2 * pi)
    if kind == PriorKind.NONE:
        for levels in _count_levels(model):
            total += (levels - 1) * (log(FLAT_SD) + 0.5 * log(2 * pi)) + 0.5 * log(levels)
    return total


def _count_ways(model: PooledModel) -> float:
    """Return the log of in how many ways people can respond, for given counts."""
    cells = zip(model.cells.nobs.tolist(), model.cells.count.tolist(), strict=True)
    return sum(lgamma(n + 1) - lgamma(y + 1) - lgamma(n - y + 1) for n, y in cells)


def _count_levels(model: PooledModel) -> list[int]:
    """Return how many levels each main effect has."""
    variants = model.grid.variants
    found = []
    if model.terms.keeps(Term.CHANNEL):
        found.append(len({one.channel for one in variants}))
    if model.terms.keeps(Term.STYLE):
        found += [len(set(held)) for held in zip(*(one.values for one in variants), strict=True)]
    return found
