"""One channel or one style over all profiles: how its variants do against those without it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.evidence_comparisons import tell_heterogeneity
from analysis.evidence_names import Spoken, key_of
from analysis.evidence_wording import Wording, find_variant
from analysis.pooled.record import Interval, PooledRecord, ProfileRecord, VariantRecord
from analysis.reports.evidence import across_sentences as sentences
from analysis.reports.evidence.contents import EvidenceRequest, Standing
from analysis.reports.evidence.protection import Shown, show_evidence
from analysis.reports.evidence.report import count_considered, make_wording
from analysis.stats.results import Verdict
from analysis.stats.verdicts import judge_pair
from experiments.labels import capitalise

WORSE = {
    Verdict.CLEARLY_BETTER: "clearly_worse",
    Verdict.PROBABLY_BETTER: "probably_worse",
}


class Kind(StrEnum):
    """What the variants of a report have in common."""

    CHANNEL = "channel"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class AcrossRow:
    """One variant with the channel or style in one profile; ranked: among how many."""

    name: str
    is_tried: bool
    is_withheld: bool
    rate: float | None
    rate_ci: Interval | None
    prediction: Interval | None
    rank_ci: tuple[int, int] | None
    ranked: int
    people: int
    experiments: int
    labs: int


@dataclass(frozen=True, slots=True)
class AcrossPart:
    """One profile, or everyone together, in the report on a channel or style."""

    code: str
    name: str
    sentence: str
    standing: Standing | None
    rows: tuple[AcrossRow, ...]


@dataclass(frozen=True, slots=True)
class AcrossReport:
    """How a channel or style does in every profile, in the language that was spoken."""

    kind: Kind
    name: str
    headline: str
    answer: tuple[str, ...]
    parts: tuple[AcrossPart, ...]
    sureness: str
    used: int
    considered: int
    # How many of the experiments used another lab has not published yet.
    unpublished: int
    is_protected: bool
    units: str
    margin: float


def list_members(record: PooledRecord, kind: Kind, code: str) -> frozenset[int]:
    """Return the places of the variants with a channel or style."""
    found = set()
    for place, (channel, style) in enumerate(record.variants):
        held, values = key_of(channel, style)
        codes = {held} if kind is Kind.CHANNEL else {value for _axis, value in values}
        if code in codes:
            found.add(place)
    return frozenset(found)


def list_codes(record: PooledRecord, spoken: Spoken, kind: Kind) -> list[tuple[str, str]]:
    """Return the channels or styles of a run with their names, in the order of those."""
    known = spoken.names.channels if kind is Kind.CHANNEL else spoken.names.styles
    held = [code for code in known if list_members(record, kind, code)]
    return sorted(((code, spoken.label(kind.value, code)) for code in held), key=lambda one: one[1])


def build_across(request: EvidenceRequest, kind: Kind, code: str) -> AcrossReport:
    """Return the report on a channel or style of a run."""
    members = list_members(request.record, kind, code)
    shown = show_evidence(request.record, request.rows, request.known_labs, request.unpublished)
    record, wording = shown.record, make_wording(request)
    parts = [_build_part(part, members, shown, wording) for part in record.profiles]
    if record.together and len(record.profiles) > 1:
        parts.insert(0, _build_part(record.together, members, shown, wording))
    apart = parts[1:] if len(parts) > 1 else parts
    name = wording.spoken.label(kind.value, code)
    verdicts = [(part.name, part.standing and part.standing.verdict) for part in apart]
    return AcrossReport(
        kind=kind,
        name=capitalise(name),
        headline=sentences.tell_headline(name, parts[0].standing, verdicts),
        answer=tuple(
            filter(
                None,
                (
                    sentences.tell_standing(parts[0].standing, wording) if parts else "",
                    sentences.tell_profiles(verdicts),
                ),
            )
        ),
        parts=tuple(parts),
        sureness=tell_heterogeneity(record.heterogeneity),
        used=len(record.experiments_used),
        considered=count_considered(record, request.not_used),
        unpublished=len(request.unpublished.intersection(record.experiments_used)),
        is_protected=shown.is_protected,
        units=wording.units,
        margin=record.margin,
    )


def _build_part(
    part: ProfileRecord, members: frozenset[int], shown: Shown, wording: Wording
) -> AcrossPart:
    standing = _find_standing(part, members, shown.record.margin, wording)
    withheld = {variant for profile, variant in shown.withheld if profile == part.profile}
    rows = [
        _build_row(one, part, withheld, wording)
        for one in _by_regret(part.variants)
        if one.variant in members and (one.is_tried or one.rate is not None)
    ]
    return AcrossPart(
        code=part.profile or "",
        name=capitalise(wording.spoken.profile(part.profile)),
        sentence=sentences.tell_standing(standing, wording),
        standing=standing,
        rows=tuple(rows),
    )


def _find_standing(
    part: ProfileRecord, members: frozenset[int], margin: float, wording: Wording
) -> Standing | None:
    """Return how the best variant with it does against the best one without, if that is known.

    A record holds each variant against the best other one. Of the best with and the best without,
    one is the best of all: then the other is held against it.
    """
    ranked = [one for one in _by_regret(part.variants) if one.rate is not None and one.part == 0]
    inside = next((one for one in ranked if one.variant in members), None)
    outside = next((one for one in ranked if one.variant not in members), None)
    if inside is None or outside is None:
        return None
    if inside.against == outside.variant and inside.verdict is not None:
        return _judge(inside, outside, inside, margin, wording)
    if outside.against == inside.variant and outside.verdict is not None:
        return _judge(inside, outside, outside, margin, wording)
    return None


def _judge(
    inside: VariantRecord,
    outside: VariantRecord,
    held: VariantRecord,
    margin: float,
    wording: Wording,
) -> Standing:
    """Return the standing; held: which of the two records holds the difference with the other."""
    sign = 1 if held is inside else -1
    difference = None if held.difference is None else sign * held.difference
    limits = held.difference_ci and tuple(sorted(sign * end for end in held.difference_ci))
    chance = held.probability_better
    verdict, side = judge_pair(
        limits and limits[0],
        limits and limits[1],
        chance if chance is None or sign == 1 else 1 - chance,
        margin,
        difference,
        wording.direction,
    )
    names = wording.spoken.variants
    return Standing(
        one=names[inside.variant],
        other=names[outside.variant],
        verdict=(WORSE.get(verdict) if side < 0 else None) or verdict.value,
        difference=difference,
        difference_ci=limits,
    )


def _build_row(
    one: VariantRecord, part: ProfileRecord, withheld: set[int], wording: Wording
) -> AcrossRow:
    prediction = next((each for each in one.predictions if each.living_lab is None), None)
    return AcrossRow(
        name=wording.spoken.variants[one.variant],
        is_tried=one.is_tried,
        is_withheld=one.variant in withheld,
        rate=one.rate,
        rate_ci=one.rate_ci,
        prediction=prediction.rate if prediction else None,
        rank_ci=one.rank_ci,
        ranked=_count_ranked(part, one),
        people=one.counted.people,
        experiments=one.counted.experiments,
        labs=one.counted.labs,
    )


def _count_ranked(part: ProfileRecord, one: VariantRecord) -> int:
    held = find_variant(part, one.variant)
    return sum(
        each.rank_ci is not None and each.part == held.part for each in part.variants if held
    )


def _by_regret(variants: Iterable[VariantRecord]) -> Sequence[VariantRecord]:
    return sorted(
        variants,
        key=lambda one: (one.expected_regret is None, one.part, one.expected_regret or 0.0),
    )
