"""The outcome of one experiment on two pages of paper."""

from flask_babel import gettext as _

from analysis.exports.paper import Paper, PaperCell, PaperTable, write_verdict
from analysis.exports.paper_rows import print_intervals
from analysis.reports.conduct import ConductReport
from analysis.reports.council import Headings
from analysis.reports.intervals import build_interval_rows
from analysis.reports.outcome import OutcomeReport, ReportPart
from lab import formats

SHORT_METHOD = 6
# Two pages hold no more; the page of the report has all of them.
MOST_DEVIATIONS = 4


def print_outcome(report: OutcomeReport, headings: Headings) -> Paper:
    """Return the report of an experiment as a council reads it."""
    return Paper(
        headings=headings,
        answer=(report.headline, *report.answer, report.costs),
        tables=tuple(_list_tables(report)),
        notes=(
            *report.protection,
            *report.cautions,
            report.reach.told,
            _tell_deviations(report.conduct),
        ),
        method=report.method[:SHORT_METHOD],
    )


def _tell_deviations(conduct: ConductReport) -> str:
    """Return how many deviations there were, and the first of them."""
    told = (": ".join(filter(None, one)) for one in conduct.deviations[:MOST_DEVIATIONS])
    return " ".join((conduct.deviations_told, *told))


def _list_tables(report: OutcomeReport) -> list[PaperTable]:
    groups, axis = build_interval_rows(report)
    caption = _(
        "%(numerator)s, as a share of %(denominator)s (%(units)s)",
        numerator=report.numerator_name,
        denominator=report.denominator_name.lower(),
        units=report.units,
    )
    everyone = [group for group in groups if group[0] == report.total.name]
    note = _("The thin line holds the real rate with %(level)s certainty.", level="95%")
    tables = []
    if everyone:
        units = report.units.capitalize()
        tables.append(print_intervals(everyone, axis, caption, _("Rate"), units, note))
    if report.profiles:
        tables.append(_print_profiles(report))
    return tables


def _print_profiles(report: OutcomeReport) -> PaperTable:
    heads = (_("Profile"), _("Verdict"), _("Variant in front"), _("Rate"), report.units)
    return PaperTable(
        caption=_("In short, per profile"),
        heads=heads,
        is_number=(False, False, False, True, True),
        rows=tuple(_print_profile(part) for part in report.profiles),
    )


def _print_profile(part: ReportPart) -> tuple[PaperCell, ...]:
    row = next((row for row in part.rates if row.place == part.leader), None)
    cells = (PaperCell(part.name), PaperCell(write_verdict(part.verdict)))
    if row is None:
        return (*cells, *[PaperCell(formats.NOTHING)] * 3)
    return (
        *cells,
        PaperCell(row.variant),
        PaperCell(formats.percent(row.rate), formats.interval(row.ci_lower, row.ci_upper)),
        PaperCell(formats.number(row.denominator)),
    )
