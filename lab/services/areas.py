"""Adding areas and who lives there, and withdrawing what turned out wrong."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from lab.access import Place, Reader
from lab.errors import DomainError
from lab.models.areas import (
    Area,
    AreaComposition,
    AreaCreate,
    AreaKind,
    AreaShare,
    CompositionCreate,
    Withdrawal,
)
from lab.queries import areas as queries
from lab.queries.segmentation import get_model, list_profiles
from lab.services.audit import record
from lab.services.codes import NameTakenError

# Sizes are kept as Statistics Netherlands publishes those of neighbourhoods.
STEP = 5


class ForeignProfileError(DomainError):
    """A share was given for a profile that is not in the segmentation model."""

    field = "shares"

    def __init__(self):
        super().__init__(_("A profile is not in this segmentation model. Open the form again."))


class WithdrawnError(DomainError):
    """A composition was withdrawn before."""

    def __init__(self):
        super().__init__(_("This composition was withdrawn already."))


def add_area(
    session: Session, programme_id: int, command: AreaCreate, *, by: Reader, at: datetime
) -> Area:
    """Add an area, which lies in its municipality where that is known as an area too."""
    if queries.find_area(session, programme_id, command.kind, command.code):
        raise NameTakenError("code", command.code)
    area = Area(**command.model_dump(), programme_id=programme_id, created_at=at)
    if area.kind is not AreaKind.MUNICIPALITY:
        whole = queries.find_whole(session, programme_id, command.municipality)
        area.parent_id = whole and whole.id
    session.add(area)
    session.flush()
    if area.kind is AreaKind.MUNICIPALITY:
        for part in queries.list_areas(session, programme_id, command.municipality):
            if part.id != area.id:
                part.parent_id = area.id
        session.flush()
    _record(session, area, "add_area", by=by, at=at, kind=area.kind, code=area.code)
    return area


def rename_area(
    session: Session, area_id: int, command: AreaCreate, *, by: Reader, at: datetime
) -> Area:
    """Give an area another name; its kind, code and municipality stay."""
    area = queries.get_area(session, area_id)
    before, area.name = area.name, command.name
    session.flush()
    _record(session, area, "rename_area", by=by, at=at, before=before, name=area.name)
    return area


def add_composition(
    session: Session,
    area_id: int,
    segmentation_model_id: int,
    command: CompositionCreate,
    *,
    by: Reader,
    at: datetime,
) -> AreaComposition:
    """Add who lives in an area beside what was known; of the same day, the last one counts."""
    area = queries.get_area(session, area_id)
    model = get_model(session, segmentation_model_id)
    known = {profile.id for profile in list_profiles(session, model.id)}
    if model.programme_id != area.programme_id or not command.shares.keys() <= known:
        raise ForeignProfileError
    composition = AreaComposition(
        **command.model_dump(exclude={"shares", "residents", "households"}),
        residents=round_size(command.residents),
        households=round_size(command.households),
        area_id=area.id,
        segmentation_model_id=model.id,
        imported_by_id=by.user_id,
        imported_at=at,
    )
    session.add(composition)
    session.flush()
    session.add_all(
        AreaShare(composition_id=composition.id, profile_id=profile, share=share)
        for profile, share in command.shares.items()
    )
    session.flush()
    _record(
        session, area, "add_composition", by=by, at=at,
        composition_id=composition.id, reference_date=composition.reference_date.isoformat(),
        model=model.code, version=model.version,
    )  # fmt: skip
    return composition


def withdraw_composition(
    session: Session, composition_id: int, command: Withdrawal, *, by: Reader, at: datetime
) -> AreaComposition:
    """Let a composition no longer count; it stays to be read, with the reason."""
    composition = queries.get_composition(session, composition_id)
    if composition.withdrawn_at is not None:
        raise WithdrawnError
    composition.withdrawn_at = at
    composition.withdrawn_by_id = by.user_id
    composition.withdrawal_reason = command.reason
    session.flush()
    area = queries.get_area(session, composition.area_id)
    _record(
        session, area, "withdraw_composition", by=by, at=at,
        composition_id=composition.id, reason=command.reason,
    )  # fmt: skip
    return composition


def round_size(size: int | None) -> int | None:
    """Return a number of people or households rounded to 5, as it is kept."""
    return None if size is None else max(STEP, STEP * round(size / STEP))


def _record(session: Session, area: Area, action: str, **details) -> None:
    record(
        session,
        action=action,
        subject="area",
        subject_id=area.id,
        place=Place(area.programme_id),
        **details,
    )
