"""The report of one experiment as files write it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.exports import columns
from analysis.exports.contents import Export
from analysis.exports.origin import Origin, list_facts, name_file, tell_first
from analysis.exports.paper_outcome import print_outcome
from analysis.exports.table import (
    Column,
    Kind,
    Row,
    Value,
    make_table,
    round_as_shown,
    round_row,
)
from analysis.exports.turning import turn
from analysis.reports.council import Headings
from analysis.reports.outcome import OutcomeReport, PairRow, RateRow, ReportPart
from experiments.models.experiments import Experiment
from lab.i18n import in_language

SCHEMA = "proeftuin.outcome/1"
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
    *STEPS,
)
KEY = ("profile_code", "variant_code")


@dataclass(frozen=True, slots=True)
class OutcomeSubject:
    """The experiment that a report is about."""

    experiment: Experiment
    living_lab: str
    grade: str
    headings: Headings


def export_outcome(report: OutcomeReport, subject: OutcomeSubject, origin: Origin) -> Export:
    """Return the report of an experiment as files write it."""
    fixed = {"programme_kind": origin.programme_kind, "experiment_id": origin.number}
    facts = (
        (_("Question"), subject.experiment.question),
        (_("Living lab"), subject.living_lab),
        (_("Grade"), subject.grade),
    )
    return Export(
        origin=origin,
        schema=SCHEMA,
        file_name=name_file(_("Outcome"), origin),
        title=f"{_('Outcome')}: {origin.title}",
        facts=list_facts(origin, facts),
        summary=(*tell_first(origin), report.headline, *report.answer, *_tell_profiles(report)),
        figures=make_table(COLUMNS, KEY, (fixed | row for row in _list_rows(report))),
        method=report.method,
        method_version=report.comparison.method_version,
        cautions=(*report.protection, *report.cautions),
        unused=report.unused,
        unit=report.units,
        contributor=subject.living_lab,
        sources=subject.experiment.sources,
        details=_list_details(report, subject),
        paper=partial(print_outcome, report, subject.headings),
    )


def _tell_profiles(report: OutcomeReport) -> list[str]:
    return [f"{part.name}: {part.sentence}" for part in report.profiles if part.sentence]


def _list_rows(report: OutcomeReport) -> Iterator[Row]:
    total = report.total
    for part in report.parts:
        for rate in part.rates:
            row = _name(report, part.code, part.name, rate.place)
            steps = _write_steps(report, rate.place) if part is total else {}
            yield row | _write_rate(rate) | _write_difference(report, part, rate.place) | steps
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


def _write_steps(report: OutcomeReport, place: int) -> Row:
    if report.threshold is not None:
        return {}
    counted = [row.steps for row in report.funnel if row.place == place]
    return {f"all_{one.step.value}": one.people for steps in counted for one in steps}


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
        return row | _write_pair(pairs[place, reference])
    if (reference, place) in pairs:
        return row | turn(_write_pair(pairs[reference, place]))
    return row | {"difference_reason": columns.NOT_COMPARED}


def _write_pair(pair: PairRow) -> Row:
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


def _list_details(report: OutcomeReport, subject: OutcomeSubject) -> dict:
    experiment = subject.experiment
    return {
        "experiment": {
            "experiment_id": experiment.id,
            "title": experiment.title,
            "question": experiment.question,
            "living_lab": subject.living_lab,
            "status": experiment.status.value,
            "grade": subject.grade,
            "starts_on": experiment.starts_on and experiment.starts_on.isoformat(),
            "ends_on": experiment.ends_on and experiment.ends_on.isoformat(),
        },
        "outcome": {
            "numerator_step": experiment.numerator_step.value,
            "denominator_step": report.comparison.denominator,
            "direction": experiment.direction.value,
            "smallest_difference": experiment.smallest_difference,
        },
        "threshold": report.threshold,
        "profiles": [_describe_part(part) for part in report.parts],
        "comparisons": [
            _describe_pair(report, part.code, pair) for part in report.parts for pair in part.pairs
        ],
        "comparisons_within_profiles": [
            _describe_pair(report, report.total.code, pair) for pair in report.total_within
        ],
        "comparisons_in_family": report.family_size,
        "division": {
            "told": report.lottery,
            "units": [
                {
                    "period": row.period,
                    "variant_name": row.variant,
                    "units": row.units,
                    "planned_share": round_as_shown(Kind.SHARE, row.share),
                }
                for row in report.lottery_rows
            ],
        },
    }


def _describe_part(part: ReportPart) -> dict[str, Value]:
    return {
        "profile_code": part.code,
        "profile_name": part.name,
        "verdict": part.verdict,
        "told": part.sentence,
    }


def _describe_pair(report: OutcomeReport, code: str, pair: PairRow) -> dict:
    one, other = (report.variants[place].letter for place in pair.places)
    return {
        "profile_code": code,
        "variant_code": one,
        "reference_code": other,
        **round_row(COMPARED, _write_pair(pair)),
        "verdict": pair.verdict,
        "method": pair.method,
    }
