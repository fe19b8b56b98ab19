"""The editions of the advice: their list, what differs between two, and how to cite one."""

from itertools import groupby

from flask import Blueprint, Response, abort, g, render_template
from flask_babel import gettext as _

from analysis.citing import FORMATS, CitedEdition, write_plain
from analysis.edition_sentences import HEADINGS, write_difference
from analysis.editions import EditionChange, compare_editions
from analysis.queries import advice as queries
from analysis.reports.advice import build_cards
from analysis.views.in_force import find_url
from lab.access import Action, allows
from lab.db import get_session
from lab.i18n import current_language, in_language
from lab.queries.programmes import find_programme_by_code, list_programmes

blueprint = Blueprint("editions", __name__)


@blueprint.get("/advice/editions")
@allows(Action.READ_ADVICE)
def list_editions():
    """Show the editions of every programme, each programme apart."""
    session = get_session()
    listed = [(one, queries.list_editions(session, one.id)) for one in list_programmes(session)]
    return render_template(
        "advice/list_editions.html",
        listed=[(programme, editions) for programme, editions in listed if editions],
    )


@blueprint.get("/advice/editions/<programme_code>/<int:number>/compare/<int:other>")
@allows(Action.READ_ADVICE)
def compare(programme_code, number, other):
    """Show what changed from one edition to another, in sentences."""
    session = get_session()
    programme, one = _find(programme_code, number)
    _programme, two = _find(programme_code, other)
    sides = [queries.list_edition_versions(session, each.id) for each in (one, two)]
    old, new = ({each.rule.id: each for each in side} for side in sides)
    # All cards of a page count in the same round number.
    both = list({each.version.id: each for side in sides for each in side}.values())
    cards = {card.version_id: card for card in build_cards(both)}
    differences = compare_editions(old, new)
    groups = [
        (change.value, str(HEADINGS[change]), [_write(each, cards) for each in group])
        for change, group in groupby(differences, key=lambda each: each.change)
    ]
    return render_template(
        "advice/compare_editions.html",
        chosen=programme,
        old=one,
        new=two,
        changed=[each for each in groups if each[0] != EditionChange.UNCHANGED],
        unchanged=next((each[2] for each in groups if each[0] == EditionChange.UNCHANGED), []),
    )


@blueprint.get("/advice/editions/<programme_code>/<int:number>/cite")
@allows(Action.READ_ADVICE)
def cite(programme_code, number):
    """Show how to cite an edition."""
    programme, edition = _find(programme_code, number)
    return render_template(
        "advice/cite_edition.html",
        chosen=programme,
        edition=edition,
        plain=write_plain(_describe(programme, edition)),
        endings=list(FORMATS),
    )


@blueprint.get("/advice/editions/<programme_code>/<int:number>/citation.<ending>")
@allows(Action.READ_ADVICE)
def show_citation(programme_code, number, ending):
    """Give the citation of an edition as a file for programs."""
    write, kind = FORMATS.get(ending) or abort(404)
    cited = _describe(*_find(programme_code, number))
    named = {"Content-Disposition": f'attachment; filename="{cited.key}.{ending}"'}
    return Response(write(cited), content_type=f"{kind}; charset=utf-8", headers=named)


def _find(programme_code, number):
    session = get_session()
    programme = find_programme_by_code(session, programme_code) or abort(404)
    g.programme = programme
    return programme, queries.find_edition(session, programme.id, number) or abort(404)


def _describe(programme, edition):
    return CitedEdition(
        code=programme.code,
        programme=in_language(programme, "name"),
        title=_("Advice: edition %(number)s", number=edition.number),
        number=edition.number,
        published_on=edition.published_at.date(),
        url=find_url(programme, edition.number),
        language=current_language(),
    )


def _write(difference, cards):
    old, new = (each and cards[each.version.id] for each in (difference.old, difference.new))
    return write_difference(difference, old, new)
