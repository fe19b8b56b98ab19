"""Advice weighed to the residents of one place: what to expect there, and how far it was studied.

What a variant does in a place is the sum over profiles of their share among the residents times
what it does in each (post-stratification: Little 1993), from joint draws, so that all uncertainty
and what profiles share is carried along. Residents whose profile nobody tested are not left out:
limits reach to where they respond like the profile that responds least, and most. That is an
assumption; the bounds without one (Manski 1990) are given too.

Shapes: D draws, P profiles that were tested, V variants. Shares lie between 0 and 1.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.stats.pooled.data import Array
from analysis.stats.pooled.decisions import decide

TAILS = (0.025, 0.975)
# What counts as outside what was studied: the part of the residents whose profile nobody tested,
# and how much of the people counted is left once they are weighed to the residents. By judgement.
INSIDE = (0.05, 0.5)
PARTLY = (0.25, 0.2)
ROUNDING = 1e-9


class Standing(StrEnum):
    """How far the residents of a place lie outside the people who were studied."""

    INSIDE = "inside"
    PARTLY = "partly"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class MixDistance:
    """How the residents of a place differ from the people who were counted.

    overlap: the part that the two mixes have in common, 1 less their total variation distance.
    unstudied: the part of the residents whose profile nobody tested, or nobody knows. effective:
    Kish's effective sample size once people are weighed to the residents, as a part of the people
    counted: 1 where the mixes are equal. overlap and effective are None where it is not known how
    many people were counted of each profile.
    """

    overlap: float | None
    unstudied: float
    effective: float | None

    @property
    def standing(self) -> Standing:
        """Return how far outside the studied mix the residents lie, in three levels."""
        for level, (most, least) in ((Standing.INSIDE, INSIDE), (Standing.PARTLY, PARTLY)):
            effective = 1.0 if self.effective is None else self.effective
            if self.unstudied <= most + ROUNDING and effective >= least - ROUNDING:
                return level
        return Standing.OUTSIDE


@dataclass(frozen=True, slots=True)
class PlaceVariant:
    """What one variant may show in a place; limits are 95 %.

    variant: its place in the draws. rate: on average over experiments, the untested residents like
    the tested ones, with its limits mean_ci. rate_ci: of one new experiment there. worst_case: the
    rate when of the untested residents nobody responds, and when everybody does. difference,
    difference_ci: from the reference, in a new experiment there; probability_better: that it is
    above 0 there, with the untested residents like the profile for which the variant does worst.
    """

    variant: int
    rate: float
    mean_ci: tuple[float, float]
    rate_ci: tuple[float, float]
    worst_case: tuple[float, float]
    regret: float
    difference: float
    difference_ci: tuple[float, float]
    probability_better: float


@dataclass(frozen=True, slots=True)
class PlaceAdvice:
    """Each variant in a place against a reference, and which one loses least there.

    best: the variant of least expected regret; runner_up: the next, None where it is alone.
    """

    variants: tuple[PlaceVariant, ...]
    best: int
    runner_up: int | None
    reference: int


@dataclass(frozen=True, slots=True, eq=False)
class _Bounds:
    """Draws over the residents of a place, each (D, V): untested ones like the least, like the
    tested ones on average, and like the most."""

    low: Array
    middle: Array
    high: Array


def compare_mixes(people: Array, shares: Array, unknown: float = 0.0) -> MixDistance:
    """Return how far residents lie outside the people who were counted.

    people: (P,) counted with each profile, 0 where nobody was. shares: (P,) of the residents;
    with unknown, the part whose profile nobody knows, they are 1 together.
    """
    people, shares = np.asarray(people, dtype=float), np.asarray(shares, dtype=float)
    _check(shares, unknown)
    if people.sum() <= 0:
        return MixDistance(0.0, 1.0, 0.0)
    counted = people / people.sum()
    tested = counted > 0
    within = float(shares[tested].sum())
    squares = float((shares[tested] ** 2 / counted[tested]).sum())
    return MixDistance(
        overlap=float(np.minimum(shares, counted).sum()),
        unstudied=min(1.0, float(unknown + shares[~tested].sum())),
        effective=within**2 / squares if squares > 0 else 0.0,
    )


def weigh(
    average: Array,
    new_place: Array,
    shares: Array,
    margin: float,
    reference: int | None = None,
    is_lower_better: bool = False,
) -> PlaceAdvice:
    """Return what variants may show among residents with these shares.

    average, new_place: (D, P, V) joint draws of the rates in an average experiment, and in one
    new experiment in a lab that did not take part. shares: (P,) of the residents; what they lack
    to 1 is the part that nobody tested. margin: smallest difference that matters. reference: the
    variant that others are held against; the best one where it is not given.
    """
    shares = np.asarray(shares, dtype=float)
    untested = max(0.0, 1.0 - float(shares.sum()))
    _check(shares, untested)
    if shares.sum() <= ROUNDING:
        # Nothing was found about any of them.
        raise ValueError("none of the residents has a profile that was tested")
    sign = -1.0 if is_lower_better else 1.0
    general = _bound(average, shares, untested)
    decision = decide(sign * general.middle, margin)
    order = np.argsort(decision.regret, kind="stable").tolist()
    reference = order[0] if reference is None else reference
    variants = tuple(
        _read_variant(place, reference, sign, general, new_place, shares, untested, decision.regret)
        for place in range(average.shape[2])
    )
    return PlaceAdvice(variants, order[0], order[1] if len(order) > 1 else None, reference)


def _check(shares: Array, unknown: float) -> None:
    if (shares < 0).any() or unknown < 0 or shares.sum() + unknown > 1 + 1e-6:
        raise ValueError("shares lie between 0 and 1, and are at most 1 together")


def _bound(draws: Array, shares: Array, untested: float) -> _Bounds:
    """Return draws (D, P, …) over the residents, with bounds for those who were not tested."""
    known = np.einsum("p,dp...->d...", shares, draws)
    if untested <= ROUNDING:
        return _Bounds(known, known, known)
    return _Bounds(
        known + untested * draws.min(axis=1),
        known / shares.sum(),
        known + untested * draws.max(axis=1),
    )


def _read_variant(
    place: int,
    reference: int,
    sign: float,
    general: _Bounds,
    new_place: Array,
    shares: Array,
    untested: float,
    regret: Array,
) -> PlaceVariant:
    rates = _bound(new_place[:, :, place], shares, untested)
    gaps = _bound(new_place[:, :, place] - new_place[:, :, reference], shares, untested)
    average = general.middle
    known = float((shares.sum() * average[:, place]).mean())
    surely = gaps.low if sign > 0 else -gaps.high
    return PlaceVariant(
        variant=place,
        rate=float(average[:, place].mean()),
        mean_ci=_limits(_Bounds(*(one[:, place] for one in (general.low, average, general.high)))),
        rate_ci=_limits(rates),
        worst_case=(known, known + untested),
        regret=float(regret[place]),
        difference=float((average[:, place] - average[:, reference]).mean()),
        difference_ci=_limits(gaps),
        probability_better=float((surely > 0).mean()),
    )


def _limits(draws: _Bounds) -> tuple[float, float]:
    low, high = np.quantile(draws.low, TAILS[0]), np.quantile(draws.high, TAILS[1])
    return float(low), float(high)
