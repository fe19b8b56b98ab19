"""Labs side by side, as their reader takes them along."""

from flask import abort

from analysis.exports.comparisons import ComparedSubject, export_sides
from analysis.exports.contents import Export
from analysis.exports.evidence import tell_unused
from analysis.exports.origin import Origin
from analysis.pooled.labels import write_scope
from analysis.queries.scopes import find_scope_names
from analysis.reports.evidence.method import describe_run, list_unused
from analysis.reports.evidence.report import build_report
from analysis.reports.evidence.sides import build_sides
from analysis.views.comparisons import ask, choose_labs, list_lab_choices
from analysis.views.evidence import describe_facts, list_facts, read_evidence, write_title
from analysis.views.exported import Exported, make_origin
from lab.access import Action
from lab.db import get_session


def build_sides_export(run_id: int) -> Export:
    """Return the labs side by side that this reader sees on the page."""
    page, programme, _made_at = ask(run_id)
    chosen, error = choose_labs(list_lab_choices(page))
    if error:
        abort(404)
    run, asked = read_evidence(page)
    everything = build_report(asked)
    filters = {"lab": ",".join(sorted(chosen))}
    origin = _make_origin(SIDES, {"run_id": run_id}, programme, run, asked, filters)
    subject = _describe(run, asked, everything)
    return export_sides(build_sides(asked, everything, chosen), subject, origin)


def _make_origin(report: Exported, values, programme, run, asked, filters) -> Origin:
    return make_origin(
        report,
        values,
        programme,
        number=run.id,
        title=" ".join(write_title(asked)),
        counted_at=run.run_at,
        filters=filters,
        product_version=run.product_version,
        report_made_at=run.run_at,
    )


def _describe(run, asked, report) -> ComparedSubject:
    scope = write_scope(asked.scope, find_scope_names(get_session(), asked.scope))
    return ComparedSubject(
        scope=scope,
        facts=list_facts(report, run),
        method=tuple(describe_run(asked.record, describe_facts(run, asked, scope))),
        method_version=asked.record.method_version,
        unused=tuple(tell_unused(one) for one in list_unused(asked)),
    )


SIDES = Exported(
    name="lab_comparison",
    page="comparisons.compare_labs",
    address="/evidence/<int:run_id>/labs",
    action=Action.READ_EVIDENCE,
    build=build_sides_export,
)
