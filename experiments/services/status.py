"""Taking an experiment through its life."""

from datetime import datetime

from sqlmodel import Session

from experiments.errors import (
    NotReadyError,
    NotYourStepError,
    ReasonMissingError,
    StepNotPossibleError,
)
from experiments.labels import NEEDS
from experiments.models.experiments import (
    Experiment,
    ExperimentStatus,
    StatusChange,
    StatusChangeCreate,
)
from experiments.progress import STEPS, Need, find_needs
from experiments.queries import experiments as queries
from experiments.queries.variants import list_variant_rows
from experiments.queries.waves import find_last_wave
from experiments.services.waves import start_first_wave
from lab.access import Place, Reader
from lab.queries.labs import get_lab
from lab.services.audit import record
from lab.services.labs import check_open


def change_status(
    session: Session, experiment_id: int, command: StatusChangeCreate, *, by: Reader, at: datetime
) -> Experiment:
    """Let an experiment take a step, if it is there, by whom it is allowed, with what it needs."""
    experiment = queries.lock_experiment(session, experiment_id)
    lab = get_lab(session, experiment.living_lab_id)
    place = Place(lab.programme_id, lab.id)
    check_open(lab)
    _check_step(session, experiment, command, by.roles_at(place))
    source, experiment.status = experiment.status, command.to_status
    experiment.changed_at = at
    if command.to_status is ExperimentStatus.REGISTERED:
        experiment.registered_at = at
        if find_last_wave(session, experiment.id) is None:
            start_first_wave(session, experiment)
    session.add(
        StatusChange(
            experiment_id=experiment.id,
            from_status=source,
            to_status=command.to_status,
            changed_by_id=by.user_id,
            changed_at=at,
            reason=command.reason,
        )
    )
    record(
        session,
        by=by,
        at=at,
        action="change_status",
        subject="experiment",
        subject_id=experiment.id,
        place=place,
        old=source,
        new=command.to_status,
        reason=command.reason,
    )
    return experiment


def list_needs(session: Session, experiment: Experiment) -> frozenset[Need]:
    """Return everything that an experiment lacks, for whatever step."""
    return find_needs(
        experiment,
        list_variant_rows(session, experiment.id),
        has_profiles=bool(queries.list_profile_rows(session, experiment.id)),
        has_counts=queries.has_counts(session, experiment.id),
    )


def _check_step(session: Session, experiment: Experiment, command: StatusChangeCreate, roles):
    step = STEPS.get((experiment.status, command.to_status))
    if step is None:
        raise StepNotPossibleError(experiment)
    if not roles & step.roles:
        raise NotYourStepError
    if step.is_reason_required and not command.reason:
        raise ReasonMissingError
    lacking = step.needs & list_needs(session, experiment)
    if lacking:
        raise NotReadyError("; ".join(str(NEEDS[need]) for need in Need if need in lacking))
