"""An edition of the advice, as its reader takes it along."""

from flask import abort, request

from analysis.exports.contents import Export
from analysis.exports.edition import export_edition
from analysis.queries import advice as queries
from analysis.reports.advice import build_cards
from analysis.reports.advice_filters import build_filters, passes, write_choices
from analysis.views.exported import Exported, make_origin
from analysis.views.rule_texts import find_unpublished
from lab.access import Action
from lab.db import get_session
from lab.queries.programmes import find_programme_by_code


def build_export(programme_code: str, number: int) -> Export:
    """Return an edition as its page shows it."""
    session = get_session()
    programme = find_programme_by_code(session, programme_code) or abort(404)
    edition = queries.find_edition(session, programme.id, number) or abort(404)
    listed = queries.list_edition_versions(session, edition.id)
    filters = build_filters(listed, request.args)
    shown = [one for one in listed if passes(one, filters)]
    origin = make_origin(
        EDITION,
        {"programme_code": programme_code, "number": number},
        programme,
        number=number,
        title=programme_code,
        counted_at=edition.published_at,
        filters=write_choices(filters),
    )
    return export_edition(shown, build_cards(shown, find_unpublished(shown)), origin)


EDITION = Exported(
    name="edition",
    page="advice.show_edition",
    address="/advice/editions/<programme_code>/<int:number>",
    action=Action.READ_ADVICE,
    build=build_export,
)
