"""The ways out of a report: the same report as a file, for whoever may read its page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request, url_for

from analysis.exports.contents import Export
from analysis.exports.evidence import EvidenceSubject, export_evidence
from analysis.exports.origin import Origin
from analysis.exports.outcome import OutcomeSubject, export_outcome
from analysis.exports.package import write_package
from analysis.pooled.labels import write_scope
from analysis.queries import cells
from analysis.queries import evidence as queries
from analysis.queries.scopes import find_scope_names
from analysis.registry import WRITERS, load_writer
from analysis.reports.evidence.method import describe_run, list_terms, list_unused
from analysis.reports.evidence.report import build_report
from analysis.reports.filters import write_filter
from analysis.reports.outcome import build_outcome
from analysis.views.evidence import (
    TOGETHER,
    add_main,
    ask_page,
    describe_facts,
    list_facts,
    read_evidence,
    tell_check,
    write_title,
)
from analysis.views.outcome import ask_outcome
from experiments.queries.grades import find_grade
from lab import formats
from lab.access import Action, allows
from lab.db import get_session
from lab.i18n import current_language, in_language
from lab.models.programmes import Programme, ProgrammeKind
from lab.queries.programmes import find_programme
from lab.version import VERSION

blueprint = Blueprint("exports", __name__)

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PACKAGE = "datapackage.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """A report with ways out: its address, its number, who may read it, and how it is built."""

    name: str
    page: str
    address: str
    number: str
    action: Action
    build: Callable[[int], Export]


def build_outcome_export(experiment_id: int) -> Export:
    """Return the report of an experiment that this reader sees on its page."""
    session, asked = get_session(), ask_outcome(experiment_id)
    filters = write_filter(asked.chosen)
    origin = make_origin(
        OUTCOME,
        experiment_id,
        asked.programme,
        title=asked.experiment.title,
        counted_at=cells.find_last_recorded_at(session, experiment_id),
        filters=filters,
    )
    grade = find_grade(session, asked.experiment).grade.value
    subject = OutcomeSubject(asked.experiment, asked.lab.name, grade)
    return export_outcome(build_outcome(asked.page.asked), subject, origin)


def build_evidence_export(run_id: int) -> Export:
    """Return the report of a run that this reader sees on its page."""
    session = get_session()
    head = queries.find_head(session, run_id) or abort(404)
    programme = find_programme(session, head.programme_id)
    page = add_main(ask_page(run_id, programme, request.args.get("profile", "")), head)
    run, asked = read_evidence(page)
    report = build_report(asked)
    parts = tuple(one for one in report.parts if page.profile == (one.code or TOGETHER))
    scope = write_scope(asked.scope, find_scope_names(session, asked.scope))
    facts = describe_facts(run, asked, scope)
    subject = EvidenceSubject(
        parts=parts or report.parts,
        check=tell_check(page, run, asked),
        scope=scope,
        facts=list_facts(report, run),
        method=tuple(describe_run(asked.record, facts)),
        method_version=asked.record.method_version,
        terms=list_terms(asked.record.terms),
        unused=list_unused(asked),
        fingerprint=facts.cells_sha256,
    )
    origin = make_origin(
        EVIDENCE,
        run_id,
        programme,
        title=" ".join(write_title(asked)),
        counted_at=run.run_at,
        filters={"profile": page.profile} if parts else {},
        product_version=run.product_version,
    )
    return export_evidence(report, subject, origin)


def make_origin(
    report: Exported,
    number: int,
    programme: Programme,
    *,
    title: str,
    counted_at: datetime | None,
    filters: dict[str, str],
    product_version: str = VERSION,
) -> Origin:
    """Return where a file comes from."""
    values = {report.number: number, "_external": True, **filters}
    urls = {"page": url_for(report.page, **values)}
    for name in (*WRITERS, "package"):
        urls[name] = url_for(f"exports.{report.name}_{name}", **values)
    return Origin(
        number=number,
        title=title,
        programme=in_language(programme, "name"),
        programme_kind=programme.kind.value,
        is_fictitious=programme.kind is ProgrammeKind.FICTITIOUS,
        made_at=datetime.now(UTC),
        # The page says no more than the day.
        counted_on=counted_at and counted_at.astimezone(formats.HOME_ZONE).date(),
        language=current_language(),
        product_version=product_version,
        urls=urls,
        filters=filters,
    )


OUTCOME = Exported(
    name="outcome",
    page="outcome.show_outcome",
    address="/experiments/<int:experiment_id>/outcome",
    number="experiment_id",
    action=Action.READ_OUTCOME,
    build=build_outcome_export,
)
EVIDENCE = Exported(
    name="evidence",
    page="evidence.show_run",
    address="/evidence/<int:run_id>",
    number="run_id",
    action=Action.READ_EVIDENCE,
    build=build_evidence_export,
)


def add_ways_out(report: Exported) -> None:
    """Serve a report as each kind of file, and the description of its table."""
    for ending in WRITERS:
        view = allows(report.action)(make_view(report, ending))
        blueprint.add_url_rule(f"{report.address}.{ending}", f"{report.name}_{ending}", view)
    package = allows(report.action)(make_package_view(report))
    blueprint.add_url_rule(f"{report.address}/{PACKAGE}", f"{report.name}_package", package)


def make_view(report: Exported, ending: str) -> Callable[..., Response]:
    """Return the view of a report as one kind of file."""

    def give_file(**values):
        """Give a report as a file."""
        export = report.build(values[report.number])
        name = f"{export.file_name}.{ending}"
        return Response(
            load_writer(ending)(export),
            content_type=TYPES[ending],
            headers={"Content-Disposition": f"attachment; filename={name}"},
        )

    return give_file


def make_package_view(report: Exported) -> Callable[..., Response]:
    """Return the view of the description of a report's table."""

    def give_package(**values):
        """Give the description of a table."""
        export = report.build(values[report.number])
        return Response(
            write_package(export),
            content_type=TYPES["json"],
            headers={"Content-Disposition": f"attachment; filename={PACKAGE}"},
        )

    return give_package


REPORTS = (OUTCOME, EVIDENCE)
for one in REPORTS:
    add_ways_out(one)
