"""What supervisors and researchers think of what was counted."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from experiments import count_errors as errors
from experiments.models.observations import Observation, ReviewState
from experiments.queries import observations as queries
from experiments.services import cells
from experiments.services.observations import OPEN_TO_CORRECTION, open_counts
from lab.access import Reader
from lab.services.audit import record

JUDGEMENTS = (ReviewState.APPROVED, ReviewState.RETURNED, ReviewState.HELD)
NEEDS_REASON = {ReviewState.RETURNED, ReviewState.HELD}


def review_observations(
    session: Session,
    experiment_id: int,
    observation_ids: Collection[int],
    state: ReviewState,
    *,
    reason: str = "",
    by: Reader,
    at: datetime,
) -> int:
    """Approve, hold or return records of an experiment; return how many changed."""
    experiment, place = open_counts(session, experiment_id)
    if experiment.status not in OPEN_TO_CORRECTION:
        raise errors.NotInFieldError(experiment)
    found = queries.list_reviewable(session, experiment_id, observation_ids)
    _check(found, observation_ids, state, reason, by)
    changed = [observation for observation in found if observation.review_state != state]
    _move(session, changed, state)
    queries.insert_reviews(
        session,
        [
            {
                "observation_id": observation.id,
                "state": state,
                "reason": reason.strip(),
                "reviewed_by_id": by.user_id,
                "reviewed_at": at,
            }
            for observation in found
        ],
    )
    record(
        session, by=by, at=at, place=place, action="review_observations", subject="experiment",
        subject_id=experiment_id, state=state, reason=reason.strip(),
        observations=[observation.id for observation in found],
    )  # fmt: skip
    return len(changed)


def may_review(observation: Observation, by: Reader) -> bool:
    """Tell whether a record can be judged by somebody: it counts and is not their own."""
    return not observation.is_void and (
        observation.recorded_by_id is None or observation.recorded_by_id != by.user_id
    )


def _check(
    found: list[Observation],
    observation_ids: Collection[int],
    state: ReviewState,
    reason: str,
    by: Reader,
) -> None:
    if not observation_ids:
        raise errors.NothingChosenError
    # Somebody corrected one of them in the meantime, or it never was one of these.
    if len(found) != len(set(observation_ids)):
        raise errors.ReplacedMeanwhileError
    if not all(may_review(observation, by) for observation in found):
        raise errors.OwnRecordError
    if state in NEEDS_REASON or reason.strip():
        errors.refuse_bad_reason(reason)


def _move(session: Session, changed: list[Observation], state: ReviewState) -> None:
    before = [cells.take_counted(observation) for observation in changed]
    after = [counted._replace(review_state=state) for counted in before]
    queries.set_review_state(session, [observation.id for observation in changed], state)
    for observation in changed:
        session.refresh(observation, ["review_state"])
    cells.apply(session, after, before)
