"""Queries on failed attempts to sign in."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from lab.models.people import SignInAttempt

# So many hexadecimal digits always fit in the number that names a lock.
LOCK_DIGITS = 15


def lock_attempts(session: Session, key_hashes: Iterable[str]) -> None:
    """Let nobody else begin an attempt with these keys until this transaction ends."""
    # SQLite has one writer at a time anyway.
    if session.get_bind().dialect.name != "postgresql":
        return
    # The same order for everybody: two attempts never wait for each other.
    for number in sorted(int(key_hash[:LOCK_DIGITS], 16) for key_hash in key_hashes):
        session.exec(select(func.pg_advisory_xact_lock(number)))


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
