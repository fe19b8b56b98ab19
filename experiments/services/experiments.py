"""Writing down experiments and changing them."""

from datetime import datetime

from sqlmodel import Session

from experiments.errors import ExperimentFinishedError, ForeignLabelError
from experiments.models.experiments import (
    Experiment,
    ExperimentBase,
    ExperimentCreate,
    ExperimentProfile,
    StatusChange,
)
from experiments.progress import OPEN_STATUSES
from experiments.queries import experiments as queries
from experiments.queries.vocabulary import Vocabulary, read_vocabulary
from experiments.services.changes import compare_values
from lab.access import Place, Reader
from lab.errors import StaleError
from lab.models.labs import LivingLab
from lab.queries.labs import get_lab
from lab.services.audit import record
from lab.services.labs import check_open


def add_experiment(
    session: Session, living_lab_id: int, command: ExperimentCreate, *, by: Reader, at: datetime
) -> Experiment:
    """Write down a new experiment, as an idea."""
    lab = get_lab(session, living_lab_id)
    check_open(lab)
    check_labels(read_vocabulary(session, lab.programme_id), command)
    experiment = Experiment(
        **command.model_dump(exclude={"profile_ids"}),
        living_lab_id=lab.id,
        created_by_id=by.user_id,
        created_at=at,
        changed_at=at,
    )
    session.add(experiment)
    session.flush()
    _keep_profiles(session, experiment.id, command.profile_ids)
    session.add(
        StatusChange(
            experiment_id=experiment.id,
            to_status=experiment.status,
            changed_by_id=by.user_id,
            changed_at=at,
        )
    )
    record_change(session, lab, experiment, "add_experiment", by=by, at=at, title=experiment.title)
    return experiment


def change_experiment(
    session: Session,
    experiment_id: int,
    command: ExperimentCreate,
    *,
    seen_at: datetime | None,
    by: Reader,
    at: datetime,
) -> Experiment:
    """Change what describes an experiment, unless somebody else did since it was seen."""
    experiment, lab = open_for_change(session, experiment_id)
    check_labels(read_vocabulary(session, lab.programme_id), command)
    changes = compare_values(read_values(session, experiment), command.model_dump())
    if not changes:
        return experiment
    if seen_at not in (None, find_moment(session, experiment)):
        raise StaleError
    experiment.sqlmodel_update(command.model_dump(exclude={"profile_ids"}))
    experiment.changed_at = at
    _keep_profiles(session, experiment.id, command.profile_ids)
    record_change(session, lab, experiment, "change_experiment", by=by, at=at, changes=changes)
    return experiment


def open_for_change(session: Session, experiment_id: int) -> tuple[Experiment, LivingLab]:
    """Return an experiment that may still be changed, with its lab, or refuse."""
    experiment = queries.lock_experiment(session, experiment_id)
    return experiment, check_changeable(session, experiment)


def check_changeable(session: Session, experiment: Experiment) -> LivingLab:
    """Return the lab of an experiment that may still be changed, or refuse."""
    lab = get_lab(session, experiment.living_lab_id)
    check_open(lab)
    if experiment.status not in OPEN_STATUSES:
        raise ExperimentFinishedError(experiment)
    return lab


def read_values(session: Session, experiment: Experiment) -> dict:
    """Return what describes an experiment, as a form shows it."""
    values = experiment.model_dump(include=set(ExperimentBase.model_fields))
    return values | {"profile_ids": queries.list_profile_ids(session, experiment.id)}


def find_moment(session: Session, experiment: Experiment) -> datetime:
    """Return when what describes an experiment was last written."""
    # A step in its life or a new variant does not touch what the form shows.
    edit = queries.find_last_edit(session, experiment.id)
    return edit.at if edit else experiment.created_at


def check_labels(vocabulary: Vocabulary, command: ExperimentCreate) -> None:
    """Refuse labels of another programme, and profiles of another model than the chosen one."""
    profiles = vocabulary.profiles_of(command.segmentation_model_id)
    is_known = (
        vocabulary.has("phases", command.phase_id)
        and vocabulary.has("issue_types", command.issue_type_id)
        and vocabulary.has("themes", command.theme_id)
        and vocabulary.has("models", command.segmentation_model_id)
        and {profile.id for profile in profiles} >= set(command.profile_ids)
    )
    if not is_known:
        raise ForeignLabelError


def record_change(
    session: Session, lab: LivingLab, experiment: Experiment, action: str, **details
) -> None:
    """Keep in the log what somebody did to an experiment."""
    record(
        session,
        action=action,
        subject="experiment",
        subject_id=experiment.id,
        place=Place(lab.programme_id, lab.id),
        **details,
    )


def _keep_profiles(session: Session, experiment_id: int, profile_ids: list[int]) -> None:
    kept = {row.profile_id: row for row in queries.list_profile_rows(session, experiment_id)}
    for profile_id in kept.keys() - set(profile_ids):
        session.delete(kept[profile_id])
    for profile_id in sorted(set(profile_ids) - kept.keys()):
        session.add(ExperimentProfile(experiment_id=experiment_id, profile_id=profile_id))
    session.flush()
