"""From the record of a pooled run to the evidence that proposals are made from."""

from collections.abc import Iterable, Sequence

from analysis.evidence import (
    POOLED,
    Basis,
    ComparedVariant,
    Evidence,
    NamedProfile,
    Outcome,
    ProfileEvidence,
    RateEvidence,
    Source,
)
from analysis.pooled.record import PooledRecord, Prediction, ProfileRecord, VariantRecord
from analysis.pooled.scope import Scope
from analysis.pooled.selection import EVERYONE, Name, NamedExperiment, Names
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import parse_style
from analysis.stats.results import Verdict
from experiments.naming import name_variant

CONFIDENCE_LEVEL = 0.95
UNKNOWN = Name("?", "?")


def gather_pooled_evidence(record: PooledRecord, scope: Scope, names: Names) -> Evidence:
    """Return the evidence of all experiments of a run: per profile, and over all of them."""
    is_lower_better = scope.outcome.direction == Direction.LOWER
    return Evidence(
        basis=describe_basis(record, scope, names),
        profiles=tuple(
            _gather_part(part, _name_profile(part.profile, names), is_lower_better)
            for part in record.profiles
            if part.profile and part.profile.isdecimal()
        ),
        together=_gather_part(find_part(record, None), None, is_lower_better),
        are_profiles_alike=record.are_profiles_alike,
    )


def find_part(record: PooledRecord, profile_id: int | None) -> ProfileRecord | None:
    """Return what a run tells about a profile, or about everyone."""
    if profile_id is not None:
        return record.find_profile(str(profile_id))
    # Where no experiment looks at profiles, everyone is all that there is.
    return record.find_profile(EVERYONE) or record.together


def describe_basis(record: PooledRecord, scope: Scope, names: Names) -> Basis:
    """Return what the evidence for all profiles of a run has in common."""
    outcome, used = scope.outcome, record.experiments_used
    known = {code: names.experiments[code] for code in used if code in names.experiments}
    return Basis(
        estimator=POOLED,
        method_version=record.method_version,
        variants=tuple(
            _name_variant(channel, style, names, outcome.denominator_kind.value)
            for channel, style in record.variants
        ),
        outcome=Outcome(
            numerator_step=outcome.numerator_step,
            denominator_step=outcome.denominator_step,
            denominator_kind=outcome.denominator_kind,
            margin=record.margin,
            direction=outcome.direction,
        ),
        confidence_level=CONFIDENCE_LEVEL,
        grade=max((one.grade for one in known.values()), default=max(scope.grades)),
        sources=tuple(_list_sources(known, names)),
    )


def _list_sources(known: dict[str, NamedExperiment], names: Names) -> Iterable[Source]:
    labs = {name: code for code, name in names.labs.items()}
    for code, one in known.items():
        # An experiment names its lab, or gives its code.
        lab = one.living_lab if one.living_lab in names.labs else labs.get(one.living_lab)
        yield Source(
            experiment_id=int(code),
            title=one.title,
            living_lab=names.labs.get(lab, one.living_lab),
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            reference=one.reference,
            living_lab_id=int(lab) if lab else None,
            grade=one.grade,
        )


def list_style_ids(style: str) -> tuple[int, ...]:
    """Return the numbers of the styles in a code of a variant's style."""
    return tuple(int(value) for value in parse_style(style).values() if value)


def _name_variant(channel: str, style: str, names: Names, kind: str) -> ComparedVariant:
    style_ids = list_style_ids(style)
    styles = [_Named(names.styles.get(str(number), UNKNOWN)) for number in style_ids]
    called = _Named(names.channels.get(channel, UNKNOWN))
    return ComparedVariant(
        name_nl=name_variant(called, styles, "nl"),
        name_en=name_variant(called, styles, "en"),
        channel_id=int(channel),
        style_ids=style_ids,
        denominator_kind=kind,
    )


class _Named:
    """A label as the names of variants ask for it."""

    def __init__(self, name: Name) -> None:
        self.name_nl, self.name_en = name.nl, name.en


def _name_profile(code: str, names: Names) -> NamedProfile:
    name = names.profiles.get(code, UNKNOWN)
    return NamedProfile(int(code), name.nl, name.en)


def _gather_part(
    part: ProfileRecord | None, profile: NamedProfile | None, is_lower_better: bool
) -> ProfileEvidence:
    leader = part.advised if part else None
    if leader is None:
        return ProfileEvidence(profile, (), Verdict.NOT_ENOUGH_DATA)
    prediction = _find_new_lab(leader.predictions)
    shown = list_compared(part, leader)
    return ProfileEvidence(
        profile=profile,
        rates=_list_rates(shown, is_lower_better),
        verdict=leader.verdict or Verdict.NOT_ENOUGH_DATA,
        leader=leader.variant,
        reference=leader.against,
        difference=leader.difference,
        lower=leader.difference_ci and leader.difference_ci[0],
        upper=leader.difference_ci and leader.difference_ci[1],
        probability_better=leader.probability_better,
        near_best=leader.p_within_margin,
        expected_loss=leader.expected_regret,
        comparisons=len(shown) * (len(shown) - 1) // 2,
        new_lab_rate=prediction and prediction.rate,
        new_lab_difference=prediction and prediction.difference,
        beaten=_list_beaten(part, leader, shown),
    )


def _list_beaten(
    part: ProfileRecord, leader: VariantRecord, shown: Iterable[VariantRecord]
) -> tuple[int, ...]:
    worse = {claim.worse for claim in part.claims if claim.better == leader.variant}
    return tuple(sorted(one.variant for one in shown if one.variant in worse))


def list_compared(part: ProfileRecord, leader: VariantRecord) -> list[VariantRecord]:
    """Return the variants that can be ranked with the leader: those tried, it and its rival."""
    pair = (leader.variant, leader.against)
    return [
        one
        for one in part.variants
        if one.part == leader.part
        and one.rate is not None
        and (one.is_tried or one.variant in pair)
    ]


def _list_rates(shown: Sequence[VariantRecord], is_lower_better: bool) -> tuple[RateEvidence, ...]:
    # The best one first: there can be many.
    ordered = sorted(shown, key=lambda one: one.rate, reverse=not is_lower_better)
    return tuple(
        RateEvidence(
            variant=one.variant,
            numerator=None if _is_withheld(one) else one.counted.responses,
            denominator=None if _is_withheld(one) else one.counted.people,
            rate=one.rate,
            ci_lower=one.rate_ci and one.rate_ci[0],
            ci_upper=one.rate_ci and one.rate_ci[1],
            new_lab_rate=_find_new_lab_rate(one),
        )
        for one in ordered
    )


def _find_new_lab_rate(one: VariantRecord) -> tuple[float, float] | None:
    prediction = _find_new_lab(one.predictions)
    return prediction and prediction.rate


def _is_withheld(one: VariantRecord) -> bool:
    # Every experiment counted few people, and only all together are enough for a figure.
    return one.is_tried and not one.counted.people


def _find_new_lab(predictions: Iterable[Prediction]) -> Prediction | None:
    return next((one for one in predictions if one.living_lab is None), None)
