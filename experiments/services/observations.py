"""Recording counts from the field, and replacing what was recorded wrongly."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from experiments import count_errors as errors
from experiments.limits import CONTENT, Limits, find_faults, settle
from experiments.models.experiments import Experiment, ExperimentStatus
from experiments.models.observations import Observation, ObservationCreate, ReviewState
from experiments.queries import observations as queries
from experiments.queries.cells import lock_counts
from experiments.queries.experiments import get_experiment
from experiments.queries.places import find_experiment_place
from experiments.services import cells
from experiments.services.waves import ensure_wave
from lab.access import CHECKERS, Place, Reader
from lab.formats import HOME_ZONE
from lab.queries.labs import get_lab
from lab.services.audit import record
from lab.services.labs import check_open

OPEN = {ExperimentStatus.IN_FIELD}
OPEN_TO_CHECKERS = {ExperimentStatus.IN_FIELD, ExperimentStatus.CLOSED}
OPEN_TO_CORRECTION = OPEN_TO_CHECKERS | {ExperimentStatus.ANALYSED}


def record_observation(
    session: Session, experiment_id: int, command: ObservationCreate, *, by: Reader, at: datetime
) -> Observation:
    """Keep a field record; the same one sent again is acknowledged and counted once."""
    experiment, place = open_counts(session, experiment_id)
    check_may_record(experiment, place, by)
    command = settle(command)
    if known := find_sent_before(session, experiment_id, command):
        return known
    limits = get_limits(session, experiment, at)
    refuse_faults(command, limits)
    observation = _keep(session, command, limits, by=by, at=at)
    record(
        session, by=by, at=at, place=place, action="record_observation",
        subject="observation", subject_id=observation.id, experiment_id=experiment_id,
    )  # fmt: skip
    return observation


def correct_observation(
    session: Session,
    observation_id: int,
    command: ObservationCreate,
    *,
    reason: str,
    by: Reader,
    at: datetime,
) -> Observation:
    """Replace a record by a better one; what stood there stays in its history."""
    old, experiment, place = _open_for_correction(session, observation_id, by)
    command = settle(command)
    if known := find_sent_before(session, experiment.id, command, old.id, reason):
        return known
    _check_replaceable(session, old, reason)
    limits = get_limits(session, experiment, at)
    refuse_faults(command, limits)
    new = _keep(session, command, limits, by=by, at=at, replaced=old, reason=reason)
    record(
        session, by=by, at=at, place=place, action="correct_observation", subject="observation",
        subject_id=new.id, experiment_id=experiment.id, replaces=old.id, reason=reason,
    )  # fmt: skip
    return new


def void_observation(
    session: Session,
    observation_id: int,
    *,
    reason: str,
    by: Reader,
    at: datetime,
    uuid: UUID | None = None,
) -> Observation:
    """Say that a record should not have been counted; it stays in the history."""
    old, experiment, place = _open_for_correction(session, observation_id, by)
    content = {name: getattr(old, name) for name in CONTENT}
    command = ObservationCreate.model_construct(**content, uuid=uuid or uuid4())
    if known := find_sent_before(session, experiment.id, command, old.id, reason):
        return known
    _check_replaceable(session, old, reason)
    if old.is_void:
        raise errors.AlreadyVoidError
    void = Observation(
        **content,
        uuid=command.uuid,
        experiment_id=experiment.id,
        wave_id=old.wave_id,
        replaces_id=old.id,
        is_void=True,
        correction_reason=reason.strip(),
        recorded_by_id=by.user_id,
        recorded_at=at,
    )
    session.add(void)
    session.flush()
    cells.apply(session, removed=[cells.take_counted(old)])
    record(
        session, by=by, at=at, place=place, action="void_observation", subject="observation",
        subject_id=void.id, experiment_id=experiment.id, replaces=old.id, reason=reason,
    )  # fmt: skip
    return void


def record_observations(
    session: Session,
    experiment_id: int,
    commands: Sequence[ObservationCreate],
    *,
    by: Reader,
    at: datetime,
    review_state: ReviewState = ReviewState.PENDING,
) -> list[Observation]:
    """Keep many field records at once, whatever the status of the experiment."""
    experiment, _place = open_counts(session, experiment_id)
    limits = get_limits(session, experiment, at)
    commands = [settle(command) for command in commands]
    for command in commands:
        refuse_faults(command, limits)
    insert_counted(session, commands, limits, by=by, at=at, review_state=review_state)
    return queries.list_by_uuid(session, [command.uuid for command in commands])


def insert_counted(
    session: Session,
    commands: Iterable[ObservationCreate],
    limits: Limits,
    *,
    by: Reader,
    at: datetime,
    review_state: ReviewState = ReviewState.PENDING,
    import_id: int | None = None,
) -> None:
    """Add checked records and their cells, without reading anything back."""
    shared = {
        "experiment_id": limits.experiment_id,
        "review_state": review_state,
        "import_id": import_id,
        "recorded_by_id": by.user_id,
        "recorded_at": at,
    }
    rows = [
        {name: getattr(command, name) for name in (*CONTENT, "uuid")}
        | {"wave_id": limits.choose_wave(command).id}
        | shared
        for command in commands
    ]
    queries.insert_observations(session, rows)
    cells.apply(session, [cells.Counted(*map(row.get, cells.Counted._fields)) for row in rows])


def open_counts(session: Session, experiment_id: int) -> tuple[Experiment, Place]:
    """Return an experiment whose counts nobody else changes now, and where it belongs."""
    lock_counts(session, experiment_id)
    experiment = get_experiment(session, experiment_id)
    check_open(get_lab(session, experiment.living_lab_id))
    return experiment, find_experiment_place(session, experiment_id)


def get_limits(session: Session, experiment: Experiment, at: datetime) -> Limits:
    """Return what new records must fit in, starting the first wave where there is none."""
    ensure_wave(session, experiment)
    return queries.read_limits(session, experiment, at.astimezone(HOME_ZONE).date())


def check_may_record(experiment: Experiment, place: Place, by: Reader) -> None:
    """Refuse counts when the experiment is not in the field, or is over for this person."""
    if experiment.status not in OPEN_TO_CHECKERS:
        raise errors.NotInFieldError(experiment)
    if experiment.status not in OPEN and not by.roles_at(place) & CHECKERS:
        raise errors.FieldWorkOverError


def may_change(observation: Observation, place: Place, by: Reader) -> bool:
    """Tell whether somebody may correct a record: their own, or any as a supervisor."""
    is_own = by.user_id is not None and observation.recorded_by_id == by.user_id
    return is_own or bool(by.roles_at(place) & CHECKERS)


def refuse_faults(command: ObservationCreate, limits: Limits) -> None:
    """Refuse a record that does not fit its experiment."""
    if faults := find_faults(command, limits):
        raise errors.CountsRefusedError(faults)


def find_sent_before(
    session: Session,
    experiment_id: int,
    command: ObservationCreate,
    replaces_id: int | None = None,
    reason: str = "",
) -> Observation | None:
    """Return the record that this form made before, and refuse one with other content."""
    known = queries.find_by_uuid(session, command.uuid)
    if known is None:
        return None
    is_same = (
        known.experiment_id == experiment_id
        and known.replaces_id == replaces_id
        and known.correction_reason == reason.strip()
        and all(getattr(known, name) == getattr(command, name) for name in CONTENT)
    )
    if not is_same:
        raise errors.OtherContentError(known, command)
    return known


def _open_for_correction(
    session: Session, observation_id: int, by: Reader
) -> tuple[Observation, Experiment, Place]:
    experiment_id = queries.get_observation(session, observation_id).experiment_id
    experiment, place = open_counts(session, experiment_id)
    if experiment.status not in OPEN_TO_CORRECTION:
        raise errors.NotInFieldError(experiment)
    # What was read before the lock may be old by now.
    old = queries.get_observation(session, observation_id)
    if not may_change(old, place, by):
        raise errors.NotYourRecordError
    return old, experiment, place


def _check_replaceable(session: Session, old: Observation, reason: str) -> None:
    newer = queries.find_replacement(session, old.id)
    if newer is not None:
        raise errors.AlreadyReplacedError(newer)
    errors.refuse_bad_reason(reason)


def _keep(
    session: Session,
    command: ObservationCreate,
    limits: Limits,
    *,
    by: Reader,
    at: datetime,
    replaced: Observation | None = None,
    reason: str = "",
) -> Observation:
    observation = Observation(
        **{name: getattr(command, name) for name in (*CONTENT, "uuid")},
        experiment_id=limits.experiment_id,
        wave_id=limits.choose_wave(command).id,
        replaces_id=replaced and replaced.id,
        correction_reason=reason.strip(),
        recorded_by_id=by.user_id,
        recorded_at=at,
    )
    session.add(observation)
    session.flush()
    was_counted = replaced is not None and not replaced.is_void
    removed = [cells.take_counted(replaced)] if was_counted else []
    cells.apply(session, [cells.take_counted(observation)], removed)
    return observation
