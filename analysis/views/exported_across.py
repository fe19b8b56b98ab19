"""One channel or style over all profiles, as its reader takes it along."""

from collections.abc import Callable

from flask import abort

from analysis.exports.across import export_across
from analysis.exports.contents import Export
from analysis.pooled.labels import write_scope
from analysis.queries import evidence as queries
from analysis.queries.scopes import find_scope_names
from analysis.reports.evidence.across import Kind, build_across
from analysis.views.comparisons import list_members
from analysis.views.evidence import ask_page, read_evidence, write_title
from analysis.views.exported import Exported, make_origin
from lab.access import Action
from lab.db import get_session
from lab.queries.programmes import find_programme


def make_builder(kind: Kind) -> Callable[..., Export]:
    """Return what builds the report on a channel, or on a style, that this reader sees."""

    def build_export(run_id: int, code: str) -> Export:
        head = queries.find_head(get_session(), run_id) or abort(404)
        programme = find_programme(get_session(), head.programme_id)
        page = ask_page(run_id, programme)
        if code not in dict(list_members(page, kind)):
            abort(404)
        run, asked = read_evidence(page)
        report = build_across(asked, kind, code)
        origin = make_origin(
            CHANNEL if kind is Kind.CHANNEL else STYLE,
            {"run_id": run_id, "code": code},
            programme,
            number=run_id,
            title=f"{report.name} {' '.join(write_title(asked))}",
            counted_at=run.run_at,
            product_version=run.product_version,
            report_made_at=run.run_at,
        )
        scope = write_scope(asked.scope, find_scope_names(get_session(), asked.scope))
        return export_across(report, scope, asked.record.method_version, origin)

    return build_export


CHANNEL = Exported(
    name="channel",
    page="comparisons.show_channel",
    address="/evidence/<int:run_id>/channels/<code>",
    action=Action.READ_EVIDENCE,
    build=make_builder(Kind.CHANNEL),
)
STYLE = Exported(
    name="style",
    page="comparisons.show_style",
    address="/evidence/<int:run_id>/styles/<code>",
    action=Action.READ_EVIDENCE,
    build=make_builder(Kind.STYLE),
)
