"""Starting, changing and freezing living labs, and their partners."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from lab.access import Place, Reader
from lab.errors import DomainError
from lab.models.labs import LivingLab, LivingLabCreate, Partner, PartnerCreate
from lab.models.people import Role
from lab.queries import labs, people
from lab.services import members
from lab.services.audit import record


class LabArchivedError(DomainError):
    """A lab that was archived stays as it was."""

    def __init__(self, lab: LivingLab):
        super().__init__(
            _("“%(lab)s” is archived: nothing can be added or changed there.", lab=lab.name)
        )


def check_open(lab: LivingLab) -> None:
    """Refuse any change in a lab that was archived."""
    if lab.archived_at is not None:
        raise LabArchivedError(lab)


def start_lab(
    session: Session, programme_id: int, command: LivingLabCreate, *, by: Reader, at: datetime
) -> LivingLab:
    """Start a living lab, with whoever starts it as its administrator."""
    lab = LivingLab(**command.model_dump(), programme_id=programme_id, created_at=at)
    session.add(lab)
    session.flush()
    _record(session, lab, "start_lab", by=by, at=at, name=lab.name)
    if by.user_id is not None:
        user = people.get_user(session, by.user_id)
        members.give_role(session, user, lab.id, Role.ADMINISTRATOR, by=by, at=at)
    return lab


def change_lab(
    session: Session, living_lab_id: int, command: LivingLabCreate, *, by: Reader, at: datetime
) -> LivingLab:
    """Change what describes a living lab."""
    lab = labs.get_lab(session, living_lab_id)
    check_open(lab)
    changed = {
        name: str(value)
        for name, value in command.model_dump().items()
        if getattr(lab, name) != value
    }
    lab.sqlmodel_update(command.model_dump())
    session.flush()
    if changed:
        _record(session, lab, "change_lab", by=by, at=at, **changed)
    return lab


def archive_lab(session: Session, living_lab_id: int, *, by: Reader, at: datetime) -> LivingLab:
    """Freeze a living lab: from now on everything in it stays as it is."""
    lab = labs.get_lab(session, living_lab_id)
    check_open(lab)
    lab.archived_at = at
    session.flush()
    _record(session, lab, "archive_lab", by=by, at=at)
    return lab


def reopen_lab(session: Session, living_lab_id: int, *, by: Reader, at: datetime) -> LivingLab:
    """Let a living lab that was archived go on."""
    lab = labs.get_lab(session, living_lab_id)
    if lab.archived_at is not None:
        lab.archived_at = None
        session.flush()
        _record(session, lab, "reopen_lab", by=by, at=at)
    return lab


def add_partner(
    session: Session, living_lab_id: int, command: PartnerCreate, *, by: Reader, at: datetime
) -> Partner:
    """Add a partner to a living lab."""
    lab = labs.get_lab(session, living_lab_id)
    check_open(lab)
    partner = Partner(**command.model_dump(), living_lab_id=lab.id)
    session.add(partner)
    session.flush()
    _record(session, lab, "add_partner", by=by, at=at, name=partner.name, role=partner.role)
    return partner


def change_partner(
    session: Session, partner_id: int, command: PartnerCreate, *, by: Reader, at: datetime
) -> Partner:
    """Change the name or the part of a partner."""
    partner = labs.get_partner(session, partner_id)
    lab = labs.get_lab(session, partner.living_lab_id)
    check_open(lab)
    partner.sqlmodel_update(command.model_dump())
    session.flush()
    _record(session, lab, "change_partner", by=by, at=at, name=partner.name, role=partner.role)
    return partner


def remove_partner(session: Session, partner_id: int, *, by: Reader, at: datetime) -> LivingLab:
    """Take a partner off the list of a living lab."""
    partner = labs.get_partner(session, partner_id)
    lab = labs.get_lab(session, partner.living_lab_id)
    check_open(lab)
    session.delete(partner)
    session.flush()
    _record(session, lab, "remove_partner", by=by, at=at, name=partner.name)
    return lab


def _record(session: Session, lab: LivingLab, action: str, **details) -> None:
    record(
        session,
        action=action,
        subject="living_lab",
        subject_id=lab.id,
        place=Place(lab.programme_id, lab.id),
        **details,
    )
