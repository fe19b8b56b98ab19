"""The map of the evidence, as its reader takes it along."""

from flask import abort, g, request

from analysis.exports.contents import Export
from analysis.exports.evidence_map import MapSubject, export_map
from analysis.queries.runs import get_run
from analysis.views.evidence import choose, may_read
from analysis.views.evidence_map import ask_map, write_map
from analysis.views.exported import Exported, make_origin
from lab.access import Action
from lab.db import get_session
from lab.queries.programmes import list_programmes


def build_export() -> Export:
    """Return the map that this reader sees on the page."""
    session = get_session()
    programmes = [one for one in list_programmes(session) if may_read(one)]
    programme = choose(programmes, request.args.get("programme")) or abort(404)
    g.programme = programme
    page = ask_map(session, programme)
    written = write_map(page) or abort(404)
    run = get_run(session, page.run.run_id) if page.run.run_id else None
    origin = make_origin(
        MAP,
        {"programme": programme.code},
        programme,
        number=run and run.id,
        title=programme.code,
        counted_at=run and run.run_at,
        filters=written.filters,
    )
    version = run.method_version if run else ""
    subject = MapSubject(written.sentence, written.used, written.considered, version)
    return export_map(written.map, subject, origin)


MAP = Exported(
    name="evidence_map",
    page="evidence_map.show_map",
    address="/evidence/map",
    action=Action.LIST_EVIDENCE,
    build=build_export,
)
