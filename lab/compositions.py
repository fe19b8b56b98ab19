"""Who lives in one or more areas: the shares of the profiles, and how several are taken together.

Several areas are weighed by residents; where those are not known of all, by households; else
equally, and then the composition says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import fsum


class Weight(StrEnum):
    """What several areas were weighed by."""

    RESIDENTS = "residents"
    HOUSEHOLDS = "households"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Composition:
    """The shares of profiles among the residents of areas; with `unknown` they add up to 1.

    shares: by the number of the profile. reference_dates: the oldest and the newest.
    composition_ids: the records that it rests on. residents, households: None where not known.
    """

    segmentation_model_id: int
    area_ids: tuple[int, ...]
    composition_ids: tuple[int, ...]
    shares: Mapping[int, float]
    unknown: float
    residents: int | None
    households: int | None
    reference_dates: tuple[date, date]
    sources: tuple[str, ...]
    licence_notes: tuple[str, ...]
    weighed_by: Weight = Weight.RESIDENTS


def make_whole(shares: Mapping[int, float], unknown: float) -> tuple[dict[int, float], float]:
    """Return shares that were rounded so that they and the unknown part add up to 1."""
    total = fsum([unknown, *shares.values()])
    return {profile: share / total for profile, share in shares.items()}, unknown / total


def combine(compositions: Sequence[Composition]) -> Composition:
    """Return several areas, of one segmentation model, as one; at least one must be given."""
    first, *others = compositions
    if not others:
        return first
    weighed_by, weights = _weigh(compositions)
    profiles = dict.fromkeys(profile for one in compositions for profile in one.shares)
    days = [day for one in compositions for day in one.reference_dates]
    return Composition(
        segmentation_model_id=first.segmentation_model_id,
        area_ids=tuple(area for one in compositions for area in one.area_ids),
        composition_ids=tuple(number for one in compositions for number in one.composition_ids),
        shares={
            profile: _mean(weights, [one.shares.get(profile, 0.0) for one in compositions])
            for profile in profiles
        },
        unknown=_mean(weights, [one.unknown for one in compositions]),
        residents=_add([one.residents for one in compositions]),
        households=_add([one.households for one in compositions]),
        reference_dates=(min(days), max(days)),
        sources=_join(one.sources for one in compositions),
        licence_notes=_join(one.licence_notes for one in compositions),
        weighed_by=weighed_by,
    )


def _weigh(compositions: Sequence[Composition]) -> tuple[Weight, list[float]]:
    for weight in (Weight.RESIDENTS, Weight.HOUSEHOLDS):
        sizes = [getattr(one, weight) for one in compositions]
        if None not in sizes:
            return weight, sizes
    return Weight.EQUAL, [1.0] * len(compositions)


def _mean(weights: Sequence[float], values: Sequence[float]) -> float:
    return fsum(map(float.__mul__, map(float, weights), values)) / fsum(weights)


def _add(sizes: Sequence[int | None]) -> int | None:
    return None if None in sizes else sum(sizes)


def _join(texts) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for some in texts for text in some))
