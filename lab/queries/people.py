"""Queries on people, their roles and invitations."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from lab.access import Post, Reader
from lab.models.labs import LivingLab
from lab.models.people import Invitation, Membership, Role, User


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with the role they have in one lab."""

    membership: Membership
    user: User


def find_user(session: Session, user_id: int) -> User | None:
    """Return a user, or None."""
    return session.get(User, user_id)


def get_user(session: Session, user_id: int) -> User:
    """Return a user."""
    return session.get_one(User, user_id)


def find_user_by_email(session: Session, email: str) -> User | None:
    """Return the user with an e-mail address, or None."""
    return session.exec(select(User).where(User.email == email.strip().lower())).first()


def get_reader(session: Session, user: User) -> Reader:
    """Return a user with all their roles."""
    statement = (
        select(Membership.living_lab_id, LivingLab.programme_id, Membership.role)
        .join(LivingLab, LivingLab.id == Membership.living_lab_id)
        .where(Membership.user_id == user.id)
        .order_by(Membership.living_lab_id)
    )
    return Reader(
        user_id=user.id,
        name=user.name,
        email=user.email,
        is_demonstration=user.is_demonstration,
        posts=tuple(Post(*row) for row in session.exec(statement)),
    )


def get_member(session: Session, membership_id: int) -> Member:
    """Return a person's role in a lab, with the person."""
    membership = session.get_one(Membership, membership_id)
    return Member(membership, session.get_one(User, membership.user_id))


def list_members(session: Session, living_lab_id: int) -> list[Member]:
    """Return the people of a lab with their roles, by name."""
    statement = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.living_lab_id == living_lab_id)
        .order_by(User.name, User.id)
    )
    return [Member(*row) for row in session.exec(statement)]


def find_membership(session: Session, user_id: int, living_lab_id: int) -> Membership | None:
    """Return somebody's role in a lab, or None."""
    statement = select(Membership).where(
        Membership.user_id == user_id, Membership.living_lab_id == living_lab_id
    )
    return session.exec(statement).first()


def lock_administrators(session: Session, living_lab_id: int) -> list[Membership]:
    """Return the administrators of a lab, whom nobody else can change until the end."""
    # Two who step down at the same moment would leave a lab that nobody can manage.
    statement = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.living_lab_id == living_lab_id,
            Membership.role == Role.ADMINISTRATOR,
            col(User.is_active),
        )
        .order_by(Membership.id)
        .with_for_update(of=Membership)
    )
    return list(session.exec(statement))


def get_invitation(session: Session, invitation_id: int) -> Invitation:
    """Return an invitation."""
    return session.get_one(Invitation, invitation_id)


def lock_invitation(session: Session, token_hash: str) -> Invitation | None:
    """Return the invitation that a token belongs to, which nobody else can use until the end."""
    statement = select(Invitation).where(Invitation.token_hash == token_hash).with_for_update()
    return session.exec(statement).first()


def find_invitation(session: Session, token_hash: str) -> Invitation | None:
    """Return the invitation that a token belongs to, or None."""
    return session.exec(select(Invitation).where(Invitation.token_hash == token_hash)).first()


def list_invitations(session: Session, living_lab_id: int) -> list[Invitation]:
    """Return the invitations of a lab that were neither accepted nor revoked, newest first."""
    statement = (
        select(Invitation)
        .where(
            Invitation.living_lab_id == living_lab_id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.revoked_at).is_(None),
        )
        .order_by(col(Invitation.created_at).desc(), col(Invitation.id).desc())
    )
    return list(session.exec(statement))


def list_open_invitations(
    session: Session, living_lab_id: int, email: str, at: datetime
) -> list[Invitation]:
    """Return the invitations of a lab to one address that can still be used, newest first."""
    return [
        invitation
        for invitation in list_invitations(session, living_lab_id)
        if invitation.email == email and invitation.expires_at > at
    ]
