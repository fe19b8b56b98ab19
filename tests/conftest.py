"""Fixtures that every test can use."""

import os

import pytest
from jinja2 import FileSystemBytecodeCache
from sqlmodel import Session

from lab.app import build_app, serve_installation
from lab.settings import Settings
from tests.builders import Builder
from tests.fixtures.run import FOLDER

pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.engines",
    "tests.fixtures.browsers",
    "tests.fixtures.demonstration",
    "tests.fixtures.jobs",
]


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    """Settings of an empty installation on a fresh database."""
    return Settings(tmp_path, database_url, secret_key="0" * 64, is_testing=True)


@pytest.fixture(scope="session")
def built_app():
    """The web application for no installation yet: adding its pages costs more than most tests."""
    app = build_app()
    # The processes of one run compile each template once together.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ[FOLDER])
    return app


@pytest.fixture
def app(built_app, settings, engines):
    """The web application on a fresh database."""
    without_installation = dict(built_app.config)
    serve_installation(built_app, settings)
    with engines.open("pages", settings.database_url) as engine:
        built_app.extensions["engine"] = engine
        yield built_app
    built_app.config.clear()
    built_app.config.update(without_installation)


@pytest.fixture
def engine(database_url, engines):
    """An engine on the test's database."""
    with engines.open("test", database_url) as engine:
        yield engine


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
