"""Segmentation models and their profiles: versioned data, never an enum."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from lab.models.columns import Code, LongText, ShortText, closed_set


class ModelStatus(StrEnum):
    """How far a segmentation model has come."""

    CONCEPT = "concept"
    VALIDATED = "validated"
    RETIRED = "retired"


class SegmentationModelBase(SQLModel):
    """What describes one version of a segmentation model."""

    code: Code
    version: ShortText
    name_nl: ShortText
    name_en: ShortText
    description_nl: LongText = ""
    description_en: LongText = ""
    owner: str = Field(default="", max_length=200)
    owner_note_nl: LongText = ""
    owner_note_en: LongText = ""
    source: LongText = ""
    status: ModelStatus = Field(
        default=ModelStatus.CONCEPT, sa_type=closed_set(ModelStatus, "status")
    )


class SegmentationModel(SegmentationModelBase, table=True):
    """A way to divide residents in profiles, in one version."""

    __tablename__ = "segmentation_model"
    __table_args__ = (UniqueConstraint("programme_id", "code", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    created_at: datetime


class SegmentationModelCreate(SegmentationModelBase):
    """A segmentation model as it comes in."""


class ProfileBase(SQLModel):
    """What describes a profile."""

    code: Code
    name_nl: ShortText
    name_en: ShortText
    description_nl: LongText = ""
    description_en: LongText = ""
    share: float | None = Field(default=None, ge=0, le=1)
    source: LongText = ""


class Profile(ProfileBase, table=True):
    """A group of residents in a segmentation model."""

    __table_args__ = (
        UniqueConstraint("segmentation_model_id", "code"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share_is_a_share"),
    )

    id: int | None = Field(default=None, primary_key=True)
    segmentation_model_id: int = Field(foreign_key="segmentation_model.id", index=True)
    position: int = 0


class ProfileCreate(ProfileBase):
    """A profile as it comes in."""
