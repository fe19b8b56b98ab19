"""Who lives where an experiment was held, as its report sets it against who responded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from analysis.queries.cells import RecordCount
from experiments.models.experiments import Experiment
from lab.compositions import Composition
from lab.models.labs import LivingLab
from lab.queries.areas import find_composition, find_municipality_composition, match_areas


class Unknown(StrEnum):
    """Why it cannot be told who is missing."""

    NO_PROFILES = "no_profiles"
    FROM_AREA = "from_area"
    NO_COMPOSITION = "no_composition"


@dataclass(frozen=True, slots=True)
class Residents:
    """Who lives where an experiment was held: shares by number of the profile, and their source.

    place: the areas or the municipality, in words of the records. is_whole: of the municipality,
    since the areas of the counts are not all known.
    """

    shares: tuple[tuple[int, float], ...] = ()
    place: str = ""
    is_whole: bool = False
    day: date | None = None
    sources: tuple[str, ...] = ()
    unknown: Unknown | None = Unknown.NO_COMPOSITION


def list_areas_of(records: Iterable[RecordCount]) -> list[str]:
    """Return the areas of the records, an empty text for those without one."""
    return sorted({record.area for record in records})


def find_residents(
    session: Session, experiment: Experiment, lab: LivingLab, areas: Sequence[str]
) -> Residents:
    """Return who lived in the areas of the counts when the experiment began.

    Where an area is not known, it is about the whole municipality, and that is said.
    """
    model_id, on = experiment.segmentation_model_id, experiment.starts_on
    if model_id is None:
        return Residents(unknown=Unknown.NO_PROFILES)
    day = on or experiment.created_at.date()
    matched = match_areas(session, lab.id, areas)
    if areas and len(matched) == len(areas):
        numbers = sorted({area.id for area in matched.values()})
        found = find_composition(session, numbers, model_id, day)
        if found:
            names = sorted({area.name for area in matched.values()})
            return _describe(found, ", ".join(names), is_whole=False)
    whole = find_municipality_composition(
        session, lab.programme_id, lab.municipality, model_id, day
    )
    return _describe(whole, lab.municipality, is_whole=True) if whole else Residents()


def _describe(found: Composition, place: str, *, is_whole: bool) -> Residents:
    newest: date = found.reference_dates[1]
    return Residents(
        shares=tuple(sorted(found.shares.items())),
        place=place,
        is_whole=is_whole,
        day=newest,
        sources=found.sources,
        unknown=None,
    )
