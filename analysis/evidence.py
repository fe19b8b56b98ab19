"""What advice rests on, in one shape for every estimator."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pydantic import TypeAdapter

from analysis.stats.cells import Direction
from analysis.stats.ranking import estimate_near_best
from analysis.stats.results import (
    ExperimentComparison,
    PairComparison,
    ProfileComparison,
    ProfilesAnswer,
    VariantEstimate,
    Verdict,
)
from analysis.strength import Strength

# Half of a 95 % interval is this many standard errors.
HALF_WIDTH = 1.959964
# The estimator of many experiments together.
POOLED = "pooled"


@dataclass(frozen=True, slots=True)
class ComparedVariant:
    """A variant as it was called when the evidence was gathered."""

    name_nl: str
    name_en: str
    channel_id: int
    style_ids: tuple[int, ...] = ()
    is_control: bool = False
    # What it counts; None where evidence was written down before this was kept.
    denominator_kind: str | None = None


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """A profile as it was called when the evidence was gathered."""

    id: int
    name_nl: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted, out of what, and which difference matters."""

    numerator_step: str
    denominator_step: str
    denominator_kind: str
    margin: float
    direction: str = Direction.HIGHER


@dataclass(frozen=True, slots=True)
class Source:
    """An experiment that the evidence comes from."""

    experiment_id: int
    title: str
    living_lab: str
    municipality: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    reference: str = ""
    # The lab that held it; None where evidence was written down before this was kept.
    living_lab_id: int | None = None
    # Empty where it is that of the evidence as a whole.
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """What the evidence for all profiles has in common."""

    estimator: str
    method_version: str
    variants: tuple[ComparedVariant, ...]
    outcome: Outcome
    confidence_level: float
    grade: str
    grade_reasons: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    # Codes with the parameters of their sentences, as the estimator gave them.
    warnings: tuple[tuple[str, tuple[tuple[str, str | int | float], ...]], ...] = ()

    @property
    def is_pooled(self) -> bool:
        """Tell whether it comes from many experiments together."""
        return self.estimator == POOLED


@dataclass(frozen=True, slots=True)
class RateEvidence:
    """The rate of one variant; counts are None where they are withheld or unknown."""

    variant: int
    numerator: int | None
    denominator: int | None
    rate: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    # What one new lab may show; known from several experiments only.
    new_lab_rate: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ProfileEvidence:
    """Which variant leads in one profile, or over everyone when `profile` is None.

    `difference` is leader minus reference on the outcome's own scale, with limits that hold
    together over the family. `near_best` is P(no variant is more than the margin better than the
    leader) and `expected_loss` what the leader loses on average to whichever is best. What a new
    lab may show is known from several labs only: the leader's rate, and its difference.
    """

    profile: NamedProfile | None
    rates: tuple[RateEvidence, ...]
    verdict: Verdict
    leader: int | None = None
    reference: int | None = None
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    probability_better: float | None = None
    near_best: float | None = None
    expected_loss: float | None = None
    # How many comparisons the limits hold for together.
    comparisons: int = 0
    is_exploratory: bool = False
    new_lab_rate: tuple[float, float] | None = None
    new_lab_difference: tuple[float, float] | None = None
    # The variants that the leader is clearly better than, where all were held against each other.
    beaten: tuple[int, ...] = ()

    @property
    def profile_id(self) -> int | None:
        """Return the number of the profile, None when this is about everyone."""
        return self.profile.id if self.profile else None

    def find_rate(self, variant: int | None) -> RateEvidence | None:
        """Return the rate of a variant."""
        return next((rate for rate in self.rates if rate.variant == variant), None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that proposals are made from: one part per profile, and all of them together."""

    basis: Basis
    profiles: tuple[ProfileEvidence, ...]
    together: ProfileEvidence
    # None when it is not known whether the profiles differ.
    are_profiles_alike: bool | None = None

    def find_part(self, profile_id: int | None) -> ProfileEvidence | None:
        """Return the part about a profile, or about everyone."""
        parts = (self.together, *self.profiles)
        return next((part for part in parts if part.profile_id == profile_id), None)


@dataclass(frozen=True, slots=True)
class Overturn:
    """The results of a next experiment that would change a rule.

    people: who get each of two variants, the leader and its rival. Results are shares, leader less
    rival in the good direction: another variant is advised from turns_below down (`becomes`), the
    advice falls back from weakens_below down, and is settled from settles_above up. None where no
    result of an experiment of this size does so. rival is the one of all that asks the smallest
    result to turn the advice; the advice is settled over settled_against, in an experiment of
    settled_people. Evidence from before all rivals were looked at (`rivals` is 0) has one rival.
    """

    people: int
    rival: int
    turns_below: float | None = None
    weakens_below: float | None = None
    settles_above: float | None = None
    becomes: int | None = None
    settled_against: int | None = None
    settled_people: int | None = None
    # How many rivals were looked at.
    rivals: int = 0


@dataclass(frozen=True, slots=True)
class Support:
    """How many experiments and labs found the leader ahead of its rival, and how many behind.

    unseen: experiments that held both, of which the own result is not shown to everybody.
    """

    experiments_for: int = 0
    labs_for: int = 0
    experiments_against: int = 0
    labs_against: int = 0
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class RuleEvidence:
    """The evidence of one version of a rule, as it is kept with it."""

    basis: Basis
    part: ProfileEvidence
    # Why the proposal is no stronger, or what else counts; codes of `analysis.advice.Remark`.
    remarks: tuple[str, ...] = field(default=())
    # Shares are rounded and small counts left out, for readers outside the lab.
    is_protected: bool = False
    # How sure it is; None where evidence was written down before this was kept.
    strength: Strength | None = None
    overturn: Overturn | None = None
    support: Support | None = None


RULE_EVIDENCE = TypeAdapter(RuleEvidence)


def write_evidence(evidence: RuleEvidence) -> dict:
    """Return evidence as plain values, to be kept with a version."""
    return RULE_EVIDENCE.dump_python(evidence, mode="json")


def count_different_things(basis: Basis, part: ProfileEvidence) -> bool:
    """Tell whether the two variants that a rule compares are counted in different things."""
    places = [one for one in (part.leader, part.reference) if one is not None]
    return len({basis.variants[one].denominator_kind for one in places}) > 1


def read_evidence(written: dict) -> RuleEvidence:
    """Return evidence from how it was written down."""
    return RULE_EVIDENCE.validate_python(written)


def gather_evidence(
    comparison: ExperimentComparison, basis: Basis, profiles: Sequence[NamedProfile]
) -> Evidence:
    """Return the evidence in the comparison of one experiment; its profiles go by their number."""
    named = {str(profile.id): profile for profile in profiles}
    outcome = basis.outcome
    return Evidence(
        basis=basis,
        profiles=tuple(
            _gather_part(part, named[part.profile], outcome, comparison.comparisons_in_family)
            for part in comparison.profiles
            if part.profile in named
        ),
        together=_gather_part(comparison.total, None, outcome, comparison.comparisons_in_total),
        are_profiles_alike={
            ProfilesAnswer.ALIKE: True,
            ProfilesAnswer.DIFFER: False,
        }.get(comparison.spread.answer),
    )


def _gather_part(
    part: ProfileComparison, profile: NamedProfile | None, outcome: Outcome, comparisons: int
) -> ProfileEvidence:
    evidence = ProfileEvidence(
        profile=profile,
        rates=tuple(_gather_rate(estimate) for estimate in part.variants),
        verdict=part.verdict,
        leader=part.leader,
        reference=part.opponent,
        comparisons=comparisons,
        is_exploratory=part.is_exploratory,
    )
    if part.leader is None or part.opponent is None:
        return evidence
    pair = part.find_pair(part.leader, part.opponent)
    return _add_pair(_add_rivals(evidence, outcome), pair) if pair else evidence


def withhold_numbers(part: ProfileEvidence) -> ProfileEvidence:
    """Return a part that only says which variant leads, for readers who may not see the counts."""
    return ProfileEvidence(
        profile=part.profile,
        rates=(),
        verdict=part.verdict,
        leader=part.leader,
        reference=part.reference,
        is_exploratory=part.is_exploratory,
    )


def _gather_rate(estimate: VariantEstimate) -> RateEvidence:
    return RateEvidence(
        variant=estimate.variant,
        numerator=estimate.numerator,
        denominator=estimate.denominator,
        rate=estimate.rate,
        ci_lower=estimate.ci_lower,
        ci_upper=estimate.ci_upper,
    )


def _add_pair(evidence: ProfileEvidence, pair: PairComparison) -> ProfileEvidence:
    # Over everyone, only the difference within profiles and waves is the variants' own.
    figures = pair.stratified or pair
    return replace(
        evidence,
        difference=figures.difference,
        lower=figures.simultaneous_lower,
        upper=figures.simultaneous_upper,
        probability_better=figures.probability_better,
    )


def _add_rivals(evidence: ProfileEvidence, outcome: Outcome) -> ProfileEvidence:
    known = [rate for rate in evidence.rates if rate.rate is not None and rate.ci_lower is not None]
    places = [rate.variant for rate in known]
    if evidence.leader not in places:
        return evidence
    best = estimate_near_best(
        places.index(evidence.leader),
        [rate.rate for rate in known],
        [(rate.ci_upper - rate.ci_lower) / (2 * HALF_WIDTH) for rate in known],
        outcome.margin,
        outcome.direction == Direction.LOWER,
    )
    return replace(evidence, near_best=best.probability, expected_loss=best.expected_loss)
