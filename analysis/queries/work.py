"""Queries on what waits for somebody, and on what is new in their labs."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, and_, col, func, or_, select

from analysis.models.advice import AdviceRule, AdviceRuleVersion, VersionState
from analysis.models.runs import AnalysisRun
from experiments.models.experiments import Experiment, ExperimentProfile, ExperimentStatus
from experiments.models.observations import CountCell, Observation, ReviewState
from experiments.queries.observations import is_in_force
from lab.models.audit import AuditEntry
from lab.models.labels import IssueType, Phase
from lab.models.labs import LivingLab
from lab.models.programmes import Programme

# What happened long ago is in the log of each experiment.
MOST_NEWS = 400
MOST_RECORDS = 50
# What is done for all labs of a programme at once, and news to each of them.
OF_ALL_LABS = (
    "propose_advice",
    "publish_advice",
    "reject_advice",
    "retire_advice",
    "edit_advice",
    "ask_advice",
    "confirm_advice",
    "refuse_advice",
)


class ExperimentLine(NamedTuple):
    """An experiment that waits for something, with how much of it."""

    experiment: Experiment
    count: int = 0


class PooledLine(NamedTuple):
    """Proposals from a pooled run about one subject; no lab when they are from all labs."""

    run_id: int
    programme_id: int
    living_lab_id: int | None
    issue_type: IssueType | None
    phase: Phase | None
    count: int


def list_lab_programmes(
    session: Session, living_lab_ids: Collection[int]
) -> list[tuple[LivingLab, Programme]]:
    """Return labs with their programmes, in the order of the programmes."""
    statement = (
        select(LivingLab, Programme)
        .join(Programme, col(Programme.id) == LivingLab.programme_id)
        .where(col(LivingLab.id).in_(living_lab_ids))
        .order_by(col(Programme.id), LivingLab.name)
    )
    return list(session.exec(statement))


def list_in_field(session: Session, living_lab_ids: Collection[int]) -> list[ExperimentLine]:
    """Return the experiments in the field in these labs, by title."""
    statement = _select_experiments(living_lab_ids, ExperimentStatus.IN_FIELD)
    return [ExperimentLine(experiment) for experiment in session.exec(statement)]


def list_returned(
    session: Session, living_lab_ids: Collection[int], user_id: int
) -> list[tuple[Observation, Experiment]]:
    """Return the records of one person that a supervisor returned, newest first."""
    statement = (
        select(Observation, Experiment)
        .join(Experiment, col(Experiment.id) == Observation.experiment_id)
        .where(
            col(Experiment.living_lab_id).in_(living_lab_ids),
            Observation.recorded_by_id == user_id,
            Observation.review_state == ReviewState.RETURNED,
            is_in_force(),
        )
        .order_by(col(Observation.id).desc())
        .limit(MOST_RECORDS)
    )
    return list(session.exec(statement))


def count_pending(session: Session, living_lab_ids: Collection[int]) -> list[ExperimentLine]:
    """Return the experiments with records that wait for a check, and how many, by title."""
    statement = (
        select(Experiment, func.sum(CountCell.observations))
        .join(CountCell, col(CountCell.experiment_id) == Experiment.id)
        .where(
            col(Experiment.living_lab_id).in_(living_lab_ids),
            CountCell.review_state == ReviewState.PENDING,
        )
        .group_by(Experiment)
        .order_by(Experiment.title, col(Experiment.id))
    )
    return [ExperimentLine(experiment, int(count)) for experiment, count in session.exec(statement)]


def count_undecided(session: Session, living_lab_ids: Collection[int]) -> list[ExperimentLine]:
    """Return the experiments with proposals that wait for a decision, and how many, by title."""
    statement = (
        select(Experiment, func.count(col(AdviceRuleVersion.id)))
        .join(AdviceRuleVersion, col(AdviceRuleVersion.experiment_id) == Experiment.id)
        .where(
            col(AdviceRuleVersion.living_lab_id).in_(living_lab_ids),
            AdviceRuleVersion.state == VersionState.PROPOSED,
        )
        .group_by(Experiment)
        .order_by(Experiment.title, col(Experiment.id))
    )
    return [ExperimentLine(*row) for row in session.exec(statement)]


def count_undecided_pooled(
    session: Session, programme_ids: Collection[int], living_lab_ids: Collection[int]
) -> list[PooledLine]:
    """Return what proposals from pooled runs wait for a decision, per run and subject."""
    about = (
        AdviceRuleVersion.analysis_run_id,
        AdviceRuleVersion.living_lab_id,
        AdviceRule.programme_id,
        AdviceRule.issue_type_id,
        AdviceRule.phase_id,
    )
    statement = (
        select(*about, func.count())
        .join(AdviceRule, col(AdviceRule.id) == AdviceRuleVersion.advice_rule_id)
        .where(
            col(AdviceRuleVersion.experiment_id).is_(None),
            AdviceRuleVersion.state == VersionState.PROPOSED,
            or_(
                and_(
                    col(AdviceRuleVersion.living_lab_id).is_(None),
                    col(AdviceRule.programme_id).in_(programme_ids),
                ),
                col(AdviceRuleVersion.living_lab_id).in_(living_lab_ids),
            ),
        )
        .group_by(*about)
        .order_by(*about)
    )
    return [
        PooledLine(
            run_id,
            programme_id,
            living_lab_id,
            issue_type_id and session.get(IssueType, issue_type_id),
            phase_id and session.get(Phase, phase_id),
            count,
        )
        for run_id, living_lab_id, programme_id, issue_type_id, phase_id, count in session.exec(
            statement
        )
    ]


def list_not_analysed(session: Session, living_lab_ids: Collection[int]) -> list[ExperimentLine]:
    """Return the closed experiments with counts that no calculation was kept of, by title."""
    has_counts = select(CountCell.id).where(CountCell.experiment_id == Experiment.id).exists()
    has_run = select(AnalysisRun.id).where(AnalysisRun.experiment_id == Experiment.id).exists()
    statement = _select_experiments(living_lab_ids, ExperimentStatus.CLOSED)
    found = session.exec(statement.where(has_counts, ~has_run))
    return [ExperimentLine(experiment) for experiment in found]


def list_planned(
    session: Session, living_lab_ids: Collection[int]
) -> list[tuple[Experiment, bool]]:
    """Return the planned experiments, each with whether it has profiles, by title."""
    statement = _select_experiments(living_lab_ids, ExperimentStatus.PLANNED)
    found = list(session.exec(statement))
    numbers = [experiment.id for experiment in found]
    with_profiles = set(
        session.exec(
            select(ExperimentProfile.experiment_id)
            .where(col(ExperimentProfile.experiment_id).in_(numbers))
            .distinct()
        )
    )
    return [(experiment, experiment.id in with_profiles) for experiment in found]


def list_news(
    session: Session,
    living_lab_ids: Collection[int],
    programme_ids: Collection[int],
    user_id: int,
    since: datetime | None,
) -> list[AuditEntry]:
    """Return what others did in these labs and for all labs of programmes, newest first."""
    statement = select(AuditEntry).where(
        or_(
            col(AuditEntry.living_lab_id).in_(living_lab_ids),
            and_(
                col(AuditEntry.living_lab_id).is_(None),
                col(AuditEntry.programme_id).in_(programme_ids),
                col(AuditEntry.action).in_(OF_ALL_LABS),
            ),
        ),
        col(AuditEntry.user_id).is_distinct_from(user_id),
    )
    if since is not None:
        statement = statement.where(AuditEntry.at > since)
    newest = col(AuditEntry.at).desc(), col(AuditEntry.id).desc()
    return list(session.exec(statement.order_by(*newest).limit(MOST_NEWS)))


def name_experiments(session: Session, experiment_ids: Collection[int]) -> dict[int, str]:
    """Return the titles of experiments, by number."""
    statement = select(Experiment.id, Experiment.title)
    return dict(session.exec(statement.where(col(Experiment.id).in_(experiment_ids))).all())


def list_published(
    session: Session, programme_id: int, most: int
) -> list[tuple[Experiment, LivingLab]]:
    """Return experiments of a programme with a public report: those with most counts first."""
    people = func.sum(func.coalesce(CountCell.offered, CountCell.reached, 0))
    statement = (
        select(Experiment, LivingLab)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .join(CountCell, col(CountCell.experiment_id) == Experiment.id)
        .where(
            LivingLab.programme_id == programme_id,
            Experiment.status == ExperimentStatus.PUBLISHED,
        )
        .group_by(Experiment, LivingLab)
        .order_by(people.desc(), col(Experiment.id))
        .limit(most)
    )
    return list(session.exec(statement))


def _select_experiments(living_lab_ids: Collection[int], status: ExperimentStatus):
    return (
        select(Experiment)
        .where(
            col(Experiment.living_lab_id).in_(living_lab_ids),
            Experiment.status == status,
        )
        .order_by(Experiment.title, col(Experiment.id))
    )
