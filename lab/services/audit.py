"""Keeping what people did."""

from datetime import datetime

from sqlmodel import Session

from lab.access import ANYWHERE, Place, Reader
from lab.models.audit import AuditEntry


def record(
    session: Session,
    *,
    by: Reader,
    at: datetime,
    action: str,
    subject: str,
    subject_id: int | None = None,
    place: Place | None = None,
    **details,
) -> AuditEntry:
    """Add to the log what somebody did, to what and where; details must fit in JSON."""
    place = place or ANYWHERE
    entry = AuditEntry(
        at=at,
        user_id=by.user_id,
        user_name=by.name,
        programme_id=place.programme_id,
        living_lab_id=place.living_lab_id,
        action=action,
        subject=subject,
        subject_id=subject_id,
        details=details,
    )
    session.add(entry)
    session.flush()
    return entry
