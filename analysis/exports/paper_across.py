"""The report on one channel or style as it is printed: its differences, then its rates."""

from flask_babel import gettext as _

from analysis.exports.paper import Paper, PaperTable
from analysis.exports.paper_rows import print_intervals
from analysis.reports.evidence.across import AcrossReport
from analysis.reports.evidence.comparing import draw_members, draw_standings


def print_across(
    report: AcrossReport,
    headings: tuple[tuple[str, str], ...],
    answer: tuple[str, ...],
    notes: tuple[str, ...],
    method: tuple[tuple[str, str], ...],
) -> Paper:
    """Return the report as a council reads it; the rates of each profile are in the other files."""
    tables = tuple(filter(None, (_print_standings(report), _print_members(report))))
    return Paper(headings, answer, tables, notes, method)


def _print_standings(report: AcrossReport) -> PaperTable | None:
    picture = draw_standings(report)
    if not picture.groups:
        return None
    return print_intervals(
        picture.groups,
        picture.axis,
        _("The best variant with it less the best one without it, in percentage points"),
        _("Difference"),
        report.units.capitalize(),
        _(
            "Limits hold for all variants of a profile at once. Grey band: differences too small"
            " to matter. Left of 0 the other way had more, right of it less."
        ),
    )


def _print_members(report: AcrossReport) -> PaperTable | None:
    """Return the rates in the first part: everyone together, or the only profile."""
    picture = draw_members(report)
    if not picture.groups:
        return None
    return print_intervals(
        picture.groups[:1],
        picture.axis,
        _("How many of every variant, with its place among all variants"),
        _("Rate"),
        report.units.capitalize(),
    )
