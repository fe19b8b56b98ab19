"""The filters of a report: plain choices, each with how many records are left by it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.queries.cells import EVERYTHING, CellFilter, RecordCount
from analysis.reports.cautions import Unsettled
from experiments.models.observations import ReviewState
from lab import formats

MONTH_PARTS = 2


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One select with its options: value, label with a count, whether it is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


def read_filter(values: Mapping[str, str], records: Iterable[RecordCount]) -> CellFilter:
    """Return the filter that an address asks for; what cannot be chosen is left out."""
    area = values.get("area", "")
    return CellFilter(
        area=area if any(record.area == area for record in records) else "",
        from_month=_read_month(values.get("from", "")),
        to_month=_read_month(values.get("to", "")),
        is_approved_only=values.get("review") == "approved",
    )


def write_filter(chosen: CellFilter) -> dict[str, str]:
    """Return a filter as an address asks for it."""
    values = {
        "review": "approved" if chosen.is_approved_only else "",
        "area": chosen.area,
        "from": f"{chosen.from_month:%Y-%m}" if chosen.from_month else "",
        "to": f"{chosen.to_month:%Y-%m}" if chosen.to_month else "",
    }
    return {name: value for name, value in values.items() if value}


def list_choices(records: Sequence[RecordCount], chosen: CellFilter) -> tuple[FilterChoice, ...]:
    """Return the filters that make a difference for an experiment."""
    areas = sorted({record.area for record in records} - {""})
    months = sorted({record.month for record in records})
    reviews = [
        (chosen_value, label, replace(chosen, is_approved_only=is_approved))
        for chosen_value, label, is_approved in (
            ("", _("all usable records"), False),
            ("approved", _("approved records only"), True),
        )
    ]
    choices = [
        _make_choice("review", _("Records"), reviews, records, chosen),
    ]
    if areas:
        everywhere = [("", _("all areas"), replace(chosen, area=""))]
        options = everywhere + [(area, area, replace(chosen, area=area)) for area in areas]
        choices.append(_make_choice("area", _("Area"), options, records, chosen))
    if len(months) > 1:
        choices += _list_month_choices(months, records, chosen)
    return tuple(choices)


def count_unsettled(records: Iterable[RecordCount], chosen: CellFilter = EVERYTHING) -> Unsettled:
    """Return how many records of those chosen wait for a supervisor or for who entered them."""
    counted = {ReviewState.HELD: 0, ReviewState.RETURNED: 0}
    for record in records:
        if record.review_state in counted and chosen.is_about(record):
            counted[record.review_state] += record.observations
    return Unsettled(counted[ReviewState.HELD], counted[ReviewState.RETURNED])


def _list_month_choices(
    months: Sequence[date], records: Sequence[RecordCount], chosen: CellFilter
) -> list[FilterChoice]:
    begins = [("", _("the beginning"), replace(chosen, from_month=None))]
    begins += [
        (f"{one:%Y-%m}", formats.month(one), replace(chosen, from_month=one)) for one in months
    ]
    ends = [("", _("the end"), replace(chosen, to_month=None))]
    ends += [(f"{one:%Y-%m}", formats.month(one), replace(chosen, to_month=one)) for one in months]
    return [
        _make_choice("from", _("From"), begins, records, chosen),
        _make_choice("to", _("Up to and including"), ends, records, chosen),
    ]


def _make_choice(
    name: str,
    label: str,
    options: Iterable[tuple[str, str, CellFilter]],
    records: Sequence[RecordCount],
    chosen: CellFilter,
) -> FilterChoice:
    return FilterChoice(
        name,
        label,
        tuple(
            (value, f"{text} ({_count_left(records, would_be)})", would_be == chosen)
            for value, text, would_be in options
        ),
    )


def _count_left(records: Iterable[RecordCount], would_be: CellFilter) -> str:
    left = sum(record.observations for record in records if would_be.takes(record))
    return ngettext("%(count)s record", "%(count)s records", left, count=formats.number(left))


def _read_month(text: str) -> date | None:
    parts = text.split("-")
    if len(parts) != MONTH_PARTS or not all(part.isdecimal() for part in parts):
        return None
    year, month = map(int, parts)
    return date(year, month, 1) if 1900 < year < 3000 and 1 <= month <= 12 else None
