"""The drawings of a report: interval rows per variant, and the dots of the verdict."""

from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup, escape

from analysis.charts import (
    Scale,
    draw_axis,
    draw_bar,
    draw_interval,
    interval_scale,
    list_visible_ends,
)
from analysis.dots import count_above, draw_dots, spread_dots
from analysis.reports.outcome import OutcomeReport, RateRow, ReportPart
from experiments.models.experiments import Step
from lab import formats


@dataclass(frozen=True, slots=True)
class DotsPicture:
    """The two variants of the verdict as dots on one scale: names with drawings, and a sentence."""

    rows: tuple[tuple[str, Markup], ...]
    axis: Markup
    sentence: str


def build_dots(report: OutcomeReport) -> DotsPicture | None:
    """Return the dots of the two variants that the verdict is about, where both are known."""
    total = report.comparison.total
    rates = {row.place: row for row in report.total.rates}
    pair = [rates[one] for one in (total.leader, total.opponent) if one in rates]
    spread = [spread_dots(row.rate, row.intervals) for row in pair if row.rate is not None]
    if len(pair) != 2 or not all(spread) or len(spread) != 2:
        return None
    scale = interval_scale([value for values in spread for value in values])
    rows = tuple(
        (row.variant, draw_dots(values, scale, row.variant))
        for row, values in zip(pair, spread, strict=True)
    )
    sentence = _(
        "Every dot is one of 20 values that are as possible as each other. Of “%(one)s”, %(above)s"
        " of 20 lie above the middle of “%(other)s”.",
        one=pair[0].variant,
        other=pair[1].variant,
        above=count_above(spread[0], pair[1].rate),
    )
    return DotsPicture(rows, draw_axis(scale), sentence)


def draw_reach(report: OutcomeReport) -> tuple[list[tuple], Markup] | None:
    """Return who responded, a row per profile with who lives there as the upright line."""
    rows = report.reach.rows
    if not rows:
        return None
    ends = list_visible_ends(row.limits for row in rows)
    values = [value for row in rows for value in (row.share, row.residents)]
    scale = interval_scale([*ends, *values])
    drawn = [
        (
            escape(row.name)
            + Markup('<span class="beneath">{}</span>').format(
                _("%(share)s of who lives there", share=formats.percent(row.residents))
            ),
            False,
            draw_interval(
                row.share, {95: row.limits}, scale, label=row.name, control=row.residents
            ),
            formats.percent(row.share),
            formats.interval(*row.limits),
            formats.number(row.people),
        )
        for row in rows
    ]
    return [("", None, None, drawn)], draw_axis(scale)


def draw_funnel(report: OutcomeReport) -> dict[tuple[int, Step], Markup]:
    """Return a bar per variant and step: people as a share of the first step that is known."""
    return {
        (row.place, step.step): draw_bar(step.of_first)
        for row in report.funnel
        for step in row.steps
    }


def build_interval_rows(report: OutcomeReport) -> tuple[list[tuple], Markup]:
    """Return the groups of rows, as the table of intervals takes them, and the axis they share."""
    rows = [row for part in report.parts for row in part.rates if row.intervals]
    ends = list_visible_ends((row.ci_lower, row.ci_upper) for row in rows)
    rates = [row.rate for row in rows]
    scale = interval_scale([*ends, *rates])
    groups = [
        (part.name, part.verdict, _write_sentence(part), _build_group(part, scale, report))
        for part in report.parts
        if part.rates
    ]
    return groups, draw_axis(scale)


def _write_sentence(part: ReportPart) -> str:
    """Return the sentence of a profile, with whether it confirms or explores."""
    mark = f"{part.mark.words[:1].upper()}{part.mark.words[1:]}: {part.mark.reason}."
    return " ".join(filter(None, (part.sentence, mark)))


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
