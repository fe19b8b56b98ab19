"""All profiles together: what works on average, and whether that serves every profile."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.data import Array, Codes
from analysis.stats.pooled.decisions import find_claims_over, find_limit
from analysis.stats.pooled.draws import JointDraws
from analysis.stats.pooled.part import PartReader, find_rates, list_parts, read_part
from analysis.stats.pooled.results import Claim, PooledEstimate, VariantEstimate
from analysis.stats.results import Status

LEAST_PROFILES = 2


@dataclass(frozen=True, slots=True)
class Together:
    """The figures of all profiles together, weighed by the people counted in each.

    estimates: a row per variant with a rate, of which the profile is empty. are_profiles_alike:
    whether the advised variant serves every profile within the margin; None when not known.
    profiles: those that count; where nobody responded, or everybody, there is no rate, and where
    most people got variants of another connected part, nothing says how they compare.
    """

    profiles: tuple[str, ...]
    estimates: tuple[VariantEstimate, ...]
    claims: tuple[Claim, ...]
    are_profiles_alike: bool | None


def summarise_together(
    estimate: PooledEstimate, margin: float, profiles: Sequence[str] = ()
) -> Together | None:
    """Return the figures of some profiles together, of all when none are named.

    margin: smallest difference that matters, as a share. None when no profile has a rate.
    """
    rated = [
        place
        for place, name in enumerate(estimate.profiles)
        if (not profiles or name in profiles) and _has_rate(estimate, place)
    ]
    if not rated or estimate.draws is None:
        return None
    nobs, main_parts = estimate.draws.situation.everywhere.nobs, estimate.draws.main_parts
    main, asked = find_main(nobs, main_parts, rated)
    rows: list[VariantEstimate] = []
    claims: list[Claim] = []
    for part in range(estimate.draws.parts.max() + 1):
        members = _find_members(estimate, asked, part)
        if members.size > 1:
            reader = _read_average(estimate, asked, members, margin)
            rows += reader.list_rows(*_mark(estimate), part == main).values()
            claims += reader.list_claims()
    advised = next((one for one in rows if one.is_advised), None)
    if advised is None:
        return None
    names = tuple(estimate.profiles[place] for place in asked)
    alike = _are_alike(estimate, asked, estimate.variants.index(advised.variant), margin)
    if alike and asked != rated:
        alike = None
    return Together(names, tuple(rows), tuple(claims), alike)


def find_main(nobs: Array, main_parts: Codes, profiles: list[int]) -> tuple[int, list[int]]:
    """Return the part in which most people of some profiles have advice, and those profiles.

    nobs: (profiles, variants) people; main_parts: (profiles,) the part with advice of each.
    """
    people = np.bincount(main_parts[profiles], nobs[profiles].sum(axis=1))
    chosen = int(people.argmax())
    return chosen, [place for place in profiles if main_parts[place] == chosen]


def _has_rate(estimate: PooledEstimate, profile: int) -> bool:
    name = estimate.profiles[profile]
    return any(one.profile == name and one.is_advised for one in estimate.estimates)


def _find_members(estimate: PooledEstimate, profiles: list[int], part: int) -> Codes:
    """Return the variants of a part that have a rate in each of the profiles."""
    names = {estimate.profiles[place] for place in profiles}
    held = dict.fromkeys(estimate.variants, 0)
    for one in estimate.estimates:
        if one.profile in names and one.part == part and one.rate is not None:
            held[one.variant] += 1
    return np.array([at for at, one in enumerate(held.values()) if one == len(names)], dtype=int)


def weigh_profiles(draws: JointDraws, profiles: list[int], part: int) -> Array:
    """Return the share of each of some profiles in the people counted in a part."""
    people = draws.situation.everywhere.nobs[profiles][:, draws.parts == part].sum(axis=1)
    return people / people.sum()


def _read_average(
    estimate: PooledEstimate, profiles: list[int], members: Codes, margin: float
) -> PartReader:
    """Return the reader of rates and effects averaged over profiles, by people counted."""
    draws = estimate.draws
    part = int(draws.parts[members[0]])
    effects = rates = np.zeros((len(draws.effects), members.size))
    for place, share in zip(profiles, weigh_profiles(draws, profiles, part), strict=True):
        own = draws.effects[:, place, members]
        effects = effects + share * own
        rates = rates + share * find_rates(own, draws.level[:, place, part, None])
    return PartReader.of("", estimate.variants, part, members, effects, rates, margin)


def _mark(estimate: PooledEstimate) -> tuple[Array, Array]:
    """Return which variants were tried in some profile, and of which there is too little."""
    tried, scarce = (np.zeros(len(estimate.variants), dtype=bool) for _ in range(2))
    place = {variant: at for at, variant in enumerate(estimate.variants)}
    for one in estimate.estimates:
        tried[place[one.variant]] |= one.is_tried
        if one.rate is not None:
            scarce[place[one.variant]] |= one.status == Status.TOO_LITTLE
    return tried, scarce


def _are_alike(
    estimate: PooledEstimate, profiles: list[int], advised: int, margin: float
) -> bool | None:
    """Return whether one variant serves every profile; if not, another is surely better in one.

    Surely: simultaneously over all pairs of all profiles.
    """
    if len(profiles) < LEAST_PROFILES:
        return None
    readers = [
        read_part(estimate.grid, estimate.draws, place, members, margin)
        for place in profiles
        for members in list_parts(estimate.draws, place)
        if advised in members
    ]
    at = [int(np.flatnonzero(one.members == advised)[0]) for one in readers]
    if all(one.decision.regret[own] < margin for one, own in zip(readers, at, strict=True)):
        return True
    limit = find_limit(np.max([one.pairs.largest for one in readers], axis=0))
    is_beaten = (
        find_claims_over(one.pairs, limit)[:, own].any()
        for one, own in zip(readers, at, strict=True)
    )
    return False if any(is_beaten) else None
