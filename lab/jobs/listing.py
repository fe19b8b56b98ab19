"""The long work that somebody asked for, in lines that each lead to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlmodel import Session

from lab.access import Action, Place, Reader, may
from lab.formats import datetime_local, percent
from lab.jobs.labels import STATES, describe_question, find_result_url, name_job
from lab.models.jobs import Job, JobState
from lab.models.programmes import Programme
from lab.queries.jobs import list_jobs_of
from lab.queries.programmes import find_programme

RECENT = timedelta(days=7)
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class JobLine:
    """One piece of long work: what is asked, how far it is, and where it or its result is."""

    title: str
    url: str
    note: str


def build_own_jobs(
    session: Session, reader: Reader, at: datetime
) -> list[tuple[Programme, list[JobLine]]]:
    """Return what somebody asked for lately, newest first, for each programme apart."""
    groups: dict[int, list[JobLine]] = {}
    for job in list_jobs_of(session, reader.user_id, at - RECENT, MOST_SHOWN):
        if may(reader, Action.READ_JOB, Place(job.programme_id, job.living_lab_id)):
            groups.setdefault(job.programme_id, []).append(_line(session, job))
    return [(find_programme(session, number), groups[number]) for number in sorted(groups)]


def _line(session: Session, job: Job) -> JobLine:
    state = str(STATES[job.state])
    if job.state is JobState.RUNNING:
        state += f", {percent(job.progress, 0)}"
    question = describe_question(session, job)
    # Several questions can wait under one name.
    notes = name_job(job) if question else "", state, datetime_local(job.requested_at)
    return JobLine(
        title=question or name_job(job),
        url=find_result_url(job) or url_for("jobs.show_job", job_id=job.id),
        note=" · ".join(filter(None, notes)),
    )
