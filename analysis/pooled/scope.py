"""What a pooled run looks at: one outcome of one programme, and optional limits."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pydantic import TypeAdapter

from analysis.stats.cells import Direction
from experiments.grade import Grade
from experiments.models.experiments import Step
from lab.models.labels import DenominatorKind


@dataclass(frozen=True, slots=True)
class ScopeOutcome:
    """What counts as success, out of whom, how they are counted, and which way is good."""

    numerator_step: Step
    denominator_step: Step
    denominator_kind: DenominatorKind
    direction: Direction = Direction.HIGHER


@dataclass(frozen=True, slots=True)
class Scope:
    """The question of a pooled run; a limit that is None or empty lets everything through.

    segmentation_model_id: whose profiles are answered for, None for all residents together.
    grades: those that are pooled, with C in a check only. margin: smallest difference that matters,
    as a share.
    """

    programme_id: int
    outcome: ScopeOutcome
    segmentation_model_id: int | None
    margin: float
    issue_type_id: int | None = None
    phase_id: int | None = None
    living_lab_id: int | None = None
    from_day: date | None = None
    to_day: date | None = None
    grades: tuple[str, ...] = ("A", "B")

    @property
    def is_check(self) -> bool:
        """Tell whether comparisons without a lottery are used too, so that no advice may follow."""
        return Grade.C in self.grades

    @property
    def lottery_grades(self) -> tuple[str, ...]:
        """Return the grades that may lead to advice."""
        return tuple(one for one in self.grades if one != Grade.C)

    def without_check(self) -> "Scope":
        """Return the question that a check is about."""
        return replace(self, grades=self.lottery_grades)


class NotUsedReason(StrEnum):
    """Why an experiment, or a part of it, is not in a run."""

    FIELD_WORK_NOT_OVER = "field_work_not_over"
    WITHDRAWN = "withdrawn"
    OTHER_OUTCOME = "other_outcome"
    OTHER_KIND = "other_kind"
    OTHER_MODEL = "other_model"
    OTHER_ISSUE_TYPE = "other_issue_type"
    OTHER_PHASE = "other_phase"
    OTHER_LAB = "other_lab"
    OUTSIDE_PERIOD = "outside_period"
    GRADE = "grade"
    NOTHING_COUNTED = "nothing_counted"
    STEP_UNKNOWN = "step_unknown"
    PROFILE_KNOWN_AFTERWARDS = "profile_known_afterwards"
    ONE_VARIANT = "one_variant"
    NO_RESPONSE = "no_response"


@dataclass(frozen=True, slots=True)
class NotUsed:
    """An experiment that a run left out wholly, or in part, and why.

    detail: the grade, or the code of the other outcome, kind, model or step.
    """

    experiment_id: int
    reason: NotUsedReason
    detail: str = ""
    is_partly: bool = False


SCOPE = TypeAdapter(Scope)
