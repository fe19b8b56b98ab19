"""Rule for style: the linter has nothing to say."""

import subprocess
import sys
from pathlib import Path

from tests.rules.sources import ROOT


def test_the_linter_finds_nothing():
    command = [Path(sys.executable).with_name("ruff"), "check", "--output-format=concise", "."]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
