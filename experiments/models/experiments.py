"""Experiments, their variants, waves and changes of status."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from lab.models.columns import KEEPABLE, LongText, ShortText, closed_set
from lab.models.labels import DenominatorKind

Share = Annotated[float, Field(gt=0, le=1)]


class ExperimentStatus(StrEnum):
    """How far an experiment has come."""

    IDEA = "idea"
    PLANNED = "planned"
    REGISTERED = "registered"
    IN_FIELD = "in_field"
    CLOSED = "closed"
    ANALYSED = "analysed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Purpose(StrEnum):
    """What a communication is for."""

    RESEARCH = "research"
    INFORMATION = "information"
    ACTIVATION = "activation"


class DesignType(StrEnum):
    """How it is decided who gets which variant."""

    RANDOMISED = "randomised"
    CLUSTER_RANDOMISED = "cluster_randomised"
    ALTERNATING = "alternating"
    COMPARISON = "comparison"
    BEFORE_AFTER = "before_after"
    RETROSPECTIVE = "retrospective"
    VIGNETTE = "vignette"


class AssignmentUnit(StrEnum):
    """What is given a variant as a whole."""

    PERSON = "person"
    HOUSEHOLD = "household"
    STREET = "street"
    AREA = "area"
    BUNDLE = "bundle"
    DAY = "day"


class Step(StrEnum):
    """A step of the resident's journey through an experiment, in order."""

    OFFERED = "offered"
    REACHED = "reached"
    RESPONDED = "responded"
    PARTICIPATED = "participated"


class Direction(StrEnum):
    """Which way of the outcome is the good one."""

    HIGHER = "higher"
    LOWER = "lower"


class ExperimentBase(SQLModel):
    """What describes an experiment."""

    title: ShortText
    question: LongText = ""
    hypothesis: LongText = ""
    issue_type_id: int | None = Field(default=None, foreign_key="issue_type.id")
    phase_id: int | None = Field(default=None, foreign_key="phase.id")
    theme_id: int | None = Field(default=None, foreign_key="theme.id")
    segmentation_model_id: int | None = Field(default=None, foreign_key="segmentation_model.id")
    # No profile chosen is not the same as the choice to look at all residents together.
    is_without_profiles: bool = False
    purpose: Purpose = Field(sa_type=closed_set(Purpose, "purpose"))
    design_type: DesignType = Field(sa_type=closed_set(DesignType, "design_type"))
    assignment_unit: AssignmentUnit = Field(sa_type=closed_set(AssignmentUnit, "assignment_unit"))
    numerator_step: Step = Field(default=Step.RESPONDED, sa_type=closed_set(Step, "numerator_step"))
    denominator_step: Step = Field(
        default=Step.OFFERED, sa_type=closed_set(Step, "denominator_step")
    )
    denominator_kind: DenominatorKind = Field(
        sa_type=closed_set(DenominatorKind, "denominator_kind")
    )
    direction: Direction = Field(
        default=Direction.HIGHER, sa_type=closed_set(Direction, "direction")
    )
    smallest_difference: float = Field(gt=0, lt=1)
    starts_on: date | None = None
    ends_on: date | None = None
    sources: LongText = ""
    # Who decides on the matter that residents were asked about.
    decided_by: LongText = ""


class Experiment(ExperimentBase, table=True):
    """One trial: variants of a message, tried on residents, counted."""

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(
            "smallest_difference > 0 AND smallest_difference < 1",
            name="margin_is_a_share",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    living_lab_id: int = Field(foreign_key="living_lab.id", index=True)
    status: ExperimentStatus = Field(
        default=ExperimentStatus.IDEA,
        sa_type=closed_set(ExperimentStatus, "status"),
        index=True,
    )
    created_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime
    changed_at: datetime
    # When the protocol was fixed; the grade compares it with the first day in the field.
    registered_at: datetime | None = None


class ExperimentCreate(ExperimentBase):
    """An experiment as it comes in."""

    profile_ids: list[int] = []

    @model_validator(mode="after")
    def ends_after_start(self):
        """Refuse a period that ends before it starts."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise PydanticCustomError(
                "ends_before_start", "The period ends before it starts.", {"field": "ends_on"}
            )
        return self

    @model_validator(mode="after")
    def outcome_is_a_later_step(self):
        """Refuse a numerator that does not come after its denominator."""
        steps = list(Step)
        if steps.index(self.numerator_step) <= steps.index(self.denominator_step):
            raise PydanticCustomError(
                "outcome_not_later",
                "What counts as success must come after whom it is counted out of.",
                {"field": "numerator_step"},
            )
        return self


class ExperimentProfile(SQLModel, table=True):
    """A profile that an experiment looks at."""

    __tablename__ = "experiment_profile"

    experiment_id: int = Field(foreign_key="experiment.id", primary_key=True)
    profile_id: int = Field(foreign_key="profile.id", primary_key=True)


class VariantBase(SQLModel):
    """What describes a variant."""

    channel_id: int = Field(foreign_key="channel.id", index=True)
    description: LongText = ""
    # The part of the units that the design gives this variant.
    share: Share | None = None
    cost_per_unit: Decimal | None = Field(default=None, ge=0, max_digits=10, decimal_places=2)
    denominator_kind: DenominatorKind = Field(
        sa_type=closed_set(DenominatorKind, "denominator_kind")
    )
    is_control: bool = False


class Variant(VariantBase, table=True):
    """One thing that is compared: a channel with at most one style per axis."""

    __table_args__ = (
        CheckConstraint("share > 0 AND share <= 1", name="share_is_a_share"),
        CheckConstraint("cost_per_unit >= 0", name="cost_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    experiment_id: int = Field(foreign_key="experiment.id", index=True)
    position: int = 0


class VariantCreate(VariantBase):
    """A variant as it comes in."""

    style_ids: list[int] = []


class VariantStyle(SQLModel, table=True):
    """The style of a variant on one axis."""

    __tablename__ = "variant_style"
    __table_args__ = (
        ForeignKeyConstraint(["style_id", "style_axis_id"], ["style.id", "style.style_axis_id"]),
    )

    variant_id: int = Field(foreign_key="variant.id", primary_key=True)
    # The axis is part of the key: a variant has at most one style on each.
    style_axis_id: int = Field(primary_key=True)
    style_id: int


class Wave(SQLModel, table=True):
    """A period in which shares and variants stay as they are."""

    __table_args__ = (UniqueConstraint("experiment_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    experiment_id: int = Field(foreign_key="experiment.id", index=True)
    number: int = Field(ge=1)
    starts_on: date | None = None


class WaveShare(SQLModel, table=True):
    """The chance that a unit gets a variant in a wave."""

    __tablename__ = "wave_share"
    __table_args__ = (CheckConstraint("share > 0 AND share <= 1", name="share_is_a_share"),)

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", primary_key=True)
    share: float


class StatusChange(SQLModel, table=True):
    """One step in the life of an experiment."""

    __tablename__ = "status_change"

    id: int | None = Field(default=None, primary_key=True)
    experiment_id: int = Field(foreign_key="experiment.id", index=True)
    from_status: ExperimentStatus | None = Field(
        default=None, sa_type=closed_set(ExperimentStatus, "from_status")
    )
    to_status: ExperimentStatus = Field(sa_type=closed_set(ExperimentStatus, "to_status"))
    changed_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    changed_at: datetime
    reason: str = Field(default="", max_length=2000)


class StatusChangeCreate(SQLModel):
    """A step to take as it comes in."""

    to_status: ExperimentStatus
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=KEEPABLE)
    ] = ""
