"""The Python environment of this checkout, made from the lock and checked hash by hash."""

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from lab.paths import CHECKOUT
from lab.starting.steps import StartError, Steps, run
from lab.starting.texts import text

VENV = CHECKOUT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PROJECT = CHECKOUT / "pyproject.toml"
LOCK = CHECKOUT / "requirements.lock"
STAMP = VENV / "proeftuin-installed.json"
UNFINISHED = VENV / "proeftuin-unfinished"


def normal(name: str) -> str:
    """Return the name at the start of a requirement as registries write it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()


def choose(extras: set[str]) -> dict[str, str]:
    """Return the parts of the lock that a run with these extras needs, by package."""
    blocks, parents = read_lock()
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    direct = [*project["dependencies"]]
    for extra in extras:
        direct += project["optional-dependencies"][extra]
    chosen = set(map(normal, direct))
    before = set()
    while before != chosen:
        before = set(chosen)
        chosen |= {name for name in parents if parents[name] & before}
    return {name: blocks[name] for name in blocks if name in chosen}


def read_lock() -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return the lines of each package in the lock, and the packages that asked for it."""
    blocks: dict[str, str] = {}
    parents: dict[str, set[str]] = {}
    name = ""
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            name = normal(line)
        via = re.match(r" +# +(?:via +)?([\w.-]+)$", line)
        if via:
            parents.setdefault(name, set()).add(normal(via[1]))
        elif name:
            blocks[name] = blocks.get(name, "") + line + "\n"
    return blocks, parents


def fingerprint() -> str:
    """Return what the environment depends on: the lock, the project, Python and the folder."""
    parts = [LOCK.read_bytes(), PROJECT.read_bytes(), sys.version.encode(), bytes(CHECKOUT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read_stamp() -> dict:
    """Return what was installed in the environment, if that was finished."""
    with contextlib.suppress(OSError, ValueError):
        return json.loads(STAMP.read_text(encoding="utf-8"))
    return {}


def install(steps: Steps, extras: set[str]) -> None:
    """Make the environment hold what these extras need; quick when it already does."""
    stamp = read_stamp()
    if stamp.get("fingerprint") == fingerprint() and PYTHON.exists():
        if extras <= set(stamp["extras"]):
            steps.number += 2
            print(f"[{steps.number}/{steps.total}] {text('installed')}", flush=True)
            return
        extras = extras | set(stamp["extras"])
    with steps.step("environment") as title:
        make_environment(title)
    chosen = choose(extras | {"build"})
    with steps.step("packages", count=len(chosen)) as title:
        install_packages(chosen, title)
    part = STAMP.with_suffix(".part")
    stamp = {"fingerprint": fingerprint(), "extras": sorted(extras), "folder": str(CHECKOUT)}
    part.write_text(json.dumps(stamp), encoding="utf-8")
    UNFINISHED.unlink()
    part.replace(STAMP)


def make_environment(title: str) -> None:
    """Make the environment, unless there is one that was not left half made."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise StartError(text("no_venv"))
    for old in CHECKOUT.glob(".venv.old-*"):
        shutil.rmtree(old, ignore_errors=True)
    if VENV.exists() and not is_usable():
        print("      " + text("remade"), flush=True)
        # Renaming first, so that a removal that is cut off leaves no half environment.
        old = CHECKOUT / f".venv.old-{os.getpid()}"
        VENV.rename(old)
        shutil.rmtree(old, ignore_errors=True)
    is_new = not VENV.exists()
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    STAMP.unlink(missing_ok=True)
    if is_new:
        base = getattr(sys, "_base_executable", None) or sys.executable
        run([base, "-m", "venv", VENV], title)


def is_usable() -> bool:
    """Tell whether the environment works, belongs to this Python and was finished."""
    # In a folder that was moved, the commands inside still name the old place.
    is_moved = read_stamp().get("folder", str(CHECKOUT)) != str(CHECKOUT)
    if UNFINISHED.exists() or is_moved or not PYTHON.exists():
        return False
    ask = "import pip, sys; print(sys.prefix, sys.version)"
    answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == f"{VENV} {sys.version}"


def install_packages(chosen: dict[str, str], title: str) -> None:
    """Install the chosen part of the lock, hash by hash, and then this project itself."""
    checked = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    uv = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON]
    with tempfile.TemporaryDirectory(prefix="proeftuin-") as folder:
        everything = Path(folder, "everything.txt")
        everything.write_text("".join(chosen.values()), encoding="utf-8")
        only_uv = Path(folder, "uv.txt")
        only_uv.write_text(chosen["uv"], encoding="utf-8")
        try:
            run([*pip, "--retries", "2", *checked, "-r", only_uv], title)
            run([*uv, *checked, "-r", everything], title, like_pip())
        except StartError:
            print("      " + text("slower"), flush=True)
            run([*pip, "--retries", "2", *checked, "-r", everything], title)
    run([*pip, "--no-index", "--no-deps", "--no-build-isolation", "-e", CHECKOUT], title)


def like_pip() -> dict[str, str]:
    """Return an environment in which uv uses the mirror and certificate that pip uses."""
    meaning = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_LINK_MODE="copy")
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for line in asked.stdout.splitlines():
        name, _, value = line.partition("=")
        variable = meaning.get(name.rpartition(".")[2])
        if variable:
            environment.setdefault(variable, value.strip("'\""))
    return environment
