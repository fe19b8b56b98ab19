"""Queries on files of who lives where, and where they belong."""

from sqlmodel import Session

from lab.access import Place
from lab.models.areas import AreaImport
from lab.queries.places import find_programme_place


def get_import(session: Session, area_import_id: int) -> AreaImport:
    """Return a file that was offered."""
    return session.get_one(AreaImport, area_import_id)


def find_area_import_place(session: Session, area_import_id: int) -> Place | None:
    """Return the place of a file of areas: its programme."""
    found = session.get(AreaImport, area_import_id)
    return found and find_programme_place(session, found.programme_id)
