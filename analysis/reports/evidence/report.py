"""The report on what all labs together found: everything that its page and its print show."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from analysis import evidence_comparisons as comparisons
from analysis import evidence_sentences as sentences
from analysis.cases.table import Situation
from analysis.cases.telling import tell_situation
from analysis.evidence_names import Spoken
from analysis.evidence_wording import (
    Wording,
    choose_base,
    find_leader,
    find_prediction,
    find_variant,
)
from analysis.pooled.record import (
    Interval,
    PairRecord,
    PooledRecord,
    ProfileRecord,
    VariantRecord,
)
from analysis.pooled.scope import NotUsed
from analysis.reports.evidence.contents import (
    EvidencePart,
    EvidenceReport,
    EvidenceRequest,
    Forest,
    ForestRow,
    VariantRow,
)
from analysis.reports.evidence.differences import Findings, OwnFinding
from analysis.reports.evidence.labs import build_lab_rows
from analysis.reports.evidence.protection import Shown, show_evidence
from analysis.stats.pooled.connected import Connection
from analysis.stats.results import Verdict
from experiments.labels import DENOMINATOR_KINDS, capitalise
from lab.models.labels import DenominatorKind


def build_report(request: EvidenceRequest) -> EvidenceReport:
    """Return the report of a run, in the language being spoken."""
    shown = show_evidence(request.record, request.rows, request.known_labs, request.unpublished)
    record, wording = shown.record, make_wording(request)
    findings = Findings.of(shown, request.rows)
    builder = PartBuilder(request, shown, wording, findings)
    # Where there is one profile, it is everyone.
    together = record.together if len(record.profiles) > 1 else None
    main = together or (record.profiles[0] if len(record.profiles) == 1 else None)
    parts = tuple(builder.build(part) for part in record.profiles)
    return EvidenceReport(
        headline=_write_headline(record, main, wording, shown),
        verdict=_find_verdict(record, main),
        differ=_do_profiles_differ(record),
        answer=_write_answer(record, main, wording),
        known=sentences.tell_known(main, wording, is_short=True) if main else "",
        sureness=_write_sureness(record),
        influence=comparisons.tell_influence(record, wording),
        used=len(record.experiments_used),
        considered=count_considered(record, request.not_used),
        labs=len({request.names.experiments[one].living_lab for one in record.experiments_used}),
        together=builder.build(together) if together else None,
        profiles=parts,
        uncounted=sentences.tell_uncounted(record, request.asked, wording),
        unpublished=len(request.unpublished.intersection(record.experiments_used)),
        is_protected=shown.is_protected,
        units=wording.units,
        margin=record.margin,
    )


def make_wording(request: EvidenceRequest) -> Wording:
    """Return how a run speaks."""
    outcome = request.scope.outcome
    kind = outcome.denominator_kind
    kind = DenominatorKind.PEOPLE if kind is DenominatorKind.NONE else kind
    return Wording(
        spoken=Spoken.of(request.record, request.names),
        units=str(DENOMINATOR_KINDS[kind]),
        step=outcome.numerator_step.value,
        base=choose_base(request.record),
        margin=request.record.margin,
        direction=outcome.direction,
    )


def count_considered(record: PooledRecord, not_used: Sequence[NotUsed]) -> int:
    """Return how many experiments there were to choose from."""
    left_out = {str(one.experiment_id) for one in not_used if not one.is_partly}
    unused = {one.experiment for one in record.experiments_unused}
    return len(left_out | unused | set(record.experiments_used))


def write_code(record: PooledRecord, variant: int) -> str:
    """Return what a variant is known by in files: the numbers of its channel and its styles."""
    return "|".join(filter(None, record.variants[variant]))


def _do_profiles_differ(record: PooledRecord) -> bool:
    return record.are_profiles_alike is False and len(record.profiles) > 1


def _write_headline(
    record: PooledRecord, main: ProfileRecord | None, wording: Wording, shown: Shown
) -> str:
    if _do_profiles_differ(record):
        return _("What works best differs between the profiles.")
    if main is None and record.profiles:
        return sentences.tell_how_many(record)
    if main is None or not any(one.rate is not None for one in main.variants):
        return tell_situation(Situation.WITHHELD if shown.withheld else Situation.NOTHING_COMPARED)
    return _write_verdict(main, shown, wording)


def _write_verdict(part: ProfileRecord, shown: Shown, wording: Wording) -> str:
    """Return how the best variant compares, or that few people keep that from being told."""
    leader = find_leader(part)
    is_withheld = any(profile == part.profile for profile, _variant in shown.withheld)
    if is_withheld and (leader is None or leader.verdict is None):
        return tell_situation(Situation.WITHHELD)
    return sentences.tell_verdict(part, wording)


def _find_verdict(record: PooledRecord, main: ProfileRecord | None) -> str | None:
    differ = _do_profiles_differ(record)
    leader = main and find_leader(main)
    if differ or leader is None or leader.verdict is None:
        return None
    return leader.verdict.value


def _write_answer(
    record: PooledRecord, main: ProfileRecord | None, wording: Wording
) -> tuple[str, ...]:
    profiles = sentences.tell_profiles(record)
    if main is None:
        return tuple(filter(None, (profiles,)))
    differ = _do_profiles_differ(record)
    figures = [
        sentences.tell_figures(main, wording),
    ]
    known = [sentences.tell_known(main, wording)]
    expected = [
        sentences.tell_prediction(find_leader(main), wording),
        sentences.tell_difference_elsewhere(main),
    ]
    lines = [[profiles]] if differ else [figures, known, expected, [profiles]]
    return tuple(" ".join(filter(None, line)) for line in lines if any(line))


def _write_sureness(record: PooledRecord) -> tuple[str, ...]:
    found = (
        comparisons.tell_heterogeneity(record.heterogeneity),
        comparisons.tell_consistency(record.consistency),
    )
    return tuple(filter(None, found))


@dataclass(frozen=True, slots=True, eq=False)
class PartBuilder:
    """Builds the parts of one report."""

    request: EvidenceRequest
    shown: Shown
    wording: Wording
    findings: Findings

    def build(self, part: ProfileRecord, lab: str | None = None) -> EvidencePart:
        """Return a profile, or everyone; lab: where a new experiment would be held."""
        advised, wording = find_leader(part), self.wording
        withheld = {one for profile, one in self.shown.withheld if profile == part.profile}
        kept = self.request.record.find_profile(part.profile) or part
        counted = {one.variant for one in kept.variants if one.counted.people}
        is_told = advised is not None and advised.verdict is not None
        return EvidencePart(
            code=part.profile or "",
            name=capitalise(wording.spoken.profile(part.profile)),
            verdict=advised.verdict.value if is_told else None,
            headline=_write_verdict(part, self.shown, wording),
            sentences=self._write_sentences(part, lab),
            standing=sentences.tell_standing(part, wording),
            notes=self._write_notes(part, withheld),
            advised=wording.spoken.variants[advised.variant] if advised else "",
            advised_rate=advised.rate if advised else None,
            advised_ci=advised.rate_ci if advised else None,
            contenders=self._list_contenders(part, advised),
            is_withheld=bool(withheld) and not is_told,
            variants=tuple(
                self._build_variant(one, withheld, counted, lab) for one in _order(part)
            ),
            forests=tuple(self._build_forests(part, lab)),
            claims=self._list_claims(part),
        )

    def _list_contenders(
        self, part: ProfileRecord, leader: VariantRecord | None
    ) -> tuple[str, ...]:
        if leader is None or leader.verdict is not Verdict.NOT_ENOUGH_DATA:
            return ()
        return tuple(
            self.wording.spoken.variants[one.variant]
            for one in _order(part)
            if one.part == leader.part and one.rank_ci and one.rank_ci[0] == 1
        )

    def _list_claims(self, part: ProfileRecord) -> tuple[tuple[str, tuple[str, ...]], ...]:
        names = self.wording.spoken.variants
        return tuple(
            (names[better], tuple(names[one] for one in worse))
            for betters, worse in sentences.group_claims(part)
            for better in betters
        )

    def _write_sentences(self, part: ProfileRecord, lab: str | None) -> tuple[str, ...]:
        lines = (
            (sentences.tell_figures(part, self.wording),),
            (sentences.tell_known(part, self.wording),),
            (
                sentences.tell_prediction(find_leader(part), self.wording, lab),
                sentences.tell_difference_elsewhere(part, lab),
            ),
        )
        return tuple(" ".join(filter(None, line)) for line in lines if any(line))

    def _write_notes(self, part: ProfileRecord, withheld: set[int]) -> tuple[str, ...]:
        notes = [
            sentences.tell_apart(part, self.wording),
            sentences.tell_scarce(part, self.wording),
            sentences.tell_untried(part, self.wording),
        ]
        if withheld:
            names = self.wording.spoken.quote_all(sorted(withheld))
            notes.append(_("Few people, so not shown: %(names)s.", names=names))
        return tuple(filter(None, notes))

    def _build_variant(
        self, one: VariantRecord, withheld: set[int], counted: set[int], lab: str | None
    ) -> VariantRow:
        prediction = find_prediction(one, lab)
        is_hidden = one.variant in counted and not one.counted.people
        return VariantRow(
            code=write_code(self.shown.record, one.variant),
            name=self.wording.spoken.variants[one.variant],
            is_advised=one.is_advised,
            is_tried=one.is_tried,
            # A figure can rest on experiments that each counted few people.
            is_withheld=one.variant in withheld or is_hidden,
            is_ranked=one.rank_ci is not None,
            rate=one.rate,
            rate_ci=one.rate_ci,
            prediction=prediction.rate if prediction else None,
            effect=one.effect,
            effect_ci=one.effect_ci,
            rank_ci=one.rank_ci,
            near_best=one.p_within_margin,
            regret=one.expected_regret,
            people=one.counted.people,
            responses=one.counted.responses,
            experiments=one.counted.experiments,
            labs=one.counted.labs,
        )

    def _build_forests(self, part: ProfileRecord, lab: str | None):
        """Yield the comparison of the verdict first, then those with each other variant."""
        leader = find_leader(part)
        if leader is None or leader.against is None:
            return
        pairs = [pair for pair in part.pairs if pair.one == leader.variant] or [
            PairRecord(leader.variant, leader.against, Connection.DIRECT.value)
        ]
        for pair in sorted(pairs, key=lambda pair: pair.other != leader.against):
            yield self._build_forest(part, leader, pair, lab)

    def _build_forest(
        self, part: ProfileRecord, advised: VariantRecord, pair: PairRecord, lab: str | None
    ) -> Forest:
        found = self.findings.compare(part.profile, pair.one, pair.other)
        difference, limits, expected = _find_pooled(part, advised, pair.other, lab)
        rows = sorted(
            (self._build_row(one) for one in found),
            key=lambda row: (row.year or 0, row.lab, row.title),
        )
        said = (
            comparisons.tell_directness(pair, len(found)),
            comparisons.tell_otherwise(sum(row.divides_otherwise for row in rows)),
            comparisons.tell_path(pair, self.wording),
            comparisons.tell_anytime(pair, self.wording),
            comparisons.tell_evidence(pair),
        )
        spoken = self.wording.spoken
        return Forest(
            one=spoken.variants[pair.one],
            other=spoken.variants[pair.other],
            one_code=write_code(self.shown.record, pair.one),
            other_code=write_code(self.shown.record, pair.other),
            rows=tuple(rows),
            difference=difference,
            difference_ci=limits,
            prediction=expected,
            sentences=tuple(filter(None, said)),
            direct=pair.direct,
            direct_ci=pair.direct_ci,
            indirect=pair.indirect,
            indirect_ci=pair.indirect_ci,
            pvalue=pair.pvalue,
            anytime=pair.anytime,
            labs=build_lab_rows(self.findings, self.wording.spoken, part.profile, pair),
        )

    def _build_row(self, found: OwnFinding) -> ForestRow:
        held = self.wording.spoken.experiment(found.experiment)
        number = int(found.experiment)
        last_day = held.ends_on or held.starts_on
        return ForestRow(
            title=held.title,
            experiment_id=number if number in self.request.readable else None,
            lab=held.living_lab,
            lab_code=self.findings.labs.get(found.experiment, ""),
            grade=held.grade,
            year=last_day.year if last_day else None,
            difference=found.difference,
            difference_ci=found.difference_ci,
            one=found.one,
            other=found.other,
            people=found.people,
            divides_otherwise=found.experiment not in self.findings.asking,
        )


def _find_pooled(
    part: ProfileRecord, advised: VariantRecord, other: int, lab: str | None
) -> tuple[float | None, Interval | None, Interval | None]:
    """Return the advised variant less another: estimate, limits, and what a new lab may show."""
    if advised.against == other:
        prediction = find_prediction(advised, lab)
        expected = prediction.difference if prediction else None
        return advised.difference, advised.difference_ci, expected
    held = find_variant(part, other)
    # A record holds each variant against the best other one, which mostly is the advised.
    if held is None or held.against != advised.variant or held.difference is None:
        return None, None, None
    prediction = find_prediction(held, lab)
    expected = prediction.difference if prediction else None
    return -held.difference, _turn(held.difference_ci), _turn(expected)


def _turn(ends: Interval | None) -> Interval | None:
    return None if ends is None else (-ends[1], -ends[0])


def _order(part: ProfileRecord) -> list[VariantRecord]:
    """Return variants of least regret first, then those without a figure; none that are unknown."""
    held = [one for one in part.variants if one.is_tried or one.rate is not None]
    return sorted(
        held,
        key=lambda one: (
            one.expected_regret is None,
            one.part,
            one.expected_regret or 0.0,
            one.variant,
        ),
    )
