"""The application as start.py runs it: prepared and served by one process."""

import contextlib
import subprocess
import threading
import time
import urllib.request

from lab.paths import CHECKOUT, instance_folder
from lab.starting.environment import PYTHON
from lab.starting.steps import StartError, explain, run
from lab.starting.texts import language, text

HOST = "127.0.0.1"
# The first start loads the demonstration, which a slow computer takes minutes for.
SECONDS_TO_START = 300
# One process loads the libraries once, which halves the time of every later start.
IN_ORDER = [PYTHON, "-m", "lab.starting.sequence"]


def preparation() -> list[str]:
    """Return the commands that prepare the database and the demonstration."""
    return ["prepare", "then", "demo", "--unless-removed", "--language", language()]


def prepare(title: str) -> None:
    """Prepare the database and the demonstration, and serve nothing."""
    run([*IN_ORDER, *preparation()], title)


def read_accounts() -> str:
    """Return the accounts to sign in with, or how to make one."""
    file = instance_folder() / "demonstration-accounts.txt"
    if file.exists():
        return text("accounts", accounts=file.read_text(encoding="utf-8").rstrip())
    return text("no_accounts")


class Application:
    """A process that prepares and serves, and what it says."""

    def __init__(self, port: int) -> None:
        self.address = f"http://{HOST}:{port}/"
        self.said: list[str] = []
        self.is_ready = False
        words = [*IN_ORDER, *preparation(), "then", "serve", "--host", HOST, "--port", str(port)]
        self.process = subprocess.Popen(
            words,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        # What it says while it starts matters only when it fails; later it is a log.
        for line in self.process.stdout:
            if self.is_ready:
                print(line, end="", flush=True)
            else:
                self.said.append(line.rstrip())

    def wait_until_it_answers(self, title: str) -> None:
        """Wait for the first answer, or fail with what went wrong."""
        # A proxy for the outside world must not get this question.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.is_ready:
            if self.process.poll() is not None:
                self.listener.join(5)
                raise StartError(explain("\n".join(self.said), title))
            if time.monotonic() > deadline:
                raise StartError(text("server_silent"))
            with contextlib.suppress(OSError), opener.open(self.address + "healthz", timeout=5):
                self.is_ready = True
            time.sleep(0.05)

    def serve(self) -> None:
        """Serve until the process ends, which it should not do by itself."""
        if self.process.wait():
            raise StartError(text("server_ended"))

    def stop(self) -> None:
        """Ask the process to stop, and end it when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
