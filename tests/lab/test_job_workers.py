"""Workers: each job once, whatever happens to the one that does it."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from lab.access import Reader
from lab.db import make_engine
from lab.jobs.worker import MOST_ATTEMPTS, UNTIL_LOST, Worker
from lab.models.jobs import Job, JobState
from lab.services.jobs import request_job
from tests.lab import works
from tests.lab.works import PARTS, World
from tests.pages import Pages
from tests.rules.sources import ROOT

JOBS = 20


@pytest.fixture
def world(app, build, session) -> World:
    return World(app, build, session)


@pytest.fixture
def start_worker(settings):
    """A function that starts a worker as a process of its own."""
    started = []

    def start() -> subprocess.Popen:
        command = [sys.executable, "-m", "tests.lab.worker"]
        process = subprocess.Popen(
            [*command, settings.instance, settings.database_url], cwd=ROOT, stdin=subprocess.PIPE
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.stdin.close()
        process.wait()


def work_later(app, passed: timedelta) -> None:
    """Do what waits, as a worker for which some time has passed."""
    engine = app.extensions["engine"]
    Worker(engine, lambda: app, lambda: datetime.now(UTC) + passed).run_until_empty()


def test_workers_side_by_side_do_each_job_once(world, app, database_url):
    # More than one person may ask for at once: the installation itself asks.
    world.by = Reader()
    asked = [world.ask(works.write, number=number).id for number in range(JOBS)]

    def work(_number) -> None:
        engine = make_engine(database_url)
        Worker(engine, lambda: app).run_until_empty()
        engine.dispose()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert sorted(entry["job"] for entry in world.entries()) == asked
    assert {world.read(number).attempts for number in asked} == {1}
    assert {world.read(number).state for number in asked} == {JobState.DONE}


def test_same_question_asked_at_once_is_one_job(world, engine):
    def ask(_number) -> int:
        with Session(engine) as session:
            job = request_job(session, "write", {}, world.place, by=world.by, at=works.AT)
            session.commit()
            return job.id

    with ThreadPoolExecutor(6) as people:
        assert len(set(people.map(ask, range(12)))) == 1


@pytest.mark.parametrize("moment", ["between", "inside"])
def test_job_of_a_killed_worker_goes_on_where_it_was(world, app, start_worker, tmp_path, moment):
    mark = tmp_path / "mark"
    asked = world.ask(works.write_in_parts, **{moment: [str(mark), 2]})
    worker = start_worker()
    world.wait_for(mark.exists)
    worker.kill()
    worker.wait()
    work_later(app, timedelta(0))
    assert world.read(asked.id).state is JobState.RUNNING
    assert [entry["part"] for entry in world.entries()][:2] == [0, 1]
    work_later(app, UNTIL_LOST * 2)
    job = world.read(asked.id)
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert [entry["part"] for entry in world.entries()] == list(range(PARTS))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_stopped_worker_gives_its_job_back_at_once(world, start_worker, tmp_path, app):
    asked = world.ask(works.write_in_parts, between=[str(tmp_path / "mark"), 2])
    worker = start_worker()
    world.wait_for((tmp_path / "mark").exists)
    worker.send_signal(signal.SIGINT)
    worker.wait(10)
    job = world.read(asked.id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    work_later(app, timedelta(0))
    assert [entry["part"] for entry in world.entries()] == list(range(PARTS))


def test_worker_ends_when_its_parent_is_gone(world, start_worker, tmp_path):
    asked = world.ask(works.write_in_parts, between=[str(tmp_path / "mark"), 2])
    worker = start_worker()
    world.wait_for((tmp_path / "mark").exists)
    worker.stdin.close()
    worker.wait(10)
    assert world.read(asked.id).state is JobState.QUEUED


def test_job_that_ends_three_workers_fails_with_a_code(world, app, session):
    asked = world.ask(works.write)
    job = session.get(Job, asked.id)
    job.state, job.attempts = JobState.RUNNING, MOST_ATTEMPTS
    job.alive_at = datetime.now(UTC) - 2 * UNTIL_LOST
    session.commit()
    work_later(app, timedelta(0))
    job = world.read(asked.id)
    assert (job.state, job.error) == (JobState.FAILED, "interrupted")
    assert world.entries() == []


def test_worker_gives_signs_of_life_while_it_calculates(world, app):
    asked = world.ask(works.wait_for_mark)
    worker = Lively(app.extensions["engine"], lambda: app)
    works.GO_ON.clear()
    with ThreadPoolExecutor(1) as workers:
        working = workers.submit(worker.run_until_empty)
        world.wait_for(lambda: world.read(asked.id).step == "half")
        before = world.read(asked.id).alive_at
        world.wait_for(lambda: world.read(asked.id).alive_at > before)
        works.GO_ON.set()
        working.result(20)
    assert world.read(asked.id).state is JobState.DONE


class Lively(Worker):
    """A worker that gives signs of life often."""

    seconds_between_signs = 0.05


def test_running_job_stops_soon_after_a_cancel(world, app, client):
    asked = world.ask(works.wait_for_cancel)
    world.build.sign_in(client, world.user)
    with ThreadPoolExecutor(1) as workers:
        working = workers.submit(work_later, app, timedelta(0))
        world.wait_for(lambda: world.read(asked.id).state is JobState.RUNNING)
        address = f"/jobs/{asked.id}"
        Pages(client).submit(f"{address}/cancel", at=address)
        working.result(20)
    job = world.read(asked.id)
    assert (job.state, world.entries()) == (JobState.CANCELLED, [])
    assert job.progress < 0.5


def test_worker_that_woke_up_too_late_writes_nothing(world, app):
    asked = world.ask(works.write_in_parts)
    slow = Overtaken(app)
    slow.run_until_empty()
    job = world.read(asked.id)
    assert (job.state, job.attempts, slow.was_overtaken) == (JobState.DONE, 2, True)
    assert [entry["part"] for entry in world.entries()] == list(range(PARTS))


class Overtaken(Worker):
    """A worker that sleeps so long before its first job that another one takes it over."""

    was_overtaken = False

    def __init__(self, app) -> None:
        super().__init__(app.extensions["engine"], lambda: app)

    def _do(self, job: Job) -> None:
        if not self.was_overtaken:
            self.was_overtaken = True
            work_later(self._app, 2 * UNTIL_LOST)
        super()._do(job)
