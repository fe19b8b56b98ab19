"""Who used which advice, what came of it as they tell it, and what a researcher answered."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from lab.models.columns import KEEPABLE, closed_set
from lab.privacy import find_personal_data

TEXT_LENGTH = 2000
LARGEST_COUNT = 100_000_000

ToldText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=TEXT_LENGTH, pattern=KEEPABLE)
]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]


class Usefulness(StrEnum):
    """Whether advice was useful."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Followed(StrEnum):
    """Whether advice was followed."""

    YES = "yes"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    NO = "no"


class AdviceUse(SQLModel, table=True):
    """Somebody, nobody knows who, who used an answer of the guide or a rule."""

    __tablename__ = "advice_use"

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    edition_id: int = Field(foreign_key="advice_edition.id", index=True)
    # The answers given to the guide, or the rule that was read, as parts of an address.
    choices: dict = Field(default_factory=dict, sa_type=JSON)
    # Only the hash is kept: who reads the database cannot speak for whoever has the link.
    token_hash: str = Field(unique=True, max_length=64)
    used_at: datetime


class AdviceUseVersion(SQLModel, table=True):
    """A version of a rule that somebody used."""

    __tablename__ = "advice_use_version"

    advice_use_id: int = Field(foreign_key="advice_use.id", primary_key=True)
    version_id: int = Field(foreign_key="advice_rule_version.id", primary_key=True, index=True)


class AdviceFeedback(SQLModel, table=True):
    """What somebody told of advice at one moment; its numbers are never pooled with counts."""

    __tablename__ = "advice_feedback"
    __table_args__ = (
        CheckConstraint("responded BETWEEN 0 AND offered", name="responded_were_offered"),
        CheckConstraint("offered >= 0", name="offered_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    advice_use_id: int = Field(foreign_key="advice_use.id", index=True)
    told_at: datetime
    # What was said later need not say again whether the advice was useful.
    usefulness: Usefulness | None = Field(
        default=None, sa_type=closed_set(Usefulness, "usefulness")
    )
    followed: Followed | None = Field(default=None, sa_type=closed_set(Followed, "followed"))
    text: str = Field(default="", max_length=TEXT_LENGTH)
    offered: int | None = None
    responded: int | None = None
    answer: str = Field(default="", max_length=TEXT_LENGTH)
    answered_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    answered_at: datetime | None = None
    # Text and answer are public from the moment that a researcher allows it.
    shown_at: datetime | None = None
    hidden_at: datetime | None = None
    hidden_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    hidden_reason: str = Field(default="", max_length=TEXT_LENGTH)


def refuse_personal_data(text: str) -> str:
    """Refuse a text that points at a person or a front door."""
    if find_personal_data(text):
        raise PydanticCustomError(
            "personal_data",
            "This holds an e-mail address, a phone number or an address. Leave that out.",
        )
    return text


class FollowUpCreate(SQLModel):
    """What somebody tells later, as it comes in."""

    followed: Followed | None = None
    text: ToldText = ""
    offered: Count | None = None
    responded: Count | None = None

    check_text = field_validator("text")(refuse_personal_data)

    @model_validator(mode="after")
    def responded_were_offered(self):
        """Refuse more responses than there were people to respond."""
        if self.responded is None:
            return self
        if self.offered is None:
            raise PydanticCustomError(
                "offered_missing",
                "Say also of how many that is.",
                {"field": "offered"},
            )
        if self.responded > self.offered:
            raise PydanticCustomError(
                "more_responded_than_offered",
                "More people responded than you reached out to. Look at both numbers again.",
                {"field": "responded"},
            )
        return self


class FeedbackCreate(FollowUpCreate):
    """What somebody tells of advice the first time, as it comes in."""

    usefulness: Usefulness


class AnswerCreate(SQLModel):
    """A researcher's answer as it comes in."""

    answer: ToldText = ""
    is_shown: bool = False

    check_answer = field_validator("answer")(refuse_personal_data)


class HideCreate(SQLModel):
    """Why something is hidden, as it comes in."""

    reason: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=TEXT_LENGTH, pattern=KEEPABLE
        ),
    ]
