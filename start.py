#!/usr/bin/env python3
"""Make all that Proeftuin needs and open it: needs only Python, 3.11 or newer."""

import os
import shutil
import sys

NEEDED = (3, 11)
NEWER = ["python3.%d" % minor for minor in range(14, 10, -1)]  # noqa: UP031

if sys.version_info < NEEDED:
    found = "%d.%d" % sys.version_info[:2]  # noqa: UP031
    other = next(filter(shutil.which, NEWER), "python3.11")
    sys.exit(
        "Proeftuin needs Python 3.11 or newer; this is Python " + found + ".\n"
        "Install a newer Python, then run: " + other + " start.py\n"
        "Proeftuin heeft Python 3.11 of nieuwer nodig; dit is Python " + found + ".\n"
        "Installeer een nieuwere Python en start dan: " + other + " start.py"
    )

import contextlib
import re
import signal
import socket
import subprocess
import webbrowser
from dataclasses import dataclass, field

from lab.paths import CHECKOUT, instance_folder
from lab.starting.application import HOST, Application, prepare, read_accounts
from lab.starting.environment import LOCK, PROJECT, PYTHON, install
from lab.starting.steps import StartError, Steps, explain, one_at_a_time, run
from lab.starting.texts import text

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def needed_extras() -> set[str]:
    """Return the extras that this installation needs to run."""
    return {"postgres"} if os.environ.get("DATABASE_URL", "").startswith("postgres") else set()


def set_up(steps: Steps) -> None:
    """Do all but serve."""
    with one_at_a_time():
        install(steps, needed_extras())
        with steps.step("prepare") as title:
            prepare(title)
    print(f"\n{read_accounts()}\n\n{text('set_up')}", flush=True)


def open_proeftuin(steps: Steps, port: int, opens_browser: bool) -> None:
    """Do all, and serve until somebody stops it."""
    check_port(port)
    with one_at_a_time():
        install(steps, needed_extras())
        with steps.step("open", port=port) as title:
            application = Application(port)
            try:
                application.wait_until_it_answers(title)
            except BaseException:
                application.stop()
                raise
    try:
        ready = text("is_open", address=application.address)
        print(f"\n{read_accounts()}\n\n{ready}", flush=True)
        if opens_browser and has_screen():
            webbrowser.open(application.address)
        application.serve()
    except KeyboardInterrupt:
        print("\n" + text("stopped"), flush=True)
    finally:
        application.stop()


def check_port(port: int) -> None:
    """Fail with a sentence when something else already listens on the port."""
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise StartError(text("port_refused", port=port)) from error
        except OSError as error:
            following = port + 1 if port < 65535 else 8000
            raise StartError(text("port_taken", port=port, next=following)) from error


def has_screen() -> bool:
    """Tell whether a browser would have a screen to open on."""
    if os.name == "nt" or sys.platform == "darwin":
        return "CI" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def test(steps: Steps, arguments: list[str]) -> int:
    """Run the tests and return pytest's verdict."""
    with one_at_a_time():
        install(steps, {"postgres", "test"})
        with steps.step("browser") as title:
            get_chromium(title)
    steps.number += 1
    print(f"[{steps.number}/{steps.total}] {text('tests')} …", flush=True)
    if not any(re.match(r"-n|--numprocesses", argument) for argument in arguments):
        arguments = ["-n", str(count_cores()), "--dist", "worksteal", *arguments]
    environment = dict(os.environ, PROEFTUIN_NEEDS_BROWSER="1")
    tests = subprocess.Popen([PYTHON, "-m", "pytest", *arguments], cwd=CHECKOUT, env=environment)
    try:
        return tests.wait()
    except KeyboardInterrupt:
        tests.terminate()
        tests.wait()
        raise


def count_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def find_chromium() -> str | None:
    """Return the path of a Chromium that the system has, if any."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def get_chromium(title: str) -> None:
    """Find Chromium or install it; without one the browser tests fail by themselves."""
    if find_chromium():
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("      " + text("get_apt"), flush=True)
        quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        with contextlib.suppress(StartError):
            run(["apt-get", "update"], title, quiet)
            packages = ["chromium", "fonts-dejavu-core"]
            run(["apt-get", "install", "-y", "--no-install-recommends", *packages], title, quiet)
        if find_chromium():
            return
    print("      " + text("get_playwright"), flush=True)
    try:
        run([PYTHON, "-m", "playwright", "install", "chromium"], title)
    except StartError:
        print("      " + text("no_chromium"), flush=True)


@dataclass
class Options:
    """What the command line asks for."""

    command: str = "serve"
    port: int = 8000
    opens_browser: bool = True
    asks_help: bool = False
    for_pytest: list[str] = field(default_factory=list)


def read_options(words: list[str]) -> Options:
    """Return what the command line asks for; what follows `test` goes to pytest."""
    options = Options()
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("-h", "--help"):
            options.asks_help = True
        elif word == "--no-browser":
            options.opens_browser = False
        elif word.partition("=")[0] == "--port":
            options.port = read_port(word.partition("=")[2] or (words.pop(0) if words else ""))
        elif word in ("serve", "setup", "test"):
            options.command = word
        else:
            raise StartError(text("unknown_option", word=word))
        if options.command == "test":
            options.for_pytest = words
            options.asks_help = bool({"-h", "--help"} & set(words))
            break
    return options


def read_port(word: str) -> int:
    """Return the port that a word names."""
    if not (word.isdecimal() and 0 < int(word) < 65536):
        raise StartError(text("bad_port"))
    return int(word)


def main(words: list[str]) -> int:
    """Do what the command line asks, and return the exit code."""
    options = read_options(words)
    if options.asks_help:
        print(text("help"))
        return 0
    for needed in (LOCK, PROJECT):
        if not needed.exists():
            raise StartError(text("no_lock", name=needed.name))
    if os.environ.get("PROEFTUIN_INSTANCE"):
        # The commands run in the checkout, where a relative path would mean another folder.
        os.environ["PROEFTUIN_INSTANCE"] = str(instance_folder())
    if options.command == "test":
        return test(Steps(4), options.for_pytest)
    if options.command == "setup":
        set_up(Steps(3))
    else:
        open_proeftuin(Steps(3), options.port, options.opens_browser)
    return 0


def interrupt(*_: object) -> None:
    """Treat a request to end like Ctrl+C, so that nothing is left running."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:
        # Whoever read along has gone: there is nobody to tell anything.
        os._exit(1)
    except (StartError, OSError) as error:
        sentence = str(error) if isinstance(error, StartError) else explain(str(error), "start.py")
        sys.exit("\n" + sentence)
    except KeyboardInterrupt:
        print("\n" + text("interrupted"), file=sys.stderr)
        sys.exit(130)
