"""Invitations: a link that one person hands to another, good for one use."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlmodel import Session

from lab.access import Place, Reader
from lab.errors import DomainError
from lab.models.labs import LivingLab
from lab.models.people import Invitation, InvitationCreate, User, UserCreate
from lab.queries import labs, people
from lab.services import members, sign_in
from lab.services.audit import record
from lab.services.labs import check_open

VALID_FOR = timedelta(days=14)


class InvitationClosedError(DomainError):
    """An invitation that was used, revoked or left too long opens nothing."""

    status = 410

    def __init__(self):
        super().__init__(
            _("This invitation no longer works. Ask the administrator of the lab for a new link.")
        )


class OtherInviteeError(DomainError):
    """An invitation is for one e-mail address."""

    def __init__(self, invitation: Invitation):
        super().__init__(
            _(
                "This invitation is for %(email)s. Sign out first, then open the link again.",
                email=invitation.email,
            )
        )


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation with its token, which is known only now."""

    invitation: Invitation
    token: str


def invite(
    session: Session, living_lab_id: int, command: InvitationCreate, *, by: Reader, at: datetime
) -> NewInvitation:
    """Invite somebody to a lab; an earlier link to the same person stops working."""
    lab = labs.get_lab(session, living_lab_id)
    check_open(lab)
    _check_invitee(session, lab, command)
    for earlier in people.list_open_invitations(session, lab.id, command.email, at):
        earlier.revoked_at = at
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        **command.model_dump(),
        token_hash=hash_token(token),
        living_lab_id=lab.id,
        invited_by_id=by.user_id,
        created_at=at,
        expires_at=at + VALID_FOR,
    )
    session.add(invitation)
    session.flush()
    _record(session, invitation, "invite", by=by, at=at, name=invitation.name)
    return NewInvitation(invitation, token)


def _check_invitee(session: Session, lab: LivingLab, command: InvitationCreate) -> None:
    user = people.find_user_by_email(session, command.email)
    if user is None:
        return
    members.check_demonstration(session, user, lab)
    if people.find_membership(session, user.id, lab.id):
        raise members.AlreadyMemberError(user.name)


def revoke_invitation(
    session: Session, invitation_id: int, *, by: Reader, at: datetime
) -> Invitation:
    """Take back an invitation that was not used yet."""
    invitation = people.get_invitation(session, invitation_id)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationClosedError
    invitation.revoked_at = at
    session.flush()
    _record(session, invitation, "revoke_invitation", by=by, at=at, name=invitation.name)
    return invitation


def hash_token(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_open(invitation: Invitation, at: datetime) -> bool:
    """Tell whether an invitation can still be used."""
    is_closed = invitation.accepted_at or invitation.revoked_at
    return not is_closed and invitation.expires_at > at


def is_for_demonstration(session: Session, invitation: Invitation) -> bool:
    """Tell whether who accepts this becomes a demonstration account, as its inviter is."""
    if invitation.invited_by_id is None:
        return False
    return people.get_user(session, invitation.invited_by_id).is_demonstration


def accept_as_new(
    session: Session, token: str, command: UserCreate, password_hash: str, *, at: datetime
) -> User:
    """Make the account of somebody who was invited, with their role."""
    invitation = _take(session, token, at)
    if people.find_user_by_email(session, invitation.email):
        raise InvitationClosedError
    user = User(
        email=invitation.email,
        name=command.name,
        password_hash=password_hash,
        session_key=sign_in.make_session_key(),
        is_demonstration=is_for_demonstration(session, invitation),
        created_at=at,
    )
    sign_in.note_visit(user, at)
    session.add(user)
    session.flush()
    _give_role(session, invitation, user, at)
    return user


def accept_as_known(session: Session, token: str, *, by: Reader, at: datetime) -> Invitation:
    """Add the role of an invitation to somebody who has an account and is signed in."""
    invitation = _take(session, token, at)
    if invitation.email != by.email:
        raise OtherInviteeError(invitation)
    _give_role(session, invitation, people.get_user(session, by.user_id), at)
    return invitation


def _take(session: Session, token: str, at: datetime) -> Invitation:
    invitation = people.lock_invitation(session, hash_token(token))
    if invitation is None or not is_open(invitation, at):
        raise InvitationClosedError
    check_open(labs.get_lab(session, invitation.living_lab_id))
    invitation.accepted_at = at
    return invitation


def _give_role(session: Session, invitation: Invitation, user: User, at: datetime) -> None:
    by = people.get_reader(session, user)
    members.give_role(session, user, invitation.living_lab_id, invitation.role, by=by, at=at)
    _record(session, invitation, "accept_invitation", by=by, at=at)


def _record(session: Session, invitation: Invitation, action: str, **details) -> None:
    lab = labs.get_lab(session, invitation.living_lab_id)
    record(
        session,
        action=action,
        subject="invitation",
        subject_id=invitation.id,
        place=Place(lab.programme_id, lab.id),
        role=invitation.role,
        **details,
    )
