"""Keeping what people tell of advice, and answering them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.models.advice import AdviceEdition
from analysis.models.feedback import (
    AdviceFeedback,
    AdviceUse,
    AdviceUseVersion,
    AnswerCreate,
    FeedbackCreate,
    FollowUpCreate,
    HideCreate,
)
from analysis.queries import feedback as queries
from lab.access import Place, Reader
from lab.errors import DomainError
from lab.services.audit import record
from lab.services.sign_in import Limit, make_key

# A school class tries the guide together; a machine that floods it waits longer and longer.
SENDING = Limit(free=30, period=timedelta(hours=1), longest_wait=timedelta(minutes=15))
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Sender:
    """Under which key the messages from one network are counted."""

    key: str

    @classmethod
    def of(cls, secret: str, network: str) -> "Sender":
        """Return the key of a network, from which nobody can read which one it is."""
        return cls(make_key(secret, f"feedback {network}"))

    def limits(self) -> list[tuple[str, Limit]]:
        """Return each key with its limit."""
        return [(self.key, SENDING)]


class ToldTooOftenError(DomainError):
    """One use of advice has an end."""

    def __init__(self):
        super().__init__(_("You told us enough about this advice. Thank you."))


class HiddenFeedbackError(DomainError):
    """What is hidden is no longer answered."""

    def __init__(self):
        super().__init__(_("This message is hidden, so it cannot be answered."))


def tell_use(
    session: Session,
    edition: AdviceEdition,
    version_ids: Sequence[int],
    choices: dict,
    command: FeedbackCreate,
    *,
    at: datetime,
) -> str:
    """Keep that somebody used advice and what they said; return the code of their own link."""
    token = secrets.token_urlsafe(16)
    use = AdviceUse(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        choices=choices,
        token_hash=hash_token(token),
        used_at=at,
    )
    session.add(use)
    session.flush()
    for version_id in dict.fromkeys(version_ids):
        session.add(AdviceUseVersion(advice_use_id=use.id, version_id=version_id))
    _keep(session, use, command, at)
    return token


def tell_more(
    session: Session, use: AdviceUse, command: FollowUpCreate, *, at: datetime
) -> AdviceFeedback:
    """Keep what somebody tells later through their own link."""
    if len(queries.list_feedback_of(session, use.id)) >= MOST_TOLD:
        raise ToldTooOftenError
    return _keep(session, use, command, at)


def answer_feedback(
    session: Session, feedback_id: int, command: AnswerCreate, *, by: Reader, at: datetime
) -> AdviceFeedback:
    """Answer what somebody told, and say whether everybody may read both."""
    feedback = queries.get_feedback(session, feedback_id)
    if feedback.hidden_at is not None:
        raise HiddenFeedbackError
    before = {"answer": feedback.answer, "was_shown": feedback.shown_at is not None}
    feedback.answer, feedback.answered_by_id, feedback.answered_at = (
        command.answer,
        by.user_id,
        at,
    )
    feedback.shown_at = (feedback.shown_at or at) if command.is_shown else None
    session.flush()
    _record(session, feedback, "answer_feedback", by=by, at=at, before=before)
    return feedback


def hide_feedback(
    session: Session, feedback_id: int, command: HideCreate, *, by: Reader, at: datetime
) -> AdviceFeedback:
    """Take what somebody told out of sight and out of the counts; it is kept, with the reason."""
    feedback = queries.get_feedback(session, feedback_id)
    if feedback.hidden_at is None:
        feedback.hidden_at, feedback.hidden_by_id = at, by.user_id
        feedback.hidden_reason = command.reason
        session.flush()
        _record(session, feedback, "hide_feedback", by=by, at=at, reason=command.reason)
    return feedback


def hash_token(token: str) -> str:
    """Return what is kept of the code in somebody's own link."""
    return hashlib.sha256(token.encode()).hexdigest()


def _keep(
    session: Session, use: AdviceUse, command: FollowUpCreate, at: datetime
) -> AdviceFeedback:
    feedback = AdviceFeedback(advice_use_id=use.id, told_at=at, **command.model_dump())
    session.add(feedback)
    session.flush()
    return feedback


def _record(
    session: Session, feedback: AdviceFeedback, action: str, *, by: Reader, at: datetime, **details
) -> None:
    use = queries.get_use(session, feedback.advice_use_id)
    record(
        session,
        by=by,
        at=at,
        action=action,
        subject="advice_feedback",
        subject_id=feedback.id,
        place=Place(use.programme_id),
        **details,
    )
