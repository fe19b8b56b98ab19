"""The command that does long work."""

import logging
import os
import signal
import threading
from contextlib import suppress

import click

from lab import db
from lab.jobs.process import ONE_THREAD, end_with_parent
from lab.jobs.work import load
from lab.jobs.worker import Worker
from lab.settings import read_settings

# The whole application, with all its libraries, is loaded at the first job.
APPLICATION = "lab.app:create_app"


@click.command()
@click.option("--once", is_flag=True, help="Do what waits, and end.")
@click.option("--idle-seconds", type=float, hidden=True)
@click.option("--with-parent", is_flag=True, hidden=True)
def work(once: bool, idle_seconds: float | None, with_parent: bool) -> None:
    """Do the long work that waits, such as pooled estimates, one piece at a time."""
    # These are read when the libraries for numbers are loaded, which is later.
    os.environ.update(ONE_THREAD)
    logging.basicConfig(format="%(asctime)s %(message)s")
    settings = read_settings()
    if not db.is_current(settings.database_url):
        raise click.ClickException("The database is not ready. Run `proeftuin prepare` first.")
    # Whoever stops this process gives its job back, also when it is stopped by a service manager.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    engine = db.make_engine(settings.database_url)
    worker = Worker(engine, lambda: load(APPLICATION)(settings))
    if with_parent:
        end_with_parent(worker)
    with suppress(KeyboardInterrupt):
        if once:
            worker.run_until_empty()
        else:
            worker.run(threading.Event(), idle_seconds)
    engine.dispose()
