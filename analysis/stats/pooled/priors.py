"""Priors on standard deviations and on main effects (Gelman 2006; Röver et al. 2021)."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array
from analysis.stats.pooled.terms import MAIN, OF_LAB, Term

# Half-normal scales on the logit: structural effects may be large, deviations are smaller.
_WIDE, _NARROW, _TIGHT = 0.5, 0.25, 0.1
HALF_NORMAL_SCALES = {
    Term.CHANNEL_STYLE: _WIDE,
    Term.PROFILE_CHANNEL: _WIDE,
    Term.PROFILE_STYLE: _WIDE,
    Term.PROFILE_CHANNEL_STYLE: _NARROW,
    Term.LAB_CHANNEL: _NARROW,
    Term.LAB_STYLE: _TIGHT,
    Term.LAB_PROFILE_CHANNEL: _TIGHT,
    Term.EXPERIMENT_VARIANT: _NARROW,
    Term.DESIGN_VARIANT: _NARROW,
    Term.CLUSTER: _WIDE,
    Term.CELL: _NARROW,
}
# With fewer labs the prior has the last word on how labs differ, so it must not be vague.
LEAST_LABS = 3
MAIN_SD = 1.0
# So wide that it changes no digit that is shown, and keeps the network's loose ends finite.
FLAT_SD = 1e3


class PriorKind(StrEnum):
    """Which priors a fit uses."""

    DEFAULT = "default"
    NONE = "none"


class Penalty(NamedTuple):
    """A log density of log standard deviations, and its gradient."""

    value: float
    gradient: Array


def main_sd(kind: PriorKind) -> dict[Term, float]:
    """Return the prior standard deviation of channel and style effects."""
    return dict.fromkeys(MAIN, MAIN_SD if kind == PriorKind.DEFAULT else FLAT_SD)


def is_from_prior(term: Term, labs: int) -> bool:
    """Tell whether there are too few labs to estimate the standard deviation of a term."""
    return term in OF_LAB and labs < LEAST_LABS


def find_scale(term: Term, labs: int) -> float:
    """Return the scale of the half-normal prior on the standard deviation of a term."""
    return _TIGHT if is_from_prior(term, labs) else HALF_NORMAL_SCALES[term]


def penalise(terms: tuple[Term, ...], log_sd: Array, kind: PriorKind, labs: int) -> Penalty:
    """Return the log prior density of log standard deviations: half-normal, with its Jacobian."""
    if kind == PriorKind.NONE:
        return Penalty(0.0, np.zeros(len(terms)))
    scale = np.array([find_scale(term, labs) for term in terms])
    square = (np.exp(log_sd) / scale) ** 2
    constant = np.log(2.0 / (scale * np.sqrt(2.0 * np.pi))).sum()
    return Penalty(float(constant + (log_sd - square / 2).sum()), 1.0 - square)
