"""Queries on learnings, design principles and the experiments that test them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from analysis.models.advice import AdviceRule, AdviceRuleVersion, VersionState
from analysis.models.learnings import (
    COLUMNS,
    ExperimentPrinciple,
    Learning,
    LearningChange,
    LearningLink,
    LearningStatus,
    Source,
)
from experiments.models.experiments import Experiment, ExperimentStatus, StatusChange
from experiments.queries.experiments import is_readable_by
from lab.access import Reader
from lab.models.labels import DesignPrinciple
from lab.models.labs import LivingLab

# From then on an experiment has an outcome to learn from.
WITH_OUTCOME = (ExperimentStatus.ANALYSED, ExperimentStatus.PUBLISHED)


@dataclass(frozen=True, slots=True)
class LinkedExperiment:
    """An experiment that a learning rests on, with its lab."""

    experiment: Experiment
    lab: str


def get_learning(session: Session, learning_id: int) -> Learning:
    """Return a learning."""
    return session.get_one(Learning, learning_id)


def lock_learning(session: Session, learning_id: int) -> Learning:
    """Return a learning that nobody else can change until this transaction ends."""
    return session.get_one(Learning, learning_id, populate_existing=True, with_for_update=True)


def list_learnings(session: Session, programme_id: int) -> list[Learning]:
    """Return the learnings of a programme: those in use first, then the newest check."""
    statement = select(Learning).where(Learning.programme_id == programme_id)
    retired = Learning.status == LearningStatus.RETIRED
    return list(
        session.exec(statement.order_by(retired, col(Learning.checked_at).desc(), Learning.id))
    )


def list_links(session: Session, learning_ids: Iterable[int]) -> list[LearningLink]:
    """Return the links of learnings, oldest first."""
    statement = select(LearningLink).where(col(LearningLink.learning_id).in_(list(learning_ids)))
    return list(session.exec(statement.order_by(LearningLink.id)))


def list_linked(session: Session, experiment_ids: Collection[int]) -> list[LinkedExperiment]:
    """Return experiments with their labs."""
    if not experiment_ids:
        return []
    statement = (
        select(Experiment, LivingLab.name)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(col(Experiment.id).in_(experiment_ids))
    )
    return [LinkedExperiment(*row) for row in session.exec(statement)]


def find_link(session: Session, learning_id: int, source: Source) -> LearningLink | None:
    """Return the link of an experiment, run or rule with a learning, or None."""
    statement = select(LearningLink).where(
        LearningLink.learning_id == learning_id,
        getattr(LearningLink, COLUMNS[source.kind]) == source.number,
    )
    return session.exec(statement).first()


def list_changes(session: Session, learning_id: int) -> list[LearningChange]:
    """Return what was done to a learning, newest first."""
    statement = select(LearningChange).where(LearningChange.learning_id == learning_id)
    return list(session.exec(statement.order_by(col(LearningChange.id).desc())))


def list_rules_in_force(session: Session, programme_id: int) -> list[int]:
    """Return the rules of a programme that are in force now."""
    statement = (
        select(AdviceRule.id)
        .join(AdviceRuleVersion, col(AdviceRuleVersion.advice_rule_id) == AdviceRule.id)
        .where(
            AdviceRule.programme_id == programme_id,
            AdviceRuleVersion.state == VersionState.PUBLISHED,
        )
        .order_by(AdviceRule.id)
    )
    return list(session.exec(statement))


def list_readable(session: Session, reader: Reader, experiment_ids: Iterable[int]) -> set[int]:
    """Return which of these experiments a reader may read."""
    statement = select(Experiment.id).where(
        col(Experiment.id).in_(list(experiment_ids)), is_readable_by(reader)
    )
    return set(session.exec(statement))


def list_concluded(
    session: Session, reader: Reader, programme_id: int, since: datetime
) -> list[Experiment]:
    """Return the readable experiments of a programme that got an outcome since a moment."""
    concluded = select(StatusChange.experiment_id).where(
        col(StatusChange.to_status).in_(WITH_OUTCOME), StatusChange.changed_at > since
    )
    statement = _with_outcome(reader, programme_id).where(col(Experiment.id).in_(concluded))
    return list(session.exec(statement.order_by(Experiment.id)))


def list_linkable(session: Session, reader: Reader, programme_id: int) -> list[Experiment]:
    """Return the readable experiments of a programme that have an outcome, by title."""
    statement = _with_outcome(reader, programme_id)
    return list(session.exec(statement.order_by(func.lower(Experiment.title), Experiment.id)))


def _with_outcome(reader: Reader, programme_id: int):
    return (
        select(Experiment)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(
            LivingLab.programme_id == programme_id,
            col(Experiment.status).in_(WITH_OUTCOME),
            is_readable_by(reader),
        )
    )


def list_principles(session: Session, programme_id: int) -> list[DesignPrinciple]:
    """Return the design principles of a programme that are in use, in order."""
    statement = select(DesignPrinciple).where(
        DesignPrinciple.programme_id == programme_id, col(DesignPrinciple.is_retired).is_(False)
    )
    return list(session.exec(statement.order_by(DesignPrinciple.position, DesignPrinciple.id)))


def get_principle(session: Session, principle_id: int) -> DesignPrinciple:
    """Return a design principle."""
    return session.get_one(DesignPrinciple, principle_id)


def list_tests(
    session: Session, reader: Reader, principle_ids: Iterable[int]
) -> list[tuple[int, Experiment, str]]:
    """Return of each principle the readable experiments that test it, with their labs."""
    statement = (
        select(ExperimentPrinciple.design_principle_id, Experiment, LivingLab.name)
        .join(Experiment, col(Experiment.id) == ExperimentPrinciple.experiment_id)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(
            col(ExperimentPrinciple.design_principle_id).in_(list(principle_ids)),
            is_readable_by(reader),
        )
        .order_by(Experiment.id)
    )
    return list(session.exec(statement))


def find_test(
    session: Session, principle_id: int, experiment_id: int
) -> ExperimentPrinciple | None:
    """Return that an experiment tests a principle, or None."""
    return session.get(ExperimentPrinciple, (experiment_id, principle_id))
