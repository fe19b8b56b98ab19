"""One piece of long work: how far it is, stopping it, and asking for it again."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, g, redirect, render_template, url_for

from lab.access import Action, allows, current_reader, may
from lab.db import get_session, transaction
from lab.formats import percent
from lab.jobs.labels import (
    STATES,
    describe_question,
    describe_step,
    explain_failure,
    find_kind,
    find_result_url,
    name_job,
)
from lab.models.jobs import ENDED, JobState
from lab.queries.jobs import get_job
from lab.queries.labs import get_lab
from lab.queries.people import find_user
from lab.services import jobs as services

blueprint = Blueprint("jobs", __name__)
# Who waits longer than this may wait for a worker that does not run.
LONG_WAIT = timedelta(minutes=1)


@blueprint.get("/jobs/<int:job_id>")
@allows(Action.READ_JOB)
def show_job(job_id):
    """Show how far some work is, with the way to its result."""
    session, job = get_session(), _get_own_job(job_id)
    is_waiting = job.state is JobState.QUEUED
    return render_template(
        "jobs/show_job.html",
        job=job,
        name=name_job(job),
        question=describe_question(session, job),
        state=STATES[job.state],
        progress=_describe_progress(job),
        reason=explain_failure(job),
        lab=get_lab(session, job.living_lab_id) if job.living_lab_id else None,
        asker=find_user(session, job.requested_by_id) if job.requested_by_id else None,
        is_late=is_waiting and datetime.now(UTC) - job.requested_at > LONG_WAIT,
        may_repeat=_may_ask(job),
    )


@blueprint.get("/jobs/<int:job_id>/progress")
@allows(Action.READ_JOB)
def show_progress(job_id):
    """Tell a program how far some work is."""
    return _describe_progress(_get_own_job(job_id))


@blueprint.post("/jobs/<int:job_id>/cancel")
@allows(Action.READ_JOB)
def cancel_job(job_id):
    """Stop some work."""
    _get_own_job(job_id)
    with transaction() as session:
        services.cancel_job(session, job_id, by=current_reader(), at=datetime.now(UTC))
    return redirect(url_for(".show_job", job_id=job_id), 303)


@blueprint.post("/jobs/<int:job_id>/repeat")
@allows(Action.READ_JOB)
def repeat_job(job_id):
    """Ask for the same work again."""
    if not _may_ask(_get_own_job(job_id)):
        abort(403)
    with transaction() as session:
        job = services.repeat_job(session, job_id, by=current_reader(), at=datetime.now(UTC))
    return redirect(url_for(".show_job", job_id=job.id), 303)


def _get_own_job(job_id):
    job = get_job(get_session(), job_id)
    if job.requested_by_id != current_reader().user_id and not _may_ask(job):
        abort(403)
    return job


def _may_ask(job):
    kind = find_kind(job)
    return kind is not None and may(current_reader(), kind.action, g.place)


def _describe_progress(job):
    return {
        "state": job.state,
        "is_ended": job.state in ENDED,
        "share": round(job.progress, 4),
        "percent": percent(job.progress, 0),
        "step": describe_step(job),
        "url": find_result_url(job),
    }
