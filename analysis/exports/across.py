"""One channel or style over all profiles, as files write it: one row per profile and variant."""

from collections.abc import Iterator
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.exports import columns
from analysis.exports.contents import Export
from analysis.exports.origin import Origin, list_facts, name_file, tell_first
from analysis.exports.paper_across import print_across
from analysis.exports.table import Column, Kind, Row, make_table
from analysis.reports.evidence.across import AcrossPart, AcrossReport, AcrossRow
from analysis.reports.outcome import TOGETHER
from analysis.stats.results import Status

SCHEMA = "proeftuin.across/1"
COLUMNS = (
    columns.PROGRAMME_KIND,
    Column("run_id", Kind.COUNT, _l("Calculation")),
    columns.PROFILE_CODE,
    columns.PROFILE_NAME,
    columns.VARIANT_NAME,
    Column("is_tried", Kind.FLAG, _l("Tried in this profile")),
    columns.DENOMINATOR,
    Column("experiments", Kind.COUNT, _l("Experiments")),
    Column("labs", Kind.COUNT, _l("Labs")),
    columns.RATE,
    columns.CI_LOWER,
    columns.CI_UPPER,
    columns.STATUS,
    columns.REASON,
    Column("rank_lower", Kind.RANK, _l("Rank, best"), _l("1 is the best of this profile.")),
    Column("rank_upper", Kind.RANK, _l("Rank, worst"), _l("1 is the best of this profile.")),
    columns.REFERENCE_NAME,
    columns.DIFFERENCE,
    columns.SIMULTANEOUS_LOWER,
    columns.SIMULTANEOUS_UPPER,
    columns.VERDICT,
)
KEY = ("profile_code", "variant_name")


def export_across(
    report: AcrossReport, question: str, method_version: str, origin: Origin
) -> Export:
    """Return the report on a channel or style as files write it."""
    fixed = {"programme_kind": origin.programme_kind, "run_id": origin.number}
    rows = [fixed | row for part in report.parts for row in _list_rows(part)]
    told = [f"{part.name}: {part.sentence}" for part in report.parts if part.sentence]
    facts = list_facts(origin, [(_("Question"), question)])
    answer = (report.headline, *report.answer)
    hidden = str(columns.PROTECTION) if report.is_protected else ""
    cautions = tuple(filter(None, (hidden, report.sureness)))
    text = _(
        "In every profile the best variant with this channel or style is held against the best one"
        " without it; the best is the one of least expected loss."
    )
    method = ((_("Method"), text),)
    return Export(
        origin=origin,
        schema=SCHEMA,
        file_name=name_file(f"{_('Evidence')} {origin.number}", origin),
        title=f"{_('Evidence')}: {origin.title}",
        facts=facts,
        summary=(*tell_first(origin), *answer, *told),
        figures=make_table(COLUMNS, KEY, rows),
        method=method,
        method_version=method_version,
        cautions=cautions,
        unused=(),
        unit=report.units,
        contributor=origin.programme,
        sources="",
        details={
            "question": question,
            "smallest_difference": report.margin,
            "experiments_used": report.used,
            "experiments_considered": report.considered,
            "is_protected": report.is_protected,
        },
        paper=partial(print_across, report, facts, answer, cautions, method),
    )


def _list_rows(part: AcrossPart) -> Iterator[Row]:
    for one in part.rows:
        row = {"profile_code": part.code or TOGETHER, "profile_name": part.name}
        yield row | _write_row(one) | _write_standing(part, one)


def _write_row(one: AcrossRow) -> Row:
    lower, upper = one.rate_ci or (None, None)
    best, worst = one.rank_ci or (None, None)
    is_known = one.rate is not None
    hidden = columns.WITHHELD if one.is_withheld else Status.UNDEFINED.value
    reason = columns.SMALL_COUNTS if one.is_withheld else columns.NOT_COMPARED
    return {
        "variant_name": one.name,
        "is_tried": one.is_tried,
        "denominator": one.people if one.people and not one.is_withheld else None,
        "experiments": one.experiments,
        "labs": one.labs,
        "rate": one.rate,
        "ci_lower": lower,
        "ci_upper": upper,
        "status": Status.OK.value if is_known else hidden,
        "reason": reason if one.is_withheld or not is_known else None,
        "rank_lower": best,
        "rank_upper": worst,
    }


def _write_standing(part: AcrossPart, one: AcrossRow) -> Row:
    """Return the comparison of a profile beside the variant that it is about."""
    standing = part.standing
    if standing is None or standing.one != one.name:
        return {}
    lower, upper = standing.difference_ci or (None, None)
    return {
        "reference_name": standing.other,
        "difference": standing.difference,
        "simultaneous_lower": lower,
        "simultaneous_upper": upper,
        "verdict": standing.verdict,
    }
