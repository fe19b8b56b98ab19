"""Queries on links by which somebody without an account reads one report."""

from typing import NamedTuple

from flask import abort
from sqlmodel import Session, col, select

from analysis.models.sharing import SharedLink
from lab.models.people import User


class ListedLink(NamedTuple):
    """A link and who made it."""

    link: SharedLink
    made_by: str | None


def find_link(session: Session, token_hash: str) -> SharedLink | None:
    """Return the link with a token, or None."""
    return session.exec(select(SharedLink).where(SharedLink.token_hash == token_hash)).first()


def get_link(session: Session, link_id: int) -> SharedLink:
    """Return a link by its number, or end with «not found»."""
    return session.get(SharedLink, link_id) or abort(404)


def list_links(session: Session, page: str) -> list[ListedLink]:
    """Return the links to a report, newest first."""
    statement = (
        select(SharedLink, User.name)
        .outerjoin(User, col(User.id) == col(SharedLink.made_by_id))
        .where(SharedLink.page == page)
        .order_by(col(SharedLink.id).desc())
    )
    return [ListedLink(*row) for row in session.exec(statement)]
