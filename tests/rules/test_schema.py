"""Rules for the database: migrations and tables say the same, on both kinds."""

import re
from importlib import import_module

import pytest
from alembic import command
from sqlalchemy import Enum, create_engine, inspect
from sqlmodel import SQLModel

from lab import db
from tests.rules.sources import PACKAGES, ROOT

MODEL_MODULES = sorted(
    f"{package}.models.{path.stem}"
    for package in PACKAGES
    for path in (ROOT / package / "models").glob("*.py")
    if path.name != "__init__.py"
)
for module in MODEL_MODULES:
    import_module(module)
CLOSED_SETS = [
    (table.name, column.name, column.type)
    for table in SQLModel.metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, Enum)
]


@pytest.fixture
def inspector(database_url):
    """A look at the database as the migrations made it."""
    engine = create_engine(database_url)
    yield inspect(engine)
    engine.dispose()


@pytest.fixture
def tables(empty_database_url):
    """A function that lists the tables of a database that starts empty."""
    engine = create_engine(empty_database_url)
    yield lambda: set(inspect(engine).get_table_names())
    engine.dispose()


def test_the_migrations_make_all_tables_of_the_models(database_url):
    command.check(db.migration_config(database_url))


def test_the_migrations_go_up_and_down_again(empty_database_url, tables):
    db.upgrade(empty_database_url)
    made = tables()
    db.downgrade(empty_database_url)
    left = tables()
    db.upgrade(empty_database_url)
    assert made == tables()
    assert made >= set(SQLModel.metadata.tables)
    assert left <= {"alembic_version"}


def test_the_database_allows_the_values_of_each_closed_set(inspector):
    different = []
    for table, column, kind in CLOSED_SETS:
        checks = [check["sqltext"] for check in inspector.get_check_constraints(table)]
        allowed = [set(re.findall(r"'([^']*)'", sql)) for sql in checks if is_list(sql, column)]
        if set(kind.enums) not in allowed:
            different.append(f"{table}.{column}: {allowed} instead of {sorted(kind.enums)}")
    assert not different, "Write a migration for:\n" + "\n".join(different)


def is_list(sql: str, column: str) -> bool:
    """Tell whether a CHECK lists the values that a column may have."""
    return re.match(rf"\W*{column}\W.*?\b(IN|ANY)\b", sql, re.DOTALL | re.IGNORECASE) is not None
