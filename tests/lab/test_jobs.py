"""Long work: asked for, done, failed, stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from lab.access import Place
from lab.jobs.worker import Worker
from lab.models.jobs import Job, JobState
from lab.models.people import Membership
from lab.services.jobs import MOST_ACTIVE, TooMuchWorkError, cancel_job
from tests.lab import works
from tests.lab.works import REFUSAL, World


@pytest.fixture
def world(app, build, session) -> World:
    return World(app, build, session)


def test_requested_work_is_done_and_gives_its_result(world, run_jobs):
    world.ask()
    (job,) = run_jobs()
    assert (job.state, job.progress, job.attempts) == (JobState.DONE, 1.0, 1)
    assert job.result == {"living_lab_id": world.lab.id}
    assert job.started_at <= job.finished_at


def test_same_question_gives_the_job_that_waits(world, run_jobs):
    first, same, other = world.ask(), world.ask(), world.ask(more=(1, 2))
    assert first.id == same.id != other.id
    run_jobs()
    assert world.ask(more=(1, 2)).id not in {first.id, other.id}
    assert len(world.entries("request_job")) == 3


def test_same_question_elsewhere_is_another_job(world):
    first = world.ask()
    world.place = Place(world.lab.programme_id)
    assert world.ask().id != first.id


def test_rows_and_the_end_of_a_job_are_kept_together(world, run_jobs):
    asked = world.ask(works.write)
    (job,) = run_jobs()
    assert job.state is JobState.DONE
    assert world.entries() == [{"job": asked.id}]


def test_rows_that_a_second_attempt_would_double_are_refused(world, run_jobs):
    world.ask(works.write_loosely)
    (job,) = run_jobs()
    assert (job.state, job.error, world.entries()) == (JobState.FAILED, "failed", [])


@pytest.mark.parametrize(
    ("work", "error"),
    [
        (works.break_down, "failed"),
        (works.refuse, REFUSAL),
        (works.refuse_by_code, "no_counts"),
    ],
)
def test_failed_work_keeps_a_code_or_a_sentence(world, run_jobs, work, error):
    world.ask(work)
    (job,) = run_jobs()
    assert (job.state, job.error) == (JobState.FAILED, error)


def test_progress_never_goes_back(world, run_jobs):
    world.ask(works.step_back)
    (job,) = run_jobs()
    assert (job.progress, job.step) == (0.6, "quarter")


def test_unknown_kind_of_work_fails_with_a_code(world, app, run_jobs):
    world.ask()
    del app.extensions["job_kinds"]["tell"]
    (job,) = run_jobs()
    assert (job.state, job.error) == (JobState.FAILED, "unknown_kind")


def test_work_of_somebody_who_left_is_not_done(world, session, run_jobs):
    world.ask(works.write)
    session.delete(session.exec(select(Membership)).one())
    (job,) = run_jobs()
    assert (job.state, job.error, world.entries()) == (JobState.FAILED, "not_allowed", [])


def test_waiting_job_is_cancelled_at_once(world, run_jobs, session):
    asked = world.ask(works.write)
    for _time in range(2):
        cancel_job(session, asked.id, by=world.by, at=datetime.now(UTC))
    assert world.read(asked.id).state is JobState.CANCELLED
    run_jobs()
    assert (world.entries(), len(world.entries("cancel_job"))) == ([], 1)


def test_cancel_just_before_the_result_keeps_nothing(world, run_jobs, database_url):
    world.ask(works.cancel_itself, url=database_url)
    (job,) = run_jobs()
    assert (job.state, world.entries()) == (JobState.CANCELLED, [])


def test_old_jobs_are_removed_but_not_their_log(world, app, run_jobs, session):
    world.ask()
    run_jobs()
    engine = app.extensions["engine"]
    for days, left in ((29, 1), (31, 0)):
        later = datetime.now(UTC) + timedelta(days=days)
        Worker(engine, lambda: app, lambda later=later: later).run_until_empty()
        assert len(session.exec(select(Job)).all()) == left
        session.commit()
    assert len(world.entries("request_job")) == 1


def test_nobody_fills_the_queue(world, run_jobs):
    jobs = [world.ask(number=number) for number in range(MOST_ACTIVE)]
    with pytest.raises(TooMuchWorkError):
        world.ask(number=MOST_ACTIVE)
    assert world.ask(number=0).id == jobs[0].id
    cancel_job(world.session, jobs[0].id, by=world.by, at=works.AT)
    world.ask(number=MOST_ACTIVE)
    run_jobs()
    world.ask(number=MOST_ACTIVE + 1)
