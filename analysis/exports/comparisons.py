"""Labs side by side, as files write them: one row per profile and lab."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.exports import columns
from analysis.exports.contents import Export
from analysis.exports.origin import Origin, list_facts, name_file, tell_first
from analysis.exports.table import Column, Kind, Row, make_table
from analysis.reports.evidence.contents import Forest, LabRow
from analysis.reports.evidence.sides import SidesReport
from analysis.reports.outcome import TOGETHER

LIMITS = (
    Column("difference_lower", Kind.POINTS, _l("Difference, lowest")),
    Column("difference_upper", Kind.POINTS, _l("Difference, highest")),
)
PEOPLE = Column("people", Kind.COUNT, _l("People"))
SIDES = (
    columns.PROGRAMME_KIND,
    columns.PROFILE_CODE,
    columns.PROFILE_NAME,
    Column("lab_code", Kind.TEXT, _l("Lab (code)"), _l("“together” is all labs together.")),
    Column("lab_name", Kind.TEXT, _l("Lab")),
    columns.VARIANT_NAME,
    columns.REFERENCE_NAME,
    columns.DIFFERENCE,
    *LIMITS,
    Column("experiments", Kind.COUNT, _l("Experiments")),
    Column(
        "hidden_experiments",
        Kind.COUNT,
        _l("Experiments not shown"),
        _l("Of few people, or not published yet; the difference is without them."),
    ),
    PEOPLE,
)


@dataclass(frozen=True, slots=True)
class ComparedSubject:
    """The run that a comparison is seen in: what it asked, and how it was made."""

    scope: str
    facts: tuple[str, ...]
    method: tuple[tuple[str, str], ...]
    method_version: str
    unused: tuple[str, ...]


def export_sides(report: SidesReport, subject: ComparedSubject, origin: Origin) -> Export:
    """Return labs side by side as files write them."""
    fixed = {"programme_kind": origin.programme_kind}
    rows = (fixed | row for row in _list_sides(report))
    told = filter(None, (report.headline, *report.answer, report.sureness))
    return Export(
        origin=origin,
        schema="proeftuin.labs/1",
        file_name=name_file(f"{_('Labs side by side')} {origin.number}", origin),
        title=f"{_('Labs side by side')}: {origin.title}",
        facts=list_facts(origin, ((_("Question"), subject.scope),)),
        summary=(*tell_first(origin), *told, *subject.facts),
        figures=make_table(SIDES, ("profile_code", "lab_code"), rows),
        method=subject.method,
        method_version=subject.method_version,
        cautions=(str(columns.PROTECTION),) if report.everything.is_protected else (),
        unused=subject.unused,
        unit=report.everything.units,
        contributor=origin.programme,
        sources="",
        details={},
    )


def _list_sides(report: SidesReport) -> Iterator[Row]:
    for one in report.parts:
        if one.forest is None:
            continue
        named = {
            "profile_code": one.part.code or TOGETHER,
            "profile_name": one.part.name,
            "variant_name": one.forest.one,
            "reference_name": one.forest.other,
        }
        for row in one.labs:
            yield named | _write_lab(row)
        yield named | _write_together(one.forest)


def _write_lab(row: LabRow) -> Row:
    lower, upper = row.difference_ci or (None, None)
    return {
        "lab_code": row.lab_code,
        "lab_name": row.lab,
        "difference": row.difference,
        "difference_lower": lower,
        "difference_upper": upper,
        "experiments": row.experiments,
        "hidden_experiments": row.hidden,
        "people": row.people or None,
    }


def _write_together(forest: Forest) -> Row:
    lower, upper = forest.difference_ci or (None, None)
    return {
        "lab_code": TOGETHER,
        "lab_name": _("All labs together"),
        "difference": forest.difference,
        "difference_lower": lower,
        "difference_upper": upper,
    }
