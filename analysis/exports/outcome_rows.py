"""The table of an outcome: one row for each variant of each profile, and of everyone together."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from analysis.exports import columns
from analysis.exports.table import Column, Kind, Row
from analysis.exports.turning import turn
from analysis.reports.journey import CENTS, Cost
from analysis.reports.outcome import OutcomeReport, PairRow, RateRow, ReportPart
from lab.i18n import in_language

WITHHELD_ROW: Row = {
    "status": columns.WITHHELD,
    "reason": columns.SMALL_COUNTS,
    "difference_reason": columns.SMALL_COUNTS,
}
CI = (
    Column(
        "difference_lower", Kind.POINTS, _l("Difference, lowest"), _l("Lower 95 percent limit.")
    ),
    Column(
        "difference_upper", Kind.POINTS, _l("Difference, highest"), _l("Upper 95 percent limit.")
    ),
)
PVALUE = Column(
    "adjusted_pvalue",
    Kind.PVALUE,
    _l("Adjusted p (Holm)"),
    _l("Allows for all comparisons. A value below 0.001 is given as 0.001."),
)
STEPS_MEANING = _l(
    "Everyone who took this step with this variant, also in records that the comparison cannot"
    " use. For the lab's own team only, and only for everyone together."
)
STEPS = (
    Column("all_offered", Kind.COUNT, _l("Offered, all records"), STEPS_MEANING),
    Column("all_reached", Kind.COUNT, _l("Reached, all records"), STEPS_MEANING),
    Column("all_responded", Kind.COUNT, _l("Responded, all records"), STEPS_MEANING),
    Column("all_participated", Kind.COUNT, _l("Participated, all records"), STEPS_MEANING),
)
MARKS = (
    Column(
        "is_confirmatory",
        Kind.FLAG,
        _l("Confirms a plan"),
        _l("Yes where the protocol had fixed this comparison beforehand; else it explores."),
    ),
    Column("mark_reason", Kind.TEXT, _l("Why it confirms or explores")),
)
COST_MEANING = _l(
    "In euros, at the price of one unit: that price divided by the rate, or by its limits. Only"
    " for everyone together; empty where the price was not written down, or where there is no"
    " limit."
)
COSTS = (
    Column("unit_cost", Kind.MONEY, _l("Price of one unit (€)"), _l("One letter, one door.")),
    Column("success_cost", Kind.MONEY, _l("Cost of one success (€)"), COST_MEANING),
    Column("success_cost_lower", Kind.MONEY, _l("Cost, lowest (€)"), COST_MEANING),
    Column("success_cost_upper", Kind.MONEY, _l("Cost, highest (€)"), COST_MEANING),
)
COMPARED = (
    columns.DIFFERENCE,
    *CI,
    columns.SIMULTANEOUS_LOWER,
    columns.SIMULTANEOUS_UPPER,
    PVALUE,
)
COLUMNS = (
    columns.PROGRAMME_KIND,
    Column("experiment_id", Kind.COUNT, _l("Experiment")),
    columns.PROFILE_CODE,
    columns.PROFILE_NAME,
    columns.VARIANT_CODE,
    columns.VARIANT_NAME,
    Column("channel", Kind.TEXT, _l("Channel")),
    Column("styles", Kind.TEXT, _l("Styles"), _l("Codes with a semicolon between them.")),
    Column("is_control", Kind.FLAG, _l("Control")),
    columns.NUMERATOR,
    columns.DENOMINATOR,
    columns.RATE,
    columns.CI_LOWER,
    columns.CI_UPPER,
    columns.STATUS,
    columns.REASON,
    columns.REFERENCE_CODE,
    columns.REFERENCE_NAME,
    *COMPARED,
    columns.VERDICT,
    columns.DIFFERENCE_REASON,
    *MARKS,
    *COSTS,
    *STEPS,
)
KEY = ("profile_code", "variant_code")


def list_rows(report: OutcomeReport) -> Iterator[Row]:
    """Return the rows of a report, those that are withheld last."""
    total = report.total
    for part in report.parts:
        for rate in part.rates:
            row = _name(report, part.code, part.name, rate.place)
            steps = _write_journey(report, rate.place) if part is total else {}
            compared = _write_difference(report, part, rate.place) | _write_mark(part)
            yield row | _write_rate(rate) | compared | steps
    hidden = [(total.code, total.name, place) for place in report.withheld_variants]
    # Of all variants, so that a file does not tell which of them this profile was given.
    hidden += [
        (code, name, place)
        for code, name in report.withheld_profiles
        for place in range(len(report.variants))
    ]
    for code, name, place in hidden:
        yield _name(report, code, name, place) | WITHHELD_ROW


def _name(report: OutcomeReport, code: str, profile: str, place: int) -> Row:
    variant = report.variants[place]
    return {
        "profile_code": code,
        "profile_name": profile,
        "variant_code": variant.letter,
        "variant_name": in_language(variant, "name"),
        "channel": variant.channel_code,
        "styles": ";".join(variant.style_codes),
        "is_control": variant.is_control,
    }


def _write_rate(rate: RateRow) -> Row:
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "rate": rate.rate,
        "ci_lower": rate.ci_lower,
        "ci_upper": rate.ci_upper,
        "status": rate.status.value,
        "reason": rate.reason and rate.reason.value,
    }


def _write_mark(part: ReportPart) -> Row:
    return {"is_confirmatory": part.mark.is_confirmatory, "mark_reason": part.mark.reason}


def _write_journey(report: OutcomeReport, place: int) -> Row:
    found = next((row for row in report.funnel if row.place == place), None)
    if found is None:
        return {}
    steps = found.steps if report.threshold is None else ()
    counted = {f"all_{one.step.value}": one.people for one in steps}
    return counted | (_write_cost(found.cost) if found.cost else {})


def _write_cost(cost: Cost) -> Row:
    return {
        "unit_cost": _in_euros(cost.per_unit),
        "success_cost": _in_euros(cost.estimate),
        "success_cost_lower": _in_euros(cost.lower),
        "success_cost_upper": _in_euros(cost.upper),
    }


def _in_euros(cents: int | None) -> float | None:
    return None if cents is None else cents / CENTS


def _write_difference(report: OutcomeReport, part: ReportPart, place: int) -> Row:
    """Return a variant less what the others are compared with: the control, or else the best."""
    references = {pair.places[1] for pair in part.pairs}
    reference = min(references) if len(references) == 1 else part.leader
    if reference is None:
        return {"difference_reason": columns.NOT_COMPARED}
    if reference == place:
        return {"difference_reason": columns.IS_REFERENCE}
    pairs = {pair.places: pair for pair in part.pairs}
    row = {
        "reference_code": report.variants[reference].letter,
        "reference_name": in_language(report.variants[reference], "name"),
    }
    if (place, reference) in pairs:
        return row | write_pair(pairs[place, reference])
    if (reference, place) in pairs:
        return row | turn(write_pair(pairs[reference, place]))
    return row | {"difference_reason": columns.NOT_COMPARED}


def write_pair(pair: PairRow) -> Row:
    """Return how one variant did beside another."""
    reason = pair.reason.value if pair.reason else columns.NOT_COMPARED
    return {
        "difference": pair.difference,
        "difference_lower": pair.ci_lower,
        "difference_upper": pair.ci_upper,
        "simultaneous_lower": pair.simultaneous_lower,
        "simultaneous_upper": pair.simultaneous_upper,
        "adjusted_pvalue": pair.adjusted_pvalue,
        "verdict": pair.verdict,
        "difference_reason": reason if pair.difference is None else None,
    }
