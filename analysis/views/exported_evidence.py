"""What all labs together found, or one of them, as its reader takes it along."""

from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _

from analysis.exports.contents import Export
from analysis.exports.evidence import EvidenceSubject, export_evidence
from analysis.models.runs import AnalysisRun
from analysis.pooled.labels import write_scope
from analysis.queries import evidence as queries
from analysis.queries.scopes import find_scope_names
from analysis.reports.council import describe_evidence
from analysis.reports.evidence.contents import EvidenceReport, EvidenceRequest
from analysis.reports.evidence.lab import LabReport, build_lab_report
from analysis.reports.evidence.method import describe_run, list_terms, list_unused
from analysis.reports.evidence.report import build_report
from analysis.views.evidence import (
    TOGETHER,
    EvidencePage,
    add_main,
    ask_page,
    choose_lab_run,
    describe_facts,
    list_facts,
    read_evidence,
    tell_check,
    write_title,
)
from analysis.views.exported import Exported, make_origin
from lab.access import Action
from lab.db import get_session
from lab.models.programmes import Programme
from lab.queries.labs import get_lab
from lab.queries.programmes import find_programme


@dataclass(frozen=True, slots=True)
class ReadEvidence:
    """A run that somebody reads, and the report that they see of it."""

    page: EvidencePage
    programme: Programme
    run: AnalysisRun
    asked: EvidenceRequest
    report: EvidenceReport

    @property
    def parts(self) -> tuple:
        """Return the profile that was asked for, if it is there."""
        return tuple(one for one in self.report.parts if self.page.profile == _code_of(one))

    @property
    def filters(self) -> dict[str, str]:
        """Return what the reader asked for."""
        return {"profile": self.page.profile} if self.parts else {}


def build_export(run_id: int) -> Export:
    """Return the report of a run that this reader sees on its page."""
    head = queries.find_head(get_session(), run_id) or abort(404)
    held = _read(head)
    origin = make_origin(
        EVIDENCE,
        {"run_id": run_id},
        held.programme,
        number=run_id,
        title=" ".join(write_title(held.asked)),
        counted_at=held.run.run_at,
        filters=held.filters,
        product_version=held.run.product_version,
        report_made_at=held.run.run_at,
    )
    told = held.report.headline, *held.report.answer
    return export_evidence(held.report, _describe(held, told), origin)


def build_lab_export(living_lab_id: int) -> Export:
    """Return the evidence seen from one lab that this reader sees on its page."""
    session = get_session()
    lab = get_lab(session, living_lab_id)
    head = choose_lab_run(lab, request.args.get("run", "")) or abort(404)
    held = _read(head, str(living_lab_id))
    seen = build_lab_report(held.asked, held.report, str(living_lab_id))
    held = ReadEvidence(held.page, held.programme, held.run, held.asked, seen.report)
    origin = make_origin(
        LAB_EVIDENCE,
        {"living_lab_id": living_lab_id},
        held.programme,
        number=held.run.id,
        title=_("What works in %(lab)s?", lab=lab.name),
        counted_at=held.run.run_at,
        filters={"run": str(held.run.id), **held.filters},
        product_version=held.run.product_version,
        report_made_at=held.run.run_at,
    )
    return export_evidence(seen.report, _describe(held, _tell_lab(seen)), origin)


def _read(head: queries.RunHead, living_lab: str = "") -> ReadEvidence:
    programme = find_programme(get_session(), head.programme_id)
    asked_for = ask_page(head.id, programme, request.args.get("profile", ""), living_lab)
    page = add_main(asked_for, head)
    run, asked = read_evidence(page)
    return ReadEvidence(page, programme, run, asked, build_report(asked))


def _describe(held: ReadEvidence, told: tuple[str, ...]) -> EvidenceSubject:
    asked = held.asked
    scope = write_scope(asked.scope, find_scope_names(get_session(), asked.scope))
    facts = describe_facts(held.run, asked, scope)
    return EvidenceSubject(
        parts=held.parts or held.report.parts,
        told=told,
        headings=describe_evidence(asked, held.report, scope),
        check=tell_check(held.page, held.run, asked),
        scope=scope,
        facts=list_facts(held.report, held.run),
        method=tuple(describe_run(asked.record, facts)),
        method_version=asked.record.method_version,
        terms=list_terms(asked.record.terms),
        unused=list_unused(asked),
        fingerprint=facts.cells_sha256,
    )


def _tell_lab(seen: LabReport) -> tuple[str, ...]:
    return seen.headline, *seen.own, f"{_('All labs together:')} {seen.others}"


def _code_of(part) -> str:
    return part.code or TOGETHER


EVIDENCE = Exported(
    name="evidence",
    page="evidence.show_run",
    address="/evidence/<int:run_id>",
    action=Action.READ_EVIDENCE,
    build=build_export,
)
LAB_EVIDENCE = Exported(
    name="lab_evidence",
    page="evidence.show_lab",
    address="/labs/<int:living_lab_id>/evidence",
    action=Action.READ_EVIDENCE,
    build=build_lab_export,
)
