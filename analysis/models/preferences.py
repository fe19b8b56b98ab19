"""What people say they want: evidence of grade P, beside what they did and never mixed with it."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from analysis.models.feedback import refuse_personal_data
from lab.models.columns import KEEPABLE, ShortText

# A share of fewer people says as much about them as a name.
FEWEST = 10
MOST_RESPONDENTS = 10_000_000
FIRST_YEAR, LAST_YEAR = 1950, 2200
REASONS_LENGTH = 1000

ReasonsText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=REASONS_LENGTH, pattern=KEEPABLE)
]


class PreferenceBase(SQLModel):
    """What one group said in one survey about one channel."""

    # Empty for everyone.
    profile_id: int | None = Field(default=None, foreign_key="profile.id", index=True)
    issue_type_id: int | None = Field(default=None, foreign_key="issue_type.id")
    phase_id: int | None = Field(default=None, foreign_key="phase.id")
    channel_id: int = Field(foreign_key="channel.id")
    style_id: int | None = Field(default=None, foreign_key="style.id")
    # The part of the group that prefers it, or its place in their order; at least one of both.
    share: float | None = Field(default=None, ge=0, le=1)
    rank: int | None = Field(default=None, ge=1, le=100)
    respondents: int = Field(ge=FEWEST, le=MOST_RESPONDENTS)
    source: ShortText
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    reasons: ReasonsText = ""


class StatedPreference(PreferenceBase, table=True):
    """A stated preference as it is kept; it is withdrawn and never rewritten."""

    __tablename__ = "stated_preference"
    __table_args__ = (
        CheckConstraint("share BETWEEN 0 AND 1", name="share_is_a_share"),
        CheckConstraint("share IS NOT NULL OR rank IS NOT NULL", name="something_is_said"),
        CheckConstraint("respondents >= 10", name="respondents_enough"),
    )

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    recorded_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    recorded_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by_id: int | None = Field(default=None, foreign_key="user_account.id")


class PreferenceCreate(PreferenceBase):
    """A stated preference as it comes in."""

    check_reasons = field_validator("reasons")(refuse_personal_data)
    check_source = field_validator("source")(refuse_personal_data)

    @model_validator(mode="after")
    def something_is_said(self):
        """Refuse a preference without a share and without a place."""
        if self.share is None and self.rank is None:
            raise PydanticCustomError(
                "nothing_said",
                "Fill in which part prefers it, or its place in their order.",
                {"field": "share"},
            )
        return self
