"""Telling somebody what changed in a report since they last read it, and keeping that they do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import current_app, request
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from analysis.reports.since import tell_since
from lab.access import current_reader
from lab.db import get_session
from lab.queries.readings import find_reading
from lab.services.readings import find_before, is_worth_keeping, keep_reading

# Browsers that fetch a page before anybody asks for it say so in one of these.
PREFETCH = ("Sec-Purpose", "Purpose", "X-Moz")


def read_report(subject: str, state: dict[str, Any], names: Mapping[str, str]) -> str:
    """Return what changed since this reader last read a report, and keep that they read it."""
    reader = current_reader()
    if not reader.is_signed_in:
        return ""
    now = datetime.now(UTC)
    known = find_reading(get_session(), reader.user_id, subject)
    told = tell_since(find_before(known, now), state, names)
    if request.method == "GET" and not _is_prefetch() and is_worth_keeping(known, state, now):
        _keep(reader.user_id, subject, state, now)
    return told


def _is_prefetch() -> bool:
    return any("prefetch" in request.headers.get(name, "").lower() for name in PREFETCH)


def _keep(user_id: int, subject: str, state: dict[str, Any], at: datetime) -> None:
    """Keep a visit in a transaction of its own: the page itself only reads.

    A visit that cannot be kept, since somebody else writes or the same reader has the page open
    twice, is no reason to withhold the page.
    """
    with Session(current_app.extensions["engine"]) as session:
        try:
            keep_reading(session, user_id, subject, state, at)
            session.commit()
        except DBAPIError:
            session.rollback()
