"""Queries on how an experiment was held: what changed after its protocol was fixed, and when."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Result, Select, bindparam, case
from sqlmodel import Session, col, func, select

from analysis.models.runs import AnalysisRun
from experiments.models.experiments import Experiment, ExperimentStatus, StatusChange, Wave
from experiments.models.observations import (
    CountCell,
    CountMethod,
    Observation,
    ReviewState,
)
from experiments.queries.observations import is_in_force
from lab.models.audit import AuditEntry


class Edit(NamedTuple):
    """A change of the protocol: what was done, when, and to which fields."""

    action: str
    at: datetime
    fields: tuple[str, ...]
    variant_nl: str = ""
    variant_en: str = ""


class Step(NamedTuple):
    """A change of status."""

    old: ExperimentStatus | None
    new: ExperimentStatus
    at: datetime


class Records(NamedTuple):
    """Sums of records: of all in force, how many wait, are held or returned, and how they count."""

    everything: int = 0
    pending: int = 0
    held: int = 0
    returned: int = 0
    estimated: int = 0
    platform: int = 0
    profile_unknown: int = 0
    known_afterwards: int = 0


class Corrections(NamedTuple):
    """How many records replaced another one or crossed it out, and the days that were counted."""

    corrected: int = 0
    voided: int = 0
    first_on: date | None = None
    last_on: date | None = None
    last_recorded_at: datetime | None = None


class Conduct(NamedTuple):
    """All that is kept of how an experiment was held, as far as its report tells it."""

    registered_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    edits: tuple[Edit, ...] = ()
    steps: tuple[Step, ...] = ()
    waves: int = 1
    corrections: Corrections = Corrections()
    records: Records = Records()
    first_run_at: datetime | None = None
    # The profiles that the protocol looks at, by number as text.
    planned_profiles: frozenset[str] = frozenset()
    is_registered_before: bool = False


# Built once: every report asks these, and building costs more than running them.
THIS = bindparam("experiment_id")
EDITED = ("change_experiment", "add_variant", "change_variant", "remove_variant")
EDITS = (
    select(AuditEntry.action, AuditEntry.at, AuditEntry.details)
    .where(AuditEntry.subject == "experiment", AuditEntry.subject_id == THIS)
    .where(col(AuditEntry.action).in_(EDITED))
    .order_by(col(AuditEntry.at), col(AuditEntry.id))
)
STEPS = (
    select(StatusChange.from_status, StatusChange.to_status, StatusChange.changed_at)
    .where(StatusChange.experiment_id == THIS)
    .order_by(col(StatusChange.changed_at), col(StatusChange.id))
)
WAVES = select(func.count()).select_from(Wave).where(Wave.experiment_id == THIS)


def _sum_where(condition) -> case:
    return func.sum(case((condition, CountCell.observations), else_=0))


RECORDS = select(
    func.sum(CountCell.observations),
    _sum_where(CountCell.review_state == ReviewState.PENDING),
    _sum_where(CountCell.review_state == ReviewState.HELD),
    _sum_where(CountCell.review_state == ReviewState.RETURNED),
    _sum_where(CountCell.count_method == CountMethod.ESTIMATED),
    _sum_where(CountCell.count_method == CountMethod.PLATFORM),
    _sum_where(col(CountCell.profile_id).is_(None)),
    _sum_where(col(CountCell.is_profile_known_before).is_(False)),
).where(CountCell.experiment_id == THIS)
CORRECTIONS = select(
    func.sum(case((col(Observation.is_void).is_(True), 1), else_=0)),
    func.count(col(Observation.replaces_id)),
    func.max(Observation.recorded_at),
).where(Observation.experiment_id == THIS)
COUNTED_DAYS = select(func.min(Observation.observed_on), func.max(Observation.observed_on)).where(
    Observation.experiment_id == THIS, is_in_force()
)
FIRST_RUN = select(func.min(AnalysisRun.run_at)).where(AnalysisRun.experiment_id == THIS)


def load_conduct(
    session: Session, experiment: Experiment, planned: frozenset[str], is_registered_before: bool
) -> Conduct:
    """Return what is kept of how an experiment was held.

    planned: the profiles of its protocol; is_registered_before: as its grade says.
    """
    number = experiment.id
    return Conduct(
        registered_at=experiment.registered_at,
        starts_on=experiment.starts_on,
        ends_on=experiment.ends_on,
        edits=_list_edits(session, experiment),
        steps=tuple(Step(*row) for row in _run(session, STEPS, number)),
        waves=_run(session, WAVES, number).scalar_one(),
        corrections=_load_corrections(session, number),
        records=Records(*(int(value or 0) for value in _run(session, RECORDS, number).one())),
        first_run_at=_run(session, FIRST_RUN, number).scalar_one(),
        planned_profiles=planned,
        is_registered_before=is_registered_before,
    )


def _list_edits(session: Session, experiment: Experiment) -> tuple[Edit, ...]:
    """Return the changes after the protocol was fixed; before that it is still being written."""
    since = experiment.registered_at
    if since is None:
        return ()
    return tuple(
        Edit(
            action,
            at,
            tuple(details.get("changes", {})),
            details.get("name_nl", ""),
            details.get("name_en", ""),
        )
        for action, at, details in _run(session, EDITS, experiment.id)
        if at > since
    )


def _load_corrections(session: Session, experiment_id: int) -> Corrections:
    voided, replacing, recorded_at = _run(session, CORRECTIONS, experiment_id).one()
    first_on, last_on = _run(session, COUNTED_DAYS, experiment_id).one()
    voided = int(voided or 0)
    return Corrections(replacing - voided, voided, first_on, last_on, recorded_at)


def _run(session: Session, statement: Select, experiment_id: int) -> Result:
    return session.connection().execute(statement, {"experiment_id": experiment_id})
