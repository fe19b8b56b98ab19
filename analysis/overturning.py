"""The result of a next experiment that would overturn a proposal."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.evidence import Basis, Overturn, ProfileEvidence
from analysis.pooled.record import (
    HeterogeneityRecord,
    Interval,
    PooledRecord,
    ProfileRecord,
    VariantRecord,
)
from analysis.pooled.strength import find_best
from analysis.stats.cells import Direction
from analysis.stats.pooled.overturn import Spread, Turning, find_turning

# One in so many draws is enough: these figures are told in half points.
EVERY = 4
LEAST_PEOPLE = 50
DECIMALS = 3
# A 95 % interval of a normal is this many deviations wide.
WIDTH = 2 * 1.959964
# The middles of nine equally likely parts of a normal.
NORMAL_QUANTILES = np.array([-1.593, -0.967, -0.589, -0.282, 0.0, 0.282, 0.589, 0.967, 1.593])
DRAWS, SEED = 1000, 1
Arrays = Mapping[str, NDArray]
NO_SPREAD = Spread(np.zeros(1), np.zeros(1))


def find_pooled_overturn(
    record: PooledRecord, part: ProfileRecord | None, arrays: Arrays, direction: str
) -> Overturn | None:
    """Return what would overturn the advice of a run for one profile, or for all together.

    part: what the run tells about it. arrays: the draws of the run by name, as it kept them.
    """
    best = find_best(part)
    if best is None:
        return None
    rival = next(one for one in part.variants if one.variant == best.against)
    people = _size_next(best, rival)
    logits = _read_logits(record, part, arrays)
    members = np.flatnonzero(np.isfinite(logits).all(axis=0))
    if people is None or not {best.variant, rival.variant} <= set(members.tolist()):
        return None
    good = logits[::EVERY, members] * (-1.0 if direction == Direction.LOWER else 1.0)
    at = [int(np.flatnonzero(members == one.variant)[0]) for one in (best, rival)]
    spread = find_spread(record.heterogeneity, best.counted.experiments, best.counted.labs)
    turning = find_turning(good, *at, people, spread, record.margin)
    return _write(turning, people, rival.variant, members.tolist())


def find_single_overturn(basis: Basis, part: ProfileEvidence) -> Overturn | None:
    """Return what a repeat of one experiment in the same place would have to show.

    Rates are drawn apart, as normal on the logit scale; how places differ is not known from one.
    """
    known = [one for one in part.rates if one.rate and one.denominator and one.rate < 1]
    places = [one.variant for one in known]
    if part.leader not in places or part.reference not in places:
        return None
    generator = np.random.default_rng(SEED)
    logits = np.column_stack(
        [
            math.log(one.rate / (1 - one.rate))
            + generator.standard_normal(DRAWS)
            / math.sqrt(one.denominator * one.rate * (1 - one.rate))
            for one in known
        ]
    )
    if basis.outcome.direction == Direction.LOWER:
        logits = -logits
    people = _round_people(min(part.find_rate(one).denominator for one in _pair(part)))
    at = [places.index(one) for one in _pair(part)]
    turning = find_turning(logits, *at, people, NO_SPREAD, basis.outcome.margin)
    return _write(turning, people, part.reference, places, with_weakening=False)


def _pair(part: ProfileEvidence) -> tuple[int, int]:
    return part.leader, part.reference


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


def _write(
    turning: Turning, people: int, rival: int, members: list[int], with_weakening: bool = True
) -> Overturn:
    return Overturn(
        people=people,
        rival=rival,
        turns_below=_shorten(turning.turns_below),
        weakens_below=_shorten(turning.weakens_below) if with_weakening else None,
        settles_above=_shorten(turning.settles_above),
        becomes=None if turning.becomes is None else members[turning.becomes],
    )


def _shorten(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
