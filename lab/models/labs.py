"""Living labs and their partners."""

from datetime import date, datetime

from pydantic import model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from lab.models.columns import LongText, ShortText


class LivingLabBase(SQLModel):
    """What describes a living lab."""

    name: ShortText
    municipality: ShortText
    question: LongText = ""
    description: LongText = ""
    starts_on: date | None = None
    ends_on: date | None = None


class LivingLab(LivingLabBase, table=True):
    """A place where a municipality and partners hold experiments."""

    __tablename__ = "living_lab"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_after_start"),)

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    created_at: datetime
    archived_at: datetime | None = None


class LivingLabCreate(LivingLabBase):
    """A living lab as it comes in."""

    @model_validator(mode="after")
    def ends_after_start(self):
        """Refuse a period that ends before it starts."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise PydanticCustomError(
                "ends_before_start", "The period ends before it starts.", {"field": "ends_on"}
            )
        return self


class PartnerBase(SQLModel):
    """What describes a partner of a lab."""

    name: ShortText
    role: ShortText


class Partner(PartnerBase, table=True):
    """An organisation that takes part in a living lab."""

    id: int | None = Field(default=None, primary_key=True)
    living_lab_id: int = Field(foreign_key="living_lab.id", index=True)


class PartnerCreate(PartnerBase):
    """A partner as it comes in."""
