"""What the pooled estimator gives: frozen results that name their own status."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array, Codes, Variant
from analysis.stats.pooled.design import Grid
from analysis.stats.pooled.draws import JointDraws
from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.priors import PriorKind
from analysis.stats.pooled.terms import Dropped, Term
from analysis.stats.results import Status, Verdict


class UnusedReason(StrEnum):
    """Why an experiment adds nothing to the comparison."""

    ONE_VARIANT = "no profile and wave holds two variants"
    NO_RESPONSE = "nobody responded, or everybody did"


class VariantEstimate(NamedTuple):
    """One profile × variant; a figure that cannot be estimated is None.

    part: the connected part in which it is ranked. against: the best other variant of that part,
    which verdict, difference and probability_better are about.
    """

    profile: str
    variant: Variant
    status: Status
    is_tried: bool
    part: int
    rate: float | None = None
    rate_ci: tuple[float, float] | None = None
    effect: float | None = None
    effect_std_error: float | None = None
    effect_ci: tuple[float, float] | None = None
    p_best: float | None = None
    p_within_margin: float | None = None
    expected_regret: float | None = None
    rank_ci: tuple[int, int] | None = None
    is_advised: bool = False
    verdict: Verdict | None = None
    against: Variant | None = None
    difference: float | None = None
    difference_ci: tuple[float, float] | None = None
    probability_better: float | None = None


class Claim(NamedTuple):
    """In one profile one variant is better than another, simultaneously over all its pairs."""

    profile: str
    better: Variant
    worse: Variant
    probability: float


class TermEstimate(NamedTuple):
    """The standard deviation of a term with its 95 % interval.

    is_from_prior: too few labs to estimate it from.
    """

    sd: float
    lower: float | None
    upper: float | None
    is_from_prior: bool = False


class MainEffect(NamedTuple):
    """A channel or style effect, centred over its levels. axis: empty for a channel."""

    term: Term
    axis: str
    level: str
    effect: float
    std_error: float


@dataclass(frozen=True, slots=True, eq=False)
class PooledEstimate:
    """Everything that one fit tells.

    draws: None when there was nothing to compare. not_used: per experiment why. labs: those of
    which an experiment is used. mode: the fit at the most likely standard deviations.
    effective_components: how many equally weighted draws of the standard deviations there were.
    """

    estimates: tuple[VariantEstimate, ...]
    claims: tuple[Claim, ...]
    terms: dict[Term, TermEstimate]
    dropped: dict[Term, Dropped]
    main_effects: tuple[MainEffect, ...]
    labs: tuple[str, ...]
    profiles: tuple[str, ...]
    variants: tuple[Variant, ...]
    axes: tuple[str, ...]
    parts: Codes
    grid: Grid | None
    draws: JointDraws | None
    log_marginal: float | None
    cells: int
    cells_used: int
    experiments: int
    not_used: dict[str, UnusedReason]
    priors: PriorKind
    evaluations: int
    effective_components: float | None
    mode: Mode | None = None

    def list_draws(self) -> Array | None:
        """Return draws of the general effects, (draws, profiles, variants), NaN where unknown.

        Variants outside a profile's main part are unknown: nothing says how they compare with the
        others.
        """
        if self.draws is None:
            return None
        main = dict(zip(self.profiles, self.draws.main_parts.tolist(), strict=True))
        rows = {
            (one.profile, one.variant): one.effect is not None and one.part == main[one.profile]
            for one in self.estimates
        }
        known = np.array([[rows[name, one] for one in self.variants] for name in self.profiles])
        return np.where(known, self.draws.effects, np.nan)
