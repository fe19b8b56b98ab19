"""Queries on when somebody last read what."""

from sqlmodel import Session, col, select

from lab.models.readings import Reading


def find_reading(session: Session, user_id: int, subject: str) -> Reading | None:
    """Return the last visit of a reader to a report, or None."""
    return session.get(Reading, (user_id, subject))


def list_readings(session: Session, user_id: int, kind: str) -> list[Reading]:
    """Return the visits of a reader to reports of a kind, by subject."""
    statement = (
        select(Reading)
        .where(Reading.user_id == user_id, col(Reading.subject).startswith(f"{kind}:"))
        .order_by(Reading.subject)
    )
    return list(session.exec(statement))
