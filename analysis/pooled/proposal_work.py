"""Making proposals from all evidence beside the pages: first the runs, then what they suggest."""

from datetime import UTC, datetime

from analysis.pooled.design import PooledStep
from analysis.pooled.jobs import NOTHING_TO_ESTIMATE
from analysis.pooled.proposal_jobs import ONLY_A_CHECK, PROPOSING
from analysis.pooled.scope import SCOPE, Scope
from analysis.queries.runs import get_run
from analysis.services.pooled_proposals import lacks_advice, propose_from_runs, widen
from analysis.services.pooled_runs import (
    NothingToEstimateError,
    PooledQuestion,
    PooledRunCreate,
    gather_question,
    keep_pooled,
)
from lab.jobs.work import JobImpossibleError, RunningJob

ALMOST_DONE = 0.97


def make_pooled_proposals(job: RunningJob) -> dict:
    """Make the proposals about a scope, from runs that reach as far as is needed."""
    scope = SCOPE.validate_python(job.parameters["scope"])
    if scope.is_check:
        raise JobImpossibleError(ONLY_A_CHECK)
    runs = _make_runs(job, scope)
    if not runs:
        raise JobImpossibleError(NOTHING_TO_ESTIMATE)
    job.report(ALMOST_DONE, PROPOSING)
    with job.transaction() as session:
        versions = propose_from_runs(session, scope, runs, by=job.by, at=datetime.now(UTC))
        return job.finish(session, {"run_id": runs[0], "proposals": len(versions)})


def _make_runs(job: RunningJob, scope: Scope) -> list[int]:
    """Return the runs from the scope outward, up to the first that leaves nobody without advice."""
    runs: list[int] = []
    scopes = widen(scope)
    looked_at: set[str] = set()
    for place, wider in enumerate(scopes):
        job.report(place / len(scopes), PooledStep.GATHERING)
        question, known = _gather(job, wider)
        # A wider question with the same counts has the same answer.
        if question is None or question.written.cells_sha256 in looked_at:
            continue
        looked_at.add(question.written.cells_sha256)
        runs.append(known or _answer(job, question, place, len(scopes)))
        with job.reading() as session:
            if not lacks_advice(session, get_run(session, runs[-1])):
                break
    return runs


def _gather(job: RunningJob, scope: Scope) -> tuple[PooledQuestion | None, int | None]:
    """Return the question, None when nothing was counted, and the run that answered it already."""
    command = PooledRunCreate(scope, with_influence=True)
    with job.reading() as session:
        try:
            question = gather_question(session, command, job.by)
        except NothingToEstimateError:
            return None, None
        known = question.find_run(session)
        return question, known and known.id


def _answer(job: RunningJob, question: PooledQuestion, place: int, count: int) -> int:
    # Nobody waits for this: it holds no transaction.
    answer = question.written.answer(
        on_step=lambda share, step: job.report((place + share) / count * ALMOST_DONE, step)
    )
    with job.transaction() as session:
        run = keep_pooled(session, question, answer, by=job.by, at=datetime.now(UTC))
        job.keep(session, {"runs": [*job.checkpoint.get("runs", []), run.id]})
        return run.id
