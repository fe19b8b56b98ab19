"""The drawings of comparisons across evidence: labs side by side, a channel or style by profile."""

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from analysis.charts import Scale, draw_axis, interval_scale, list_visible_ends
from analysis.forest import draw_difference, draw_estimate
from analysis.reports.evidence.across import AcrossPart, AcrossReport, AcrossRow
from analysis.reports.evidence.rows import Group, Picture
from analysis.reports.evidence.sides import LabRate, SidesPart, VariantSides
from lab import formats
from lab.formats import Unit


def draw_standings(report: AcrossReport) -> Picture:
    """Return the difference with the best other way, a row per profile, on one scale."""
    known = [part for part in report.parts if part.standing and part.standing.difference_ci]
    ends = list_visible_ends(part.standing.difference_ci for part in known)
    values = [part.standing.difference for part in known]
    margin = report.margin
    scale = interval_scale([*ends, *values, -margin, margin, 0.0], Unit.POINTS)
    groups: list[Group] = [
        (part.name, part.standing.verdict, None, [_draw_standing(part, scale, margin)])
        for part in known
    ]
    return Picture(groups, draw_axis(scale))


def _draw_standing(part: AcrossPart, scale: Scale, margin: float) -> tuple:
    standing = part.standing
    drawing = draw_difference(
        standing.difference,
        standing.difference_ci,
        scale,
        label=f"{part.name}: {standing.one}, {standing.other}",
        share=0.3,
        margin_band=(-margin, margin),
    )
    name = escape(standing.one) + Markup('<span class="beneath">{}</span>').format(
        _("against %(other)s", other=standing.other)
    )
    people = sum(row.people for row in part.rows)
    return (
        name,
        False,
        drawing,
        formats.points(standing.difference),
        formats.interval(*standing.difference_ci, Unit.POINTS),
        formats.number(people) if people else formats.NOTHING,
    )


def draw_members(report: AcrossReport) -> Picture:
    """Return the rates of every variant with the channel or style, by profile, on one scale."""
    rows = [row for part in report.parts for row in part.rows if row.rate is not None]
    ends = [pair for row in rows for pair in (row.rate_ci, row.prediction) if pair]
    scale = interval_scale([*list_visible_ends(ends), *(row.rate for row in rows)])
    groups: list[Group] = [
        (part.name, None, None, [_draw_member(row, part, scale) for row in part.rows])
        for part in report.parts
        if part.rows
    ]
    return Picture(groups, draw_axis(scale))


def _draw_member(row: AcrossRow, part: AcrossPart, scale: Scale) -> tuple:
    drawing: Markup | str = ""
    if row.rate is not None and row.rate_ci is not None:
        drawing = draw_estimate(
            row.rate, row.rate_ci, row.prediction, scale, label=f"{part.name}, {row.name}"
        )
    count = formats.number(row.people) if row.people else _("not tried")
    return (
        escape(row.name) + Markup('<span class="beneath">{}</span>').format(_describe_rank(row)),
        False,
        drawing,
        formats.percent(row.rate),
        formats.interval(*row.rate_ci) if row.rate_ci else formats.NOTHING,
        _("few people") if row.is_withheld else count,
    )


def _describe_rank(row: AcrossRow) -> str:
    facts = []
    if row.rank_ci:
        low, high = map(formats.number, row.rank_ci)
        place = low if low == high else f"{low}–{high}"
        facts.append(_("place %(place)s of %(ranked)s", place=place, ranked=row.ranked))
    if row.experiments:
        facts.append(ngettext("%(num)d experiment", "%(num)d experiments", row.experiments))
    return " · ".join(facts)


def draw_sides(part: SidesPart) -> Picture | None:
    """Return every variant of a profile: each lab by itself and all together, on one scale."""
    if not part.rates:
        return None
    rates = [(one.rate, one.rate_ci) for held in part.rates for one in (*held.labs, held)]
    known = [(rate, ends) for rate, ends in rates if rate is not None and ends]
    scale = interval_scale(
        [*list_visible_ends(ends for _rate, ends in known), *(rate for rate, _ends in known)]
    )
    groups: list[Group] = [(one.name, None, None, _list_sides(one, scale)) for one in part.rates]
    return Picture(groups, draw_axis(scale))


def _list_sides(held: VariantSides, scale: Scale) -> list[tuple]:
    rows = [_draw_rate(one, held.name, scale) for one in held.labs]
    together = LabRate(_("All labs together, estimated"), held.rate, held.rate_ci, 0)
    return [*rows, _draw_rate(together, held.name, scale, nothing="")]


def _draw_rate(one: LabRate, variant: str, scale: Scale, nothing: str | None = None) -> tuple:
    drawing: Markup | str = ""
    if one.rate is not None and one.rate_ci is not None:
        drawing = draw_estimate(one.rate, one.rate_ci, None, scale, label=f"{variant}, {one.lab}")
    missing = _("not tried or not shown") if nothing is None else nothing
    return (
        one.lab,
        False,
        drawing,
        formats.percent(one.rate),
        formats.interval(*one.rate_ci) if one.rate_ci else formats.NOTHING,
        formats.number(one.people) if one.people else missing,
    )
