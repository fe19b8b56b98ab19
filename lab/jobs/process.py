"""The worker as a process: started when there is work, ended with the process that started it."""

import logging
import os
import subprocess
import sys
import threading

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from lab.jobs.worker import SECONDS_BETWEEN_LOOKS, Worker, sees_work

log = logging.getLogger(__name__)

# More threads make many small systems slower, and would take the machine from the pages.
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "VECLIB", "NUMEXPR")
}
# A worker that did something stays for the next job, and then gives its memory back.
SECONDS_TO_STAY = 300
COMMAND = [
    *(sys.executable, "-m", "lab.cli", "work"),
    *("--with-parent", "--idle-seconds", str(SECONDS_TO_STAY)),
]
LONGEST_PAUSE = 60.0


class Keeper:
    """Starts a worker beside this process as soon as there is work."""

    def __init__(self, engine: Engine, command: list[str] | None = None) -> None:
        self._engine = engine
        self._command = command or COMMAND
        self._child: subprocess.Popen | None = None
        self._crashes = 0

    def run(self, stop: threading.Event) -> None:
        """Look for work until told to stop."""
        while not stop.wait(self._pause()):
            try:
                self._look()
            except (SQLAlchemyError, OSError):
                self._crashes += 1
                log.exception("No worker could be started.")
        if self._child is not None:
            self._child.stdin.close()

    def _pause(self) -> float:
        # A worker that crashes again and again should not keep the machine busy.
        if self._crashes:
            return min(SECONDS_BETWEEN_LOOKS * 2**self._crashes, LONGEST_PAUSE)
        return SECONDS_BETWEEN_LOOKS

    def _look(self) -> None:
        if self._child is not None:
            code = self._child.poll()
            if code is None:
                return
            self._child.stdin.close()
            self._child = None
            self._crashes = self._crashes + 1 if code else 0
        if sees_work(self._engine):
            environment = {**os.environ, **ONE_THREAD}
            # It reads from a pipe that nobody writes to, and that ends when this process ends.
            self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=environment)


def end_with_parent(worker: Worker) -> None:
    """End this process when the one that started it ends, in whatever way it does."""
    threading.Thread(target=_wait_for_parent, args=(worker,), daemon=True).start()


def _wait_for_parent(worker: Worker) -> None:
    # Reading through sys.stdin would hold a lock that Python needs to end.
    while os.read(0, 1024):
        pass
    # The work may be in a calculation that nothing interrupts, so it is not asked.
    try:
        worker.let_go()
    finally:
        os._exit(0)
