"""Sharing one report with whoever holds a link, and taking that back."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.models.sharing import SharedLink
from analysis.queries import sharing as queries
from lab.access import Place, Reader
from lab.errors import DomainError
from lab.services.audit import record
from lab.services.invitations import hash_token

# 256 bits: nobody finds one by trying.
TOKEN_BYTES = 32


class LinkClosedError(DomainError):
    """A link that was taken back, or is too old, shows nothing."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_("This link no longer works. Ask whoever gave it to you for a new one."))


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link with its token, which is known only now."""

    link: SharedLink
    token: str


def share_report(
    session: Session, page: str, days: int, *, place: Place, by: Reader, at: datetime
) -> NewLink:
    """Make a link to the report at an address, for so many days."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = SharedLink(
        token_hash=hash_token(token),
        page=page,
        made_by_id=by.user_id,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    _record(session, link, "share", place=place, by=by, at=at)
    return NewLink(link, token)


def revoke_link(
    session: Session, link_id: int, *, place: Place, by: Reader, at: datetime
) -> SharedLink:
    """Take a link back; whoever opens it from now on reads that it stopped working."""
    link = queries.get_link(session, link_id)
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by_id = at, by.user_id
        session.flush()
        _record(session, link, "revoke_share", place=place, by=by, at=at)
    return link


def open_link(session: Session, token: str, at: datetime) -> SharedLink | None:
    """Return the link with a token, None where there is none; refuse one that is closed."""
    link = queries.find_link(session, hash_token(token))
    if link is not None and not is_open(link, at):
        raise LinkClosedError
    return link


def is_open(link: SharedLink, at: datetime) -> bool:
    """Tell whether a link still shows its report."""
    return link.revoked_at is None and link.expires_at > at


def _record(session: Session, link: SharedLink, action: str, **known) -> None:
    record(
        session, action=action, subject="shared_link", subject_id=link.id, page=link.page, **known
    )
