"""What a kept run tells about the residents of one place, from its draws and what may be seen.

Only figures that the reader may see are weighed: a mix of one profile alone would give away what
is withheld of it. Residents of a profile of which too little may be seen count as untested.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analysis.pooled.archive import read_archive
from analysis.pooled.estimator import NEW_LAB
from analysis.pooled.record import PooledRecord, ProfileRecord
from analysis.pooled.selection import EVERYONE
from analysis.stats.pooled.reweighting import (
    MixDistance,
    PlaceAdvice,
    PlaceVariant,
    compare_mixes,
    weigh,
)

# Draws hold the level of the largest part of the variants that can be compared.
MAIN_PART = 0
LEAST_VARIANTS = 2
# Sums of shares that differ by less are equal.
TIE = 1e-9


class NoLocalAdvice(StrEnum):
    """Why nothing can be said about the residents of a place."""

    OLD_RUN = "old_run"
    NOT_BY_PROFILE = "not_by_profile"
    NOBODY_TESTED = "nobody_tested"
    TOO_FEW_VARIANTS = "too_few_variants"


@dataclass(frozen=True, slots=True)
class Residents:
    """The residents of a place: the share of each profile, by its code, with the unknown part 1."""

    shares: Mapping[str, float]
    unknown: float = 0.0


@dataclass(frozen=True, slots=True)
class LocalAdvice:
    """What a run tells about the residents of a place.

    people: how many were counted of each profile that was tested, as far as may be seen; None
    where few were. used: the part of the residents of whose profile enough may be seen. variants:
    the number in the record of each variant in `advice`; tried: the part of the residents with
    whose profile it was tried. advice is None for a reason. lead: the best variant against the
    runner-up. average: the variant of least regret among those people counted.
    """

    residents: Residents
    distance: MixDistance
    people: Mapping[str, int | None]
    used: float = 0.0
    variants: tuple[int, ...] = ()
    tried: tuple[float, ...] = ()
    advice: PlaceAdvice | None = None
    lead: PlaceVariant | None = None
    average: int | None = None
    reason: NoLocalAdvice | None = None

    @property
    def best(self) -> int | None:
        """Return the number of the variant that loses least here."""
        return self.advice and self.variants[self.advice.best]

    @property
    def runner_up(self) -> int | None:
        """Return the number of the next variant."""
        return self.advice and self.variants[self.advice.runner_up]

    @property
    def withheld(self) -> float:
        """Return the part of the residents whose profile was tested on few people."""
        return max(0.0, 1.0 - self.distance.unstudied - self.used)

    def list_untested(self) -> list[tuple[str, float]]:
        """Return the profiles that live here and that nobody tested, the largest first."""
        found = [
            (profile, share)
            for profile, share in self.residents.shares.items()
            if share > 0 and profile not in self.people
        ]
        return sorted(found, key=lambda pair: -pair[1])


def advise_residents(
    record: PooledRecord, draws: bytes | None, residents: Residents, is_lower_better: bool = False
) -> LocalAdvice:
    """Return what a record, as its reader may see it, tells about the residents of a place."""
    parts = {part.profile: part for part in record.profiles if _is_tested(part)}
    people = {profile: _count(part) for profile, part in parts.items()}
    distance = _find_distance(people, residents)
    lived = [code for code in parts if residents.shares.get(code, 0.0) > 0]
    used, variants = _choose(parts, lived, residents)
    reason = _find_reason(parts, lived, variants, draws)
    if reason is not None:
        return LocalAdvice(residents, distance, people, reason=reason)
    found = LocalAdvice(
        residents,
        distance,
        people,
        used=sum(residents.shares[code] for code in used),
        variants=tuple(variants),
        tried=tuple(_find_tried(parts, residents, one) for one in variants),
    )
    return _weigh(found, record, used, read_archive(draws), is_lower_better)


def _find_distance(people: Mapping[str, int | None], residents: Residents) -> MixDistance:
    codes = list(dict.fromkeys([*people, *residents.shares]))
    shares = np.array([residents.shares.get(code, 0.0) for code in codes])
    if None not in people.values():
        counted = np.array([people.get(code, 0) for code in codes])
        return compare_mixes(counted, shares, residents.unknown)
    tested = np.array([code in people for code in codes])
    return MixDistance(None, float(residents.unknown + shares[~tested].sum()), None)


def _choose(
    parts: Mapping[str, ProfileRecord], lived: list[str], residents: Residents
) -> tuple[list[str], list[int]]:
    """Return the profiles of most residents in which two variants may be seen, and all those that
    may be seen in each of these profiles."""
    rated = {code: _list_rated(parts[code]) for code in lived}
    tried = {one.variant for code in lived for one in parts[code].variants if one.is_tried}
    best: tuple[float, list[str]] = (0.0, [])
    for pair in combinations(sorted(tried), LEAST_VARIANTS):
        used = [code for code in lived if rated[code].issuperset(pair)]
        share = sum(residents.shares[code] for code in used)
        if share > best[0] + TIE:
            best = share, used
    used = best[1]
    everywhere = set.intersection(*(rated[code] for code in used)) if used else set()
    return used, sorted(everywhere & tried)


def _find_reason(
    parts: Mapping, lived: list[str], variants: list[int], draws: bytes | None
) -> NoLocalAdvice | None:
    if EVERYONE in parts:
        return NoLocalAdvice.NOT_BY_PROFILE
    if not lived:
        return NoLocalAdvice.NOBODY_TESTED
    if len(variants) < LEAST_VARIANTS:
        return NoLocalAdvice.TOO_FEW_VARIANTS
    if draws is None or NEW_LAB not in read_archive(draws):
        return NoLocalAdvice.OLD_RUN
    return None


def _weigh(
    found: LocalAdvice,
    record: PooledRecord,
    used: list[str],
    held: Mapping[str, NDArray],
    is_lower_better: bool,
) -> LocalAdvice:
    average, new_place = _read_rates(held, used, list(found.variants))
    shares = np.array([found.residents.shares[code] for code in used])
    how = {"margin": record.margin, "is_lower_better": is_lower_better}
    advice = weigh(average, new_place, shares, **how)
    against = weigh(average, new_place, shares, reference=advice.runner_up, **how)
    counted = np.array([found.people[code] or 0 for code in used], dtype=float)
    general = None
    if counted.all():
        general = weigh(average, average, counted / counted.sum(), **how)
    return replace(
        found,
        advice=advice,
        lead=against.variants[advice.best],
        average=general and found.variants[general.best],
    )


def _read_rates(
    held: Mapping[str, NDArray], profiles: list[str], variants: list[int]
) -> tuple[NDArray, NDArray]:
    """Return draws of the rates in an average experiment, and in one of a new lab."""
    place = {code: at for at, code in enumerate(held["profiles"].tolist())}
    rows = [place[code] for code in profiles]
    effects = held["draws"][:, rows][:, :, variants] + held["level"][:, rows, None]
    return expit(effects), expit(effects + held[NEW_LAB][:, rows][:, :, variants])


def _is_tested(part: ProfileRecord) -> bool:
    return part.profile is not None and any(one.is_tried for one in part.variants)


def _list_rated(part: ProfileRecord) -> set[int]:
    return {one.variant for one in part.variants if one.rate is not None and one.part == MAIN_PART}


def _count(part: ProfileRecord) -> int | None:
    """Return how many people were counted of a profile; None where that may not be seen whole."""
    counts = [one.counted.people for one in part.variants if one.is_tried]
    return sum(counts) if all(counts) else None


def _find_tried(parts: Mapping[str, ProfileRecord], residents: Residents, variant: int) -> float:
    return sum(
        residents.shares.get(code, 0.0)
        for code, part in parts.items()
        if any(one.variant == variant and one.is_tried for one in part.variants)
    )
