"""Roles of people in a lab: given, changed and ended."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from lab.access import Place, Reader
from lab.errors import DomainError
from lab.models.labs import LivingLab
from lab.models.people import Membership, Role, User
from lab.models.programmes import ProgrammeKind
from lab.queries import labs, people, programmes
from lab.services.audit import record


class LastAdministratorError(DomainError):
    """A lab without an administrator could never get one again."""

    def __init__(self, user: User):
        super().__init__(
            _(
                "%(name)s is the last administrator of this lab. "
                "Make somebody else administrator first.",
                name=user.name,
            )
        )


class DemonstrationOnlyError(DomainError):
    """A demonstration account works in the fictitious programme only."""

    def __init__(self):
        super().__init__(
            _("A demonstration account can only work in the labs of the demonstration.")
        )


class AlreadyMemberError(DomainError):
    """Somebody who is in a lab cannot be asked in once more."""

    def __init__(self, name: str):
        super().__init__(
            _("%(name)s is in this lab already. You can change the role there.", name=name)
        )


def give_role(
    session: Session, user: User, living_lab_id: int, role: Role, *, by: Reader, at: datetime
) -> Membership:
    """Give somebody a role in a lab where they have none."""
    lab = labs.get_lab(session, living_lab_id)
    check_demonstration(session, user, lab)
    if people.find_membership(session, user.id, lab.id):
        raise AlreadyMemberError(user.name)
    membership = Membership(user_id=user.id, living_lab_id=lab.id, role=role, since=at)
    session.add(membership)
    session.flush()
    _record(session, lab, user, "give_role", by=by, at=at, role=role)
    return membership


def check_demonstration(session: Session, user: User, lab: LivingLab) -> None:
    """Refuse a demonstration account outside the fictitious programme."""
    programme = programmes.find_programme(session, lab.programme_id)
    if user.is_demonstration and programme.kind is not ProgrammeKind.FICTITIOUS:
        raise DemonstrationOnlyError


def change_role(
    session: Session, membership_id: int, role: Role, *, by: Reader, at: datetime
) -> Membership:
    """Give somebody another role in a lab."""
    member = people.get_member(session, membership_id)
    membership, before = member.membership, member.membership.role
    if role is not Role.ADMINISTRATOR:
        _check_administrator_stays(session, member)
    if role is not before:
        membership.role = role
        session.flush()
        lab = labs.get_lab(session, membership.living_lab_id)
        _record(session, lab, member.user, "change_role", by=by, at=at, role=role, before=before)
    return membership


def end_membership(session: Session, membership_id: int, *, by: Reader, at: datetime) -> LivingLab:
    """End somebody's role in a lab; what they did there stays."""
    member = people.get_member(session, membership_id)
    _check_administrator_stays(session, member)
    lab = labs.get_lab(session, member.membership.living_lab_id)
    session.delete(member.membership)
    session.flush()
    _record(session, lab, member.user, "end_membership", by=by, at=at, role=member.membership.role)
    return lab


def _check_administrator_stays(session: Session, member: people.Member) -> None:
    administrators = people.lock_administrators(session, member.membership.living_lab_id)
    if [membership.id for membership in administrators] == [member.membership.id]:
        raise LastAdministratorError(member.user)


def _record(session: Session, lab: LivingLab, user: User, action: str, **details) -> None:
    record(
        session,
        action=action,
        subject="user",
        subject_id=user.id,
        place=Place(lab.programme_id, lab.id),
        name=user.name,
        **details,
    )
