"""Laying out the map: which columns and rows there are, and what its first sentence says."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.evidence_names import VariantKey, join, key_of, name_variant
from analysis.pooled.record import PooledRecord
from analysis.pooled.selection import Name
from analysis.pooled.tally import Place, Tried
from analysis.reports.evidence.contents import EvidenceRequest
from analysis.reports.evidence.protection import Shown, show_evidence
from analysis.reports.evidence.report import make_wording
from analysis.reports.evidence_map.cells import LARGE_RATE, CellWriter
from analysis.reports.evidence_map.contents import (
    TOLD,
    CellKind,
    EvidenceMap,
    MapCell,
    MapColumn,
    MapList,
    MapRow,
)
from experiments.labels import capitalise
from lab import formats

TOGETHER = "together"
# Which cells a list of one profile names first.
FIRST = (CellKind.BETTER, CellKind.SAME, CellKind.OPEN, CellKind.WORSE)
# Takes the code of a profile and of a variant; both may be all there is to know.
LinkCell = Callable[[str, str, CellKind], str]


@dataclass(frozen=True, slots=True, eq=False)
class MapRequest:
    """What a map is made of, and for whom.

    evidence: a kept run, or a tally of what was counted. uncompared: who tried what without telling
    how it compares. channels, styles: what they are called now, in their order.
    """

    evidence: EvidenceRequest
    run_id: int | None
    uncompared: Mapping[Place, tuple[Tried, ...]]
    link: LinkCell
    channels: Mapping[str, Name] = field(default_factory=dict)
    styles: Mapping[str, Name] = field(default_factory=dict)


def build_map(request: MapRequest, focus: tuple[str, str] | None = None) -> EvidenceMap:
    """Return the map in the language being spoken; focus: the cell of which to list experiments."""
    request = replace(request, evidence=_name_all(request))
    asked = request.evidence
    shown = show_evidence(asked.record, asked.rows, asked.known_labs, asked.unpublished)
    keys = _list_keys(request)
    columns = tuple(_name_column(asked, key) for key in keys)
    wording = make_wording(asked)
    profiles = [*((None,) if asked.record.together else ()), *asked.asked]
    rows = []
    for profile in profiles:
        code = profile or TOGETHER
        writer = CellWriter(
            shown=shown.record.find_profile(profile),
            kept=asked.record.find_profile(profile),
            keys={key_of(*code): place for place, code in enumerate(asked.record.variants)},
            withheld=frozenset(one for held, one in shown.withheld if held == profile),
            uncompared={
                key: tried for (held, key), tried in request.uncompared.items() if held == profile
            },
            wording=wording,
            decimals=choose_decimals(asked.record),
            open_people=None if request.run_id else _list_open(asked, shown, profile),
        )
        cells = tuple(
            _link(writer.write(number, key), request, code, columns[number])
            for number, key in enumerate(keys)
        )
        name = capitalise(wording.spoken.profile(profile))
        rows.append(MapRow(code, name, cells, _summarise(cells, columns)))
    return EvidenceMap(
        headline=_write_headline(rows, has_verdicts=request.run_id is not None),
        columns=columns,
        rows=tuple(rows),
        run_id=request.run_id,
        is_protected=shown.is_protected,
        behind=focus and list_behind(request, focus),
    )


def _list_open(
    asked: EvidenceRequest, shown: Shown, profile: str | None
) -> dict[int, tuple[int, int]]:
    """Return per variant the people that may be seen, and how many experiments may not.

    Whoever changes the filters sees sums of what is shown of each experiment, and so learns no more
    of one than its own page would tell.
    """
    people, hidden = Counter(), Counter()
    for (_experiment, held, variant), (_responses, counted) in shown.experiments.items():
        if held == profile:
            people[variant] += counted
    places = {key_of(*code): place for place, code in enumerate(asked.record.variants)}
    cells = {(row.experiment, row.profile, key_of(row.channel, row.style)) for row in asked.rows}
    for experiment, held, key in cells:
        if held == profile and experiment in asked.unpublished:
            hidden[places[key]] += 1
    return {one: (people[one], hidden[one]) for one in people | hidden}


def list_behind(request: MapRequest, focus: tuple[str, str]) -> MapList | None:
    """Return the experiments behind one cell, those that the reader may open by title."""
    profile, code = focus
    asked = request.evidence
    places = {_write_code(key): key for key in _list_keys(request)}
    if profile not in asked.asked or code not in places:
        return None
    key = places[code]
    numbers = {
        int(row.experiment)
        for row in asked.rows
        if row.profile == profile and key_of(row.channel, row.style) == key and row.nobs
    }
    numbers |= {one.experiment_id for one in request.uncompared.get((profile, key), ())}
    named = asked.names.experiments
    open_to = sorted(one for one in numbers if one in asked.readable and str(one) in named)
    wording = make_wording(asked)
    return MapList(
        name=f"{capitalise(wording.spoken.profile(profile))}: {_name_column(asked, key).name}",
        experiments=tuple((one, named[str(one)].title, named[str(one)].grade) for one in open_to),
        others=len(numbers) - len(open_to),
    )


def choose_decimals(record: PooledRecord) -> int:
    """Return how many decimals rates need to be told apart."""
    rates = [one.rate for part in record.profiles for one in part.variants if one.rate is not None]
    return 0 if max(rates, default=1.0) >= LARGE_RATE else 1


def _name_all(request: MapRequest) -> EvidenceRequest:
    """Return the request with names for variants that no pooled experiment had."""
    asked = request.evidence
    names = replace(
        asked.names,
        channels={**request.channels, **asked.names.channels},
        styles={**request.styles, **asked.names.styles},
    )
    return replace(asked, names=names)


def _list_keys(request: MapRequest) -> list[VariantKey]:
    """Return the variants that somebody tried, channel by channel."""
    asked = request.evidence
    record = asked.record
    tried = {
        one.variant for part in record.profiles for one in part.variants if one.counted.experiments
    }
    keys = {key_of(*record.variants[one]) for one in tried}
    keys |= {key for (profile, key) in request.uncompared if profile in asked.asked}
    order = {code: place for place, code in enumerate((*request.channels, *asked.names.channels))}
    return sorted(keys, key=lambda key: (order.get(key[0], len(order)), key))


def _name_column(asked: EvidenceRequest, key: VariantKey) -> MapColumn:
    channel, values = key
    style = ";".join(f"{axis}={value}" for axis, value in values)
    whole = name_variant(asked.names, channel, style)
    first, _sign, rest = whole.partition(" · ")
    return MapColumn(capitalise(first), rest, _write_code(key))


def _write_code(key: VariantKey) -> str:
    channel, values = key
    return "|".join(filter(None, (channel, ";".join(f"{one}={other}" for one, other in values))))


def _link(cell: MapCell, request: MapRequest, profile: str, column: MapColumn) -> MapCell:
    if cell.kind is CellKind.NEVER:
        return cell
    return replace(cell, url=request.link(profile, column.code, cell.kind))


def _summarise(cells: Iterable[MapCell], columns: tuple[MapColumn, ...]) -> str:
    """Return what is known of one profile in a few words."""
    better = [columns[cell.variant].name for cell in cells if cell.kind is CellKind.BETTER]
    if better:
        return _("works better: %(names)s", names=join(better))
    tested = sum(cell.kind is not CellKind.NEVER for cell in cells)
    if not tested:
        return _("never tested")
    return _(
        "%(tested)s of %(all)s variants tested, none known to be better",
        tested=formats.number(tested),
        all=formats.number(len(columns)),
    )


def _write_headline(rows: Iterable[MapRow], *, has_verdicts: bool) -> str:
    cells = [cell for row in rows if row.code != TOGETHER for cell in row.cells]
    if not cells:
        return _("Nothing was tested yet within this choice.")
    tested = [cell for cell in cells if cell.kind is not CellKind.NEVER]
    said = ngettext(
        "%(tested)s of %(num)d combination of profile and variant was tested.",
        "%(tested)s of %(num)d combinations of profile and variant were tested.",
        len(cells),
        tested=formats.number(len(tested)),
    )
    if not has_verdicts:
        return said
    known = sum(cell.kind in TOLD - {CellKind.OPEN} for cell in cells)
    more = ngettext(
        "Of %(num)d we know how it does against the best other one.",
        "Of %(num)d we know how they do against the best other one.",
        known,
    )
    return f"{said} {more}"
