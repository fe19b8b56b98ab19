"""What stands around every page: menu, languages, programme and who is signed in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString, lazy_gettext
from markupsafe import Markup

from lab import version
from lab.access import ANYWHERE, Action, current_reader, may
from lab.db import get_session
from lab.i18n import LANGUAGES, current_language, in_language
from lab.queries.programmes import find_programme
from lab.remembering import Remembered


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A word in the menu, with where it leads."""

    label: str
    url: str
    is_current: bool


class Link(NamedTuple):
    """A word in the menu before it is spoken; code: of the programme that it stays in."""

    endpoint: str
    code: str | None
    is_current: bool


# A word, the page it leads to, and what a reader must be allowed to do there.
Page = tuple[LazyString, str, Action]
# Of each reader's rights and each programme there are few, of pages some hundred.
PARTS: Remembered[Markup] = Remembered(2000)
# Five words at most; who may not see a page does not see its word.
MENU = [
    (lazy_gettext("My work"), "work.show_work", Action.SEE_WORK),
    (lazy_gettext("Experiments"), "experiments.list_experiments", Action.LIST_EXPERIMENTS),
    (lazy_gettext("Evidence"), "evidence.list_evidence", Action.LIST_EVIDENCE),
    (lazy_gettext("Advice"), "advice.list_advice", Action.READ_ADVICE),
    (lazy_gettext("Labs"), "labs.list_labs", Action.LIST_LABS),
]
# The pages that stand under a word of the menu, in the order of their links.
SECTION_PAGES = {
    "evidence": [
        (lazy_gettext("Questions"), "evidence.list_evidence", Action.LIST_EVIDENCE),
        (lazy_gettext("Map"), "evidence_map.show_map", Action.LIST_EVIDENCE),
        (lazy_gettext("What next?"), "next_experiments.show_next", Action.LIST_EVIDENCE),
        (lazy_gettext("What we learned"), "learnings.list_learnings", Action.LIST_EVIDENCE),
    ],
    "advice": [
        (lazy_gettext("Guide"), "guide.show_guide", Action.READ_ADVICE),
        (lazy_gettext("What people say"), "preferences.list_preferences", Action.READ_ADVICE),
        (lazy_gettext("Rules"), "advice.list_advice", Action.READ_ADVICE),
        (lazy_gettext("Does the advice work?"), "backtest.show_backtest", Action.READ_ADVICE),
        (lazy_gettext("What our words mean"), "sentences.list_sentences", Action.READ_PUBLIC),
        (lazy_gettext("Editions"), "editions.list_editions", Action.READ_ADVICE),
    ],
}
# In the menu a page can have another word than among those beside it.
LABELS = {
    "menu": {endpoint: label for label, endpoint, _action in MENU},
    "section_pages": {
        endpoint: label for pages in SECTION_PAGES.values() for label, endpoint, _action in pages
    },
}
# Pages that belong to a word in the menu although another blueprint serves them.
SECTIONS = {
    "observations": "experiments",
    "imports": "experiments",
    "outcome": "experiments",
    "guide": "advice",
    "feedback": "advice",
    "preferences": "advice",
    "proposals": "experiments",
    "comparisons": "evidence",
    "runs": "evidence",
    "learnings": "evidence",
    "principles": "evidence",
    "search": "",
    "sentences": "advice",
    "evidence_map": "evidence",
    "backtest": "advice",
    "next_experiments": "evidence",
    "editions": "advice",
    "people": "labs",
    "labels": "labs",
    "holds": "evidence",
    "segmentation": "labs",
    "areas": "labs",
    "area_imports": "labs",
    "jobs": "work",
}


def init_app(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.context_processor(describe_frame)
    app.jinja_env.globals.update(in_language=in_language, may=may, Action=Action, part=draw_part)


def describe_frame() -> dict:
    """Return what the frame of this request shows."""
    return {
        "reader": current_reader(),
        "languages": [(code, name, code == current_language()) for code, name in LANGUAGES.items()],
        "place": g.get("place", ANYWHERE),
        "programme": current_programme(),
        "product_version": version.VERSION,
    }


def draw_part(name: str) -> Markup:
    """Return a part of the frame, made once for all readers and pages that share it."""
    links = LINKS[name]() if name in LINKS else ()
    made_of = (
        name,
        links,
        request.script_root,
        current_language(),
        current_app.config["HAS_THEME"],
    )
    return PARTS.recall(made_of, lambda: _write_part(name, links))


def _write_part(name: str, links: tuple[Link, ...]) -> Markup:
    items = [
        MenuItem(str(LABELS[name][endpoint]), url_for(endpoint, programme=code), is_current)
        for endpoint, code, is_current in links
    ]
    template = current_app.jinja_env.get_template(f"frame/{name}.html")
    return Markup(
        template.render(
            items=items, has_theme=current_app.config["HAS_THEME"], product_version=version.VERSION
        )
    )


def current_section() -> str | None:
    """Return the word of the menu under which this page stands."""
    # A page can belong to another word than its blueprint.
    return g.get("section") or SECTIONS.get(request.blueprint, request.blueprint)


def list_menu() -> tuple[Link, ...]:
    """Return the words that this reader sees in the menu."""
    section = current_section()
    return tuple(
        Link(endpoint, None, endpoint.split(".")[0] == section)
        for endpoint in _leave_allowed(MENU)
        if endpoint in current_app.view_functions
    )


def list_section_pages() -> tuple[Link, ...]:
    """Return the pages beside this one under its word of the menu, of the same programme."""
    programme = current_programme()
    code = programme.code if programme else None
    return tuple(
        Link(endpoint, code, endpoint == request.endpoint)
        for endpoint in _leave_allowed(SECTION_PAGES.get(current_section(), []))
    )


def _leave_allowed(pages: Iterable[Page]) -> Iterator[str]:
    reader = current_reader()
    return (endpoint for _label, endpoint, action in pages if may(reader, action, ANYWHERE))


LINKS = {"menu": list_menu, "section_pages": list_section_pages}


def current_programme():
    """Return the programme that this page is about, or None."""
    if "programme" in g:
        return g.programme
    programme_id = g.get("place", ANYWHERE).programme_id
    return find_programme(get_session(), programme_id) if programme_id else None
