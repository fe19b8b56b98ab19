"""The result of a next experiment that would overturn a proposal: the smallest over all rivals."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.evidence import Basis, Overturn, ProfileEvidence
from analysis.pooled.evidence import list_compared
from analysis.pooled.record import (
    HeterogeneityRecord,
    Interval,
    PooledRecord,
    ProfileRecord,
    VariantRecord,
)
from analysis.pooled.strength import find_best
from analysis.stats.cells import Direction
from analysis.stats.pooled.overturn import Spread, Turning, find_least, find_turning

# One in so many draws is enough: these figures are told in half points.
EVERY = 4
LEAST_PEOPLE = 50
# A 95 % interval of a normal is this many deviations wide.
WIDTH = 2 * 1.959964
# The middles of nine equally likely parts of a normal.
NORMAL_QUANTILES = np.array([-1.593, -0.967, -0.589, -0.282, 0.0, 0.282, 0.589, 0.967, 1.593])
DRAWS, SEED = 1000, 1
Arrays = Mapping[str, NDArray]
# Shares are told in steps of a tenth of a percentage point.
STEPS = 1000
NO_SPREAD = Spread(np.zeros(1), np.zeros(1))


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What a next experiment may show: draws of the logits (D, V) of variants, and their spread.

    members: which variants these are, by place in V.
    """

    logits: NDArray
    members: list[int]
    spread: Spread
    margin: float

    def answer(self, leader: int, closest: int, people: Mapping[int, int]) -> Overturn:
        """Return what turns advice with whichever rival asks the least, and what settles it.

        leader: the variant that is advised. closest: the rival that it is settled over. people:
        who get each of two variants in a next experiment, by place of the rival.
        """
        own, nearest = self.members.index(leader), self.members.index(closest)
        least = find_least(self.logits, own, people, self.spread, self.margin)
        rival = nearest if least is None else least
        turning = self._find(own, rival, people)
        settling = turning if rival == nearest else self._find(own, nearest, people)
        return Overturn(
            people=people[rival],
            rival=self.members[rival],
            # Rounded away from what is expected: what is told turns it, one step less does not.
            turns_below=_round(turning.turns_below, math.floor),
            weakens_below=_round(turning.weakens_below, math.floor),
            settles_above=_round(settling.settles_above, math.ceil),
            becomes=None if turning.becomes is None else self.members[turning.becomes],
            settled_against=closest,
            settled_people=people[nearest],
            rivals=len(people),
        )

    def _find(self, leader: int, rival: int, people: Mapping[int, int]) -> Turning:
        return find_turning(self.logits, leader, rival, people[rival], self.spread, self.margin)


def find_pooled_overturn(
    record: PooledRecord, part: ProfileRecord | None, arrays: Arrays, direction: str
) -> Overturn | None:
    """Return what would overturn the advice of a run for one profile, or for all together.

    part: what the run tells about it. arrays: the draws of the run by name, as it kept them.
    """
    best = find_best(part)
    if best is None:
        return None
    logits = _read_logits(record, part, arrays)
    members = np.flatnonzero(np.isfinite(logits).all(axis=0)).tolist()
    sizes = {one.variant: _size_next(best, one) for one in list_compared(part, best)}
    people = {
        members.index(one): size
        for one, size in sizes.items()
        if size and one in members and one != best.variant
    }
    if best.variant not in members or best.against not in sizes or not sizes[best.against]:
        return None
    good = logits[::EVERY, members] * (-1.0 if direction == Direction.LOWER else 1.0)
    spread = find_spread(record.heterogeneity, best.counted.experiments, best.counted.labs)
    question = Question(good, members, spread, record.margin)
    return question.answer(best.variant, best.against, people)


def find_single_overturn(basis: Basis, part: ProfileEvidence) -> Overturn | None:
    """Return what a repeat of one experiment in the same place would have to show.

    Rates are drawn apart, as normal on the logit scale; how places differ is not known from one.
    """
    known = [one for one in part.rates if one.rate and one.denominator and one.rate < 1]
    places = [one.variant for one in known]
    if part.leader not in places or part.reference not in places:
        return None
    rates = np.array([one.rate for one in known])
    people_so_far = np.array([one.denominator for one in known])
    deviations = 1.0 / np.sqrt(people_so_far * rates * (1.0 - rates))
    logits = np.log(rates / (1.0 - rates)) + deviations * _draw_apart(len(known))
    if basis.outcome.direction == Direction.LOWER:
        logits = -logits
    leader, closest = part.find_rate(part.leader), part.reference
    people = {
        place: _round_people(min(leader.denominator, one.denominator))
        for place, one in enumerate(known)
        if one.variant != part.leader
    }
    question = Question(logits, places, NO_SPREAD, basis.outcome.margin)
    found = question.answer(part.leader, closest, people)
    return replace(found, weakens_below=None)


def _draw_apart(count: int) -> NDArray:
    """Return draws (DRAWS, count) with means of 0, variances of 1 and no covariance, exactly."""
    drawn = np.random.default_rng(SEED).standard_normal((DRAWS, count))
    drawn -= drawn.mean(axis=0)
    return drawn @ np.linalg.inv(np.linalg.cholesky(drawn.T @ drawn / DRAWS)).T


def _size_next(best: VariantRecord, rival: VariantRecord) -> int | None:
    """Return people per variant in an experiment as large as those so far."""
    sizes = [
        one.counted.people / one.counted.experiments
        for one in (best, rival)
        if one.counted.experiments
    ]
    return _round_people(min(sizes)) if sizes else None


def _round_people(people: float) -> int:
    """Return a number of people in two digits, at least fifty: it is no count of anybody."""
    size = 10 ** max(int(math.log10(max(people, 1))) - 1, 0)
    return max(LEAST_PEOPLE, int(round(people / size) * size))


def _read_logits(record: PooledRecord, part: ProfileRecord, arrays: Arrays) -> NDArray:
    """Return draws of the logit of each variant's rate, (D, V); NaN where it is not known."""
    names = arrays["profiles"].tolist()
    if part.profile is not None:
        at = names.index(part.profile)
        return arrays["draws"][:, at] + arrays["level"][:, at, None]
    people = {
        one.profile: sum(each.counted.people for each in one.variants) for one in record.profiles
    }
    counted = [name for name in names if people.get(name)]
    total = sum(people[name] for name in counted)
    rates = np.zeros_like(arrays["draws"][:, 0])
    for name in counted:
        at = names.index(name)
        own = arrays["draws"][:, at] + arrays["level"][:, at, None]
        rates += people[name] / total / (1.0 + np.exp(-own))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(rates / (1.0 - rates))


def find_spread(found: HeterogeneityRecord | None, experiments: int, labs: int) -> Spread:
    """Return how far a contrast in a new experiment may lie off, in equally likely cases.

    experiments, labs: over how many the general difference is averaged. Between experiments and
    between labs each standard deviation is normal about its value, as wide as its interval of
    95 %, and folded at nought: their priors fall off as fast.
    """
    if found is None:
        return NO_SPREAD
    of_experiment = np.square(_list_likely(found.tau, found.tau_ci))[:, None]
    of_lab = np.square(_list_likely(found.lab_tau, found.lab_tau_ci))[None, :]
    return Spread(
        of_result=(of_experiment + of_lab).ravel(),
        of_mean=(of_experiment / max(experiments, 1) + of_lab / max(labs, 1)).ravel(),
    )


def _list_likely(value: float | None, interval: Interval | None) -> NDArray:
    if not value:
        return np.zeros(1)
    if interval is None:
        return np.array([value])
    deviation = (interval[1] - interval[0]) / WIDTH
    return np.abs(value + deviation * NORMAL_QUANTILES)


def _round(value: float | None, to: Callable[[float], int]) -> float | None:
    """Return a share in whole steps; what lies a hair beside a step is on it."""
    if value is None:
        return None
    return to(round(value * STEPS, 6)) / STEPS
