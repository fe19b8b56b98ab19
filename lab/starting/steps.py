"""Steps of a start: said one by one, one at a time, and explained when they fail."""

import contextlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

from lab.paths import CHECKOUT
from lab.starting.texts import text

try:
    import fcntl
except ImportError:
    fcntl = None
    import msvcrt

# Commands hold the lock too: one that outlives a killed start.py must not meet the next.
LOCKS: list[int] = []
# What a failed command prints, and the sentence that says what to do about it.
CAUSES = [
    (r"No space left on device|os error 28\b|Errno 28\b|disk is full", "disk_full"),
    (r"psycopg\.\w*Error|exc\.OperationalError", "no_database"),
    (r"Read-only file system|Permission denied|Errno 13\b|Access is denied", "no_permission"),
    (r"DO NOT MATCH THE HASHES|[Hh]ash mismatch|mismatched hash", "wrong_hash"),
    (r"ensurepip is not|No module named '?(venv|ensurepip)", "no_venv"),
    (
        r"name resolution|Name or service not known|dns error|error sending request"
        r"|[Nn]etwork is unreachable|ConnectTimeout|NewConnectionError|ProxyError|timed out"
        r"|Connection refused|nodename nor servname|getaddrinfo failed|Failed to fetch",
        "no_network",
    ),
    (r"no wheels? with a matching|No matching distribution|no usable wheels", "no_build"),
]


class StartError(Exception):
    """The sentence that tells what went wrong and what to do about it."""


class Steps:
    """Says which step is running, of how many, and how long it took."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.number = 0

    @contextlib.contextmanager
    def step(self, key: str, **values: object) -> Iterator[str]:
        """Announce a step, and say so when it is ready."""
        self.number += 1
        title = text(key, **values)
        print(f"[{self.number}/{self.total}] {title} …", flush=True)
        began = time.monotonic()
        yield title
        seconds = text("seconds", seconds=time.monotonic() - began)
        print(f"      {text('ready')} ({seconds})", flush=True)


def run(command: list, title: str, environment: dict | None = None) -> str:
    """Run a command and return what it printed; turn a failure into a sentence."""
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        pass_fds=LOCKS,
    )
    with process:
        try:
            lines = follow(process.stdout)
        except BaseException:
            process.terminate()
            raise
    output = "\n".join(lines)
    if process.returncode:
        raise StartError(explain(output, title))
    return output


def follow(stream: Iterator[str]) -> list[str]:
    """Collect the lines of a command, showing the latest one on a screen."""
    lines = []
    width = shutil.get_terminal_size().columns - 8
    for line in stream:
        lines.append(line.rstrip())
        if sys.stdout.isatty():
            print(f"\r      {line.strip()[:width]:<{width}}", end="", flush=True)
    if lines and sys.stdout.isatty():
        print("\r" + " " * (width + 6), end="\r", flush=True)
    return lines


def explain(output: str, title: str) -> str:
    """Return the sentence for what a failed command printed."""
    for pattern, key in CAUSES:
        match = re.search(pattern, output)
        if match:
            line = next(line for line in output.splitlines() if match[0] in line)
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            return text(key, detail=line.strip()[:300], python=version)
    tail = "\n".join(output.splitlines()[-12:])
    return text("failed", step=title, tail=tail)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let one start.py at a time change this folder."""
    with (CHECKOUT / ".venv.lock").open("w") as handle:
        if not take_lock(handle):
            print(text("waiting"), flush=True)
            while not take_lock(handle):
                time.sleep(0.3)
        if fcntl:
            LOCKS.append(handle.fileno())
        yield
        LOCKS.clear()


def take_lock(handle) -> bool:
    """Try to take the lock, which ends with this process."""
    try:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True
