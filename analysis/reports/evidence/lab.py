"""One lab in the evidence of all: what it found by itself, and what it may expect."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis import evidence_sentences as sentences
from analysis.evidence_wording import Wording, find_leader
from analysis.reports.evidence.contents import (
    EvidencePart,
    EvidenceReport,
    EvidenceRequest,
    ForestRow,
)
from analysis.reports.evidence.differences import Findings
from analysis.reports.evidence.protection import show_evidence
from analysis.reports.evidence.report import PartBuilder, make_wording
from analysis.stats.cells import Direction
from lab import formats


@dataclass(frozen=True, slots=True)
class LabReport:
    """The report of all labs seen from one of them, with what stands before it."""

    report: EvidenceReport
    headline: str
    own: tuple[str, ...]
    others: str
    took_part: bool


def build_lab_report(
    request: EvidenceRequest, everything: EvidenceReport, living_lab: str
) -> LabReport:
    """Return what one lab found, what the others say, and what a new experiment there may show."""
    took_part = any(row.living_lab == living_lab for row in request.rows)
    lab = living_lab if took_part else None
    shown = show_evidence(request.record, request.rows, request.known_labs)
    wording = make_wording(request)
    builder = PartBuilder(request, shown, wording, Findings.of(shown, request.rows))
    record = shown.record
    together = record.together if len(record.profiles) > 1 else None
    parts = tuple(builder.build(part, lab) for part in record.profiles)
    report = replace(
        everything,
        together=builder.build(together, lab) if together else None,
        profiles=parts,
    )
    main = report.parts[0] if report.parts else None
    source = together or (record.profiles[0] if record.profiles else None)
    expected = ""
    if source:
        expected = sentences.tell_prediction(find_leader(source), wording, lab)
    name = wording.spoken.lab(living_lab)
    return LabReport(
        report=report,
        headline=_write_headline(name, took_part, main, wording, living_lab),
        own=tuple(filter(None, (expected,))),
        others=everything.headline,
        took_part=took_part,
    )


def _write_headline(
    name: str, took_part: bool, main: EvidencePart | None, wording: Wording, living_lab: str
) -> str:
    if not took_part:
        return _("%(lab)s did not take part. This is what the other labs found.", lab=name)
    forest = main.forests[0] if main and main.forests else None
    rows = [row for row in forest.rows if row.lab_code == living_lab] if forest else []
    told = [row for row in rows if row.difference is not None]
    if not told:
        return _("%(lab)s did not hold these two side by side itself.", lab=name)
    ahead = _count_ahead(told, wording.direction)
    return ngettext(
        "In %(ahead)s of %(num)d experiment in %(lab)s, “%(one)s” did better than “%(other)s”.",
        "In %(ahead)s of %(num)d experiments in %(lab)s, “%(one)s” did better than “%(other)s”.",
        len(told),
        ahead=formats.number(ahead),
        lab=name,
        one=forest.one,
        other=forest.other,
    )


def _count_ahead(rows: Iterable[ForestRow], direction: Direction) -> int:
    sign = -1 if direction is Direction.LOWER else 1
    return sum(sign * row.difference > 0 for row in rows)
