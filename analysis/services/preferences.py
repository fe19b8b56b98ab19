"""Keeping what people say they want."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from analysis.models.preferences import PreferenceCreate, StatedPreference
from analysis.queries import preferences as queries
from lab.access import Place, Reader
from lab.services.audit import record


def add_preferences(
    session: Session,
    programme_id: int,
    commands: Sequence[PreferenceCreate],
    *,
    by: Reader,
    at: datetime,
) -> list[StatedPreference]:
    """Keep what surveys say; what is known already is not kept twice."""
    known = queries.list_known(session, programme_id)
    kept = []
    for command in commands:
        content = queries.content_of(command)
        if content in known:
            continue
        known.add(content)
        kept.append(
            StatedPreference(
                **command.model_dump(),
                programme_id=programme_id,
                recorded_by_id=by.user_id,
                recorded_at=at,
            )
        )
    session.add_all(kept)
    session.flush()
    _record(session, programme_id, "add_preferences", by=by, at=at, count=len(kept))
    return kept


def withdraw_preference(
    session: Session, preference_id: int, *, by: Reader, at: datetime
) -> StatedPreference:
    """Take back a preference that was wrong; it is kept, and no longer shown."""
    found = queries.get_preference(session, preference_id)
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by_id = at, by.user_id
        session.flush()
        _record(
            session, found.programme_id, "withdraw_preference", by=by, at=at, preference_id=found.id
        )
    return found


def _record(
    session: Session, programme_id: int, action: str, *, by: Reader, at: datetime, **details
) -> None:
    record(
        session,
        by=by,
        at=at,
        action=action,
        subject="stated_preference",
        place=Place(programme_id),
        **details,
    )
