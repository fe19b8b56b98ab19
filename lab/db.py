"""The database: engine, one session per request, transactions and migrations."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlmodel import Session

from lab.paths import MIGRATIONS

READING_METHODS = {"GET", "HEAD", "OPTIONS"}
PRAGMAS = (
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
)


def make_engine(url: str) -> Engine:
    """Return an engine for SQLite or PostgreSQL with the product's own habits."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=5)
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection, _record) -> None:
    # The driver must not begin transactions by itself: we choose how each one begins.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads before it writes fails at once when another one wrote meanwhile,
    # so whoever may write takes the write lock first.
    writes = connection.get_execution_options().get("write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def init_app(app: Flask) -> None:
    """Let an application close its session after each request."""
    app.teardown_appcontext(_close_session)


def get_session() -> Session:
    """Return the session of this request, which only reads when the request only reads."""
    if "session" not in g:
        engine = current_app.extensions["engine"]
        if has_request_context() and request.method in READING_METHODS:
            engine = engine.execution_options(write=False)
        g.session = Session(engine, expire_on_commit=False)
    return g.session


def _close_session(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what happens inside as one whole, or keep nothing of it."""
    session = get_session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def open_session(url: str) -> Iterator[Session]:
    """Give a session outside the web application, committed at the end or undone."""
    engine = make_engine(url)
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
            session.commit()
    finally:
        engine.dispose()


def migration_config(url: str) -> Config:
    """Return Alembic's configuration for a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Bring a database to the newest form, after a copy when it is a file with data."""
    is_new = _make_private_file(url)
    if is_current(url):
        return
    if not is_new:
        _copy_file(url)
    command.upgrade(migration_config(url), "head")


def downgrade(url: str, revision: str = "base") -> None:
    """Bring a database back to an older form."""
    command.downgrade(migration_config(url), revision)


def is_current(url: str) -> bool:
    """Tell whether a database has the newest form."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return found == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _find_file(url: str) -> Path | None:
    address = make_url(url)
    is_file = address.get_backend_name() == "sqlite" and address.database not in (None, ":memory:")
    return Path(address.database) if is_file else None


def _make_private_file(url: str) -> bool:
    # Left to itself, SQLite makes a file that everybody on the machine can read.
    path = _find_file(url)
    if path is None or path.exists() or not path.parent.exists():
        return False
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return True


def _copy_file(url: str) -> None:
    path = _find_file(url)
    if path and path.exists() and path.stat().st_size:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        copy = path.with_name(f"{path.stem}-before-upgrade-{moment}{path.suffix}")
        # What was written last can stand in a file beside it, which the database itself reads too.
        _make_private_file(f"sqlite:///{copy}")
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
