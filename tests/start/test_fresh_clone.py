"""A fresh clone: interrupted, installed, opened, and opened again without a network."""

import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.rules.sources import ROOT, own_files

pytestmark = pytest.mark.thorough

SECONDS_FIRST = 120
SECONDS_AGAIN = 10
# Nothing listens here, so whoever asks for the outside world gets no answer.
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of what git keeps, with the marks that an interrupted start leaves."""
    folder = tmp_path_factory.mktemp("fresh") / "clone"
    for path in own_files():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


class Start:
    """A running start.py."""

    def __init__(self, clone, *words, **environment):
        kept = {name: value for name, value in os.environ.items() if "PROXY" not in name.upper()}
        self.output = clone.parent / f"{time.monotonic_ns()}.txt"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, clone / "start.py", *words],
                env={**kept, "LC_ALL": "C.UTF-8", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def said(self):
        """Return what it has said so far."""
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words, seconds):
        """Wait until it says something."""
        deadline = time.monotonic() + seconds
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def end(self, with_signal=signal.SIGTERM):
        """End it and return its exit code."""
        self.process.send_signal(with_signal)
        return self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end()


def free_port():
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def open_page(clone, seconds, **environment):
    """Start, read the first page, stop, and return what start.py said."""
    port = free_port()
    with Start(clone, "--no-browser", "--port", str(port), **environment) as start:
        start.wait_for("Ctrl+C", seconds)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
            assert "Proeftuin" in page.read().decode()
        assert start.end() == 0
    return start.said()


def test_an_interrupted_start_goes_on_and_opens_in_time(clone):
    for step in ("[1/", "[2/"):
        with Start(clone, "setup") as interrupted:
            interrupted.wait_for(step, 60)
            time.sleep(1)
            interrupted.end(signal.SIGKILL)
    began = time.monotonic()
    said = open_page(clone, SECONDS_FIRST)
    assert time.monotonic() - began < SECONDS_FIRST
    assert "making it again" in said
    assert (clone / "instance" / "proeftuin.db").exists()
    assert re.search(r"\S+@\S+", said), said


def test_the_second_start_is_quick_without_a_network(clone):
    began, before = time.monotonic(), spent()
    said = open_page(clone, 60, **NO_NETWORK)
    assert "Everything is installed" in said
    # Where other tests keep the cores busy, the clock would measure those.
    assert min(time.monotonic() - began, spent() - before) < SECONDS_AGAIN


def spent():
    """Return the seconds of processor time that ended child processes took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_first_start_without_network_says_so(clone):
    environment = {"UV_CACHE_DIR": str(clone / "none"), "PIP_NO_CACHE_DIR": "1", **NO_NETWORK}
    (clone / "requirements.lock").write_text((ROOT / "requirements.lock").read_text() + "\n")
    (clone / ".venv").rename(clone.parent / "venv-of-before")
    with Start(clone, "setup", **environment) as start:
        assert start.process.wait(240) == 1
        assert "The package registry did not answer" in start.said()
