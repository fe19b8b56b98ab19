"""What pages on advice show: each rule as a card of sentences, rows and sources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from flask_babel import gettext as _
from markupsafe import Markup

from analysis import advice_sentences as words
from analysis import remark_sentences
from analysis.change_sentences import (
    write_change,
    write_overturn,
    write_review,
    write_support,
    write_sureness,
)
from analysis.changes import ProposalChange
from analysis.charts import draw_axis, draw_interval, interval_scale
from analysis.evidence import RateEvidence, RuleEvidence, Source
from analysis.kept_evidence import read_kept
from analysis.models.advice import AdviceRuleVersion, ProposalState, VersionState
from analysis.queries.advice import ListedVersion
from analysis.strength_rules import grow_old, read_strength
from analysis.strength_sentences import ShownStrength, show_strength
from analysis.summaries import compare_versions, find_date, is_due
from experiments.grade import Grade, GradeReason
from experiments.labels import GRADE_REASONS, GRADES
from experiments.models.experiments import ExperimentStatus
from lab import formats
from lab.i18n import in_language

# Of experiments of which the report is not public, by number: how far each is now. None where only
# the own team reads along, to whom it does not matter.
Unpublished = Mapping[int, ExperimentStatus] | None
# Of other experiments everybody may know that they count, not yet what they are about.
TITLED = {None, ExperimentStatus.PUBLISHED, ExperimentStatus.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class SourceLine:
    """An experiment that a rule rests on, in words."""

    experiment_id: int
    title: str
    place: str
    period: str
    reference: str
    has_public_report: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class RateRow:
    """One variant with its rate, for the table of rows with a drawing."""

    name: str
    is_control: bool
    drawing: Markup
    rate: str
    interval: str
    count: str


@dataclass(frozen=True, slots=True)
class RuleCard:
    """One version of a rule as people read it."""

    rule_id: int
    version_id: int
    number: int
    state: VersionState
    state_label: str
    proposal_state: ProposalState
    proposal_label: str
    verdict: str
    for_whom: str
    context: list[str]
    advice: str
    counts: str
    difference: str
    # What a municipality may expect that never tried it; empty when that is not known.
    new_lab: str
    # How much further than the rule itself its evidence reaches.
    reach: list[str]
    # What the verdict holds the advice against; empty where the sentences say so.
    compared_with: str
    beaten: str
    strength: ShownStrength
    # Whether it rests on all labs, so that it can be weighed to the residents of a place.
    rests_on_all_labs: bool
    # In the words of whoever edited it; empty where nobody did.
    conditions: str
    review: str
    is_past_review: bool
    sureness: str
    support: list[str]
    overturn: list[str]
    arguments_for: list[str]
    arguments_against: list[str]
    grade: str
    grade_meaning: str
    grade_reasons: list[str]
    sources: list[SourceLine]
    source_summary: str
    limits_of_use: list[str]
    axis: Markup
    rows: list[RateRow]
    comparisons: int
    is_protected: bool
    proposed_at: datetime
    proposed_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str
    retired_at: datetime | None
    retired_by: str | None
    retirement_reason: str


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What stands in force for a rule, and what is proposed for it now."""

    in_force: RuleCard | None
    newest: RuleCard
    earlier: list[RuleCard]
    # What the newest version does to what is in force, where nobody decided on it.
    change: ProposalChange | None = None

    @property
    def change_label(self) -> str:
        """Return what changes, as a shape and a word."""
        return write_change(self.change) if self.change else ""

    @property
    def is_unchanged(self) -> bool:
        """Tell whether the newest version waits, and says what is in force already."""
        return self.change is ProposalChange.UNCHANGED


def build_cards(listed: Sequence[ListedVersion], unpublished: Unpublished = None) -> list[RuleCard]:
    """Return versions as cards that all count in the same round number.

    With the experiments that are not public now, the cards say what became of these.
    """
    evidence = [read_kept(one.version) for one in listed]
    return _build_all(list(zip(listed, evidence, strict=True)), unpublished)


def build_changes(
    listed: Sequence[ListedVersion],
    in_force: Mapping[int, ListedVersion],
    exact: Mapping[int, RuleEvidence],
) -> list[RuleChange]:
    """Return per rule what is in force and what an experiment proposes, newest version first."""
    others = [one for one in in_force.values() if one.version.id not in _ids(listed)]
    pairs = [
        (one, exact.get(one.version.id) or read_kept(one.version)) for one in (*listed, *others)
    ]
    cards = {card.version_id: card for card in _build_all(pairs, None)}
    changes: dict[int, RuleChange] = {}
    for one in listed:
        card = cards[one.version.id]
        if one.rule.id in changes:
            changes[one.rule.id].earlier.append(card)
            continue
        held = in_force.get(one.rule.id)
        changes[one.rule.id] = RuleChange(
            held and cards[held.version.id], card, [], find_proposed_change(one, held)
        )
    return list(changes.values())


def find_proposed_change(
    proposed: ListedVersion, in_force: ListedVersion | None
) -> ProposalChange | None:
    """Return what a proposal changes of what is in force; None where it was decided on."""
    if proposed.version.state is not VersionState.PROPOSED:
        return None
    return compare_versions(in_force and in_force.version, proposed.version, find_today())


def find_today() -> date:
    """Return the day on which a page is shown."""
    return datetime.now(UTC).date()


def build_card(
    listed: ListedVersion, evidence: RuleEvidence, unpublished: Unpublished = None
) -> RuleCard:
    """Return one version as a card with this evidence, which may be more exact than it kept."""
    return _build_all([(listed, evidence)], unpublished)[0]


def list_source_experiments(listed: Iterable[ListedVersion]) -> set[int]:
    """Return the experiments that versions rest on."""
    return {
        source.experiment_id for one in listed for source in read_kept(one.version).basis.sources
    }


def _ids(listed: Iterable[ListedVersion]) -> set[int]:
    return {one.version.id for one in listed}


def _build_all(
    pairs: list[tuple[ListedVersion, RuleEvidence]], unpublished: Unpublished
) -> list[RuleCard]:
    base = words.choose_base(evidence for _listed, evidence in pairs)
    return [_build(listed, evidence, base, unpublished) for listed, evidence in pairs]


def _build(
    listed: ListedVersion, evidence: RuleEvidence, base: int, unpublished: Unpublished
) -> RuleCard:
    version, basis = listed.version, evidence.basis
    sources = [_hide_subject(one, _status_of(one, unpublished)) for one in basis.sources]
    axis, rows = _build_rows(evidence)
    return RuleCard(
        rule_id=listed.rule.id,
        version_id=version.id,
        number=version.number,
        state=version.state,
        state_label=str(words.VERSION_STATES[version.state]),
        proposal_state=version.proposal_state,
        proposal_label=str(words.PROPOSAL_STATES[version.proposal_state]),
        verdict=version.verdict.value,
        for_whom=words.write_for_whom(evidence),
        context=[in_language(one, "name") for one in (listed.issue_type, listed.phase) if one],
        advice=words.write_advice(version.proposal_state, evidence),
        counts=words.write_counts(evidence, base),
        difference=words.write_difference(evidence, base),
        new_lab=words.write_new_lab(evidence, base),
        reach=remark_sentences.list_reach(evidence),
        compared_with=words.write_compared_with(evidence),
        beaten=words.write_beaten(evidence),
        strength=_show_strength(version, evidence),
        rests_on_all_labs=basis.is_pooled and version.living_lab_id is None,
        conditions=version.conditions,
        review=write_review(find_date(version), is_due(version, find_today())),
        is_past_review=is_due(version, find_today()),
        sureness=write_sureness(evidence),
        support=write_support(evidence.support),
        overturn=write_overturn(version.proposal_state, evidence),
        arguments_for=remark_sentences.list_remarks(evidence, are_against=False),
        arguments_against=remark_sentences.list_remarks(evidence, are_against=True),
        grade=basis.grade,
        grade_meaning=str(GRADES[Grade(basis.grade)]),
        grade_reasons=[
            *(str(GRADE_REASONS[GradeReason(one)]) for one in basis.grade_reasons),
            *words.list_grades(sources),
        ],
        sources=[_build_source(one, _status_of(one, unpublished)) for one in sources],
        source_summary=words.write_sources(sources),
        limits_of_use=words.write_limits_of_use(sources),
        axis=axis,
        rows=rows,
        comparisons=evidence.part.comparisons,
        is_protected=evidence.is_protected,
        proposed_at=version.proposed_at,
        proposed_by=listed.proposed_by,
        decided_at=version.decided_at,
        decided_by=listed.decided_by,
        decision_reason=version.decision_reason,
        retired_at=version.retired_at,
        retired_by=listed.retired_by,
        retirement_reason=version.retirement_reason,
    )


def _show_strength(version: AdviceRuleVersion, evidence: RuleEvidence) -> ShownStrength:
    strength = read_strength(version.proposal_state, evidence)
    if is_due(version, find_today()):
        strength = grow_old(strength)
    return show_strength(strength, version.proposal_state)


def _status_of(source: Source, unpublished: Unpublished) -> ExperimentStatus | None:
    if unpublished is None:
        return None
    return unpublished.get(source.experiment_id, ExperimentStatus.PUBLISHED)


def _hide_subject(source: Source, status: ExperimentStatus | None) -> Source:
    """Return an experiment without what it is about, where that is not public yet."""
    if status in TITLED:
        return source
    return replace(source, title=_("not published yet").capitalize(), reference="")


def _build_source(source: Source, status: ExperimentStatus | None) -> SourceLine:
    names = dict.fromkeys(name for name in (source.living_lab, source.municipality) if name)
    return SourceLine(
        experiment_id=source.experiment_id,
        title=source.title,
        place=", ".join(names),
        period=words.write_period(source.starts_on, source.ends_on),
        reference=source.reference,
        has_public_report=status is ExperimentStatus.PUBLISHED,
        is_withdrawn=status is ExperimentStatus.WITHDRAWN,
    )


def _build_rows(evidence: RuleEvidence) -> tuple[Markup, list[RateRow]]:
    known = [rate for rate in evidence.part.rates if rate.rate is not None]
    if not known:
        return Markup(""), []
    scale = interval_scale(
        value for rate in known for value in (rate.rate, rate.ci_lower, rate.ci_upper)
    )
    return draw_axis(scale), [_build_row(rate, evidence, scale) for rate in known]


def _build_row(rate: RateEvidence, evidence: RuleEvidence, scale) -> RateRow:
    variant = evidence.basis.variants[rate.variant]
    name = words.name_variant(variant)
    ends = {} if rate.ci_lower is None else {95: (rate.ci_lower, rate.ci_upper)}
    return RateRow(
        name=name,
        is_control=variant.is_control,
        drawing=draw_interval(rate.rate, ends, scale, label=name),
        rate=formats.percent(rate.rate),
        interval=formats.interval(rate.ci_lower, rate.ci_upper),
        count=words.write_people(rate),
    )
