"""What stands around every page: menu, languages, programme and who is signed in."""

from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext

from lab import version
from lab.access import ANYWHERE, Action, current_reader, may
from lab.db import get_session
from lab.i18n import LANGUAGES, current_language, in_language
from lab.queries.programmes import find_programme


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A word in the menu, with where it leads."""

    label: str
    url: str
    is_current: bool


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
    app.jinja_env.globals.update(in_language=in_language, may=may, Action=Action)


def describe_frame() -> dict:
    """Return what the frame of this request shows."""
    return {
        "reader": current_reader(),
        "menu": build_menu(),
        "section_pages": build_section_pages(),
        "languages": [(code, name, code == current_language()) for code, name in LANGUAGES.items()],
        "place": g.get("place", ANYWHERE),
        "programme": current_programme(),
        "has_theme": current_app.config["HAS_THEME"],
        "product_version": version.VERSION,
    }


def current_section() -> str | None:
    """Return the word of the menu under which this page stands."""
    # A page can belong to another word than its blueprint.
    return g.get("section") or SECTIONS.get(request.blueprint, request.blueprint)


def build_menu() -> list[MenuItem]:
    """Return the words that this reader sees in the menu."""
    reader, section = current_reader(), current_section()
    return [
        MenuItem(str(label), url_for(endpoint), endpoint.split(".")[0] == section)
        for label, endpoint, action in MENU
        if may(reader, action, ANYWHERE) and endpoint in current_app.view_functions
    ]


def build_section_pages() -> list[MenuItem]:
    """Return the pages beside this one under its word of the menu, of the same programme."""
    reader, programme = current_reader(), current_programme()
    values = {"programme": programme.code} if programme else {}
    return [
        MenuItem(str(label), url_for(endpoint, **values), endpoint == request.endpoint)
        for label, endpoint, action in SECTION_PAGES.get(current_section(), [])
        if may(reader, action, ANYWHERE)
    ]


def current_programme():
    """Return the programme that this page is about, or None."""
    if "programme" in g:
        return g.programme
    programme_id = g.get("place", ANYWHERE).programme_id
    return find_programme(get_session(), programme_id) if programme_id else None
