"""Rule for addresses: what people and programs link to does not disappear."""

import re
from pathlib import Path

import pytest

from lab.app import create_app
from lab.settings import Settings

LIST = Path(__file__).with_name("urls.txt")
# What a part of an address is called is nobody else's business.
NAMED = re.compile(r"<[^>]+>")
BY_THEMSELVES = {"HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The addresses that the application serves, each with its method."""
    folder = tmp_path_factory.mktemp("instance")
    app = create_app(Settings(folder, "sqlite://", "0" * 64, is_testing=True))
    yield {
        f"{method} {NAMED.sub('<>', rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - BY_THEMSELVES
    }
    app.extensions["engine"].dispose()


@pytest.fixture(scope="module")
def listed():
    """The addresses that were ever promised."""
    return set(LIST.read_text(encoding="utf-8").splitlines())


def test_no_address_disappears(served, listed):
    gone = sorted(listed - served)
    assert not gone, "Serve again, or redirect to where it went:\n" + "\n".join(gone)


def test_every_new_address_is_promised(served, listed):
    new = sorted(served - listed)
    assert not new, f"Add to tests/rules/{LIST.name}:\n" + "\n".join(new)


def test_the_list_is_in_order():
    lines = LIST.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines), key=lambda line: (line.split(" ")[1], line))
