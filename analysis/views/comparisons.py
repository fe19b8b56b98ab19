"""Evidence seen across: several labs side by side, and one channel or style over all profiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, abort, current_app, g, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from analysis.evidence_names import Spoken
from analysis.queries import evidence as queries
from analysis.reports.evidence.across import Kind, build_across, list_codes
from analysis.reports.evidence.comparing import draw_members, draw_sides, draw_standings
from analysis.reports.evidence.report import build_report
from analysis.reports.evidence.rows import describe_lab, draw_labs
from analysis.reports.evidence.sides import FEWEST, MOST, build_sides, list_labs
from analysis.views.evidence import (
    REMEMBERED,
    EvidencePage,
    ask_page,
    list_facts,
    read_evidence,
    write_title,
)
from analysis.views.in_force import find_then
from lab import formats
from lab.access import Action, allows
from lab.db import get_session
from lab.queries.programmes import find_programme

blueprint = Blueprint("comparisons", __name__)


@dataclass(frozen=True, slots=True)
class WrittenComparison:
    """The text of a comparison, and what stands in its head."""

    body: Markup
    name: str
    question: str
    about: str
    facts: tuple[str, ...]


@blueprint.get("/evidence/<int:run_id>/labs")
@allows(Action.READ_EVIDENCE)
def compare_labs(run_id):
    """Show what a few labs found by themselves, beside what all of them found together."""
    page, programme, made_at = ask(run_id)
    labs = list_lab_choices(page)
    shown, error = choose_labs(labs)
    is_possible = FEWEST <= len(shown) <= MOST
    return render_template(
        "evidence/compare_labs.html",
        run_id=run_id,
        shown=programme,
        labs=labs,
        chosen=shown,
        error=error,
        written=write_sides(page, shown) if is_possible and not error else None,
        title=write_head(page),
        then=find_then(programme, made_at),
    ), 400 if error else 200


@blueprint.get("/evidence/<int:run_id>/channels/<code>")
@allows(Action.READ_EVIDENCE)
def show_channel(run_id, code):
    """Show how one channel does in every profile."""
    return _show_across(run_id, Kind.CHANNEL, code)


@blueprint.get("/evidence/<int:run_id>/styles/<code>")
@allows(Action.READ_EVIDENCE)
def show_style(run_id, code):
    """Show how one style does in every profile."""
    return _show_across(run_id, Kind.STYLE, code)


def _show_across(run_id: int, kind: Kind, code: str) -> str:
    page, programme, made_at = ask(run_id)
    members = list_members(page, kind)
    if code not in dict(members):
        abort(404)
    return render_template(
        "evidence/show_across.html",
        run_id=run_id,
        shown=programme,
        kind=kind.value,
        code=code,
        written=write_across(page, kind, code),
        others=[one for one in members if one[0] != code],
        then=find_then(programme, made_at),
    )


def ask(run_id: int):
    """Return what this reader asks about a run, its programme, and when it was calculated."""
    head = queries.find_head(get_session(), run_id) or abort(404)
    programme = find_programme(get_session(), head.programme_id)
    g.programme = programme
    return ask_page(run_id, programme), programme, head.run_at


def choose_labs(labs: Sequence[tuple[str, str]]) -> tuple[frozenset[str], str]:
    """Return the labs that an address asks for, and what is wrong with that choice, if anything.

    A form names each lab apart, a file all of them with commas. Without a choice it is the first
    few: the page is of use as well.
    """
    asked = {code for text in request.args.getlist("lab") for code in text.split(",")}
    if not asked:
        return frozenset(code for code, _name in labs[:MOST]), ""
    chosen = asked & {code for code, _name in labs}
    if chosen != asked or not FEWEST <= len(chosen) <= MOST:
        return frozenset(chosen), _(
            "Choose %(fewest)s to %(most)s labs of this question.", fewest=FEWEST, most=MOST
        )
    return frozenset(chosen), ""


@lru_cache(maxsize=REMEMBERED)
def list_lab_choices(page: EvidencePage) -> list[tuple[str, str]]:
    """Return the labs of a run that can be laid side by side."""
    return list_labs(read_evidence(page)[1])


@lru_cache(maxsize=REMEMBERED)
def list_members(page: EvidencePage, kind: Kind) -> list[tuple[str, str]]:
    """Return the channels or styles of a run, each with its name."""
    asked = read_evidence(page)[1]
    return list_codes(asked.record, Spoken.of(asked.record, asked.names), kind)


@lru_cache(maxsize=REMEMBERED)
def write_head(page: EvidencePage) -> tuple[str, str]:
    """Return the question of a run, and what tells it from others."""
    return write_title(read_evidence(page)[1])


@lru_cache(maxsize=REMEMBERED)
def write_sides(page: EvidencePage, chosen: frozenset[str]) -> WrittenComparison:
    """Return the text about labs side by side, in the language being spoken."""
    run, asked = read_evidence(page)
    everything = build_report(asked)
    report = build_sides(asked, everything, chosen)
    template = current_app.jinja_env.get_template("evidence/sides.html")
    body = template.render(
        report=report,
        run_id=run.id,
        describe_lab=describe_lab,
        forests={
            one.part.code: draw_labs(one.forest, everything.margin, chosen)
            for one in report.parts
            if one.forest
        },
        rates={one.part.code: draw_sides(one) for one in report.parts},
    )
    names = ", ".join(name for _code, name in report.labs)
    return WrittenComparison(Markup(body), names, *write_title(asked), list_facts(everything, run))


@lru_cache(maxsize=REMEMBERED)
def write_across(page: EvidencePage, kind: Kind, code: str) -> WrittenComparison:
    """Return the text about a channel or style of a run, in the language being spoken."""
    run, asked = read_evidence(page)
    report = build_across(asked, kind, code)
    template = current_app.jinja_env.get_template("evidence/across.html")
    body = template.render(
        report=report,
        run_id=run.id,
        standings=draw_standings(report),
        members=draw_members(report),
        day=formats.date(run.run_at),
    )
    return WrittenComparison(
        Markup(body), report.name, *write_title(asked), list_facts(report, run)
    )
