"""What the closed sets of experiments are called, for people."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from experiments.grade import Grade, GradeReason
from experiments.models.experiments import (
    AssignmentUnit,
    DesignType,
    Direction,
    ExperimentStatus,
    Purpose,
    Step,
)
from experiments.models.observations import CountMethod, ProfileBasis, ReviewState
from experiments.progress import Need
from lab import labels as lab_labels

Labels = Mapping[StrEnum, LazyString]

STATUSES: Labels = {
    ExperimentStatus.IDEA: _l("idea"),
    ExperimentStatus.PLANNED: _l("planned"),
    ExperimentStatus.REGISTERED: _l("registered"),
    ExperimentStatus.IN_FIELD: _l("in the field"),
    ExperimentStatus.CLOSED: _l("closed"),
    ExperimentStatus.ANALYSED: _l("analysed"),
    ExperimentStatus.PUBLISHED: _l("published"),
    ExperimentStatus.WITHDRAWN: _l("withdrawn"),
}
PURPOSES: Labels = {
    Purpose.RESEARCH: _l("research: find out what residents think"),
    Purpose.INFORMATION: _l("information: let residents know"),
    Purpose.ACTIVATION: _l("activation: get residents to act"),
}
DESIGN_TYPES: Labels = {
    DesignType.RANDOMISED: _l("lottery per person or household"),
    DesignType.CLUSTER_RANDOMISED: _l("lottery per street or area"),
    DesignType.ALTERNATING: _l("taking turns"),
    DesignType.COMPARISON: _l("comparison without a lottery"),
    DesignType.BEFORE_AFTER: _l("before and after"),
    DesignType.RETROSPECTIVE: _l("measured afterwards only"),
    DesignType.VIGNETTE: _l("made-up case put to people"),
}
ASSIGNMENT_UNITS: Labels = {
    AssignmentUnit.PERSON: _l("person"),
    AssignmentUnit.HOUSEHOLD: _l("household"),
    AssignmentUnit.STREET: _l("street"),
    AssignmentUnit.AREA: _l("neighbourhood"),
    AssignmentUnit.BUNDLE: _l("bundle"),
    AssignmentUnit.DAY: _l("day"),
}
STEPS: Labels = {
    Step.OFFERED: _l("offered"),
    Step.REACHED: _l("reached"),
    Step.RESPONDED: _l("responded"),
    Step.PARTICIPATED: _l("participated"),
}
DIRECTIONS: Labels = {
    Direction.HIGHER: _l("higher is better"),
    Direction.LOWER: _l("lower is better"),
}
PROFILE_BASES: Labels = {
    ProfileBasis.SELF_REPORT: _l("residents said so themselves"),
    ProfileBasis.PANEL: _l("known from a panel"),
    ProfileBasis.AREA_DOMINANT: _l("most common profile in the area"),
    ProfileBasis.AREA_MIX: _l("mix of profiles in the area"),
    ProfileBasis.RECORDS: _l("known from records"),
    ProfileBasis.UNKNOWN: _l("unknown"),
}
COUNT_METHODS: Labels = {
    CountMethod.COUNTED: _l("counted"),
    CountMethod.ESTIMATED: _l("estimated"),
    CountMethod.PLATFORM: _l("reported by a platform"),
}
REVIEW_STATES: Labels = {
    ReviewState.PENDING: _l("to be checked"),
    ReviewState.APPROVED: _l("approved"),
    ReviewState.RETURNED: _l("returned"),
    ReviewState.HELD: _l("on hold"),
}
DENOMINATOR_KINDS: Labels = lab_labels.DENOMINATOR_KINDS
NEEDS: Labels = {
    Need.QUESTION: _l("a question"),
    Need.FIRST_VARIANT: _l("a variant"),
    Need.TWO_VARIANTS: _l("at least two variants"),
    Need.ONE_CONTROL: _l("at most one control"),
    Need.SHARES: _l("shares that make 100 together, or none at all"),
    Need.PROFILES: _l("profiles, or the choice to look at all residents together"),
    Need.FIRST_DAY: _l("the first day"),
    Need.LAST_DAY: _l("the last day"),
    Need.COUNTS: _l("counts"),
}
GRADE_REASONS: Labels = {
    GradeReason.LOTTERY: _l("A lottery decided who got which variant."),
    GradeReason.TAKING_TURNS: _l(
        "Taking turns is no lottery: whoever hands out knows what comes next."
    ),
    GradeReason.NO_LOTTERY: _l("There was no lottery: the groups may differ in other ways."),
    GradeReason.BEFORE_AFTER: _l(
        "Before and after were compared: other things changed in that time too."
    ),
    GradeReason.AFTERWARDS_COMPARED: _l("Measured afterwards only, beside a comparison group."),
    GradeReason.AFTERWARDS_ALONE: _l("Measured afterwards only, without a comparison group."),
    GradeReason.NOTHING_COMPARED: _l("There are no two variants to compare."),
    GradeReason.STATED_PREFERENCE: _l("People said what they would do. Nobody saw what they did."),
    GradeReason.REGISTERED_BEFORE: _l("Registered before the field work began."),
    GradeReason.REGISTERED_AFTER: _l("Registered only after the field work began."),
    GradeReason.NOT_REGISTERED: _l("Not registered."),
    GradeReason.ENTERED_AFTERWARDS: _l("Entered here only after it ended."),
    GradeReason.DENOMINATOR_COUNTED: _l("It was counted how many people could respond."),
    GradeReason.DENOMINATOR_ESTIMATED: _l(
        "How many people could respond was estimated, or reported by a platform."
    ),
    GradeReason.DENOMINATOR_UNKNOWN: _l("It is not known how many people could respond."),
    GradeReason.NOTHING_COUNTED_YET: _l("Nothing is counted yet: the grade can still change."),
}
GRADES: Labels = {
    Grade.A: _l("a lottery, registered beforehand, everything counted"),
    Grade.B: _l("a lottery"),
    Grade.C: _l("a comparison without a lottery"),
    Grade.D: _l("no comparison, or not known how many people could respond"),
    Grade.P: _l("a stated preference"),
}
# What the log calls the fields of an experiment and of a variant.
FIELDS: Mapping[str, LazyString] = {
    "title": _l("Title"),
    "question": _l("Question"),
    "hypothesis": _l("Expectation"),
    "issue_type_id": _l("Kind of matter"),
    "phase_id": _l("Phase"),
    "theme_id": _l("Theme"),
    "segmentation_model_id": _l("Segmentation model"),
    "profile_ids": _l("Profiles"),
    "purpose": _l("Purpose"),
    "design_type": _l("Design"),
    "assignment_unit": _l("Unit of assignment"),
    "numerator_step": _l("What counts as success"),
    "denominator_step": _l("Out of whom"),
    "denominator_kind": _l("What is counted"),
    "direction": _l("Better is"),
    "is_without_profiles": _l("All residents together"),
    "smallest_difference": _l("Smallest difference that matters"),
    "starts_on": _l("First day"),
    "ends_on": _l("Last day"),
    "sources": _l("Sources"),
    "decided_by": _l("Who decides"),
    "channel_id": _l("Channel"),
    "style_ids": _l("Styles"),
    "description": _l("Description"),
    "share": _l("Share"),
    "cost_per_unit": _l("Cost per unit"),
    "is_control": _l("Control"),
}


def capitalise(label: object) -> str:
    """Return a label with a capital, as the first word of a line or a choice."""
    text = str(label)
    return text[:1].upper() + text[1:]
