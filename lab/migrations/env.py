"""How Alembic reaches the database and knows the tables."""

from alembic import context
from sqlmodel import SQLModel

# Importing the modules with tables is what registers them.
import analysis.models.advice
import analysis.models.feedback
import analysis.models.preferences
import analysis.models.runs
import analysis.models.sharing
import experiments.models.experiments
import experiments.models.imports
import experiments.models.observations
import lab.models.areas
import lab.models.audit
import lab.models.jobs
import lab.models.labels
import lab.models.labs
import lab.models.people
import lab.models.programmes
import lab.models.readings
import lab.models.segmentation
from lab.db import make_engine


def render_item(kind, item, autogen_context):
    """Name SQLModel's own column types with their import in a generated migration."""
    if kind == "type" and type(item).__module__.startswith("sqlmodel."):
        autogen_context.imports.add("import sqlmodel")
    return False


def run(connection) -> None:
    """Run the migrations on a connection."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
        # All or nothing: a way back that is refused halfway has dropped nothing.
        transactional_ddl=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


engine = make_engine(context.config.attributes["url"])
try:
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Rebuilding a table with foreign keys on would delete its children.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        run(connection)
finally:
    engine.dispose()
