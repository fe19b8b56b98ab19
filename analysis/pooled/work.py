"""Making a pooled run beside the pages."""

from datetime import UTC, datetime

from analysis.pooled.design import PooledStep
from analysis.pooled.jobs import NOTHING_TO_ESTIMATE, ONE_OTHER_LAB
from analysis.services.pooled_runs import (
    QUESTION,
    NothingToEstimateError,
    OneOtherLabError,
    PooledQuestion,
    TooMuchToEstimateError,
    gather_question,
    keep_pooled,
)
from lab.jobs.work import JobImpossibleError, RunningJob

GATHERED, CALCULATED = 0.05, 0.95


def make_pooled_run(job: RunningJob) -> dict:
    """Answer the question of a job, and keep the run; the same question gives the kept one."""
    job.report(0.0, PooledStep.GATHERING)
    question, known = _gather(job)
    if known is None:
        return _answer(job, question)
    with job.transaction() as session:
        return job.finish(session, {"run_id": known})


def _gather(job: RunningJob) -> tuple[PooledQuestion, int | None]:
    """Return the question, and the number of the run that answered it already."""
    command = QUESTION.validate_python(job.parameters)
    with job.reading() as session:
        try:
            question = gather_question(session, command, job.by)
        except OneOtherLabError as error:
            raise JobImpossibleError(ONE_OTHER_LAB) from error
        except TooMuchToEstimateError:
            raise
        except NothingToEstimateError as error:
            raise JobImpossibleError(NOTHING_TO_ESTIMATE) from error
        known = question.find_run(session)
        return question, known and known.id


def _answer(job: RunningJob, question: PooledQuestion) -> dict:
    # Nobody waits for this: it holds no transaction.
    answer = question.written.answer(
        on_step=lambda share, step: job.report(GATHERED + share * (CALCULATED - GATHERED), step)
    )
    job.report(CALCULATED, PooledStep.KEEPING)
    with job.transaction() as session:
        run = keep_pooled(session, question, answer, by=job.by, at=datetime.now(UTC))
        return job.finish(session, {"run_id": run.id})
