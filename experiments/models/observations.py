"""Observations from the field and the count cells kept from them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from unicodedata import normalize
from uuid import UUID, uuid4

from pydantic import BeforeValidator, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from experiments.models.experiments import Step
from lab.models.columns import LongText, closed_set


def tidy_name(value: object) -> object:
    """Return a name with single spaces and one way to write each letter, so that equals meet."""
    if not isinstance(value, str):
        return value
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    printable = "".join(sign if sign.isprintable() else " " for sign in value)
    return " ".join(normalize("NFC", printable).split())


PlaceText = Annotated[str, BeforeValidator(tidy_name), StringConstraints(max_length=100)]
MAXIMUM_COUNT = 100_000_000
Count = Annotated[int, Field(ge=0, le=MAXIMUM_COUNT)]

# Every pair of known steps must be in order, also when one in between is unknown.
ORDERED_PAIRS = [
    (earlier, later) for position, later in enumerate(Step) for earlier in list(Step)[:position]
]


class ProfileBasis(StrEnum):
    """How the profile of the people counted was known."""

    SELF_REPORT = "self_report"
    PANEL = "panel"
    AREA_DOMINANT = "area_dominant"
    AREA_MIX = "area_mix"
    RECORDS = "records"
    UNKNOWN = "unknown"


class CountMethod(StrEnum):
    """How the people offered and reached were counted."""

    COUNTED = "counted"
    ESTIMATED = "estimated"
    PLATFORM = "platform"


class ReviewState(StrEnum):
    """What a supervisor thinks of an observation."""

    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    HELD = "held"


class ObservationBase(SQLModel):
    """What is counted in one field record."""

    variant_id: int = Field(foreign_key="variant.id", index=True)
    # Empty when the profile is not known.
    profile_id: int | None = Field(default=None, foreign_key="profile.id", index=True)
    profile_basis: ProfileBasis = Field(
        default=ProfileBasis.UNKNOWN, sa_type=closed_set(ProfileBasis, "profile_basis")
    )
    is_profile_known_before: bool = True
    area: PlaceText = ""
    observed_on: date
    cluster: PlaceText = ""
    offered: Count | None = None
    reached: Count | None = None
    responded: Count | None = None
    participated: Count | None = None
    count_method: CountMethod = Field(
        default=CountMethod.COUNTED, sa_type=closed_set(CountMethod, "count_method")
    )
    remark: LongText = ""


class Observation(ObservationBase, table=True):
    """One field record; it is never edited, only replaced by a later one."""

    __table_args__ = (
        *(CheckConstraint(f"{step} >= 0", name=f"{step}_not_negative") for step in Step),
        *(
            CheckConstraint(f"{later} <= {earlier}", name=f"{later}_within_{earlier}")
            for earlier, later in ORDERED_PAIRS
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    # Made by whoever enters, so that sending twice counts once.
    uuid: UUID = Field(default_factory=uuid4, unique=True)
    experiment_id: int = Field(foreign_key="experiment.id", index=True)
    wave_id: int = Field(foreign_key="wave.id", index=True)
    # A correction replaces one earlier record, and each record is replaced once at most.
    replaces_id: int | None = Field(default=None, foreign_key="observation.id", unique=True)
    # A record that says: what it replaces should not have been counted at all.
    is_void: bool = False
    correction_reason: str = Field(default="", max_length=2000)
    review_state: ReviewState = Field(
        default=ReviewState.PENDING,
        sa_type=closed_set(ReviewState, "review_state"),
        index=True,
    )
    import_id: int | None = Field(default=None, foreign_key="count_import.id", index=True)
    recorded_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    recorded_at: datetime = Field(index=True)


class ObservationCreate(ObservationBase):
    """A field record as it comes in."""

    uuid: UUID = Field(default_factory=uuid4)
    wave_number: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def steps_are_in_order(self):
        """Refuse more people at a later step than at an earlier one."""
        for earlier, later in ORDERED_PAIRS:
            more, fewer = getattr(self, later), getattr(self, earlier)
            if more is not None and fewer is not None and more > fewer:
                raise PydanticCustomError(
                    "steps_out_of_order",
                    "More people {later} than {earlier}.",
                    {
                        "later": later.value,
                        "earlier": earlier.value,
                        "more": more,
                        "fewer": fewer,
                    },
                )
        return self

    @model_validator(mode="after")
    def something_is_counted(self):
        """Refuse a record without any count."""
        if all(getattr(self, step) is None for step in Step):
            raise PydanticCustomError("nothing_counted", "No count is filled in.")
        return self


class ObservationReview(SQLModel, table=True):
    """One judgement of a supervisor about an observation."""

    __tablename__ = "observation_review"

    id: int | None = Field(default=None, primary_key=True)
    observation_id: int = Field(foreign_key="observation.id", index=True)
    state: ReviewState = Field(sa_type=closed_set(ReviewState, "state"))
    reason: str = Field(default="", max_length=2000)
    reviewed_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    reviewed_at: datetime


class CountCell(SQLModel, table=True):
    """Sums of the observations in force that share everything a report can filter on."""

    __tablename__ = "count_cell"
    __table_args__ = (CheckConstraint("observations > 0", name="not_empty"),)

    id: int | None = Field(default=None, primary_key=True)
    # All fields below up to the counts, joined: what two observations in one cell share.
    key: str = Field(unique=True, max_length=400)
    experiment_id: int = Field(foreign_key="experiment.id", index=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    profile_id: int | None = Field(default=None, foreign_key="profile.id")
    profile_basis: ProfileBasis = Field(sa_type=closed_set(ProfileBasis, "profile_basis"))
    is_profile_known_before: bool
    area: str = Field(max_length=100)
    wave_id: int = Field(foreign_key="wave.id")
    cluster: str = Field(max_length=100)
    month: date
    review_state: ReviewState = Field(sa_type=closed_set(ReviewState, "review_state"))
    count_method: CountMethod = Field(sa_type=closed_set(CountMethod, "count_method"))
    # Which steps are known: sums of known and unknown counts would mean nothing.
    known_steps: str = Field(max_length=60)
    observations: int
    offered: int | None = Field(default=None, sa_type=BigInteger)
    reached: int | None = Field(default=None, sa_type=BigInteger)
    responded: int | None = Field(default=None, sa_type=BigInteger)
    participated: int | None = Field(default=None, sa_type=BigInteger)
