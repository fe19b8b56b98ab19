"""what importing a file costs, beside a bare loop of csv and executemany.

Run it with `python -m tests.benchmarks.bench_import`. Both sides run in turns in one process on a
fresh SQLite file; the growth tells whether the cost stays in step with the number of rows.
"""

import csv
import io
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from experiments.queries.variants import list_variants
from experiments.services.imports import (
    OfferedFile,
    finish_import,
    keep_preview,
    prepare_import,
    read_file,
)
from lab import db
from lab.i18n import command_context
from lab.models.people import Role
from lab.queries.people import get_reader
from tests.builders import Builder

SIZES = (1_000, 5_000, 20_000)
ROUNDS = 3
FIRST_DAY = date(2026, 4, 1)
AT = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
INSERT = """
INSERT INTO bare (variant, profile, day, area, cluster, offered, reached, responded)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


def make_file(size: int, profiles: list[str]) -> bytes:
    """Return a file with counts of many streets, as a municipality would keep it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(
        ["variant", "profiel", "datum", "gebied", "cluster", "aangeboden", "bereikt", "gereageerd"]
    )
    for row in range(size):
        day = FIRST_DAY + timedelta(days=row % 80)
        writer.writerow(
            ["AB"[row % 2], profiles[row % len(profiles)], f"{day:%d-%m-%Y}", f"Wijk {row % 12}",
             f"straat {row % 200}", 40 + row // 80 % 50, 20, row % 9]
        )  # fmt: skip
    return text.getvalue().encode()


def import_bare(data: bytes, folder: Path) -> None:
    """Put the rows of a file in a table without looking at them."""
    connection = sqlite3.connect(folder / "bare.db")
    connection.executescript(
        "DROP TABLE IF EXISTS bare; CREATE TABLE bare (id INTEGER PRIMARY KEY, variant, profile, "
        "day, area, cluster, offered INTEGER, reached INTEGER, responded INTEGER)"
    )
    rows = csv.reader(io.StringIO(data.decode()), delimiter=";")
    next(rows)
    connection.executemany(INSERT, rows)
    connection.commit()
    connection.close()


def prepare(session: Session) -> tuple[int, object, list[str]]:
    """Return an experiment in the field, who imports, and the names of its profiles."""
    build = Builder(session)
    lab = build.lab()
    experiment = build.experiment(lab, starts_on=FIRST_DAY, ends_on=date(2026, 6, 30))
    reader = get_reader(session, build.user(Role.SUPERVISOR, lab))
    assert list_variants(session, experiment.id)
    return experiment.id, reader, [profile.name_nl for profile in build.profiles(lab)]


def import_ours(data: bytes, folder: Path) -> dict[str, float]:
    """Import a file as the pages do, and return how long each step took."""
    path = folder / "ours.db"
    for old in folder.glob("ours.db*"):
        old.unlink()
    url = f"sqlite:///{path}"
    db.upgrade(url)
    with db.open_session(url) as session:
        experiment_id, reader, _profiles = prepare(session)
        session.commit()
        offered = OfferedFile("bench.csv", data)
        started = time.process_time()
        frame = prepare_import(session, experiment_id, "nl", by=reader, at=AT)
        read = read_file(offered, frame)
        reading = time.process_time()
        found = keep_preview(session, experiment_id, offered, read, by=reader, at=AT)
        session.commit()
        kept = time.process_time()
        finish_import(session, found.id, by=reader, at=AT)
        session.commit()
        finished = time.process_time()
    assert found.faulty_count == 0, found.faulty_rows[:1]
    return {"read": reading - started, "keep": kept - reading, "finish": finished - kept}


def time_of(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    """Print the time of each step, the bare loop and their ratio, per size of file."""
    write = sys.stdout.write
    write("rows\tread s\tkeep s\tfinish s\ttotal s\tbare s\tratio\tus per row\n")
    with tempfile.TemporaryDirectory() as name, command_context():
        folder = Path(name)
        profiles = ["Honkvaste Buurtbewoners", "onbekend"]
        with db.open_session(_fresh(folder)) as session:
            profiles = prepare(session)[2]
        for size in SIZES:
            data = make_file(size, profiles)
            ours, bare = [], []
            for _round in range(ROUNDS):
                ours.append(import_ours(data, folder))
                bare.append(time_of(lambda data=data: import_bare(data, folder)))
            middle = {step: statistics.median(each[step] for each in ours) for step in ours[0]}
            total, loop = sum(middle.values()), statistics.median(bare)
            steps = "\t".join(f"{seconds:.2f}" for seconds in middle.values())
            per_row = 1e6 * total / size
            write(f"{size}\t{steps}\t{total:.2f}\t{loop:.3f}\t{total / loop:.0f}\t{per_row:.0f}\n")


def _fresh(folder: Path) -> str:
    url = f"sqlite:///{folder / 'names.db'}"
    db.upgrade(url)
    return url


if __name__ == "__main__":
    main()
