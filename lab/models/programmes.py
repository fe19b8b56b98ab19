"""Programmes: what is kept apart in every list, run, edition and answer."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from lab.models.columns import Code, LongText, ShortText, closed_set


class ProgrammeKind(StrEnum):
    """Where the figures of a programme come from."""

    OWN = "own"
    PUBLISHED = "published"
    FICTITIOUS = "fictitious"


class ProgrammeBase(SQLModel):
    """What describes a programme."""

    code: Code = Field(unique=True)
    kind: ProgrammeKind = Field(sa_type=closed_set(ProgrammeKind, "kind"))
    name_nl: ShortText
    name_en: ShortText
    description_nl: LongText = ""
    description_en: LongText = ""
    # Counts that were published elsewhere already need no protection of small cells.
    is_exempt_from_suppression: bool = False


class Programme(ProgrammeBase, table=True):
    """A body of experiments that is never mixed with another."""

    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime


class ProgrammeCreate(ProgrammeBase):
    """A programme as it comes in."""
