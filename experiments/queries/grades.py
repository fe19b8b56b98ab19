"""Queries for the facts from which evidence grades follow."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from experiments.grade import EvidenceGrade, GradeFacts, grade_experiment
from experiments.models.experiments import Experiment, Variant
from experiments.models.observations import CountCell, CountMethod, Observation
from experiments.queries.cells import COUNTED_STATES
from experiments.queries.observations import is_in_force
from lab.formats import HOME_ZONE


def find_grade(session: Session, experiment: Experiment) -> EvidenceGrade:
    """Return the evidence grade of one experiment."""
    return find_grades(session, [experiment])[experiment.id]


def find_grades(session: Session, experiments: Sequence[Experiment]) -> dict[int, EvidenceGrade]:
    """Return the evidence grades of experiments, by experiment."""
    numbers = [experiment.id for experiment in experiments]
    variants = _count_variants(session, numbers)
    cells = _sum_cells(session, numbers)
    days = _find_field_days(session, numbers)
    return {
        experiment.id: grade_experiment(
            GradeFacts(
                design_type=experiment.design_type,
                created_on=_day_of(experiment.created_at),
                registered_on=_day_of(experiment.registered_at),
                **variants.get(experiment.id, {"variant_count": 0}),
                **cells.get(experiment.id, {}),
                **_describe_days(experiment, *days.get(experiment.id, (None, None))),
            )
        )
        for experiment in experiments
    }


def _count_variants(session: Session, numbers: Collection[int]) -> dict[int, dict]:
    statement = (
        select(
            Variant.experiment_id,
            func.count(),
            func.sum(case((col(Variant.is_control).is_(True), 1), else_=0)),
        )
        .where(col(Variant.experiment_id).in_(numbers))
        .group_by(col(Variant.experiment_id))
    )
    return {
        number: {"variant_count": count, "has_control": bool(controls)}
        for number, count, controls in session.exec(statement)
    }


def _sum_cells(session: Session, numbers: Collection[int]) -> dict[int, dict]:
    is_counted = case((CountCell.count_method == CountMethod.COUNTED, 1), else_=0)
    statement = (
        select(
            CountCell.experiment_id,
            func.count(),
            func.count(col(CountCell.offered)),
            func.count(col(CountCell.reached)),
            func.sum(is_counted),
        )
        .where(col(CountCell.experiment_id).in_(numbers))
        .where(col(CountCell.review_state).in_(COUNTED_STATES))
        .group_by(col(CountCell.experiment_id))
    )
    return {
        number: {
            "has_counts": True,
            "is_denominator_known": cells in (offered, reached),
            "is_denominator_counted": cells == counted,
        }
        for number, cells, offered, reached, counted in session.exec(statement)
    }


def _find_field_days(session: Session, numbers: Collection[int]) -> dict[int, tuple[date, date]]:
    statement = (
        select(
            Observation.experiment_id,
            func.min(Observation.observed_on),
            func.max(Observation.observed_on),
        )
        .where(col(Observation.experiment_id).in_(numbers), is_in_force())
        .group_by(col(Observation.experiment_id))
    )
    return {number: (first, last) for number, first, last in session.exec(statement)}


def _describe_days(experiment: Experiment, first: date | None, last: date | None) -> dict:
    begins = [day for day in (experiment.starts_on, first) if day]
    return {
        "first_day_on": min(begins, default=None),
        "last_day_on": experiment.ends_on or last,
    }


def _day_of(moment: datetime | None) -> date | None:
    return moment and moment.astimezone(HOME_ZONE).date()
