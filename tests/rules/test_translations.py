"""Rules for texts: each one has a Dutch translation with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from lab.forms.messages import MESSAGES
from lab.paths import TRANSLATIONS
from tests.rules.sources import PACKAGES, ROOT

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.xml", "jinja2")]
# Refusals that have a text of their own by their code.
ERRORS = {*MESSAGES, "nothing_counted", "steps_out_of_order"}
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!%)%(?![%(])")


@cache
def used() -> dict:
    """Return the texts in code and templates, with the first place where each stands."""
    found = {}
    for folder in (*PACKAGES, "templates"):
        rows = extract_from_dir(ROOT / folder, METHODS, keywords=KEYWORDS)
        for file, line, msgid, _comments, context in rows:
            found.setdefault((context, msgid), f"{folder}/{file}:{line}")
    for msgid, place in list_passed_over():
        found.setdefault((None, msgid), place)
    return found


def list_passed_over() -> Iterator[tuple[str, str]]:
    """Yield the texts that the extractor passes over, with their places."""
    for folder in PACKAGES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                for msgid in read_joined(node) + read_refusal(node):
                    yield msgid, f"{file.relative_to(ROOT)}:{node.lineno}"


def read_joined(node: ast.AST) -> list[str]:
    """Return the texts inside an f-string."""
    if not isinstance(node, ast.JoinedStr):
        return []
    return [
        part.args[0].value
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "_"
    ]


def read_refusal(node: ast.AST) -> list[str]:
    """Return what a model says when it refuses, which is translated where a form shows it."""
    match node:
        case ast.Call(
            func=ast.Name(id="PydanticCustomError"),
            args=[ast.Constant(value=code), ast.Constant(value=msgid), *_rest],
        ) if code not in ERRORS:
            return [msgid]
    return []


@cache
def catalogue() -> Catalog:
    """Return the Dutch catalogue."""
    with (TRANSLATIONS / "nl" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="nl")


def find(context, msgid):
    """Return the entry of a text; plurals are found by their singular."""
    return catalogue().get(msgid[0] if isinstance(msgid, tuple) else msgid, context)


def strings(entry) -> list[str]:
    """Return the translations of an entry, one for each plural form."""
    return [entry.string] if isinstance(entry.string, str) else list(entry.string)


def placeholders(text: str) -> set[str]:
    """Return the names that a text leaves open."""
    return {match[1] or "%" for match in PLACEHOLDER.finditer(text)}


def test_every_text_has_a_dutch_translation():
    missing = []
    for (context, msgid), place in used().items():
        entry = find(context, msgid)
        if not (entry and entry.id == msgid and entry.string and all(strings(entry))):
            missing.append(f"{place} {msgid!r}")
    assert not missing, "Not translated:\n" + "\n".join(sorted(missing))


def test_every_translation_is_of_a_text_in_use():
    texts = {msgid[0] if isinstance(msgid, tuple) else msgid for _context, msgid in used()}
    entries = [entry.id for entry in catalogue() if entry.id]
    dead = [one for one in entries if (one[0] if isinstance(one, tuple) else one) not in texts]
    assert not dead, f"Delete: {dead}"


def test_no_translation_is_marked_fuzzy():
    fuzzy = [entry.id for entry in catalogue() if entry.id and entry.fuzzy]
    assert not fuzzy, f"Look at and unmark: {fuzzy}"


def test_no_text_in_use_is_marked_obsolete():
    obsolete = [key for key in used() if key[1] in catalogue().obsolete]
    assert not obsolete, f"Bring back: {obsolete}"


def test_translations_keep_the_placeholders():
    wrong = []
    for entry in catalogue():
        for text in strings(entry) if entry.id else ():
            wanted = [entry.id] if isinstance(entry.id, str) else entry.id
            # A singular form may say “one” where the plural shows the number.
            if text and placeholders(text) not in [placeholders(one) for one in wanted]:
                wrong.append(f"{entry.id!r} → {text!r}")
    assert not wrong, "Placeholders differ:\n" + "\n".join(wrong)
