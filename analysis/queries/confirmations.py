"""Queries on decisions that need a second person."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, and_, col, or_, select

from analysis.models.advice import (
    AdviceConfirmation,
    AdviceRule,
    AdviceRuleVersion,
    AskedDecision,
    SecondAnswer,
    VersionState,
)
from lab.models.people import User
from lab.models.segmentation import Profile

Asker, Answerer = aliased(User), aliased(User)


@dataclass(frozen=True, slots=True)
class ListedConfirmation:
    """A decision against a proposal with who asked and who answered."""

    confirmation: AdviceConfirmation
    asked_by: str
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version with what its rule is about."""

    version: AdviceRuleVersion
    programme_id: int
    profile: Profile | None


def find_open(session: Session, version_id: int) -> AdviceConfirmation | None:
    """Return the question about a proposal that waits for a second person, or None."""
    statement = select(AdviceConfirmation).where(
        AdviceConfirmation.version_id == version_id, col(AdviceConfirmation.answer).is_(None)
    )
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    return session.exec(fresh).first()


def is_confirmed(session: Session, version_id: int, decision: AskedDecision) -> bool:
    """Tell whether a second person confirmed a decision on a proposal."""
    statement = select(AdviceConfirmation.id).where(
        AdviceConfirmation.version_id == version_id,
        AdviceConfirmation.decision == decision,
        AdviceConfirmation.answer == SecondAnswer.CONFIRMED,
    )
    return session.exec(statement).first() is not None


def list_of_version(session: Session, version_id: int) -> list[ListedConfirmation]:
    """Return what a second person was asked about a proposal, newest first."""
    statement = (
        select(AdviceConfirmation, Asker.name, Answerer.name)
        .join(Asker, Asker.id == AdviceConfirmation.asked_by_id)
        .outerjoin(Answerer, Answerer.id == AdviceConfirmation.answered_by_id)
        .where(AdviceConfirmation.version_id == version_id)
        .order_by(col(AdviceConfirmation.id).desc())
    )
    return [ListedConfirmation(*row) for row in session.exec(statement)]


def list_open_for(
    session: Session,
    user_id: int,
    programme_ids: Collection[int],
    living_lab_ids: Collection[int],
) -> list[VersionLine]:
    """Return the proposals about which somebody else asks a second person, oldest first."""
    statement = (
        _select_lines()
        .join(AdviceConfirmation, col(AdviceConfirmation.version_id) == AdviceRuleVersion.id)
        .where(
            col(AdviceConfirmation.answer).is_(None),
            AdviceRuleVersion.state == VersionState.PROPOSED,
            AdviceConfirmation.asked_by_id != user_id,
            _is_within(programme_ids, living_lab_ids),
        )
        .order_by(col(AdviceConfirmation.id))
    )
    return [VersionLine(*row) for row in session.exec(statement)]


def list_in_force(
    session: Session, programme_ids: Collection[int], living_lab_ids: Collection[int]
) -> list[VersionLine]:
    """Return the versions in force that somebody may decide on, oldest first."""
    statement = _select_lines().where(
        AdviceRuleVersion.state == VersionState.PUBLISHED,
        _is_within(programme_ids, living_lab_ids),
    )
    found = session.exec(statement.order_by(col(AdviceRuleVersion.id)))
    return [VersionLine(*row) for row in found]


def _select_lines():
    return (
        select(AdviceRuleVersion, AdviceRule.programme_id, Profile)
        .join(AdviceRule, col(AdviceRule.id) == AdviceRuleVersion.advice_rule_id)
        .outerjoin(Profile, col(Profile.id) == AdviceRule.profile_id)
        .options(defer(AdviceRuleVersion.evidence))
    )


def _is_within(programme_ids: Collection[int], living_lab_ids: Collection[int]):
    return or_(
        and_(
            col(AdviceRuleVersion.living_lab_id).is_(None),
            col(AdviceRule.programme_id).in_(programme_ids),
        ),
        col(AdviceRuleVersion.living_lab_id).in_(living_lab_ids),
    )
