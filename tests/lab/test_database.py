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


def test_only_its_owner_reads_a_database_and_its_copy(tmp_path):
    path = tmp_path / "new.db"
    db.upgrade(f"sqlite:///{path}")
    db.downgrade(f"sqlite:///{path}")
    db.upgrade(f"sqlite:///{path}")
    files = list(tmp_path.glob("new*"))
    assert len(files) == 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
