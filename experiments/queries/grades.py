"""Queries for the facts from which evidence grades follow."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Result, Select, bindparam, case
from sqlmodel import Session, col, func, select

from experiments.grade import EvidenceGrade, GradeFacts, grade_experiment
from experiments.models.experiments import Experiment, Variant
from experiments.models.observations import CountCell, CountMethod, Observation
from experiments.queries.cells import COUNTED_STATES
from experiments.queries.observations import is_in_force
from lab.formats import HOME_ZONE

# Built once: every page of an experiment asks these, and building costs more than running them.
NUMBERS = bindparam("numbers", expanding=True)
VARIANTS = (
    select(
        Variant.experiment_id,
        func.count(),
        func.sum(case((col(Variant.is_control).is_(True), 1), else_=0)),
    )
    .where(col(Variant.experiment_id).in_(NUMBERS))
    .group_by(col(Variant.experiment_id))
)
CELLS = (
    select(
        CountCell.experiment_id,
        func.count(),
        func.count(col(CountCell.offered)),
        func.count(col(CountCell.reached)),
        func.sum(case((CountCell.count_method == CountMethod.COUNTED, 1), else_=0)),
    )
    .where(col(CountCell.experiment_id).in_(NUMBERS))
    .where(col(CountCell.review_state).in_(COUNTED_STATES))
    .group_by(col(CountCell.experiment_id))
)
FIELD_DAYS = (
    select(
        Observation.experiment_id,
        func.min(Observation.observed_on),
        func.max(Observation.observed_on),
    )
    .where(col(Observation.experiment_id).in_(NUMBERS), is_in_force())
    .group_by(col(Observation.experiment_id))
)


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
    return {
        number: {"variant_count": count, "has_control": bool(controls)}
        for number, count, controls in _run(session, VARIANTS, numbers)
    }


def _sum_cells(session: Session, numbers: Collection[int]) -> dict[int, dict]:
    return {
        number: {
            "has_counts": True,
            "is_denominator_known": cells in (offered, reached),
            "is_denominator_counted": cells == counted,
        }
        for number, cells, offered, reached, counted in _run(session, CELLS, numbers)
    }


def _find_field_days(session: Session, numbers: Collection[int]) -> dict[int, tuple[date, date]]:
    return {number: (first, last) for number, first, last in _run(session, FIELD_DAYS, numbers)}


def _run(session: Session, statement: Select, numbers: Collection[int]) -> Result:
    return session.connection().execute(statement, {"numbers": list(numbers)})


def _describe_days(experiment: Experiment, first: date | None, last: date | None) -> dict:
    begins = [day for day in (experiment.starts_on, first) if day]
    return {
        "first_day_on": min(begins, default=None),
        "last_day_on": experiment.ends_on or last,
    }


def _day_of(moment: datetime | None) -> date | None:
    return moment and moment.astimezone(HOME_ZONE).date()
