"""What start.py says and refuses before it touches anything."""

import ast
import os
import socket
import subprocess
import sys
from string import Formatter

import pytest

from lab.starting.steps import CAUSES, explain
from lab.starting.texts import TEXTS
from tests.rules.sources import ROOT

DUTCH = {"LC_ALL": "nl_NL.UTF-8"}
ENGLISH = {"LC_ALL": "C.UTF-8"}


def start(*words, language=ENGLISH, folder=ROOT, **environment):
    """Run start.py and return its exit code and what it said."""
    answer = subprocess.run(
        [sys.executable, folder / "start.py", *words],
        env={**os.environ, **language, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout


def test_help_names_every_command_in_both_languages():
    for language in (DUTCH, ENGLISH):
        code, said = start("--help", language=language)
        assert code == 0
        for word in ("setup", "test", "--port", "--no-browser", "--thorough", "DATABASE_URL"):
            assert word in said
    assert "poort" in start("--help", language=DUTCH)[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--prot", "80"], "start.py does not know --prot"),
        (["--port"], "The port is a number"),
        (["--port", "many"], "The port is a number"),
        (["--port=70000"], "The port is a number"),
    ],
)
def test_a_wrong_option_gets_a_sentence(words, sentence):
    code, said = start(*words)
    assert (code, "Traceback" in said) == (1, False)
    assert sentence in said


def test_a_taken_port_is_named_with_the_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, said = start("--port", str(port), "--no-browser")
    assert code == 1
    assert f"Port {port} is taken" in said
    assert "--port" in said


def copy_checkout(folder, *more):
    """Copy what start.py needs to speak, and more files when asked."""
    (folder / "lab" / "starting").mkdir(parents=True)
    names = ["start.py", "lab/__init__.py", "lab/paths.py", *more]
    names += [f"lab/starting/{path.name}" for path in (ROOT / "lab" / "starting").glob("*.py")]
    for name in names:
        (folder / name).write_bytes((ROOT / name).read_bytes())


def test_an_incomplete_copy_is_named_as_such(tmp_path):
    copy_checkout(tmp_path / "copy")
    code, said = start("setup", folder=tmp_path / "copy")
    assert (code, "requirements.lock is missing" in said) == (1, True)


def test_a_python_without_venv_gets_the_package_to_install(tmp_path):
    blocker = tmp_path / "sitecustomize.py"
    blocker.write_text("import sys; sys.modules['ensurepip'] = None")
    copy_checkout(tmp_path / "copy", "pyproject.toml", "requirements.lock")
    code, said = start("setup", folder=tmp_path / "copy", PYTHONPATH=str(tmp_path))
    assert code == 1
    assert "apt install python3-venv" in said


def test_old_python_can_read_the_script_up_to_its_advice():
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert source.index("sys.exit(") < source.index("import contextlib")


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_leave_the_same_places_open(key):
    english, dutch = ({part[1] for part in Formatter().parse(text)} for text in TEXTS[key])
    assert english == dutch


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("error: failed to write: No space left on device (os error 28)", "disk_full"),
        ("sqlite3.OperationalError: database or disk is full", "disk_full"),
        ("[Errno 13] Permission denied: '.venv.lock'", "no_permission"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE", "wrong_hash"),
        ("error: Hash mismatch for `flask==3.1.3`", "wrong_hash"),
        ("Temporary failure in name resolution", "no_network"),
        ("ConnectTimeoutError(… timed out. (connect timeout=15)", "no_network"),
        ("psycopg.OperationalError: connection refused", "no_database"),
        ("ERROR: No matching distribution found for scipy==1.18.1", "no_build"),
    ],
)
def test_known_failures_get_their_own_sentence(printed, key):
    beginnings = [text.partition("{")[0] for text in TEXTS[key]]
    assert explain(printed, "Installing").startswith(tuple(beginnings))


def test_an_unknown_failure_shows_its_last_lines():
    said = explain("\n".join(f"line {number}" for number in range(40)), "Preparing")
    assert "line 39" in said
    assert "line 2\n" not in said


def test_every_cause_has_a_sentence():
    assert {key for _pattern, key in CAUSES} <= set(TEXTS)
