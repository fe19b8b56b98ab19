"""The worker beside the server: there when there is work, gone with the server."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from lab.cli import main
from lab.models.jobs import Job, JobState
from tests.lab.works import World
from tests.rules.sources import ROOT


@pytest.fixture
def world(app, build, session) -> World:
    return World(app, build, session)


@pytest.fixture
def environment(settings) -> dict[str, str]:
    """The environment of a process of the test's installation."""
    names = {"PROEFTUIN_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url}
    return {**os.environ, **names}


@pytest.fixture
def server(environment):
    """The application as a person serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "lab.cli", "serve", "--port", port],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    yield process
    process.kill()
    process.communicate()


def add_job(world) -> Job:
    """Ask for work that the real application does not know, which a worker soon says."""
    job = Job(
        kind="of_earlier_times",
        programme_id=world.lab.programme_id,
        living_lab_id=world.lab.id,
        requested_at=datetime.now(UTC),
    )
    world.session.add(job)
    world.session.commit()
    return job


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_server_has_work_done_and_takes_its_worker_along(world, server):
    job = add_job(world)
    world.wait_for(lambda: world.read(job.id).state is JobState.FAILED, 60)
    assert world.read(job.id).error == "unknown_kind"
    server.kill()
    # The worker speaks through the same pipe, which ends when both are gone.
    server.communicate(timeout=20)


def test_command_does_what_waits_and_ends(world, environment, monkeypatch):
    job = add_job(world)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, ["work", "--once"])
    assert result.exit_code == 0, result.output
    assert world.read(job.id).state is JobState.FAILED


def test_command_refuses_a_database_that_is_not_ready(empty_database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("PROEFTUIN_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    result = CliRunner().invoke(main, ["work", "--once"])
    assert (result.exit_code, "proeftuin prepare" in result.output) == (1, True)
