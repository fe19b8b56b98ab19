"""What was learned, and which experiments, runs and rules speak for it and against it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from analysis.models.advice import REASON_LENGTH, ReasonText
from lab.models.columns import KEEPABLE, closed_set

SENTENCE_LENGTH = 500
SentenceText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=SENTENCE_LENGTH, pattern=KEEPABLE
    ),
]
OtherText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=SENTENCE_LENGTH, pattern=KEEPABLE)
]
NoteText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=REASON_LENGTH, pattern=KEEPABLE)
]


class LearningStatus(StrEnum):
    """How a learning stands."""

    PROPOSED = "proposed"
    SUPPORTED = "supported"
    MIXED = "mixed"
    CONTRADICTED = "contradicted"
    RETIRED = "retired"


class SourceKind(StrEnum):
    """What can speak for a learning or against it."""

    EXPERIMENT = "experiment"
    RUN = "run"
    RULE = "rule"


# Where a link keeps what it points at.
COLUMNS = {
    SourceKind.EXPERIMENT: "experiment_id",
    SourceKind.RUN: "analysis_run_id",
    SourceKind.RULE: "advice_rule_id",
}
SourceText = Annotated[
    str, StringConstraints(pattern=rf"^({'|'.join(SourceKind)})-[1-9][0-9]{{0,8}}$")
]


@dataclass(frozen=True, slots=True)
class Source:
    """One experiment, run or rule."""

    kind: SourceKind
    number: int

    @classmethod
    def read(cls, text: str) -> "Source":
        """Return the source that a form names."""
        kind, _dash, number = text.partition("-")
        return cls(SourceKind(kind), int(number))

    @classmethod
    def find(cls, record: "LearningLink | LearningChange") -> "Source | None":
        """Return the source that a link, or what was done to a learning, points at."""
        held = ((kind, getattr(record, column)) for kind, column in COLUMNS.items())
        return next((cls(kind, number) for kind, number in held if number is not None), None)

    def __str__(self) -> str:
        """Return how a form names it."""
        return f"{self.kind}-{self.number}"

    @property
    def columns(self) -> dict[str, int]:
        """Return what a record keeps of it."""
        return {COLUMNS[self.kind]: self.number}


class Stance(StrEnum):
    """What an experiment, run or rule says of a learning."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"


class ChangeKind(StrEnum):
    """What somebody did to a learning."""

    ADDED = "added"
    CHANGED = "changed"
    CHECKED = "checked"
    LINKED = "linked"
    UNLINKED = "unlinked"


class Learning(SQLModel, table=True):
    """One sentence that people should remember, as it stands now."""

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    sentence_nl: str = Field(max_length=SENTENCE_LENGTH)
    # Empty where nobody translated it.
    sentence_en: str = Field(default="", max_length=SENTENCE_LENGTH)
    status: LearningStatus = Field(
        default=LearningStatus.PROPOSED, sa_type=closed_set(LearningStatus, "status")
    )
    created_at: datetime
    checked_at: datetime
    checked_by: str = Field(max_length=200)


class LearningLink(SQLModel, table=True):
    """What speaks for a learning or against it: an experiment, a run or a rule, with why."""

    __tablename__ = "learning_link"
    __table_args__ = (
        UniqueConstraint("learning_id", "experiment_id"),
        UniqueConstraint("learning_id", "analysis_run_id"),
        UniqueConstraint("learning_id", "advice_rule_id"),
        CheckConstraint(
            "(CASE WHEN experiment_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN analysis_run_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN advice_rule_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_source",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    learning_id: int = Field(foreign_key="learning.id", index=True)
    experiment_id: int | None = Field(default=None, foreign_key="experiment.id", index=True)
    analysis_run_id: int | None = Field(default=None, foreign_key="analysis_run.id", index=True)
    advice_rule_id: int | None = Field(default=None, foreign_key="advice_rule.id", index=True)
    stance: Stance = Field(sa_type=closed_set(Stance, "stance"))
    why: str = Field(max_length=REASON_LENGTH)


class LearningChange(SQLModel, table=True):
    """One thing that was done to a learning; only added, never changed."""

    __tablename__ = "learning_change"

    id: int | None = Field(default=None, primary_key=True)
    learning_id: int = Field(foreign_key="learning.id", index=True)
    at: datetime
    by_id: int | None = Field(default=None, foreign_key="user_account.id")
    by_name: str = Field(max_length=200)
    kind: ChangeKind = Field(sa_type=closed_set(ChangeKind, "kind"))
    status: LearningStatus = Field(sa_type=closed_set(LearningStatus, "status"))
    sentence_nl: str = Field(max_length=SENTENCE_LENGTH)
    sentence_en: str = Field(default="", max_length=SENTENCE_LENGTH)
    experiment_id: int | None = Field(default=None, foreign_key="experiment.id", index=True)
    analysis_run_id: int | None = Field(default=None, foreign_key="analysis_run.id", index=True)
    advice_rule_id: int | None = Field(default=None, foreign_key="advice_rule.id", index=True)
    note: str = Field(default="", max_length=REASON_LENGTH)


class ExperimentPrinciple(SQLModel, table=True):
    """An experiment that tests a design principle."""

    __tablename__ = "experiment_principle"

    experiment_id: int = Field(foreign_key="experiment.id", primary_key=True)
    design_principle_id: int = Field(
        foreign_key="design_principle.id", primary_key=True, index=True
    )
    added_at: datetime
    added_by: str = Field(max_length=200)


class LearningCreate(SQLModel):
    """A learning as it comes in, or as it should read from now on."""

    sentence_nl: SentenceText
    sentence_en: OtherText = ""
    note: NoteText = ""


class CheckCreate(SQLModel):
    """What somebody found who checked a learning."""

    status: LearningStatus
    note: ReasonText


class LinkCreate(SQLModel):
    """An experiment, run or rule with what it says of a learning, as it comes in."""

    source: SourceText
    stance: Stance
    why: ReasonText
