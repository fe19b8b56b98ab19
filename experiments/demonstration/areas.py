"""Who lives in the invented municipalities: invented neighbourhoods with invented shares."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session

from experiments.demonstration.recipe import CITISENS, SEED, PlannedLab, list_area_names
from lab.models.areas import Area, AreaComposition, AreaKind, AreaShare
from lab.models.labs import LivingLab
from lab.models.segmentation import Profile

SOURCE = "Verzonnen voor het voorbeeld, met een vast recept."
LICENCE = "Verzonnen: vrij te gebruiken om te oefenen."
# Neighbourhoods of one profile only are rare.
CONCENTRATION = 8
REFERENCE_DATES = (date(2024, 1, 1), date(2026, 1, 1))
HOUSEHOLDS = range(400, 3400, 5)
RESIDENTS_PER_HOUSEHOLD = 2.1

ProfilesByModel = Mapping[str, Sequence[Profile]]


def load_areas(
    session: Session,
    labs: Sequence[tuple[LivingLab, PlannedLab]],
    profiles: ProfilesByModel,
    at: datetime,
) -> None:
    """Add the neighbourhoods of each municipality, with two dated compositions of each.

    profiles: of each segmentation model, by its code.
    """
    rng = random.Random(SEED)
    known: dict[str, dict[str, Area]] = {}
    drawn: list[tuple[AreaComposition, dict[int, float]]] = []
    for lab, planned in labs:
        town = planned.town
        if town.municipality not in known:
            known[town.municipality] = _add_areas(session, lab, at)
        dominant, own = _find_dominant(planned), profiles[town.segmentation]
        for name in list_area_names(town.municipality):
            households = rng.choice(HOUSEHOLDS)
            for day in REFERENCE_DATES:
                row = _make_composition(known[town.municipality][name], own[0], day, households, at)
                drawn.append((row, _draw_shares(rng, own, dominant.get(name))))
    session.add_all(row for row, _shares in drawn)
    session.flush()
    session.add_all(
        AreaShare(composition_id=row.id, profile_id=profile, share=share)
        for row, shares in drawn
        for profile, share in shares.items()
    )
    session.flush()


def _find_dominant(planned: PlannedLab) -> dict[str, str]:
    """Return which profile each area counted for."""
    return {
        record.area: record.profile
        for experiment in planned.experiments
        for record in experiment.records
    }


def _add_areas(session: Session, lab: LivingLab, at: datetime) -> dict[str, Area]:
    municipality, prefix = lab.municipality, lab.municipality[:3].upper()
    whole = _make_area(lab, AreaKind.MUNICIPALITY, f"V-{prefix}", municipality, at)
    session.add(whole)
    session.flush()
    areas = {
        name: _make_area(lab, AreaKind.NEIGHBOURHOOD, f"V-{prefix}-{number:02d}", name, at)
        for number, name in enumerate(list_area_names(municipality), start=1)
    }
    for area in areas.values():
        area.parent_id = whole.id
    session.add_all(areas.values())
    session.flush()
    return areas


def _make_area(lab: LivingLab, kind: AreaKind, code: str, name: str, at: datetime) -> Area:
    return Area(
        programme_id=lab.programme_id,
        municipality=lab.municipality,
        kind=kind,
        code=code,
        name=name,
        created_at=at,
    )


def _draw_shares(
    rng: random.Random, profiles: Sequence[Profile], dominant: str | None
) -> dict[int, float]:
    """Return shares from a Dirichlet distribution, of which the dominant profile is the largest."""
    usual = [CITISENS.get(profile.code, 1 / len(profiles)) for profile in profiles]
    drawn = [rng.gammavariate(CONCENTRATION * share, 1) for share in usual]
    codes = [profile.code for profile in profiles]
    if dominant in codes:
        largest, own = drawn.index(max(drawn)), codes.index(dominant)
        drawn[largest], drawn[own] = drawn[own], drawn[largest]
    shares = [round(value / sum(drawn), 3) for value in drawn]
    return {profile.id: share for profile, share in zip(profiles, shares, strict=True)}


def _make_composition(
    area: Area, profile: Profile, day: date, households: int, at: datetime
) -> AreaComposition:
    return AreaComposition(
        area_id=area.id,
        segmentation_model_id=profile.segmentation_model_id,
        reference_date=day,
        source=SOURCE,
        licence_note=LICENCE,
        households=households,
        residents=5 * round(households * RESIDENTS_PER_HOUSEHOLD / 5),
        imported_at=at,
    )
