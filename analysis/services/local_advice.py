"""Advice for the residents of one place: from who lives there to what a kept run expects there."""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from analysis.evidence_wording import Wording
from analysis.models.runs import AnalysisRun
from analysis.pooled.record import PooledRecord
from analysis.pooled.residents import LocalAdvice, Residents, advise_residents
from analysis.pooled.scope import Scope
from analysis.pooled.selection import NAMES, Name
from analysis.queries.runs import find_draws
from analysis.reports.evidence.contents import EvidenceRequest
from analysis.reports.evidence.protection import show_evidence
from analysis.reports.evidence.report import make_wording
from analysis.services.pooled_findings import (
    find_known_labs,
    list_unpublished,
    read_rows,
    read_scope,
)
from analysis.services.runs import read_run
from analysis.stats.cells import Direction
from lab.access import Reader
from lab.compositions import Composition
from lab.queries.areas import find_composition, find_municipality_composition
from lab.queries.programmes import find_programme
from lab.queries.segmentation import list_profiles


@dataclass(frozen=True, slots=True)
class LocalFinding:
    """Advice for residents, with what it was made from as its reader may see it."""

    scope: Scope
    record: PooledRecord
    wording: Wording
    advice: LocalAdvice


def find_residents(
    session: Session,
    scope: Scope,
    on: date,
    area_ids: tuple[int, ...] = (),
    municipality: str = "",
) -> Composition | None:
    """Return who lives in areas, or in a municipality, by the profiles of a question; None when
    that is not known, or when the question is about no profiles."""
    model = scope.segmentation_model_id
    if model is None:
        return None
    if area_ids:
        return find_composition(session, area_ids, model, on)
    return find_municipality_composition(session, scope.programme_id, municipality, model, on)


def describe_residents(composition: Composition) -> Residents:
    """Return who lives somewhere as runs know profiles."""
    shares = {str(profile): share for profile, share in composition.shares.items()}
    return Residents(shares, composition.unknown)


def advise_locally(
    session: Session, run: AnalysisRun, residents: Residents, reader: Reader
) -> LocalFinding:
    """Return what a kept run tells about residents, to somebody who may read it."""
    scope, names = read_scope(run), NAMES.validate_python(run.scope["names"])
    names = replace(names, profiles=_name_profiles(session, scope) | names.profiles)
    record = show_evidence(
        read_run(run),
        read_rows(run, scope),
        find_known_labs(find_programme(session, run.programme_id), reader),
        list_unpublished(session, run, reader),
    ).record
    draws = find_draws(session, run.id)
    is_lower_better = scope.outcome.direction is Direction.LOWER
    return LocalFinding(
        scope,
        record,
        make_wording(EvidenceRequest(record, scope, names, (), ())),
        advise_residents(record, draws and draws.content, residents, is_lower_better),
    )


def _name_profiles(session: Session, scope: Scope) -> dict[str, Name]:
    # Profiles that nobody was asked about live somewhere too.
    if scope.segmentation_model_id is None:
        return {}
    profiles = list_profiles(session, scope.segmentation_model_id)
    return {str(one.id): Name(one.name_nl, one.name_en) for one in profiles}
