"""Queries on long work: who does it, how far it is, and what is past."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session, col, delete, func, or_, select, update

from lab.models.jobs import ENDED, Job, JobState

ACTIVE = (JobState.QUEUED, JobState.RUNNING)


def get_job(session: Session, job_id: int) -> Job:
    """Return a job that is known to exist."""
    return session.get_one(Job, job_id)


def lock_job(session: Session, job_id: int) -> Job:
    """Return a job as it is now, which nobody else can change until the end."""
    statement = select(Job).where(Job.id == job_id).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one()


def lock_question(session: Session, number: int) -> None:
    """Let nobody else ask for the same work until this transaction ends."""
    # SQLite has one writer at a time anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(number)))


def list_active_jobs(
    session: Session, kind: str, programme_id: int, living_lab_id: int | None
) -> list[Job]:
    """Return the jobs of one kind at one place that wait or run, oldest first."""
    statement = select(Job).where(
        Job.kind == kind,
        Job.programme_id == programme_id,
        col(Job.living_lab_id).is_not_distinct_from(living_lab_id),
        col(Job.state).in_(ACTIVE),
        col(Job.is_cancel_requested).is_(False),
    )
    return list(session.exec(statement.order_by(col(Job.id))))


def count_active_jobs_of(session: Session, user_id: int) -> int:
    """Return how much that somebody asked for waits or runs, and was not asked to stop."""
    statement = select(func.count()).where(
        Job.requested_by_id == user_id,
        col(Job.state).in_(ACTIVE),
        col(Job.is_cancel_requested).is_(False),
    )
    return session.exec(statement).one()


def list_jobs_of(session: Session, user_id: int, since: datetime, most: int) -> list[Job]:
    """Return what somebody asked for that is busy, or ended since a moment, newest first."""
    statement = (
        select(Job)
        .where(
            Job.requested_by_id == user_id,
            or_(col(Job.state).in_(ACTIVE), col(Job.finished_at) > since),
        )
        .order_by(col(Job.id).desc())
        .limit(most)
    )
    return list(session.exec(statement))


def has_waiting_jobs(session: Session, lost_before: datetime) -> bool:
    """Tell whether a job waits for a worker, or lost the one it had."""
    statement = select(Job.id).where(or_(Job.state == JobState.QUEUED, _is_lost(lost_before)))
    return session.exec(statement.limit(1)).first() is not None


def claim_job(session: Session, worker: str, at: datetime) -> Job | None:
    """Give the job that waits longest to a worker, and to that worker only."""
    statement = select(Job).where(Job.state == JobState.QUEUED).order_by(col(Job.id)).limit(1)
    job = session.exec(statement.with_for_update(skip_locked=True)).first()
    if job is not None:
        job.state = JobState.RUNNING
        job.worker = worker
        job.attempts += 1
        job.started_at = job.started_at or at
        job.alive_at = at
        session.flush()
    return job


def list_lost_jobs(session: Session, lost_before: datetime) -> list[Job]:
    """Return the running jobs without a sign of life since a moment, for this session to change."""
    statement = select(Job).where(_is_lost(lost_before)).order_by(col(Job.id))
    return list(session.exec(statement.with_for_update(skip_locked=True)))


def hold_job(session: Session, job_id: int, worker: str, **values: Any) -> bool | None:
    """Change a running job of this worker, and tell whether somebody wants it to stop.

    None says that the job is no longer this worker's: it seemed dead, and another went on.
    """
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
        .values(**values)
        .returning(col(Job.is_cancel_requested))
        .execution_options(synchronize_session=False)
    )
    return session.exec(statement).scalar()


def delete_old_jobs(session: Session, before: datetime) -> int:
    """Delete the jobs that ended before a moment, and return how many those were."""
    statement = delete(Job).where(col(Job.state).in_(ENDED), col(Job.finished_at) < before)
    return session.exec(statement).rowcount


def is_change(execution: ORMExecuteState) -> bool:
    """Tell whether a statement changes what the database holds."""
    return execution.is_insert or execution.is_update or execution.is_delete


def _is_lost(before: datetime):
    return (Job.state == JobState.RUNNING) & (col(Job.alive_at) < before)
