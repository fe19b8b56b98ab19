"""The interval rows of evidence: one drawing per variant or experiment, all on one scale."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from analysis.charts import Scale, draw_axis, interval_scale, list_visible_ends
from analysis.forest import draw_difference, draw_estimate, draw_pooled, draw_prediction
from analysis.reports.evidence.contents import (
    EvidencePart,
    Forest,
    ForestRow,
    LabRow,
    VariantRow,
)
from lab import formats
from lab.formats import Unit

# As the table of intervals takes them: name, verdict, sentence, and rows of texts.
Group = tuple[str, str | None, str | None, list[tuple]]


@dataclass(frozen=True, slots=True)
class Picture:
    """The groups of rows of one table, and the axis that they share."""

    groups: list[Group]
    axis: Markup


def draw_variants(parts: Sequence[EvidencePart], margin: float) -> dict[str, Picture]:
    """Return the rates of each part, by its code, all on one scale."""
    rows = [row for part in parts for row in part.variants if row.rate is not None]
    known = [ends for row in rows for ends in (row.rate_ci, row.prediction) if ends]
    scale = interval_scale([*list_visible_ends(known), *(row.rate for row in rows)])
    axis = draw_axis(scale)
    return {
        part.code: Picture([("", None, None, _list_variants(part, scale, margin))], axis)
        for part in parts
        if part.variants
    }


def draw_forest(forest: Forest, margin: float, here: str | None = None) -> Picture:
    """Return what each experiment found, then all together, then what a new one may show.

    here: the code of the lab whose experiments stand first.
    """
    ends = [row.difference_ci for row in forest.rows if row.difference_ci]
    ends += [pair for pair in (forest.difference_ci, forest.prediction) if pair]
    known = [row.difference for row in forest.rows] + [forest.difference, -margin, margin, 0.0]
    scale = interval_scale([*list_visible_ends(ends), *known], Unit.POINTS)
    band = (-margin, margin)
    own = [row for row in forest.rows if row.lab_code == here]
    others = [row for row in forest.rows if row.lab_code != here]
    groups: list[Group] = []
    for name, rows in (
        (_("In this lab"), own),
        (_("In other labs") if here else _("Each experiment by itself"), others),
    ):
        if rows:
            drawn = [_draw_experiment(row, forest, scale, band) for row in rows]
            groups.append((name, None, None, drawn))
    together = _draw_together(forest, scale, band, here)
    if together:
        groups.append((_("All together"), None, None, together))
    return Picture(groups, draw_axis(scale))


def draw_labs(forest: Forest, margin: float, chosen: Collection[str] | None = None) -> Picture:
    """Return what each lab found, then all together, then what a new one may show.

    chosen: the codes of the labs to draw, in their own order; None: all of them.
    """
    labs = [row for row in forest.labs if chosen is None or row.lab_code in chosen]
    ends = [row.difference_ci for row in labs if row.difference_ci]
    ends += [pair for pair in (forest.difference_ci, forest.prediction) if pair]
    known = [row.difference for row in labs] + [forest.difference, -margin, margin, 0.0]
    scale = interval_scale([*list_visible_ends(ends), *known], Unit.POINTS)
    band = (-margin, margin)
    largest = max((row.people for row in labs), default=0)
    groups: list[Group] = []
    if labs:
        drawn = [_draw_lab(row, largest, scale, band) for row in labs]
        groups.append((_("Each lab by itself"), None, None, drawn))
    together = _draw_together(forest, scale, band, None)
    if together:
        groups.append((_("All labs together"), None, None, together))
    return Picture(groups, draw_axis(scale))


def _draw_lab(row: LabRow, largest: int, scale: Scale, band: tuple[float, float]) -> tuple:
    drawing: Markup | str = ""
    if row.difference is not None:
        drawing = draw_difference(
            row.difference,
            row.difference_ci,
            scale,
            label=row.lab,
            share=row.people / (largest or 1),
            margin_band=band,
        )
    return (
        escape(row.lab) + Markup('<span class="beneath">{}</span>').format(describe_lab(row)),
        False,
        drawing,
        formats.points(row.difference),
        formats.interval(*row.difference_ci, Unit.POINTS) if row.difference_ci else formats.NOTHING,
        formats.number(row.people) if row.people else _("not shown"),
    )


def describe_lab(row: LabRow) -> str:
    """Return what stands behind the figures of a lab: experiments, years and grades."""
    facts = [ngettext("%(num)d experiment", "%(num)d experiments", row.experiments)]
    if row.years:
        facts.append("–".join(dict.fromkeys(map(str, row.years))))
    if row.grades:
        facts.append(_("grade %(grade)s", grade=", ".join(row.grades)))
    if row.hidden:
        facts.append(ngettext("%(num)d of them not shown", "%(num)d of them not shown", row.hidden))
    return " · ".join(facts)


def _list_variants(part: EvidencePart, scale: Scale, margin: float) -> list[tuple]:
    best = part.advised_rate
    band = None if best is None else (best - margin, best + margin)
    return [_draw_variant(row, part, scale, band) for row in part.variants]


def _draw_variant(
    row: VariantRow, part: EvidencePart, scale: Scale, band: tuple[float, float] | None
) -> tuple:
    drawing: Markup | str = ""
    if row.rate is not None and row.rate_ci is not None:
        drawing = draw_estimate(
            row.rate,
            row.rate_ci,
            row.prediction,
            scale,
            label=f"{part.name}, {row.name}",
            margin_band=band,
        )
    count = formats.number(row.people) if row.people else _("not tried")
    if row.is_withheld:
        count = _("few people")
    return (
        _name_variant(row),
        False,
        drawing,
        formats.percent(row.rate),
        _write_both(row),
        count,
    )


def _name_variant(row: VariantRow) -> Markup:
    name = Markup("<strong>{}</strong>" if row.is_advised else "{}").format(row.name)
    where = ngettext("%(num)d experiment", "%(num)d experiments", row.experiments)
    if not row.experiments:
        where = "" if row.is_withheld else _("not tried here")
    return name + Markup('<span class="beneath">{}</span>').format(where)


def _write_both(row: VariantRow) -> Markup:
    text = escape(formats.interval(*row.rate_ci) if row.rate_ci else formats.NOTHING)
    if row.prediction is None:
        return text
    expected = _("new: %(interval)s", interval=formats.interval(*row.prediction))
    return text + Markup('<span class="beneath">{}</span>').format(expected)


def _draw_experiment(
    row: ForestRow, forest: Forest, scale: Scale, band: tuple[float, float]
) -> tuple:
    drawing: Markup | str = ""
    if row.difference is not None:
        drawing = draw_difference(
            row.difference,
            row.difference_ci,
            scale,
            label=f"{row.title}, {row.lab}",
            share=row.people / (forest.largest or 1),
            margin_band=band,
        )
    return (
        _name_experiment(row, len({one.lab_code for one in forest.rows}) == 1),
        False,
        drawing,
        formats.points(row.difference),
        formats.interval(*row.difference_ci, Unit.POINTS) if row.difference_ci else formats.NOTHING,
        formats.number(row.people) if row.people else _("few people"),
    )


def _name_experiment(row: ForestRow, is_one_lab: bool) -> Markup:
    name = escape(row.title)
    if row.experiment_id is not None:
        url = url_for("outcome.show_outcome", experiment_id=row.experiment_id)
        name = Markup('<a href="{}">{}</a>').format(url, row.title)
    facts = [
        "" if is_one_lab else row.lab,
        str(row.year or ""),
        row.grade and _("grade %(grade)s", grade=row.grade),
        _("divides residents otherwise") if row.divides_otherwise else "",
    ]
    return name + Markup('<span class="beneath">{}</span>').format(" · ".join(filter(None, facts)))


def _draw_together(
    forest: Forest, scale: Scale, band: tuple[float, float], here: str | None
) -> list[tuple]:
    rows = []
    if forest.difference is not None and forest.difference_ci is not None:
        label = _("All experiments together, by any way")
        drawing = draw_pooled(
            forest.difference, forest.difference_ci, scale, label=label, margin_band=band
        )
        limits = formats.interval(*forest.difference_ci, Unit.POINTS)
        row = (label, drawing, formats.points(forest.difference), limits)
        rows.append(_as_row(*row))
    if forest.prediction is not None:
        label = _("A new experiment here") if here else _("One new experiment in a new lab")
        drawing = draw_prediction(forest.prediction, scale, label=label, margin_band=band)
        limits = formats.interval(*forest.prediction, Unit.POINTS)
        rows.append(_as_row(label, drawing, "", limits))
    return rows


def _as_row(label: str, drawing: Markup, value: str, limits: str) -> tuple:
    return (Markup("<strong>{}</strong>").format(label), False, drawing, value, limits, "")


def list_pictures(
    parts: Sequence[EvidencePart], margin: float, here: str | None = None
) -> dict[str, list[tuple[Forest, Picture]]]:
    """Return the forests of each part with their pictures, by the code of the part.

    Where there are many parts, only the first of each: the one that its verdict is about.
    """
    most = None if len(parts) == 1 else 1
    return {
        part.code: [(forest, draw_forest(forest, margin, here)) for forest in part.forests[:most]]
        for part in parts
    }


def draw_lab_forests(parts: Sequence[EvidencePart], margin: float) -> dict[str, Picture]:
    """Return, by the code of a part, its verdict with a row per lab; where there are labs at all.

    One lab would be drawn twice: as a row, and as all together.
    """
    return {
        part.code: draw_labs(part.forests[0], margin)
        for part in parts
        if part.forests and len(part.forests[0].labs) > 1
    }
