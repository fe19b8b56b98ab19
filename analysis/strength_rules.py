"""What costs an advice its locks: from remarks on the evidence, unwanted effects and age."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from analysis.advice import Remark
from analysis.evidence import RuleEvidence
from analysis.guardrails import Guardrail
from analysis.models.advice import ProposalState
from analysis.strength import ALL_LOCKS, Ground, Loss, LossReason, Strength

# From three locks on, an advice without reserve is a strong recommendation.
STRONG = 3


class Recommendation(StrEnum):
    """What kind of recommendation a rule is (GRADE)."""

    STRONG = "strong"
    CONDITIONAL = "conditional"
    NONE = "none"


# Which remark on the evidence is which reason, on which ground, and what it costs alone.
COSTS: dict[Remark, tuple[Ground, LossReason, int]] = {
    Remark.NO_LOTTERY: (Ground.LOTTERY, LossReason.NO_LOTTERY, 2),
    Remark.LOTTERY_WENT_WRONG: (Ground.LOTTERY, LossReason.LOTTERY_WENT_WRONG, 1),
    Remark.CLUSTERS_LEAVE_DOUBT: (Ground.LOTTERY, LossReason.CLUSTERS_AS_PERSONS, 1),
    Remark.DOUBT_ABOUT_BETTER: (Ground.CHANCE, LossReason.MAY_BE_CHANCE, 1),
    Remark.RIVAL_AS_GOOD: (Ground.CHANCE, LossReason.RIVAL_AS_GOOD, 1),
    # The choice is safe, not surely better.
    Remark.LITTLE_TO_LOSE: (Ground.CHANCE, LossReason.RIVAL_AS_GOOD, 1),
    Remark.ONE_LAB: (Ground.FEW_SOURCES, LossReason.ONE_LAB, 1),
    Remark.FEW_EXPERIMENTS: (Ground.FEW_SOURCES, LossReason.FEW_EXPERIMENTS, 1),
    Remark.ONE_DECIDES: (Ground.FEW_SOURCES, LossReason.ONE_DECIDES, 1),
    Remark.LABS_DIFFER: (Ground.RESULTS_DIFFER, LossReason.LABS_DIFFER, 1),
    Remark.EXPERIMENTS_DISAGREE: (Ground.RESULTS_DIFFER, LossReason.EXPERIMENTS_DISAGREE, 1),
    Remark.NEW_LAB_UNSURE: (Ground.RESULTS_DIFFER, LossReason.NEW_LAB_UNSURE, 1),
    Remark.OVERDISPERSED: (Ground.RESULTS_DIFFER, LossReason.OVERDISPERSED, 1),
    Remark.NEVER_TRIED: (Ground.INDIRECT, LossReason.NEVER_TRIED, 2),
    Remark.NOT_TRIED_HERE: (Ground.INDIRECT, LossReason.NOT_TRIED_HERE, 1),
    Remark.NOT_COMPARED_DIRECTLY: (Ground.INDIRECT, LossReason.NOT_COMPARED_DIRECTLY, 1),
    Remark.DIFFERENT_THINGS: (Ground.INDIRECT, LossReason.DIFFERENT_THINGS, 1),
    Remark.ALL_PHASES: (Ground.INDIRECT, LossReason.OTHER_SITUATIONS, 1),
    Remark.ALL_MATTERS: (Ground.INDIRECT, LossReason.OTHER_SITUATIONS, 1),
}
GUARDRAIL_REASONS = {
    Guardrail.COMPLAINTS: LossReason.COMPLAINTS,
    Guardrail.OPT_OUTS: LossReason.OPT_OUTS,
    Guardrail.GROUP_NOT_REACHED: LossReason.GROUP_NOT_REACHED,
}
Cost = tuple[Ground, LossReason, int]


def assess_strength(
    state: ProposalState,
    remarks: Collection[str],
    is_pooled: bool,
    guardrails: Iterable[Guardrail] = (),
    is_past_review: bool = False,
) -> Strength:
    """Return how sure a rule is, from what was remarked on its evidence.

    One function for the evidence of one experiment and for that of many together: `is_pooled`
    tells which. guardrails: the unwanted effects that were found.
    """
    if state is ProposalState.NOT_ENOUGH:
        nothing = Loss(Ground.KNOWN_TOO_LITTLE, ALL_LOCKS, (LossReason.TOO_FEW_COUNTED,))
        return Strength(0, (nothing,))
    costs = [COSTS[Remark(code)] for code in remarks if Remark(code) in COSTS]
    if not is_pooled:
        # One experiment cannot show how much places differ.
        costs.append((Ground.FEW_SOURCES, LossReason.ONE_EXPERIMENT, 1))
        costs.append((Ground.RESULTS_DIFFER, LossReason.NEW_LAB_UNKNOWN, 1))
    costs += [(Ground.GUARDRAILS, GUARDRAIL_REASONS[one], 1) for one in guardrails]
    if is_past_review:
        costs.append((Ground.AGE, LossReason.PAST_REVIEW, 1))
    return _count(costs)


def read_strength(state: ProposalState, evidence: RuleEvidence) -> Strength:
    """Return how sure a kept version was; older ones kept no strength, but all it follows from."""
    if evidence.strength is not None:
        return evidence.strength
    return assess_strength(state, evidence.remarks, evidence.basis.is_pooled)


def grow_old(strength: Strength) -> Strength:
    """Return the strength of a rule past its review date; one that is old already stays so."""
    if any(loss.ground is Ground.AGE for loss in strength.losses):
        return strength
    age = Loss(Ground.AGE, 1, (LossReason.PAST_REVIEW,))
    return Strength(max(0, strength.locks - 1), (*strength.losses, age))


def recommend(state: ProposalState, strength: Strength) -> Recommendation:
    """Return what kind of recommendation a rule is."""
    if state not in (ProposalState.ADVISE, ProposalState.TENTATIVE):
        return Recommendation.NONE
    is_strong = state is ProposalState.ADVISE and strength.locks >= STRONG
    return Recommendation.STRONG if is_strong else Recommendation.CONDITIONAL


def _count(costs: Collection[Cost]) -> Strength:
    losses = [_gather(ground, costs) for ground in Ground]
    held = tuple(loss for loss in losses if loss is not None)
    return Strength(max(0, ALL_LOCKS - sum(loss.locks for loss in held)), held)


def _gather(ground: Ground, costs: Collection[Cost]) -> Loss | None:
    own = [(reason, locks) for on, reason, locks in costs if on is ground]
    if not own:
        return None
    reasons = tuple(dict.fromkeys(reason for reason, _locks in own))
    return Loss(ground, max(locks for _reason, locks in own), reasons)
