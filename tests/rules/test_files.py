"""Rules for every file: nothing of somebody's own machine, no host that must be reached."""

import re
import tomllib

from lab.version import VERSION
from tests.rules.sources import ROOT, name_of, own_files

# Folders of one person's machine, which say nothing on another.
OWN_PLACES = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp)[/]|\bshared[/]")
TEXTS = {".py", ".md", ".html", ".css", ".js", ".toml", ".yml", ".po", ".json", ".lock", ".csv"}


def test_no_file_names_a_folder_of_one_machine():
    found = []
    for path in own_files():
        if path.suffix in TEXTS or path.suffix == "":
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [
                f"{name_of(path)}:{number} {line.strip()[:80]}"
                for number, line in enumerate(lines, 1)
                if OWN_PLACES.search(line)
            ]
    assert not found, "Leave out:\n" + "\n".join(found)


def test_the_lock_names_no_host():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.findall(r".*(?:://|--index-url|--extra-index-url|--find-links| @ ).*", lock)
    assert not found


def test_the_lock_checks_every_package():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", lock)
    unchecked = [block.split(" ")[0] for block in blocks if "--hash=sha256:" not in block]
    assert not unchecked


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    public = (ROOT / "publiccode.yml").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert project["version"] == VERSION
    assert f'softwareVersion: "{VERSION}"' in public
    assert f"## {VERSION}" in changes
