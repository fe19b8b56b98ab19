"""Queries on files of counts that were offered for import."""

from sqlmodel import Session, col, select

from experiments.models.imports import CountImport, ImportState
from experiments.models.observations import Observation
from experiments.queries.observations import is_in_force
from lab.models.people import User


def get_import(session: Session, import_id: int) -> CountImport:
    """Return an import that is known to exist, as it is now."""
    return session.get_one(CountImport, import_id, populate_existing=True)


def find_experiment_id(session: Session, import_id: int) -> int:
    """Return the number of the experiment that a file was offered for."""
    statement = select(CountImport.experiment_id).where(CountImport.id == import_id)
    return session.exec(statement).one()


def find_done_import(session: Session, experiment_id: int, sha256: str) -> CountImport | None:
    """Return the import that counted the same file in an experiment before, or None."""
    statement = select(CountImport).where(
        CountImport.experiment_id == experiment_id,
        CountImport.sha256 == sha256,
        CountImport.state == ImportState.DONE,
    )
    return session.exec(statement).first()


def list_open_imports(session: Session, experiment_id: int, sha256: str) -> list[CountImport]:
    """Return the previews of the same file that nobody finished."""
    statement = select(CountImport).where(
        CountImport.experiment_id == experiment_id,
        CountImport.sha256 == sha256,
        CountImport.state == ImportState.PREVIEW,
    )
    return list(session.exec(statement))


def list_imports(session: Session, experiment_id: int) -> list[tuple]:
    """Return the imports of an experiment that were not cancelled, newest first.

    Each is number, file name, state, rows counted, rows left out, moment offered, moment
    finished and name of the person; the rows themselves stay in the database.
    """
    statement = (
        select(
            CountImport.id,
            CountImport.file_name,
            CountImport.state,
            CountImport.good_count,
            CountImport.faulty_count,
            CountImport.offered_at,
            CountImport.finished_at,
            User.name,
        )
        .outerjoin(User, col(User.id) == CountImport.imported_by_id)
        .where(CountImport.experiment_id == experiment_id)
        .where(CountImport.state != ImportState.CANCELLED)
        .order_by(col(CountImport.offered_at).desc(), col(CountImport.id).desc())
    )
    return list(session.exec(statement))


def find_importer(session: Session, found: CountImport) -> str | None:
    """Return the name of whoever offered a file."""
    return session.exec(select(User.name).where(User.id == found.imported_by_id)).first()


def list_contents(session: Session, experiment_id: int, names: tuple[str, ...]) -> set[tuple]:
    """Return what the observations in force of an experiment say, to recognise a repeat."""
    columns = [getattr(Observation, name) for name in names]
    statement = select(*columns).where(Observation.experiment_id == experiment_id, is_in_force())
    return {tuple(row) for row in session.exec(statement)}
