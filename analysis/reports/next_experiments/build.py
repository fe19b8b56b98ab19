"""From what is known of a run to the page on what to test next, for one reader."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.evidence_names import join
from analysis.evidence_wording import Wording
from analysis.pooled.outlook import NextDesign, NextRecord
from analysis.pooled.record import PooledRecord
from analysis.reports.evidence.contents import EvidenceRequest
from analysis.reports.evidence.protection import Shown, show_evidence
from analysis.reports.evidence.report import make_wording
from analysis.reports.next_experiments import sentences
from analysis.reports.next_experiments.contents import NextGroup, NextItem, NextReport
from experiments.labels import capitalise

# Where knowing everything would bring less than this part of the smallest difference that matters,
# nothing is worth testing; an experiment that brings less than this part is not listed.
LEAST_PERFECT, LEAST_GAIN = 0.05, 0.01


def build_next_report(request: EvidenceRequest, found: NextRecord | None) -> NextReport:
    """Return what to test next, in the language being spoken; found: None for nothing to rank."""
    wording = make_wording(request)
    if found is None:
        first = _("We cannot say yet what to test next: nothing can be compared here.")
        return NextReport(first, (), (), (), wording.units, ())
    shown = show_evidence(request.record, request.rows, request.known_labs, request.unpublished)
    worthwhile = list_worthwhile(request, found)
    designs = [(place, one) for place, one in worthwhile if _may_know(one, request, shown)]
    hidden = len(worthwhile) - len(designs)
    is_settled = found.perfect < LEAST_PERFECT * request.record.margin
    items = [
        (one.group, _build_item(place, one, request, found, wording, shown))
        for place, one in designs
        if not is_settled
    ]
    return NextReport(
        headline=_write_headline(items, hidden, is_settled=is_settled),
        answer=_write_answer(items, found, wording, is_settled=is_settled),
        groups=tuple(_group(items)),
        notes=_write_notes(found, hidden * (not is_settled and bool(items)), wording),
        units=wording.units,
        perfect=tuple(
            (capitalise(wording.spoken.profile(code)), sentences.count_thousand(value))
            for code, value in found.perfect_by_profile
            if _is_told(shown.record, code) and code not in {one for one, _two in shown.withheld}
        ),
    )


def list_worthwhile(request: EvidenceRequest, found: NextRecord) -> list[tuple[int, NextDesign]]:
    """Return the designs that bring something, by their place."""
    least = LEAST_GAIN * request.record.margin
    return [(place, one) for place, one in enumerate(found.designs) if one.gain >= least]


def _may_know(design: NextDesign, request: EvidenceRequest, shown: Shown) -> bool:
    """Tell whether what a design rests on is shown to its reader.

    One on several profiles rests on all of them together.
    """
    if not all(_is_told(shown.record, code) for code in design.profiles):
        return False
    is_alone = len(design.profiles) == 1 or request.record.together is None
    places = design.profiles if is_alone else (None,)
    return not any((code, one) in shown.withheld for code in places for one in design.variants)


def _is_told(record: PooledRecord, code: str) -> bool:
    """Tell whether a profile is not what one other lab alone found and has not published."""
    held = record.find_profile(code)
    return held is not None and bool(held.variants)


def _build_item(
    place: int,
    design: NextDesign,
    request: EvidenceRequest,
    found: NextRecord,
    wording: Wording,
    shown: Shown,
) -> NextItem:
    spoken = wording.spoken
    codes = [code for code, _value in found.perfect_by_profile]
    told = tuple(
        one
        for one in design.overturns
        if _is_told(shown.record, one[0]) and (one[0], one[2]) not in shown.withheld
    )
    return NextItem(
        place=place,
        ask=sentences.tell_ask(design, wording, codes),
        saves=sentences.tell_saves(design, wording),
        sees=sentences.tell_sees(design),
        overturns=sentences.tell_overturns(replace(design, overturns=told), wording),
        notes=tuple(_list_notes(design, request, wording)),
        variants=tuple(spoken.variants[one] for one in design.variants),
        profiles=tuple(capitalise(spoken.profile(code)) for code in design.profiles),
        people=design.people,
        labs=design.labs,
        per_thousand=sentences.count_thousand(design.gain),
        error=sentences.count_thousand(2 * design.error),
    )


def _list_notes(design: NextDesign, request: EvidenceRequest, wording: Wording) -> Iterable[str]:
    """Yield which of the variants nobody tried on these profiles."""
    record = request.record
    for variant in design.variants:
        tried = [
            one
            for code in design.profiles
            for one in record.find_profile(code).variants
            if one.variant == variant and one.counted.experiments
        ]
        if not tried:
            yield _(
                "%(variant)s was never tested there: we know least of it.",
                variant=wording.spoken.quote(variant),
            )


def _group(items: Iterable[tuple[int, NextItem]]) -> Iterable[NextGroup]:
    """Yield the items by their group, with the ranks that the group takes together."""
    first = 1
    for _number, held in groupby(items, key=lambda pair: pair[0]):
        own = tuple(item for _group_number, item in held)
        last = first + len(own) - 1
        yield NextGroup(str(first) if first == last else f"{first}–{last}", own)
        first = last + 1


def _write_headline(items: list[tuple[int, NextItem]], hidden: int, *, is_settled: bool) -> str:
    if not items and hidden and not is_settled:
        return _("What would help most follows from figures that are not for you to see.")
    if is_settled:
        return _("Nothing is worth testing here: we know enough to choose.")
    if not items:
        return _("We know of no experiment that is worth its effort here.")
    return items[0][1].ask


def _write_answer(
    items: list[tuple[int, NextItem]], found: NextRecord, wording: Wording, *, is_settled: bool
) -> tuple[str, ...]:
    if is_settled or not items:
        return (sentences.tell_perfect(found, wording),)
    best = items[0][1]
    equal = sum(group == items[0][0] for group, _item in items) - 1
    said = [best.saves]
    if equal:
        said.append(_("Other experiments in the first group are worth about as much."))
    return (" ".join(said), sentences.tell_perfect(found, wording))


def _write_notes(found: NextRecord, hidden: int, wording: Wording) -> tuple[str, ...]:
    notes = []
    if found.unranked:
        names = join([f"“{wording.spoken.profile(code)}”" for code in found.unranked])
        notes.append(
            _("For %(names)s nothing can be ranked yet, so it does not count here.", names=names)
        )
    if hidden:
        notes.append(
            ngettext(
                "%(num)d experiment is not listed: it follows from figures that are not for you to "
                "see.",
                "%(num)d experiments are not listed: they follow from figures that are not for you "
                "to see.",
                hidden,
            )
        )
    return tuple(notes)
