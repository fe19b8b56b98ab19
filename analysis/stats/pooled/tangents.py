"""How the mode moves when a standard deviation does: a good start for the modes nearby."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.stats.pooled.data import Array
from analysis.stats.pooled.mode import (
    Effects,
    Mode,
    Scales,
    predict_all,
    rescale_effects,
)
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.terms import Term


@dataclass(frozen=True, slots=True, eq=False)
class Tangents:
    """The mode at some log standard deviations, and its derivative to each of them.

    slopes: of effects on the scale of the logit, expressed in the units that `scales` has.
    """

    log_sd: Array
    effects: Effects
    scales: Scales
    slopes: tuple[Effects, ...]

    def extrapolate(self, log_sd: Array, scales: Scales) -> Effects:
        """Return where the mode is expected, to the first order, on the unit scale of `scales`."""
        effects = self.effects
        for slope, move in zip(self.slopes, (log_sd - self.log_sd).tolist(), strict=True):
            effects = effects.move(slope, move)
        return rescale_effects(effects, self.scales, scales)


def find_tangents(mode: Mode, terms: tuple[Term, ...], log_sd: Array) -> Tangents:
    """Return the derivatives of the mode, on the unit scale, by implicit differentiation.

    At the mode X'r = b. When the scale of a term grows, its own part of X'r grows with it, and
    the predictors by its own part of them.
    """
    system = mode.system
    slopes = []
    for term in terms:
        own = keep_term(system.model, system.scales, mode.effects, term)
        moved = predict_all(system.model, system.scales, own)
        scores = tuple(-w * one for w, one in zip(system.weights, moved, strict=True))
        slope, _predictors = system.solve(scores, own.move(own, -2.0))
        slopes.append(slope.move(own, 1.0))
    return Tangents(log_sd, mode.effects, system.scales, tuple(slopes))


def keep_term(model: PooledModel, scales: Scales, effects: Effects, term: Term) -> Effects:
    """Return the effects of one term, and 0 for all others and for the intercepts.

    Of an effect that a known bias is in, the share that grows with the term.
    """
    common = np.array([one == term for one in model.common_terms], dtype=float)
    of_lab = np.array([one == term for one in model.grid.of_lab.terms], dtype=float)
    locals_ = []
    for block, scale, values in zip(model.blocks, scales.locals, effects.locals, strict=True):
        is_own = np.full(block.shape[4], term == Term.CLUSTER, dtype=float)
        is_own[: block.shape[2]] = term == Term.EXPERIMENT_VARIANT
        locals_.append(values * is_own * block.share_estimated(scale))
    return replace(
        effects,
        intercepts=tuple(one * 0.0 for one in effects.intercepts),
        locals=tuple(locals_),
        deviations=tuple(one * float(term == Term.CELL) for one in effects.deviations),
        lab=effects.lab * of_lab,
        common=effects.common * common,
    )
