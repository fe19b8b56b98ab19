"""Queries on calculations that were kept."""

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from analysis.models.runs import AnalysisDraws, AnalysisRun

# Reading these costs more than the rest of a page, and most pages remember what follows from them.
LARGE = [defer(AnalysisRun.cells), defer(AnalysisRun.result)]


def get_run(session: Session, run_id: int) -> AnalysisRun:
    """Return a run that is known to exist; its cells and result are read where they are used."""
    return session.get_one(AnalysisRun, run_id, options=LARGE)


def find_run(session: Session, run_id: int) -> AnalysisRun | None:
    """Return a run with all that it keeps, if there is one with this number."""
    return session.get(AnalysisRun, run_id)


def find_draws(session: Session, run_id: int) -> AnalysisDraws | None:
    """Return the draws of a run, if it made any."""
    return session.get(AnalysisDraws, run_id)


def list_runs_on(
    session: Session,
    experiment_id: int | None,
    cells_sha256: str,
    estimator: str,
    method_version: str,
) -> list[AnalysisRun]:
    """Return the runs of one method on one set of cells, oldest first.

    experiment_id: the experiment that they are about, None for those that look further.
    """
    statement = select(AnalysisRun).where(
        AnalysisRun.experiment_id == experiment_id,
        AnalysisRun.cells_sha256 == cells_sha256,
        AnalysisRun.estimator == estimator,
        AnalysisRun.method_version == method_version,
    )
    return list(session.exec(statement.order_by(col(AnalysisRun.id))))


def list_runs(session: Session, experiment_id: int) -> list[AnalysisRun]:
    """Return the runs of an experiment, newest first."""
    statement = select(AnalysisRun).where(AnalysisRun.experiment_id == experiment_id)
    return list(session.exec(statement.order_by(col(AnalysisRun.id).desc())))
