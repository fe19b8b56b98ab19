"""Back-tests: gathering what was published, and keeping what came of it."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.models.runs import AnalysisRun
from analysis.pooled.backtest.days import choose_days
from analysis.pooled.backtest.jobs import BACKTEST
from analysis.pooled.backtest.record import BacktestDesign
from analysis.pooled.scope import SCOPE, Scope
from analysis.queries.backtest import ESTIMATOR, list_published, select_published
from analysis.queries.scopes import find_default_scope
from analysis.recording import Answer, Calculation
from analysis.services.pooled_runs import PooledQuestion
from analysis.services.runs import RunCreate, WrittenQuestion, keep_run
from lab.access import Place, Reader
from lab.errors import DomainError
from lab.models.jobs import Job
from lab.services.audit import record
from lab.services.jobs import request_job


class NothingToBacktestError(DomainError):
    """No published experiment came after another one that advice could follow from."""

    def __init__(self):
        super().__init__(
            _(
                "There are no two published experiments, one after the other, that measured the "
                "same. Advice cannot be held against what came later yet."
            )
        )


def request_backtest(session: Session, programme_id: int, *, by: Reader, at: datetime) -> Job:
    """Ask for a back-test of the question that most experiments of a programme share."""
    scope = find_default_scope(session, programme_id)
    if scope is None:
        raise NothingToBacktestError
    gather_backtest(session, scope)
    return request_job(
        session,
        BACKTEST.name,
        {"scope": SCOPE.dump_python(scope, mode="json")},
        Place(programme_id),
        by=by,
        at=at,
    )


def gather_backtest(session: Session, scope: Scope) -> PooledQuestion:
    """Return what a back-test is asked: cells, days and controls of what is published."""
    found = select_published(session, scope)
    days = choose_days(day for _experiment, day in found.ends)
    if not days or scope.is_check or not found.selection.is_answerable:
        raise NothingToBacktestError
    selection = found.selection
    design = BacktestDesign(
        scope=scope,
        names=selection.names,
        asked=selection.asked,
        ends=found.ends,
        days=days,
        controls=found.controls,
    )
    run = RunCreate(
        calculation=Calculation(ESTIMATOR, selection.rows, design),
        place=Place(scope.programme_id),
        scope={
            "scope": SCOPE.dump_python(scope, mode="json"),
            "published": list_published(session, scope.programme_id),
        },
    )
    return PooledQuestion(run, WrittenQuestion.of(run))


def run_backtest(session: Session, scope: Scope, *, by: Reader, at: datetime) -> AnalysisRun:
    """Return the kept back-test of a question, made now where it was not made before."""
    question = gather_backtest(session, scope)
    known = question.find_run(session)
    return known or keep_backtest(session, question, question.written.answer(), by=by, at=at)


def keep_backtest(
    session: Session, question: PooledQuestion, answer: Answer, *, by: Reader, at: datetime
) -> AnalysisRun:
    """Keep a back-test, and that somebody asked for it."""
    run = keep_run(session, question.command, question.written, answer, by=by, at=at)
    record(
        session,
        by=by,
        at=at,
        action="run_analysis",
        subject="analysis_run",
        subject_id=run.id,
        place=question.command.place,
        estimator=ESTIMATOR,
        cells_sha256=run.cells_sha256,
        seed=run.seed,
    )
    return run
