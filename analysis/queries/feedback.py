"""Queries on who used advice and what they told of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from analysis.models.advice import AdviceEdition, AdviceRuleVersion
from analysis.models.feedback import (
    AdviceFeedback,
    AdviceUse,
    AdviceUseVersion,
    Usefulness,
)


class Told(NamedTuple):
    """What somebody told, with the use it is about and the number of the edition."""

    feedback: AdviceFeedback
    use: AdviceUse
    edition: int


@dataclass(frozen=True, slots=True)
class UseCounts:
    """How many used a rule, said that it was useful, and told what happened."""

    used: int = 0
    useful: int = 0
    told: int = 0


def find_use(session: Session, token_hash: str) -> AdviceUse | None:
    """Return the use that a private link is about, or None."""
    return session.exec(select(AdviceUse).where(AdviceUse.token_hash == token_hash)).first()


def get_use(session: Session, use_id: int) -> AdviceUse:
    """Return a use that is known to exist."""
    return session.get_one(AdviceUse, use_id)


def get_edition(session: Session, edition_id: int) -> AdviceEdition:
    """Return an edition that is known to exist."""
    return session.get_one(AdviceEdition, edition_id)


def get_feedback(session: Session, feedback_id: int) -> AdviceFeedback:
    """Return what somebody told, as it is now."""
    statement = select(AdviceFeedback).where(AdviceFeedback.id == feedback_id)
    return session.exec(statement.execution_options(populate_existing=True)).one()


def list_feedback_of(session: Session, use_id: int) -> list[AdviceFeedback]:
    """Return all that somebody told about one use, oldest first."""
    statement = select(AdviceFeedback).where(AdviceFeedback.advice_use_id == use_id)
    return list(session.exec(statement.order_by(col(AdviceFeedback.id))))


def list_rules_used(session: Session, use_id: int) -> list[int]:
    """Return the rules that somebody used."""
    statement = (
        select(AdviceRuleVersion.advice_rule_id)
        .join(AdviceUseVersion, col(AdviceUseVersion.version_id) == AdviceRuleVersion.id)
        .where(AdviceUseVersion.advice_use_id == use_id)
        .order_by(col(AdviceRuleVersion.advice_rule_id))
    )
    return list(session.exec(statement))


def list_programme_feedback(session: Session, programme_id: int) -> list[Told]:
    """Return all that was told in a programme: what waits for an answer first, then the newest."""
    statement = _select_told().where(AdviceUse.programme_id == programme_id)
    found = [Told(*row) for row in session.exec(statement)]
    return sorted(found, key=lambda one: (not is_waiting(one.feedback), -one.feedback.id))


def is_waiting(feedback: AdviceFeedback) -> bool:
    """Tell whether somebody told something to which nobody answered yet."""
    has_words = bool(feedback.text) or feedback.offered is not None
    return has_words and feedback.answered_at is None and feedback.hidden_at is None


def count_waiting(session: Session, programme_ids: Collection[int]) -> dict[int, int]:
    """Return how many wait for an answer in each of these programmes that has any."""
    statement = (
        select(AdviceUse.programme_id, func.count())
        .join(AdviceFeedback, col(AdviceFeedback.advice_use_id) == AdviceUse.id)
        .where(
            col(AdviceUse.programme_id).in_(programme_ids),
            (AdviceFeedback.text != "") | col(AdviceFeedback.offered).is_not(None),
            col(AdviceFeedback.answered_at).is_(None),
            col(AdviceFeedback.hidden_at).is_(None),
        )
        .group_by(AdviceUse.programme_id)
    )
    return dict(session.exec(statement).all())


def list_shown(session: Session, rule_ids: Collection[int]) -> list[Told]:
    """Return what about these rules a researcher allowed everybody to read, newest first."""
    statement = (
        _select_told()
        .where(
            col(AdviceUse.id).in_(_select_uses(rule_ids)),
            col(AdviceFeedback.shown_at).is_not(None),
            col(AdviceFeedback.hidden_at).is_(None),
        )
        .order_by(col(AdviceFeedback.id).desc())
    )
    return [Told(*row) for row in session.exec(statement)]


def count_uses(session: Session, rule_ids: Collection[int]) -> dict[int, UseCounts]:
    """Return per rule how it was used; what a researcher hid does not count."""
    statement = (
        select(AdviceRuleVersion.advice_rule_id, AdviceFeedback)
        .join(AdviceUseVersion, col(AdviceUseVersion.version_id) == AdviceRuleVersion.id)
        .join(AdviceFeedback, AdviceFeedback.advice_use_id == AdviceUseVersion.advice_use_id)
        .where(
            col(AdviceRuleVersion.advice_rule_id).in_(rule_ids),
            col(AdviceFeedback.hidden_at).is_(None),
        )
    )
    found: dict[int, list[AdviceFeedback]] = {number: [] for number in rule_ids}
    for rule_id, feedback in session.exec(statement):
        found[rule_id].append(feedback)
    return {number: _count(told) for number, told in found.items()}


def _count(told: Collection[AdviceFeedback]) -> UseCounts:
    useful = {one.advice_use_id for one in told if one.usefulness is Usefulness.YES}
    happened = {one.advice_use_id for one in told if one.text or one.offered is not None}
    return UseCounts(len({one.advice_use_id for one in told}), len(useful), len(happened))


def _select_uses(rule_ids: Collection[int]):
    return (
        select(AdviceUseVersion.advice_use_id)
        .join(AdviceRuleVersion, col(AdviceRuleVersion.id) == AdviceUseVersion.version_id)
        .where(col(AdviceRuleVersion.advice_rule_id).in_(rule_ids))
    )


def _select_told():
    return (
        select(AdviceFeedback, AdviceUse, AdviceEdition.number)
        .join(AdviceUse, col(AdviceUse.id) == AdviceFeedback.advice_use_id)
        .join(AdviceEdition, col(AdviceEdition.id) == AdviceUse.edition_id)
    )
