"""Long work: asked for, done, failed, stopped."""

from datetime import UTC, datetime

import pytest
from flask_babel import lazy_gettext
from sqlmodel import select

from lab.access import Action, Place
from lab.errors import DomainError
from lab.jobs.work import JobImpossibleError, JobKind
from lab.models.audit import AuditEntry
from lab.models.jobs import Job, JobState
from lab.models.people import Role
from lab.queries.people import get_reader
from lab.services.jobs import cancel_job, request_job

AT = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


def tell_numbers(job):
    job.report(0.5, "half")
    return {"living_lab_id": job.parameters["living_lab_id"]}


def write_entry(job):
    with job.transaction() as session:
        session.add(AuditEntry(at=AT, user_name="work", action="worked", subject="job"))
        return job.finish(session, {"living_lab_id": 1})


def write_loosely(job):
    with job.transaction() as session:
        session.add(AuditEntry(at=AT, user_name="work", action="worked", subject="job"))
    return {}


def break_down(job):
    raise ZeroDivisionError("secret detail")


def refuse(job):
    raise DomainError("Er zijn nog geen tellingen.")


def refuse_by_code(job):
    raise JobImpossibleError("no_counts")


WORKS = (tell_numbers, write_entry, write_loosely, break_down, refuse, refuse_by_code)


def make_kind(work) -> JobKind:
    return JobKind(
        name=work.__name__,
        label=lazy_gettext("Labs"),
        work=f"{__name__}:{work.__name__}",
        action=Action.WRITE_EXPERIMENT,
        endpoint="labs.show_lab",
        number="living_lab_id",
        steps={"half": lazy_gettext("My work")},
        errors={"no_counts": lazy_gettext("Error")},
    )


@pytest.fixture
def world(app, build, session):
    return World(app, build, session)


class World:
    """A lab with a researcher who asks for work."""

    def __init__(self, app, build, session):
        app.extensions["job_kinds"] |= {work.__name__: make_kind(work) for work in WORKS}
        self.build, self.session = build, session
        self.lab = build.lab()
        self.user = build.user(Role.RESEARCHER, self.lab)
        self.by = get_reader(session, self.user)
        self.place = Place(self.lab.programme_id, self.lab.id)
        session.commit()

    def ask(self, work=tell_numbers, **parameters) -> Job:
        parameters = {"living_lab_id": self.lab.id} | parameters
        job = request_job(self.session, work.__name__, parameters, self.place, by=self.by, at=AT)
        self.session.commit()
        return job

    def list_entries(self, action: str) -> list[AuditEntry]:
        found = list(self.session.exec(select(AuditEntry).where(AuditEntry.action == action)))
        self.session.commit()
        return found


def test_requested_work_is_done_and_leads_to_its_result(world, run_jobs):
    world.ask()
    (job,) = run_jobs()
    assert (job.state, job.progress, job.attempts) == (JobState.DONE, 1.0, 1)
    assert job.result == {"living_lab_id": world.lab.id}
    assert job.finished_at is not None


def test_same_question_gives_the_job_that_waits(world, run_jobs):
    first, same, other = world.ask(), world.ask(), world.ask(more=[1, 2])
    assert first.id == same.id != other.id
    run_jobs()
    assert world.ask().id not in {first.id, other.id}
    assert len(world.list_entries("request_job")) == 3


def test_rows_and_the_end_of_a_job_are_kept_together(world, run_jobs):
    world.ask(write_entry)
    (job,) = run_jobs()
    assert job.state is JobState.DONE
    assert len(world.list_entries("worked")) == 1


def test_rows_that_a_retry_would_double_are_refused(world, run_jobs):
    world.ask(write_loosely)
    (job,) = run_jobs()
    assert job.state is JobState.FAILED
    assert world.list_entries("worked") == []


@pytest.mark.parametrize(
    ("work", "error"),
    [
        (break_down, "failed"),
        (refuse, "Er zijn nog geen tellingen."),
        (refuse_by_code, "no_counts"),
    ],
)
def test_failed_work_keeps_its_reason_only(world, run_jobs, work, error):
    world.ask(work)
    (job,) = run_jobs()
    assert (job.state, job.error) == (JobState.FAILED, error)


def test_waiting_job_is_cancelled_at_once(world, run_jobs, session):
    asked = world.ask(write_entry)
    for _time in range(2):
        cancel_job(session, asked.id, by=world.by, at=datetime.now(UTC))
    (job,) = run_jobs()
    assert job.state is JobState.CANCELLED
    assert (len(world.list_entries("worked")), len(world.list_entries("cancel_job"))) == (0, 1)
