"""Areas and who lives there: dated compositions by the profiles of a segmentation model."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from lab.models.columns import KEEPABLE, ShortText, closed_set

AreaCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=KEEPABLE),
]
NeededText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=KEEPABLE),
]
# Fewer than these in one area would point at people (as Statistics Netherlands has it).
FEWEST = 5
MAXIMUM_PEOPLE = 100_000_000
# Shares that were rounded do not add up to the whole exactly.
ROUNDING = 0.015
FULL_POSTCODE = re.compile(r"(?<!\d)[1-9]\d{3} ?[A-Za-z]{2}(?![A-Za-z])")
FOUR_DIGITS = re.compile(r"[1-9]\d{3}")


class AreaKind(StrEnum):
    """How large an area is; a full postcode is none: behind it stand a few front doors."""

    POSTCODE = "pc4"
    NEIGHBOURHOOD = "buurt"
    DISTRICT = "wijk"
    MUNICIPALITY = "gemeente"


class AreaBase(SQLModel):
    """What describes an area."""

    municipality: ShortText
    kind: AreaKind = Field(sa_type=closed_set(AreaKind, "kind"))
    code: AreaCode
    name: ShortText


class Area(AreaBase, table=True):
    """A part of a municipality, or all of it."""

    __table_args__ = (UniqueConstraint("programme_id", "kind", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    # The larger area that this one lies in.
    parent_id: int | None = Field(default=None, foreign_key="area.id", index=True)
    created_at: datetime


class AreaCreate(AreaBase):
    """An area as it comes in."""

    @field_validator("code", "name")
    @classmethod
    def is_no_full_postcode(cls, text: str) -> str:
        """Refuse a full postcode: about twenty addresses, which says too much about people."""
        if FULL_POSTCODE.search(text):
            raise PydanticCustomError(
                "full_postcode",
                "“{found}” is a full postcode: that is about twenty addresses, which says too "
                "much about people. Use the four digits, the neighbourhood or the district.",
                {"found": FULL_POSTCODE.search(text).group()},
            )
        return text

    @model_validator(mode="after")
    def postcode_has_four_digits(self):
        """Refuse a postcode that is no four digits."""
        if self.kind is AreaKind.POSTCODE and not FOUR_DIGITS.fullmatch(self.code):
            raise PydanticCustomError(
                "not_four_digits",
                "The code of a postcode area is four digits, such as 6661.",
                {"field": "code"},
            )
        return self


class AreaComposition(SQLModel, table=True):
    """Which profiles live in an area on a day; a newer one stands beside it, and none is lost."""

    __tablename__ = "area_composition"
    __table_args__ = (
        CheckConstraint("unknown_share BETWEEN 0 AND 1", name="unknown_is_a_share"),
        CheckConstraint(f"residents >= {FEWEST}", name="residents_enough"),
        CheckConstraint(f"households >= {FEWEST}", name="households_enough"),
    )

    id: int | None = Field(default=None, primary_key=True)
    area_id: int = Field(foreign_key="area.id", index=True)
    segmentation_model_id: int = Field(foreign_key="segmentation_model.id", index=True)
    reference_date: date
    source: str = Field(max_length=2000)
    licence_note: str = Field(max_length=2000)
    residents: int | None = None
    households: int | None = None
    # The part of the residents whose profile nobody knows.
    unknown_share: float = 0.0
    imported_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    imported_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    withdrawal_reason: str = Field(default="", max_length=2000)


class AreaShare(SQLModel, table=True):
    """The part of an area's residents that has one profile."""

    __tablename__ = "area_share"
    __table_args__ = (CheckConstraint("share BETWEEN 0 AND 1", name="share_is_a_share"),)

    composition_id: int = Field(foreign_key="area_composition.id", primary_key=True)
    profile_id: int = Field(foreign_key="profile.id", primary_key=True, index=True)
    share: float


class CompositionSource(SQLModel):
    """Where a composition is from, and who may use it for what."""

    reference_date: date
    source: NeededText
    licence_note: NeededText


class CompositionCreate(CompositionSource):
    """Who lives in an area, as it comes in: a share for each profile, by its number."""

    residents: int | None = Field(default=None, ge=FEWEST, le=MAXIMUM_PEOPLE)
    households: int | None = Field(default=None, ge=FEWEST, le=MAXIMUM_PEOPLE)
    unknown_share: float = Field(default=0.0, ge=0, le=1)
    shares: dict[int, Annotated[float, Field(ge=0, le=1)]] = Field(min_length=1)

    @model_validator(mode="after")
    def shares_add_up(self):
        """Refuse shares that are not everybody together, but for rounding."""
        total = self.unknown_share + sum(self.shares.values())
        if abs(total - 1) > ROUNDING:
            raise PydanticCustomError(
                "shares_do_not_add_up",
                "Together the shares are {total} %. They should be 100 %.",
                {"total": round(100 * total, 2), "field": "unknown_share"},
            )
        return self


class Withdrawal(SQLModel):
    """Why a composition no longer counts."""

    reason: NeededText


class AreaImportState(StrEnum):
    """How far an import has come."""

    PREVIEW = "preview"
    DONE = "done"
    CANCELLED = "cancelled"


class AreaImport(SQLModel, table=True):
    """One file of who lives where: first a preview, then all good areas at once."""

    __tablename__ = "area_import"

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    segmentation_model_id: int = Field(foreign_key="segmentation_model.id")
    file_name: str = Field(max_length=255)
    state: AreaImportState = Field(
        default=AreaImportState.PREVIEW, sa_type=closed_set(AreaImportState, "state")
    )
    reference_date: date
    source: str = Field(max_length=2000)
    licence_note: str = Field(max_length=2000)
    # What the reader of the file decided by itself, and should be seen: a code with details.
    notes: list = Field(default_factory=list, sa_type=JSON)
    header: list = Field(default_factory=list, sa_type=JSON)
    good_rows: list = Field(default_factory=list, sa_type=JSON)
    # Areas as they stood in the file, each with its line and faults.
    faulty_rows: list = Field(default_factory=list, sa_type=JSON)
    good_count: int = 0
    faulty_count: int = 0
    imported_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    offered_at: datetime
    finished_at: datetime | None = None
