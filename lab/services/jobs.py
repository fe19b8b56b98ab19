"""Asking for long work, and asking it to stop."""

import hashlib
import json
from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from lab.access import Place, Reader
from lab.errors import DomainError
from lab.i18n import current_language
from lab.models.jobs import ENDED, Job, JobState
from lab.queries import jobs as queries
from lab.services import audit

# So many hexadecimal digits always fit in the number that names a lock.
LOCK_DIGITS = 15
# There is one worker for everybody.
MOST_ACTIVE = 5


class TooMuchWorkError(DomainError):
    """Somebody has so much work waiting that others would wait for it."""

    def __init__(self):
        super().__init__(
            _(
                "You asked for %(number)s things that are not ready yet. Wait until one is ready, "
                "or stop one under “My work”.",
                number=MOST_ACTIVE,
            )
        )


def request_job(
    session: Session, kind: str, parameters: dict, place: Place, *, by: Reader, at: datetime
) -> Job:
    """Put work in the queue; the same question that waits or runs already gives that job."""
    asked = [kind, parameters, place.programme_id, place.living_lab_id]
    written = json.dumps(asked, sort_keys=True)
    queries.lock_question(
        session, int(hashlib.sha256(written.encode()).hexdigest()[:LOCK_DIGITS], 16)
    )
    parameters = json.loads(written)[1]
    active = queries.list_active_jobs(session, kind, place.programme_id, place.living_lab_id)
    same = next((job for job in active if job.parameters == parameters), None)
    if same is None and by.is_signed_in:
        _check_room(session, by.user_id)
    return same or _add_job(session, kind, parameters, place, by=by, at=at)


def _check_room(session: Session, user_id: int) -> None:
    # Two questions at one moment would each see room for the last one.
    queries.lock_question(session, user_id)
    if queries.count_active_jobs_of(session, user_id) >= MOST_ACTIVE:
        raise TooMuchWorkError


def _add_job(
    session: Session, kind: str, parameters: dict, place: Place, *, by: Reader, at: datetime
) -> Job:
    job = Job(
        kind=kind,
        programme_id=place.programme_id,
        living_lab_id=place.living_lab_id,
        parameters=parameters,
        requested_by_id=by.user_id,
        language=current_language(),
        requested_at=at,
    )
    session.add(job)
    session.flush()
    _record(session, job, "request_job", by=by, at=at)
    return job


def repeat_job(session: Session, job_id: int, *, by: Reader, at: datetime) -> Job:
    """Ask anew for the work of a job."""
    job = queries.get_job(session, job_id)
    place = Place(job.programme_id, job.living_lab_id)
    return request_job(session, job.kind, job.parameters, place, by=by, at=at)


def cancel_job(session: Session, job_id: int, *, by: Reader, at: datetime) -> Job:
    """Cancel a job that waits, ask one that runs to stop, and leave one that ended."""
    job = queries.lock_job(session, job_id)
    if job.state in ENDED or job.is_cancel_requested:
        return job
    job.is_cancel_requested = True
    if job.state is JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, at
    session.flush()
    _record(session, job, "cancel_job", by=by, at=at)
    return job


def _record(session: Session, job: Job, action: str, *, by: Reader, at: datetime) -> None:
    place = Place(job.programme_id, job.living_lab_id)
    audit.record(
        session,
        by=by,
        at=at,
        action=action,
        subject="job",
        subject_id=job.id,
        place=place,
        kind=job.kind,
    )
