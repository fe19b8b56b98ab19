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
    shown = show_evidence(request.record, request.rows, request.known_labs, request.unpublished)
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
    source = together or (record.profiles[0] if len(record.profiles) == 1 else None)
    main = report.parts[0] if source else None
    own = (
        _tell_own(main, wording, living_lab) if main else "",
        sentences.tell_prediction(find_leader(source), wording, lab) if source else "",
    )
    return LabReport(
        report=report,
        headline=_write_headline(request, wording, living_lab),
        own=tuple(filter(None, own)),
        others=everything.headline,
        took_part=took_part,
    )


def _write_headline(request: EvidenceRequest, wording: Wording, living_lab: str) -> str:
    labs = {row.experiment: row.living_lab for row in request.rows}
    used = [labs[one] for one in request.record.experiments_used]
    name = wording.spoken.lab(living_lab)
    if living_lab not in used:
        return _("%(lab)s did not take part. This is what the other labs found.", lab=name)
    return ngettext(
        "%(lab)s held %(own)s of the %(num)d experiment.",
        "%(lab)s held %(own)s of the %(num)d experiments.",
        len(used),
        lab=name,
        own=formats.number(used.count(living_lab)),
    )


def _tell_own(main: EvidencePart, wording: Wording, living_lab: str) -> str:
    """Return in how many of its own experiments the leader did better than the best other one."""
    forest = main.forests[0] if main.forests else None
    if forest is None:
        return ""
    sides = {"one": forest.one, "other": forest.other}
    told = [row for row in forest.rows if row.lab_code == living_lab and row.difference is not None]
    if not told:
        return _("It did not hold “%(one)s” and “%(other)s” side by side itself.", **sides)
    ahead = _count_ahead(told, wording.direction)
    if not ahead:
        return ngettext(
            "In the one experiment here “%(one)s” did not do better than “%(other)s”.",
            "In none of the %(num)d experiments here “%(one)s” did better than “%(other)s”.",
            len(told),
            **sides,
        )
    return ngettext(
        "In the one experiment here “%(one)s” did better than “%(other)s”.",
        "In %(ahead)s of %(num)d experiments here “%(one)s” did better than “%(other)s”.",
        len(told),
        ahead=formats.number(ahead),
        **sides,
    )


def _count_ahead(rows: Iterable[ForestRow], direction: Direction) -> int:
    sign = -1 if direction is Direction.LOWER else 1
    return sum(sign * row.difference > 0 for row in rows)
