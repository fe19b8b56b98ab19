"""From evidence to proposals for advice rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from analysis.evidence import Evidence, ProfileEvidence, count_different_things
from analysis.models.advice import ProposalState
from analysis.stats.results import Verdict, WarningCode

LOTTERY_GRADES = {"A", "B"}
# Measured afterwards without a comparison group, or what people said they would do.
UNFIT_GRADES = {"D", "P"}
SURE_ENOUGH = 0.9
# Counting people while whole households or streets were assigned makes intervals too narrow; a
# claim must survive limits twice as far away, which allows for a design effect of four.
WIDENING = 2.0


class Remark(StrEnum):
    """Why a proposal is what it is, and no stronger."""

    CLEAR_WITH_LOTTERY = "clear_with_lottery"
    DOUBT_ABOUT_BETTER = "doubt_about_better"
    NO_LOTTERY = "no_lottery"
    RIVAL_AS_GOOD = "rival_as_good"
    LOTTERY_WENT_WRONG = "lottery_went_wrong"
    CLUSTERS_LEAVE_DOUBT = "clusters_leave_doubt"
    CLUSTERS_LEAVE_NO_DOUBT = "clusters_leave_no_doubt"
    SMALL_EITHER_WAY = "small_either_way"
    TOO_FEW_COUNTED = "too_few_counted"
    DIFFERENT_THINGS = "different_things"
    PROFILES_ALIKE = "profiles_alike"
    CONTROL_LEADS = "control_leads"
    # Of evidence from many experiments together.
    CLEAR_TOGETHER = "clear_together"
    LITTLE_TO_LOSE = "little_to_lose"
    BETTER_THAN_SOME = "better_than_some"
    SEVERAL_LABS = "several_labs"
    ONE_LAB = "one_lab"
    FEW_EXPERIMENTS = "few_experiments"
    NEVER_TRIED = "never_tried"
    NOT_TRIED_HERE = "not_tried_here"
    NOT_COMPARED_DIRECTLY = "not_compared_directly"
    NOT_CONNECTED = "not_connected"
    EXPERIMENTS_DISAGREE = "experiments_disagree"
    ONE_DECIDES = "one_decides"
    LABS_DIFFER = "labs_differ"
    NEW_LAB_UNSURE = "new_lab_unsure"
    OVERDISPERSED = "overdispersed"
    ALL_PHASES = "all_phases"
    ALL_MATTERS = "all_matters"


# Remarks that keep a clearly better variant from being advised without reserve.
DOUBTS = {
    Remark.NO_LOTTERY,
    Remark.RIVAL_AS_GOOD,
    Remark.LOTTERY_WENT_WRONG,
    Remark.CLUSTERS_LEAVE_DOUBT,
    Remark.DIFFERENT_THINGS,
}


class Obstacle(StrEnum):
    """Why evidence leads to no proposal at all."""

    UNFIT_GRADE = "unfit_grade"
    NOTHING_COMPARED = "nothing_compared"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One rule that the evidence suggests, for a profile or, when that is None, for everyone."""

    part: ProfileEvidence
    state: ProposalState
    # Index of the variant that is advised; None when none is.
    variant: int | None
    remarks: tuple[Remark, ...]


def find_obstacle(evidence: Evidence) -> Obstacle | None:
    """Return why no rule may be proposed from this evidence, or None."""
    if evidence.basis.grade in UNFIT_GRADES:
        return Obstacle.UNFIT_GRADE
    compared = [part for part in (evidence.together, *evidence.profiles) if part.leader is not None]
    return None if compared else Obstacle.NOTHING_COMPARED


def propose_rules(evidence: Evidence, is_per_profile: bool | None = None) -> list[Proposal]:
    """Return one proposal per profile, or a single one where the profiles are alike.

    `is_per_profile` lets a person choose; profiles that are only known through the response never
    get a rule, and evidence without a comparison group gives none at all.
    """
    if find_obstacle(evidence):
        return []
    parts = [part for part in evidence.profiles if not part.is_exploratory]
    if is_per_profile is None:
        is_per_profile = not serves_everyone(evidence)
    if not is_per_profile:
        parts = [evidence.together]
    return [_propose(part, evidence) for part in parts]


def serves_everyone(evidence: Evidence) -> bool:
    """Tell whether one advice for everyone is what the evidence suggests."""
    usable = [part for part in evidence.profiles if not part.is_exploratory]
    if not usable:
        return True
    # What is clear in one profile must not drown in the others.
    is_lost = any(_is_lost(part, evidence.together) for part in usable)
    return evidence.are_profiles_alike is True and not is_lost


def _is_lost(part: ProfileEvidence, together: ProfileEvidence) -> bool:
    if part.verdict != Verdict.CLEARLY_BETTER:
        return False
    return (together.verdict, together.leader) != (part.verdict, part.leader)


def _propose(part: ProfileEvidence, evidence: Evidence) -> Proposal:
    remarks = tuple(_remark(part, evidence))
    state = _choose_state(part, remarks)
    is_advice = state in (ProposalState.ADVISE, ProposalState.TENTATIVE)
    return Proposal(part, state, part.leader if is_advice else None, remarks)


def _choose_state(part: ProfileEvidence, remarks: tuple[Remark, ...]) -> ProposalState:
    if part.verdict == Verdict.NO_DIFFERENCE:
        return ProposalState.NO_DIFFERENCE
    if part.verdict == Verdict.NOT_ENOUGH_DATA or part.leader is None:
        return ProposalState.NOT_ENOUGH
    if part.verdict == Verdict.CLEARLY_BETTER and not DOUBTS.intersection(remarks):
        return ProposalState.ADVISE
    return ProposalState.TENTATIVE


def _remark(part: ProfileEvidence, evidence: Evidence) -> Iterator[Remark]:
    is_known = part.verdict != Verdict.NOT_ENOUGH_DATA and part.leader is not None
    if part.profile is None and evidence.are_profiles_alike and is_known:
        yield Remark.PROFILES_ALIKE
    if is_known and count_different_things(evidence.basis, part):
        yield Remark.DIFFERENT_THINGS
    if part.verdict == Verdict.NO_DIFFERENCE:
        yield Remark.SMALL_EITHER_WAY
    elif part.verdict == Verdict.NOT_ENOUGH_DATA or part.leader is None:
        yield Remark.TOO_FEW_COUNTED
    else:
        yield from _remark_on_leader(part, evidence)


def _remark_on_leader(part: ProfileEvidence, evidence: Evidence) -> Iterator[Remark]:
    basis = evidence.basis
    warned = {code for code, _ in basis.warnings}
    has_lottery = basis.grade in LOTTERY_GRADES
    is_clear = part.verdict == Verdict.CLEARLY_BETTER
    if is_clear and has_lottery:
        yield Remark.CLEAR_WITH_LOTTERY
    if not is_clear:
        yield Remark.DOUBT_ABOUT_BETTER
    if not has_lottery:
        yield Remark.NO_LOTTERY
    if basis.variants[part.leader].is_control:
        yield Remark.CONTROL_LEADS
    if is_clear and not _stands_alone(part, basis.outcome.margin):
        yield Remark.RIVAL_AS_GOOD
    if WarningCode.SAMPLE_RATIO in warned:
        yield Remark.LOTTERY_WENT_WRONG
    if is_clear and WarningCode.CLUSTERED_COUNTED_AS_PERSONS in warned:
        clear = _survives_widening(part)
        yield Remark.CLUSTERS_LEAVE_NO_DOUBT if clear else Remark.CLUSTERS_LEAVE_DOUBT


def _stands_alone(part: ProfileEvidence, margin: float) -> bool:
    if part.near_best is None or part.expected_loss is None:
        return False
    return part.near_best >= SURE_ENOUGH and part.expected_loss < margin


def _survives_widening(part: ProfileEvidence) -> bool:
    if None in (part.difference, part.lower, part.upper):
        return False
    near_zero = part.lower if part.difference > 0 else part.upper
    widened = part.difference + WIDENING * (near_zero - part.difference)
    return widened * part.difference > 0
