"""Queries on failed attempts to sign in."""

from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from lab.models.people import SignInAttempt


def count_attempts(session: Session, key_hash: str, since: datetime) -> int:
    """Return how many attempts with a key failed since a moment."""
    statement = select(func.count()).where(
        SignInAttempt.key_hash == key_hash, SignInAttempt.attempted_at > since
    )
    return session.exec(statement).one()


def find_last_attempt(session: Session, key_hash: str) -> datetime | None:
    """Return when the last attempt with a key failed, or None."""
    statement = (
        select(SignInAttempt.attempted_at)
        .where(SignInAttempt.key_hash == key_hash)
        .order_by(col(SignInAttempt.attempted_at).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def delete_attempts(session: Session, key_hash: str) -> None:
    """Forget the attempts with a key."""
    session.exec(delete(SignInAttempt).where(SignInAttempt.key_hash == key_hash))


def delete_last_attempt(session: Session, key_hash: str) -> None:
    """Forget the newest attempt with a key."""
    newest = select(func.max(SignInAttempt.id)).where(SignInAttempt.key_hash == key_hash)
    session.exec(delete(SignInAttempt).where(SignInAttempt.id == newest.scalar_subquery()))


def delete_old_attempts(session: Session, before: datetime) -> None:
    """Forget all attempts before a moment."""
    session.exec(delete(SignInAttempt).where(SignInAttempt.attempted_at < before))
