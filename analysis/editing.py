"""A proposal as a person would rather have it: another variant, with reserve, in other words."""

from dataclasses import replace
from enum import StrEnum

from analysis.advice import Remark
from analysis.evidence import ProfileEvidence, RuleEvidence
from analysis.models.advice import ProposalState
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict
from analysis.strength_rules import assess_strength

ADVICE = {ProposalState.ADVISE, ProposalState.TENTATIVE}


class EditRefusal(StrEnum):
    """Why a proposal cannot be edited like this."""

    NOTHING_CHANGED = "nothing_changed"
    VARIANT_IS_WORSE = "variant_is_worse"
    UNSURE_CHOICE = "unsure_choice"
    NOTHING_TO_ADVISE = "nothing_to_advise"


def list_choices(evidence: RuleEvidence) -> list[int]:
    """Return the variants that may be advised: none of them is clearly worse than the leader."""
    part = evidence.part
    if part.leader is None:
        return []
    is_lower = evidence.basis.outcome.direction == Direction.LOWER
    is_clear = part.verdict is Verdict.CLEARLY_BETTER
    beaten = set(part.beaten) | ({part.reference} if is_clear else set())
    others = [
        one.variant
        for one in part.rates
        if one.variant not in beaten and not _lies_apart(part, one.variant, is_lower)
    ]
    return list(dict.fromkeys([part.leader, *others]))


def edit_evidence(
    evidence: RuleEvidence, state: ProposalState, variant: int | None
) -> tuple[RuleEvidence, EditRefusal | None]:
    """Return the evidence of an edited proposal, or why it cannot be like this."""
    part = evidence.part
    if state not in ADVICE:
        return replace(evidence, overturn=None), None
    chosen = part.leader if variant is None else variant
    if chosen is None:
        return evidence, EditRefusal.NOTHING_TO_ADVISE
    if chosen not in list_choices(evidence):
        return evidence, EditRefusal.VARIANT_IS_WORSE
    if chosen == part.leader:
        return _assess(evidence, state), None
    if state is ProposalState.ADVISE:
        return evidence, EditRefusal.UNSURE_CHOICE
    other = replace(
        evidence,
        part=_choose(part, chosen),
        remarks=tuple(dict.fromkeys((*evidence.remarks, Remark.RIVAL_AS_GOOD))),
        # Both were about the variant that leads.
        overturn=None,
        support=None,
    )
    return _assess(other, state), None


def _choose(part: ProfileEvidence, chosen: int) -> ProfileEvidence:
    """Return a part in which another variant stands first, held against the one that leads."""
    is_rival = chosen == part.reference
    verdict = part.verdict if part.verdict is Verdict.NO_DIFFERENCE else Verdict.NOT_ENOUGH_DATA
    return replace(
        part,
        verdict=verdict,
        leader=chosen,
        reference=part.leader,
        difference=-part.difference if is_rival and part.difference is not None else None,
        lower=-part.upper if is_rival and part.upper is not None else None,
        upper=-part.lower if is_rival and part.lower is not None else None,
        probability_better=1 - part.probability_better
        if is_rival and part.probability_better is not None
        else None,
        near_best=None,
        expected_loss=None,
        new_lab_rate=None,
        new_lab_difference=None,
        beaten=(),
    )


def _assess(evidence: RuleEvidence, state: ProposalState) -> RuleEvidence:
    kept = () if evidence.strength is None else evidence.strength.guardrails
    strength = assess_strength(state, evidence.remarks, evidence.basis.is_pooled, kept)
    return replace(evidence, strength=strength)


def _lies_apart(part: ProfileEvidence, variant: int, is_lower: bool) -> bool:
    """Tell whether the interval of a variant lies wholly on the worse side of the leader's."""
    one, leader = part.find_rate(variant), part.find_rate(part.leader)
    if None in (one, leader) or None in (one.ci_lower, leader.ci_lower):
        return True
    if is_lower:
        return one.ci_lower > leader.ci_upper
    return one.ci_upper < leader.ci_lower
