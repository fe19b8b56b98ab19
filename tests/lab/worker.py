"""A worker as a process of its own that knows the works of the tests."""

import signal
import sys
import threading
from pathlib import Path

from lab.app import create_app
from lab.db import make_engine
from lab.jobs.process import end_with_parent
from lab.jobs.worker import Worker
from lab.settings import Settings
from tests.lab.works import add_kinds


def make_app():
    app = create_app(Settings(Path(folder), url, secret_key="0" * 64, is_testing=True))
    add_kinds(app)
    return app


if __name__ == "__main__":
    # Whatever a shell starts in the background ignores this signal, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder, url = sys.argv[1:]
    worker = Worker(make_engine(url), make_app)
    end_with_parent(worker)
    worker.run(threading.Event())
