"""What the report of the social-pressure trial costs, beside a page that does next to nothing.

Run it as `python -m tests.benchmarks.bench_report`: it prints the CPU time of both, and their
ratio, which should stay below 5.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, select

from experiments.demonstration.trials import load_trials
from lab import db
from lab.app import create_app
from lab.settings import Settings

ROWS = 50
VIEWS = 20
ROUNDS = 15
MOST_TIMES = 5.0
PAGE = """<!doctype html><title>Rows</title><table>
{% for row in rows %}
<tr><th>{{ row.profile }}</th><td>{{ row.variant }}</td><td>{{ row.offered }}</td>
<td>{{ row.responded }}</td><td>{{ "%.1f" | format(100 * row.responded / row.offered) }}</td></tr>
{% endfor %}</table>"""


class PlainTable(SQLModel, registry=registry()):
    """What keeps the table of this benchmark out of the product's own database."""


class PlainRow(PlainTable, table=True):
    """A row of the page that does next to nothing."""

    id: int | None = Field(default=None, primary_key=True)
    profile: str
    variant: str
    offered: int
    responded: int


def make_plain_app(folder: Path) -> Flask:
    """Return an application with one page: one select of 50 rows, shown in a table."""
    app = Flask("plain")
    app.jinja_loader = DictLoader({"rows.html": PAGE})
    engine = db.make_engine(f"sqlite:///{folder / 'plain.db'}")
    PlainTable.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            PlainRow(profile=f"Profile {row}", variant="Letter", offered=1000, responded=100 + row)
            for row in range(ROWS)
        )
        session.commit()

    @app.get("/")
    def show_rows():
        with Session(engine.execution_options(write=False)) as session:
            return render_template("rows.html", rows=session.exec(select(PlainRow)).all())

    return app


def make_report_app(folder: Path) -> tuple[Flask, int]:
    """Return the product with the published trials, and the number of the first of them."""
    url = f"sqlite:///{folder / 'report.db'}"
    db.upgrade(url)
    with db.open_session(url) as session:
        number = load_trials(session, datetime.now(UTC))[0].id
    return create_app(Settings(folder, url, secret_key="0" * 64)), number


def measure(*views: Callable[[], object]) -> list[float]:
    """Return the CPU time of one view of each page in milliseconds: the best of some rounds."""
    best = [float("inf")] * len(views)
    # Turn by turn, so that a busy moment of the machine hits all pages alike.
    for _ in range(ROUNDS):
        for place, view in enumerate(views):
            start = time.process_time()
            for _ in range(VIEWS):
                view()
            best[place] = min(best[place], (time.process_time() - start) / VIEWS * 1000)
    return best


def main() -> int:
    """Print what both pages cost, and fail when the report costs too much."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = make_plain_app(folder).test_client()
        app, number = make_report_app(folder)
        report = app.test_client()
        address = f"/experiments/{number}/outcome"
        assert report.get(address).status_code == plain.get("/").status_code == 200
        plain_cost, report_cost = measure(lambda: plain.get("/"), lambda: report.get(address))
        app.extensions["engine"].dispose()
    ratio = report_cost / plain_cost
    print(f"plain page {plain_cost:.2f} ms, report {report_cost:.2f} ms, {ratio:.1f} times as much")  # noqa: T201
    return int(ratio > MOST_TIMES)


if __name__ == "__main__":
    sys.exit(main())
