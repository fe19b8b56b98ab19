"""Queries on programmes."""

from sqlmodel import Session, col, select

from lab.models.programmes import Programme, ProgrammeKind


def find_programme(session: Session, programme_id: int) -> Programme | None:
    """Return a programme, or None."""
    found = session.get(Programme, programme_id)
    # A session forgets what nobody holds, and a page asks for its programme several times.
    session.info[Programme, programme_id] = found
    return found


def find_programme_by_code(session: Session, code: str) -> Programme | None:
    """Return the programme with a code, or None."""
    return session.exec(select(Programme).where(Programme.code == code)).first()


def list_programmes(session: Session, kind: ProgrammeKind | None = None) -> list[Programme]:
    """Return the programmes, all or of one kind, by number."""
    statement = select(Programme).order_by(col(Programme.id))
    if kind is not None:
        statement = statement.where(Programme.kind == kind)
    return list(session.exec(statement))
