"""Keeping when somebody last read a report, so that they can be told what is new in it."""

from datetime import datetime, timedelta

from sqlmodel import Session

from lab.models.readings import Reading
from lab.queries.readings import find_reading

# Who comes back within this time is still on the same visit.
VISIT = timedelta(minutes=30)


def is_worth_keeping(known: Reading | None, state: dict, at: datetime) -> bool:
    """Tell whether a visit tells anything that is not kept yet."""
    return known is None or at - known.read_at > VISIT or known.state != state


def find_before(known: Reading | None, at: datetime) -> tuple[datetime, dict] | None:
    """Return when the visit before this one was and what the report said then; None: never."""
    if known is None:
        return None
    if at - known.read_at > VISIT:
        return known.read_at, known.state
    return (known.previous_at, known.previous_state) if known.previous_at else None


def keep_reading(
    session: Session, user_id: int, subject: str, state: dict, at: datetime
) -> Reading:
    """Keep that somebody reads a report, and what it says; a visit before it is kept as well."""
    known = find_reading(session, user_id, subject)
    if known is None:
        known = Reading(user_id=user_id, subject=subject, read_at=at)
    elif at - known.read_at > VISIT:
        known.previous_at, known.previous_state = known.read_at, known.state
    known.read_at, known.state = at, state
    session.add(known)
    session.flush()
    return known
