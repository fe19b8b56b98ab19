"""Advice rules, their versions and the editions in which they are published."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, event, inspect, text
from sqlmodel import Field, SQLModel

from analysis.stats.results import Verdict
from lab.models.columns import KEEPABLE, closed_set

REASON_LENGTH = 2000
CONDITIONS_LENGTH = 500
LEAST_MONTHS, USUAL_MONTHS, MOST_MONTHS = 3, 24, 60

ReasonText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=REASON_LENGTH, pattern=KEEPABLE
    ),
]

ConditionsText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=CONDITIONS_LENGTH, pattern=KEEPABLE),
]


class ProposalState(StrEnum):
    """What the evidence allows as advice."""

    ADVISE = "advise"
    TENTATIVE = "tentative"
    NO_DIFFERENCE = "no_difference"
    NOT_ENOUGH = "not_enough"


class VersionState(StrEnum):
    """What was decided about a version of a rule."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REJECTED = "rejected"
    # A proposal that newer counts replaced before anybody decided on it.
    SUPERSEDED = "superseded"
    # Replaced by a newer published version, or taken back.
    RETIRED = "retired"


class AdviceRule(SQLModel, table=True):
    """What to do for one profile in one kind of situation; its versions say what."""

    __tablename__ = "advice_rule"

    id: int | None = Field(default=None, primary_key=True)
    # The parts of a rule's subject can be empty, so their joined key is what is unique.
    key: str = Field(unique=True, max_length=200)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    # Empty when one advice serves everybody.
    profile_id: int | None = Field(default=None, foreign_key="profile.id", index=True)
    issue_type_id: int | None = Field(default=None, foreign_key="issue_type.id")
    phase_id: int | None = Field(default=None, foreign_key="phase.id")
    created_at: datetime


class AdviceRuleVersion(SQLModel, table=True):
    """One formulation of a rule with its evidence; once decided it never changes."""

    __tablename__ = "advice_rule_version"
    __table_args__ = (UniqueConstraint("advice_rule_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    advice_rule_id: int = Field(foreign_key="advice_rule.id", index=True)
    number: int
    state: VersionState = Field(
        default=VersionState.PROPOSED,
        sa_type=closed_set(VersionState, "state"),
        index=True,
    )
    proposal_state: ProposalState = Field(sa_type=closed_set(ProposalState, "proposal_state"))
    verdict: Verdict = Field(sa_type=closed_set(Verdict, "verdict"))
    # The variant that is advised; empty when none is.
    channel_id: int | None = Field(default=None, foreign_key="channel.id")
    style_ids: list = Field(default_factory=list, sa_type=JSON)
    # Counts, rates, differences and sources that the version rests on, as they were.
    evidence: dict = Field(default_factory=dict, sa_type=JSON)
    analysis_run_id: int = Field(foreign_key="analysis_run.id", index=True)
    experiment_id: int | None = Field(default=None, foreign_key="experiment.id", index=True)
    # Both are empty when the evidence is that of all labs together.
    living_lab_id: int | None = Field(default=None, foreign_key="living_lab.id", index=True)
    proposed_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    proposed_at: datetime
    decided_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    decided_at: datetime | None = None
    decision_reason: str = Field(default="", max_length=REASON_LENGTH)
    retired_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    retired_at: datetime | None = None
    # Empty when a newer version took its place.
    retirement_reason: str = Field(default="", max_length=REASON_LENGTH)
    # When the advice must be looked at again; computed for versions from before this was kept.
    review_on: date | None = None
    # The proposal that a person edited into this one.
    edited_from_id: int | None = Field(
        default=None, foreign_key="advice_rule_version.id", index=True
    )
    # When the advice holds, in the words of whoever edited it; everybody reads them.
    conditions: str = Field(default="", max_length=CONDITIONS_LENGTH)


NEXT_STATES = {
    VersionState.PROPOSED: {
        VersionState.PUBLISHED,
        VersionState.REJECTED,
        VersionState.SUPERSEDED,
    },
    VersionState.PUBLISHED: {VersionState.RETIRED},
}
# Of these everybody may read what was advised.
PUBLIC_STATES = {VersionState.PUBLISHED, VersionState.RETIRED}
DECISION_FIELDS = {"state", "decided_by_id", "decided_at", "decision_reason", "review_on"}
RETIREMENT_FIELDS = {"state", "retired_by_id", "retired_at", "retirement_reason"}


class ImmutableVersionError(RuntimeError):
    """Something tried to rewrite a version of a rule instead of adding a new one."""


@event.listens_for(AdviceRuleVersion, "before_update")
def keep_version_as_it_was(_mapper, _connection, version: AdviceRuleVersion) -> None:
    """Refuse any change of a version but the one decision and the one retirement."""
    attributes = inspect(version).attrs
    changed = {attribute.key for attribute in attributes if attribute.history.has_changes()}
    if not changed:
        return
    before = (attributes.state.history.deleted or [version.state])[0]
    allowed = RETIREMENT_FIELDS if before is VersionState.PUBLISHED else DECISION_FIELDS
    if changed - allowed or version.state not in NEXT_STATES.get(before, set()):
        raise ImmutableVersionError(f"{before} -> {version.state}: {sorted(changed)}")


class ProposalCreate(SQLModel):
    """A request for proposals as it comes in; None leaves the choice to the evidence."""

    is_per_profile: bool | None = None


class DecisionCreate(SQLModel):
    """A decision on a version as it comes in."""

    reason: ReasonText
    # After how many months the advice is looked at again.
    review_months: int = Field(default=USUAL_MONTHS, ge=LEAST_MONTHS, le=MOST_MONTHS)


class EditCreate(DecisionCreate):
    """A proposal as a person would rather have it, and why.

    state, variant: what to advise instead, None to leave it; the variant is its place among those
    that were compared.
    """

    state: ProposalState | None = None
    variant: int | None = None
    conditions: ConditionsText = ""


class AnswerCreate(SQLModel):
    """What a second person says to a decision that goes against a proposal."""

    reason: ReasonText


class AskedDecision(StrEnum):
    """What somebody wants to do with a proposal, against what it says."""

    PUBLISH = "publish"
    REJECT = "reject"


class SecondAnswer(StrEnum):
    """What a second person said."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


class AdviceConfirmation(SQLModel, table=True):
    """A decision against a proposal, which waits for a second person or has the answer."""

    __tablename__ = "advice_confirmation"
    __table_args__ = (
        CheckConstraint("asked_by_id <> answered_by_id", name="by_two_people"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_whole"),
        # One question at a time about a proposal, whoever asks at the same moment.
        Index(
            "uq_advice_confirmation_open",
            "version_id",
            unique=True,
            sqlite_where=text("answer IS NULL"),
            postgresql_where=text("answer IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="advice_rule_version.id", index=True)
    decision: AskedDecision = Field(sa_type=closed_set(AskedDecision, "decision"))
    reason: str = Field(max_length=REASON_LENGTH)
    review_months: int
    asked_by_id: int = Field(foreign_key="user_account.id")
    asked_at: datetime
    answer: SecondAnswer | None = Field(
        default=None, sa_type=closed_set(SecondAnswer, "answer"), nullable=True
    )
    answered_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    answered_at: datetime | None = None
    answer_reason: str = Field(default="", max_length=REASON_LENGTH)


@event.listens_for(AdviceConfirmation, "before_update")
def keep_answer_as_it_was(_mapper, _connection, one: AdviceConfirmation) -> None:
    """Refuse any change of a confirmation but its one answer."""
    attributes = inspect(one).attrs
    changed = {attribute.key for attribute in attributes if attribute.history.has_changes()}
    before = (attributes.answer.history.deleted or [one.answer])[0]
    answer = {"answer", "answered_by_id", "answered_at", "answer_reason"}
    if changed and (before is not None or changed - answer):
        raise ImmutableVersionError(f"confirmation {one.id}: {sorted(changed)}")


class AdviceEdition(SQLModel, table=True):
    """A numbered, citable set of rules: what the public page shows."""

    __tablename__ = "advice_edition"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    number: int
    published_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    published_at: datetime


class AdviceEditionRule(SQLModel, table=True):
    """A rule version that stands in an edition."""

    __tablename__ = "advice_edition_rule"

    edition_id: int = Field(foreign_key="advice_edition.id", primary_key=True)
    version_id: int = Field(foreign_key="advice_rule_version.id", primary_key=True)
