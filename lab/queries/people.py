"""Queries on people, their roles and invitations."""

from sqlmodel import Session, select

from lab.access import Post, Reader
from lab.models.labs import LivingLab
from lab.models.people import Membership, User


def find_user(session: Session, user_id: int) -> User | None:
    """Return a user, or None."""
    return session.get(User, user_id)


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
