"""Rules for templates: each one compiles, and none needs a looser content policy."""

import re

import pytest

from lab.app import create_app
from lab.paths import TEMPLATES
from lab.settings import Settings

INLINE = {
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without src": r"<script\b(?![^>]*\ssrc=)",
    "an event attribute": r"<[^>{]*\son[a-z]+\s*=",
    "a script as an address": r"javascript:",
    "something from another host": r"(?:src|srcset|action)\s*=\s*[\"'](?:https?:)?//",
    "a stylesheet from another host": r"<link\b[^>]*href\s*=\s*[\"'](?:https?:)?//",
}
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.*"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The template environment of the application, with its filters and globals."""
    folder = tmp_path_factory.mktemp("instance")
    app = create_app(Settings(folder, "sqlite://", "0" * 64, is_testing=True))
    yield app.jinja_env
    app.extensions["engine"].dispose()


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(environment, name):
    environment.get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_no_template_holds_inline_style_or_script(name):
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    found = [what for what, pattern in INLINE.items() if re.search(pattern, source, re.IGNORECASE)]
    assert not found, f"{name} holds {found}"
