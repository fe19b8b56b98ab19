"""The interval rows of a report: one drawing per variant, all on one scale."""

from flask_babel import gettext as _
from markupsafe import Markup

from analysis.charts import Scale, draw_axis, draw_interval, interval_scale, list_visible_ends
from analysis.reports.outcome import OutcomeReport, RateRow, ReportPart
from lab import formats


def build_interval_rows(report: OutcomeReport) -> tuple[list[tuple], Markup]:
    """Return the groups of rows, as the table of intervals takes them, and the axis they share."""
    rows = [row for part in report.parts for row in part.rates if row.intervals]
    ends = list_visible_ends((row.ci_lower, row.ci_upper) for row in rows)
    rates = [row.rate for row in rows]
    scale = interval_scale([*ends, *rates])
    groups = [
        (part.name, part.verdict, part.sentence, _build_group(part, scale, report))
        for part in report.parts
        if part.rates
    ]
    return groups, draw_axis(scale)


def _build_group(part: ReportPart, scale: Scale, report: OutcomeReport) -> list[tuple]:
    margin = report.comparison.margin
    control = part.control_rate
    band = None if control is None else (control - margin, control + margin)
    return [_build_row(row, part, scale, band) for row in part.rates]


def _build_row(
    row: RateRow, part: ReportPart, scale: Scale, band: tuple[float, float] | None
) -> tuple:
    drawing = draw_interval(
        row.rate if row.intervals else None,
        {round(100 * one.level): (one.lower, one.upper) for one in row.intervals},
        scale,
        label=f"{part.name}, {row.variant}",
        margin_band=band,
        control=part.control_rate,
    )
    return (
        row.variant,
        row.is_control,
        drawing,
        formats.percent(row.rate),
        formats.interval(row.ci_lower, row.ci_upper),
        _describe_count(row),
    )


def _describe_count(row: RateRow) -> str:
    if row.denominator is not None:
        return formats.number(row.denominator)
    return _("out of unknown")
