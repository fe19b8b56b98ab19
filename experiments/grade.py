"""How much the result of an experiment can prove, from what is recorded about it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from experiments.models.experiments import DesignType

LOTTERIES = {DesignType.RANDOMISED, DesignType.CLUSTER_RANDOMISED}


class Grade(StrEnum):
    """How much a result can prove, from most to least, and P apart from those."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    P = "P"


class GradeReason(StrEnum):
    """Why an experiment has its grade."""

    LOTTERY = "lottery"
    TAKING_TURNS = "taking_turns"
    NO_LOTTERY = "no_lottery"
    BEFORE_AFTER = "before_after"
    AFTERWARDS_COMPARED = "afterwards_compared"
    AFTERWARDS_ALONE = "afterwards_alone"
    NOTHING_COMPARED = "nothing_compared"
    STATED_PREFERENCE = "stated_preference"
    REGISTERED_BEFORE = "registered_before"
    REGISTERED_AFTER = "registered_after"
    NOT_REGISTERED = "not_registered"
    ENTERED_AFTERWARDS = "entered_afterwards"
    DENOMINATOR_COUNTED = "denominator_counted"
    DENOMINATOR_ESTIMATED = "denominator_estimated"
    DENOMINATOR_UNKNOWN = "denominator_unknown"
    NOTHING_COUNTED_YET = "nothing_counted_yet"


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """What is recorded about an experiment that its grade follows from.

    first_day_on, last_day_on: of the field work, from its dates and its counts.
    has_counts: whether anything was counted at all.
    is_denominator_known: everywhere in the counts, in one and the same step.
    is_denominator_counted: nowhere estimated, nor reported by a platform.
    """

    design_type: DesignType
    variant_count: int
    has_control: bool = False
    created_on: date | None = None
    registered_on: date | None = None
    first_day_on: date | None = None
    last_day_on: date | None = None
    has_counts: bool = False
    is_denominator_known: bool = False
    is_denominator_counted: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceGrade:
    """A grade with the reasons for it; provisional as long as nothing was counted."""

    grade: Grade
    reasons: tuple[GradeReason, ...]
    is_provisional: bool = False
    is_entered_afterwards: bool = False


def grade_experiment(facts: GradeFacts) -> EvidenceGrade:
    """Return what the result of an experiment can prove at most, and why."""
    if facts.design_type is DesignType.VIGNETTE:
        return EvidenceGrade(Grade.P, (GradeReason.STATED_PREFERENCE,), not facts.has_counts)
    grade, design = _grade_design(facts)
    registration = _judge_registration(facts)
    denominator = _judge_denominator(facts)
    if denominator is GradeReason.DENOMINATOR_UNKNOWN:
        grade = Grade.D
    is_beforehand = registration is GradeReason.REGISTERED_BEFORE
    is_counted = denominator is not GradeReason.DENOMINATOR_ESTIMATED
    if grade is Grade.B and is_beforehand and is_counted:
        grade = Grade.A
    return EvidenceGrade(
        grade,
        (design, registration, denominator),
        is_provisional=not facts.has_counts,
        is_entered_afterwards=registration is GradeReason.ENTERED_AFTERWARDS,
    )


def _grade_design(facts: GradeFacts) -> tuple[Grade, GradeReason]:
    if facts.design_type is DesignType.RETROSPECTIVE:
        # Without a group that got the usual, afterwards nobody knows what would have happened.
        if facts.variant_count > 1 and facts.has_control:
            return Grade.C, GradeReason.AFTERWARDS_COMPARED
        return Grade.D, GradeReason.AFTERWARDS_ALONE
    # A plan without variants can still become what it means to be.
    if facts.variant_count < 2 and facts.has_counts:
        return Grade.D, GradeReason.NOTHING_COMPARED
    if facts.design_type in LOTTERIES:
        return Grade.B, GradeReason.LOTTERY
    reasons = {
        # Who hands out can see whose turn it is, and may wait for the next door.
        DesignType.ALTERNATING: GradeReason.TAKING_TURNS,
        DesignType.COMPARISON: GradeReason.NO_LOTTERY,
        DesignType.BEFORE_AFTER: GradeReason.BEFORE_AFTER,
    }
    return Grade.C, reasons[facts.design_type]


def _judge_registration(facts: GradeFacts) -> GradeReason:
    ended_on, entered_on = facts.last_day_on, facts.created_on
    if ended_on and entered_on and entered_on > ended_on:
        return GradeReason.ENTERED_AFTERWARDS
    if facts.registered_on is None:
        return GradeReason.NOT_REGISTERED
    if facts.first_day_on and facts.registered_on > facts.first_day_on:
        return GradeReason.REGISTERED_AFTER
    return GradeReason.REGISTERED_BEFORE


def _judge_denominator(facts: GradeFacts) -> GradeReason:
    if not facts.has_counts:
        return GradeReason.NOTHING_COUNTED_YET
    if not facts.is_denominator_known:
        return GradeReason.DENOMINATOR_UNKNOWN
    if not facts.is_denominator_counted:
        return GradeReason.DENOMINATOR_ESTIMATED
    return GradeReason.DENOMINATOR_COUNTED
