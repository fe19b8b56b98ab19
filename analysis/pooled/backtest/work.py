"""Making a back-test beside the pages."""

from datetime import UTC, datetime

from analysis.pooled.backtest.jobs import ASKING, GATHERING, NOTHING_TO_BACKTEST
from analysis.pooled.scope import SCOPE
from analysis.services.backtests import NothingToBacktestError, gather_backtest, keep_backtest
from lab.jobs.work import JobImpossibleError, RunningJob

GATHERED, CALCULATED = 0.05, 0.95


def make_backtest(job: RunningJob) -> dict:
    """Hold past advice against later experiments; the same counts give the kept back-test."""
    job.report(0.0, GATHERING)
    scope = SCOPE.validate_python(job.parameters["scope"])
    with job.reading() as session:
        try:
            question = gather_backtest(session, scope)
        except NothingToBacktestError as error:
            raise JobImpossibleError(NOTHING_TO_BACKTEST) from error
        known = question.find_run(session)
    if known is not None:
        with job.transaction() as session:
            return job.finish(session, {"run_id": known.id})
    job.report(GATHERED, ASKING)
    # Nobody waits for this: it holds no transaction.
    answer = question.written.answer(
        on_progress=lambda share: job.report(GATHERED + share * (CALCULATED - GATHERED), ASKING)
    )
    with job.transaction() as session:
        run = keep_backtest(session, question, answer, by=job.by, at=datetime.now(UTC))
        return job.finish(session, {"run_id": run.id})
