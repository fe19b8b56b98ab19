"""The copy that is made of a database before it gets a newer form."""

import sqlite3
from contextlib import closing

from lab import db


def test_copy_before_an_upgrade_holds_what_was_written_last(tmp_path):
    path = tmp_path / "kept.db"
    with closing(sqlite3.connect(path)) as busy:
        busy.execute("PRAGMA journal_mode=WAL")
        busy.execute("CREATE TABLE earlier (number INTEGER)")
        busy.execute("INSERT INTO earlier VALUES (7)")
        busy.commit()
        db.upgrade(f"sqlite:///{path}")
    [copy] = tmp_path.glob("kept-before-upgrade-*.db")
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT number FROM earlier").fetchall() == [(7,)]
        assert not kept.execute("SELECT 1 FROM sqlite_master WHERE name = 'experiment'").fetchall()
