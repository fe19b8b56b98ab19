"""Fixtures that every test can use."""

import os

import pytest
from jinja2 import FileSystemBytecodeCache
from sqlmodel import Session

from lab.app import create_app
from lab.db import make_engine
from lab.settings import Settings
from tests.builders import Builder
from tests.fixtures.run import FOLDER

pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.browsers",
    "tests.fixtures.demonstration",
    "tests.fixtures.jobs",
]


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    """Settings of an empty installation on a fresh database."""
    return Settings(tmp_path, database_url, secret_key="0" * 64, is_testing=True)


@pytest.fixture
def app(settings):
    """The web application on a fresh database."""
    app = create_app(settings)
    # Compiling the templates anew for each test would cost more than the tests.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ[FOLDER])
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def engine(database_url):
    """An engine on the test's database."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    """A session on the test's database; commit what a page should see."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def build(session) -> Builder:
    """A builder of labs, people, experiments and counts with sensible defaults."""
    return Builder(session)


@pytest.fixture
def client(app):
    """A browser without scripts: asks pages of the application."""
    return app.test_client()


def pytest_addoption(parser):
    """Let a person write anew what is said in each case, to read the difference."""
    parser.addoption("--renew-sentences", action="store_true", help="write the snapshots anew")
