"""What long work, its states and its failures are called, for people."""

from flask import current_app, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlmodel import Session

from lab.jobs.work import JobKind, load
from lab.labels import Labels
from lab.models.jobs import Job, JobState

STATES: Labels = {
    JobState.QUEUED: _l("waiting"),
    JobState.RUNNING: _l("busy"),
    JobState.DONE: _l("ready"),
    JobState.FAILED: _l("not succeeded"),
    JobState.CANCELLED: _l("stopped"),
}
# Why any kind of work can fail, with what a person can do.
ERRORS: dict[str, LazyString] = {
    "failed": _l(
        "Something went wrong on our side. Try again; tell who manages Proeftuin if it stays so."
    ),
    "interrupted": _l(
        "This was broken off three times. Tell who manages Proeftuin before you try again."
    ),
    "memory": _l(
        "There was not enough memory for this. "
        "Ask for less at a time, or tell who manages Proeftuin."
    ),
    "not_allowed": _l("Who asked for this has no role any more that may do it."),
    "unknown_kind": _l(
        "This version of Proeftuin does not know this work. "
        "Ask for it again on the page you came from."
    ),
}


def find_kind(job: Job) -> JobKind | None:
    """Return the kind of a job, or None when this version does not know it any more."""
    return current_app.extensions["job_kinds"].get(job.kind)


def name_job(job: Job) -> str:
    """Return what a job does, in words."""
    kind = find_kind(job)
    return str(kind.label if kind else _l("Work of an earlier version"))


def describe_question(session: Session, job: Job) -> str:
    """Return what a job is asked, or nothing where its name says it all."""
    kind = find_kind(job)
    return load(kind.describe)(session, job.parameters) if kind and kind.describe else ""


def describe_step(job: Job) -> str:
    """Return what is happening to a job now, in words."""
    if job.state is JobState.QUEUED:
        return str(_l("This waits for its turn."))
    if job.is_cancel_requested:
        return str(_l("This is being stopped."))
    kind = find_kind(job)
    return str(kind.steps.get(job.step, _l("We are working on it.")) if kind else "")


def explain_failure(job: Job) -> str:
    """Return why a job failed, in a sentence for people."""
    kind = find_kind(job)
    return str(((kind.errors if kind else {}) | ERRORS).get(job.error, job.error))


def find_result_url(job: Job) -> str | None:
    """Return where the result of a job is shown, or None while there is none."""
    kind = find_kind(job)
    if kind is None or job.state is not JobState.DONE or kind.number not in job.result:
        return None
    return url_for(kind.endpoint, **{kind.number: job.result[kind.number]})
