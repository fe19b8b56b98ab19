"""The report on whether advice holds for the residents of a place: sentence, picture, tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup

from analysis import holds_sentences as sentences
from analysis.charts import Scale, draw_axis, draw_bar, interval_scale, list_visible_ends
from analysis.evidence_wording import Wording
from analysis.forest import draw_estimate
from analysis.pooled.record import PooledRecord
from analysis.pooled.residents import LocalAdvice
from analysis.stats.pooled.reweighting import PlaceVariant
from lab import formats
from lab.formats import Unit


@dataclass(frozen=True, slots=True)
class MixRow:
    """A profile: how many residents have it, and how many of the people who were counted."""

    name: str
    share: float
    bar: Markup
    counted: str
    people: str


@dataclass(frozen=True, slots=True)
class NumberRow:
    """All numbers of one variant among the residents, as texts."""

    name: str
    rate: str
    expected: str
    worst_case: str
    difference: str
    difference_ci: str
    chance: str
    tried: str


@dataclass(frozen=True, slots=True)
class HoldsReport:
    """What a page shows; groups and axis as a table of intervals takes them."""

    answer: str
    lines: tuple[str, ...]
    standing: str
    groups: list
    axis: Markup
    numbers: tuple[NumberRow, ...]
    mix: tuple[MixRow, ...]
    unknown: float
    overlap: float | None
    effective: float | None


def build_holds(
    found: LocalAdvice, record: PooledRecord, wording: Wording, profiles: Sequence[str]
) -> HoldsReport:
    """Return the report, in the language being spoken; profiles: codes in the model's order."""
    order = _order(found)
    scale = _make_scale(order)
    lines = (
        sentences.tell_expected_here(found, wording),
        sentences.tell_mix(found, record.are_profiles_alike, wording),
    )
    return HoldsReport(
        answer=sentences.tell_holding(found, wording),
        lines=tuple(filter(None, lines)),
        standing=sentences.tell_standing(found, wording),
        groups=[("", None, None, [_draw(one, found, record, wording, scale) for one in order])],
        axis=draw_axis(scale),
        numbers=tuple(_list_numbers(one, found, wording) for one in order),
        mix=tuple(_list_mix(found, wording, profiles)),
        unknown=found.residents.unknown,
        overlap=found.distance.overlap,
        effective=found.distance.effective,
    )


def _order(found: LocalAdvice) -> list[PlaceVariant]:
    if found.advice is None:
        return []
    return sorted(found.advice.variants, key=lambda one: (one.regret, one.variant))


def _make_scale(variants: Sequence[PlaceVariant]) -> Scale:
    ends = [pair for one in variants for pair in (one.mean_ci, one.rate_ci)]
    return interval_scale([*list_visible_ends(ends), *(one.rate for one in variants)])


def _draw(
    one: PlaceVariant, found: LocalAdvice, record: PooledRecord, wording: Wording, scale: Scale
) -> tuple:
    best = found.advice.variants[found.advice.best]
    name = wording.spoken.variants[found.variants[one.variant]]
    band = (best.rate - record.margin, best.rate + record.margin)
    drawing = draw_estimate(one.rate, one.mean_ci, one.rate_ci, scale, label=name, margin_band=band)
    shown = Markup("<strong>{}</strong>" if one is best else "{}").format(name)
    expected = _("new: %(interval)s", interval=formats.interval(*one.rate_ci))
    limits = Markup('{}<span class="beneath">{}</span>').format(
        formats.interval(*one.mean_ci), expected
    )
    tried = formats.percent(found.tried[one.variant], 0)
    return (shown, False, drawing, formats.percent(one.rate), limits, tried)


def _list_numbers(one: PlaceVariant, found: LocalAdvice, wording: Wording) -> NumberRow:
    is_best = one.variant == found.advice.best
    return NumberRow(
        name=wording.spoken.variants[found.variants[one.variant]],
        rate=formats.percent(one.rate),
        expected=formats.interval(*one.rate_ci),
        worst_case=formats.interval(*one.worst_case),
        difference=formats.NOTHING if is_best else formats.points(one.difference),
        difference_ci=formats.NOTHING
        if is_best
        else formats.interval(*one.difference_ci, Unit.POINTS),
        chance=formats.NOTHING if is_best else formats.percent(one.probability_better, 0),
        tried=formats.percent(found.tried[one.variant], 0),
    )


def _list_mix(found: LocalAdvice, wording: Wording, profiles: Sequence[str]):
    total = sum(count or 0 for count in found.people.values())
    is_whole = None not in found.people.values()
    for code in dict.fromkeys([*profiles, *found.people]):
        share, people = found.residents.shares.get(code, 0.0), found.people.get(code)
        counted = formats.percent(people / total, 0) if people and is_whole else formats.NOTHING
        if code not in found.people:
            counted = _("not tested")
        hidden = _("few people") if code in found.people else formats.NOTHING
        yield MixRow(
            name=wording.spoken.profile(code),
            share=share,
            bar=draw_bar(share),
            counted=counted,
            people=formats.number(people) if people else hidden,
        )
