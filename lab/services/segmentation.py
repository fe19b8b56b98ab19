"""Adding and changing segmentation models and their profiles."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from lab.access import Place, Reader
from lab.errors import DomainError
from lab.formats import percent
from lab.models.segmentation import (
    Profile,
    ProfileCreate,
    SegmentationModel,
    SegmentationModelCreate,
)
from lab.queries import segmentation
from lab.services.audit import record
from lab.services.codes import NameTakenError, check_names

# Published shares are rounded, so together they can be a little over the whole.
WHOLE = 1.005


class SharesTooLargeError(DomainError):
    """The profiles of a model cannot be more than everybody together."""

    field = "share"

    def __init__(self, total: float):
        super().__init__(
            _(
                "All profiles together would be %(total)s of the residents. "
                "That cannot be more than everybody.",
                total=percent(total, 0),
            )
        )


def add_model(
    session: Session,
    programme_id: int,
    command: SegmentationModelCreate,
    *,
    by: Reader,
    at: datetime,
) -> SegmentationModel:
    """Add a version of a segmentation model, still without profiles."""
    if segmentation.find_model(session, programme_id, command.code, command.version):
        raise NameTakenError("version", f"{command.code} {command.version}")
    model = SegmentationModel(**command.model_dump(), programme_id=programme_id, created_at=at)
    session.add(model)
    session.flush()
    _record(session, model, "add_model", by=by, at=at, code=model.code, version=model.version)
    return model


def change_model(
    session: Session,
    segmentation_model_id: int,
    command: SegmentationModelCreate,
    *,
    by: Reader,
    at: datetime,
) -> SegmentationModel:
    """Change what describes a segmentation model; its code and version stay."""
    model = segmentation.get_model(session, segmentation_model_id)
    before = {"name_nl": model.name_nl, "name_en": model.name_en, "status": model.status}
    model.sqlmodel_update(command.model_dump(exclude={"code", "version"}))
    session.flush()
    _record(session, model, "change_model", by=by, at=at, status=model.status, before=before)
    return model


def add_profile(
    session: Session,
    segmentation_model_id: int,
    command: ProfileCreate,
    *,
    by: Reader,
    at: datetime,
) -> Profile:
    """Add a profile at the end of a segmentation model."""
    model = segmentation.get_model(session, segmentation_model_id)
    others = segmentation.list_profiles(session, model.id)
    if command.code in {other.code for other in others}:
        raise NameTakenError("code", command.code)
    _check_profile(command, others)
    profile = Profile(
        **command.model_dump(),
        segmentation_model_id=model.id,
        position=1 + max((other.position for other in others), default=-1),
    )
    session.add(profile)
    session.flush()
    _record(session, model, "add_profile", by=by, at=at, code=profile.code)
    return profile


def change_profile(
    session: Session, profile_id: int, command: ProfileCreate, *, by: Reader, at: datetime
) -> Profile:
    """Change what describes a profile; its code stays."""
    profile = segmentation.get_profile(session, profile_id)
    model = segmentation.get_model(session, profile.segmentation_model_id)
    others = segmentation.list_profiles(session, model.id)
    _check_profile(command, [other for other in others if other.id != profile.id])
    before = {"name_nl": profile.name_nl, "share": profile.share}
    profile.sqlmodel_update(command.model_dump(exclude={"code"}))
    session.flush()
    _record(session, model, "change_profile", by=by, at=at, code=profile.code, before=before)
    return profile


def _check_profile(command: ProfileCreate, others: list[Profile]) -> None:
    check_names(command, others)
    if command.share is None:
        return
    total = command.share + sum(other.share or 0 for other in others)
    if total > WHOLE:
        raise SharesTooLargeError(total)


def _record(session: Session, model: SegmentationModel, action: str, **details) -> None:
    record(
        session,
        action=action,
        subject="segmentation_model",
        subject_id=model.id,
        place=Place(model.programme_id),
        **details,
    )
