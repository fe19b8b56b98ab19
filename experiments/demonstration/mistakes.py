"""What goes wrong in any real programme, put into the fictitious one on purpose."""

import random
from datetime import datetime, timedelta

from sqlmodel import Session

from experiments.demonstration.fictitious import WrittenLab
from experiments.demonstration.recipe import SEED
from experiments.models.experiments import (
    Experiment,
    ExperimentStatus,
    StatusChangeCreate,
)
from experiments.models.observations import Observation, ObservationCreate, ReviewState
from experiments.queries.observations import list_observations_in_force
from experiments.services.observations import (
    correct_observation,
    record_observations,
    void_observation,
)
from experiments.services.reviews import review_observations
from experiments.services.status import change_status
from lab.access import Post, Reader
from lab.models.labs import LivingLab
from lab.models.people import Role

OPEN = {ExperimentStatus.IN_FIELD, ExperimentStatus.CLOSED, ExperimentStatus.ANALYSED}
CONFLICTS = 4
DUPLICATES = 3
LATE_ENTRIES = 2
TWO_TOTALS = "De balie telde een ander aantal dan de lijst; de lijst is nageteld."
TWICE = "Dubbel ingevoerd door twee studenten."
WITHDRAWN = "De gemeente heeft de brief na een week teruggetrokken."
UNCLEAR = "Het aantal reacties is hoger dan op andere dagen. Wil je het natellen?"


def make_mistakes(session: Session, written: list[WrittenLab], at: datetime) -> None:
    """Add corrections, double and late entries, open reviews and a withdrawn experiment."""
    rng = random.Random(SEED)
    opened = [
        (lab, experiment)
        for lab, experiment in _list_experiments(written)
        if experiment.status in OPEN
    ]
    counted = [pair for pair in opened if list_observations_in_force(session, pair[1].id)]
    for lab, experiment in rng.sample(counted, CONFLICTS):
        _settle_conflict(session, rng, experiment, make_supervisor(lab), at)
    for lab, experiment in rng.sample(counted, DUPLICATES):
        _enter_twice(session, rng, experiment, make_supervisor(lab), at)
    for _lab, experiment in rng.sample(counted, LATE_ENTRIES):
        _enter_late(session, rng, experiment, at)
    _return_one(session, written[0], at)
    _withdraw_one(session, written, at)


def make_supervisor(lab: LivingLab) -> Reader:
    """Return somebody without an account who checks and corrects in a lab."""
    posts = tuple(
        Post(lab.id, lab.programme_id, role) for role in (Role.SUPERVISOR, Role.RESEARCHER)
    )
    return Reader(name="Robin Voorbeeld", is_demonstration=True, posts=posts)


def _list_experiments(written: list[WrittenLab]) -> list[tuple[LivingLab, Experiment]]:
    return [
        (written_lab.lab, experiment)
        for written_lab in written
        for _planned, experiment, _variants in written_lab.experiments
    ]


def _choose_record(session: Session, rng: random.Random, experiment: Experiment) -> Observation:
    return rng.choice(list_observations_in_force(session, experiment.id))


def _copy(observation: Observation, **changed: object) -> ObservationCreate:
    names = ObservationCreate.model_fields.keys() - {"uuid", "wave_number"}
    values = {name: getattr(observation, name) for name in names}
    return ObservationCreate(**values | changed)


def _settle_conflict(session, rng, experiment, by, at) -> None:
    """Sixty by one list and ninety-four by another: the correction keeps both."""
    record = _choose_record(session, rng, experiment)
    most = record.reached if record.reached is not None else record.responded * 2
    counted = min(most, round(record.responded * 94 / 60) + 1)
    command = _copy(record, responded=counted, participated=None)
    if counted != record.responded:
        correct_observation(session, record.id, command, reason=TWO_TOTALS, by=by, at=at)


def _enter_twice(session, rng, experiment, by, at) -> None:
    record = _choose_record(session, rng, experiment)
    (double,) = record_observations(session, experiment.id, [_copy(record)], by=by, at=at)
    void_observation(session, double.id, reason=TWICE, by=by, at=at)


def _enter_late(session, rng, experiment, at) -> None:
    record = _choose_record(session, rng, experiment)
    late = _copy(record, remark="Later ingevoerd: de lijst lag nog in de auto.")
    record_observations(session, experiment.id, [late], by=Reader(), at=at)


def _return_one(session: Session, written_lab: WrittenLab, at: datetime) -> None:
    """Send one record back to the student of the first lab, with a question."""
    for _planned, experiment, _variants in written_lab.experiments:
        if experiment.status is ExperimentStatus.IN_FIELD:
            record = list_observations_in_force(session, experiment.id)[0]
            review_observations(
                session,
                experiment.id,
                [record.id],
                ReviewState.RETURNED,
                reason=UNCLEAR,
                by=make_supervisor(written_lab.lab),
                at=at - timedelta(hours=3),
            )


def _withdraw_one(session: Session, written: list[WrittenLab], at: datetime) -> None:
    lab, experiment = next(
        pair
        for pair in _list_experiments(written[1:])
        if pair[1].status is ExperimentStatus.ANALYSED
    )
    command = StatusChangeCreate(to_status=ExperimentStatus.WITHDRAWN, reason=WITHDRAWN)
    change_status(session, experiment.id, command, by=make_supervisor(lab), at=at)
