"""Queries on observations: which are in force, their history and their limits."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from experiments.limits import Limits, WaveLimit
from experiments.models.experiments import Experiment, ExperimentProfile, Variant, Wave
from experiments.models.observations import Observation, ObservationReview, ReviewState
from lab.models.people import User

NUMBERS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class ObservationFilter:
    """Which observations of an experiment to list."""

    variant_id: int | None = None
    # 0 asks for the records of which the profile is unknown.
    profile_id: int | None = None
    review_state: ReviewState | None = None
    observed_on: date | None = None
    recorded_by_id: int | None = None


def is_newest() -> ColumnElement[bool]:
    """Return the condition that an observation has not been replaced."""
    later = aliased(Observation)
    return ~select(later.id).where(col(later.replaces_id) == Observation.id).exists()


def is_in_force() -> ColumnElement[bool]:
    """Return the condition that an observation is neither replaced nor void."""
    return is_newest() & ~col(Observation.is_void)


def list_in_force(session: Session, experiment_id: int, names: Sequence[str]) -> Iterable[Row[Any]]:
    """Return some columns of the observations in force of an experiment."""
    columns = [getattr(Observation, name) for name in names]
    statement = select(*columns).where(Observation.experiment_id == experiment_id, is_in_force())
    return session.exec(statement)


def list_observations_in_force(session: Session, experiment_id: int) -> list[Observation]:
    """Return the observations in force of an experiment, in order of entry."""
    statement = (
        select(Observation)
        .where(Observation.experiment_id == experiment_id, is_in_force())
        .order_by(col(Observation.id))
    )
    return list(session.exec(statement))


def get_observation(session: Session, observation_id: int) -> Observation:
    """Return an observation that is known to exist, as it is now."""
    return session.get_one(Observation, observation_id, populate_existing=True)


def find_observation(session: Session, observation_id: int) -> Observation | None:
    """Return an observation, or None."""
    return session.get(Observation, observation_id)


def find_by_uuid(session: Session, uuid: UUID) -> Observation | None:
    """Return the observation that a form made, or None."""
    return session.exec(select(Observation).where(Observation.uuid == uuid)).first()


def find_replacement(session: Session, observation_id: int) -> Observation | None:
    """Return the observation that replaces another one, or None."""
    statement = select(Observation).where(Observation.replaces_id == observation_id)
    return session.exec(statement).first()


def list_by_uuid(session: Session, uuids: Sequence[UUID]) -> list[Observation]:
    """Return the observations with some identities, in that order."""
    found: dict[UUID, Observation] = {}
    for some in _portions(uuids):
        statement = select(Observation).where(col(Observation.uuid).in_(some))
        found |= {observation.uuid: observation for observation in session.exec(statement)}
    return [found[uuid] for uuid in uuids if uuid in found]


def insert_observations(session: Session, rows: list[dict[str, Any]]) -> None:
    """Add many observations at once."""
    if rows:
        session.connection().execute(insert(Observation), rows)


def list_reviewable(
    session: Session, experiment_id: int, observation_ids: Collection[int]
) -> list[Observation]:
    """Return those of some observations that belong to an experiment and are in force."""
    found: list[Observation] = []
    for some in _portions(sorted(observation_ids)):
        statement = (
            select(Observation)
            .where(Observation.experiment_id == experiment_id, is_in_force())
            .where(col(Observation.id).in_(some))
            .order_by(col(Observation.id))
            .execution_options(populate_existing=True)
        )
        found += session.exec(statement)
    return found


def set_review_state(session: Session, observation_ids: Sequence[int], state: ReviewState) -> None:
    """Give observations another review state."""
    for some in _portions(observation_ids):
        statement = update(Observation).where(col(Observation.id).in_(some))
        session.connection().execute(statement.values(review_state=state))


def insert_reviews(session: Session, rows: list[dict[str, Any]]) -> None:
    """Add many judgements at once."""
    session.connection().execute(insert(ObservationReview), rows)


def list_observations(
    session: Session,
    experiment_id: int,
    chosen: ObservationFilter,
    offset: int = 0,
    limit: int = 50,
) -> list[tuple[Observation, str | None]]:
    """Return the newest versions that pass a filter with who recorded them, newest first."""
    statement = (
        select(Observation, User.name)
        .outerjoin(User, col(User.id) == Observation.recorded_by_id)
        .where(*_conditions(experiment_id, chosen))
        .order_by(col(Observation.recorded_at).desc(), col(Observation.id).desc())
        .offset(offset)
        .limit(limit)
    )
    return [tuple(row) for row in session.exec(statement)]


def count_observations(session: Session, experiment_id: int, chosen: ObservationFilter) -> int:
    """Return how many observations pass a filter."""
    statement = select(func.count(Observation.id)).where(*_conditions(experiment_id, chosen))
    return session.exec(statement).one()


def _conditions(experiment_id: int, chosen: ObservationFilter) -> Iterator[ColumnElement[bool]]:
    yield Observation.experiment_id == experiment_id
    yield is_newest()
    if chosen.variant_id is not None:
        yield Observation.variant_id == chosen.variant_id
    if chosen.profile_id is not None:
        # Comparing with None asks for rows without one.
        yield Observation.profile_id == (chosen.profile_id or None)
    if chosen.review_state is not None:
        yield Observation.review_state == chosen.review_state
        yield ~col(Observation.is_void)
    if chosen.observed_on is not None:
        yield Observation.observed_on == chosen.observed_on
    if chosen.recorded_by_id is not None:
        yield Observation.recorded_by_id == chosen.recorded_by_id


def list_history(session: Session, observation: Observation) -> list[Observation]:
    """Return all versions of a record, the first one first."""
    versions = [observation]
    while versions[0].replaces_id is not None:
        versions.insert(0, session.get_one(Observation, versions[0].replaces_id))
    while (later := find_replacement(session, versions[-1].id)) is not None:
        versions.append(later)
    return versions


def list_reviews(
    session: Session, observation_ids: Collection[int]
) -> list[tuple[ObservationReview, str | None]]:
    """Return the judgements about observations with who gave them, the first one first."""
    statement = (
        select(ObservationReview, User.name)
        .outerjoin(User, col(User.id) == ObservationReview.reviewed_by_id)
        .where(col(ObservationReview.observation_id).in_(observation_ids))
        .order_by(col(ObservationReview.id))
    )
    return [tuple(row) for row in session.exec(statement)]


def list_last_reasons(session: Session, observation_ids: Collection[int]) -> dict[int, str]:
    """Return the last reason that a supervisor gave about each of some observations."""
    return {
        review.observation_id: review.reason for review, _ in list_reviews(session, observation_ids)
    }


def list_names(session: Session, user_ids: Collection[int | None]) -> dict[int, str]:
    """Return the names of people by number."""
    numbers = {number for number in user_ids if number is not None}
    statement = select(User.id, User.name).where(col(User.id).in_(numbers))
    return dict(session.exec(statement).all())


def list_waves(session: Session, experiment_id: int) -> list[Wave]:
    """Return the waves of an experiment, in order."""
    statement = select(Wave).where(Wave.experiment_id == experiment_id).order_by(col(Wave.number))
    return list(session.exec(statement))


def read_limits(session: Session, experiment: Experiment, today: date) -> Limits:
    """Return what the observations of an experiment must fit in."""
    variants = select(Variant.id).where(Variant.experiment_id == experiment.id)
    profiles = select(ExperimentProfile.profile_id).where(
        ExperimentProfile.experiment_id == experiment.id
    )
    waves = list_waves(session, experiment.id)
    return Limits(
        experiment_id=experiment.id,
        starts_on=experiment.starts_on,
        ends_on=experiment.ends_on,
        today=today,
        variant_ids=frozenset(session.exec(variants)),
        profile_ids=frozenset(session.exec(profiles)),
        waves=tuple(WaveLimit(wave.id, wave.number, wave.starts_on) for wave in waves),
    )


def _portions(values: Sequence) -> Iterator[Sequence]:
    for start in range(0, len(values), NUMBERS_PER_QUERY):
        yield values[start : start + NUMBERS_PER_QUERY]
