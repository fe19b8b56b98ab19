"""Queries for asking a pooled question: which outcomes there are, and what one would ask first."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from analysis.pooled.choosing import FIELD_WORK_OVER, POOLED_GRADES
from analysis.pooled.scope import Scope, ScopeOutcome
from analysis.pooled.selection import Name
from analysis.stats.cells import Direction
from experiments.models.experiments import Experiment, Variant
from experiments.queries.experiments import is_readable_by
from experiments.queries.grades import find_grades
from lab.access import Reader
from lab.models.labels import DenominatorKind, IssueType, Phase
from lab.models.labs import LivingLab
from lab.models.segmentation import SegmentationModel

# Experiments whose field work is over, by each kind of which they have two variants to compare.
OUTCOMES = (
    select(Experiment, Variant.denominator_kind)
    .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
    .join(Variant, col(Variant.experiment_id) == Experiment.id)
    .where(LivingLab.programme_id == bindparam("programme_id"))
    .where(col(Experiment.status).in_(list(FIELD_WORK_OVER)))
    .where(Variant.denominator_kind != DenominatorKind.NONE)
    .group_by(col(Experiment.id), col(Variant.denominator_kind))
    .having(func.count() > 1)
    .order_by(col(Experiment.id), col(Variant.denominator_kind))
)


class OutcomeCount(NamedTuple):
    """An outcome, and how many experiments that are over measured it in two variants or more."""

    outcome: ScopeOutcome
    experiments: int


@dataclass(frozen=True, slots=True)
class ScopeNames:
    """What the model and the limits of a scope are called; None where it has none."""

    segmentation_model: Name | None
    issue_type: Name | None
    phase: Name | None
    living_lab: str | None


class _Measured(NamedTuple):
    experiment: Experiment
    outcome: ScopeOutcome


def list_outcomes(session: Session, programme_id: int) -> list[OutcomeCount]:
    """Return the outcomes that experiments of a programme measured, the most common first."""
    counts = Counter(one.outcome for one in _list_measured(session, programme_id))
    return [OutcomeCount(*pair) for pair in counts.most_common()]


def find_default_scope(
    session: Session, programme_id: int, experiment_id: int | None = None
) -> Scope | None:
    """Return the question that an experiment is about, or the one that most experiments share.

    None when the programme has no such experiment, or none that can be used.
    """
    if experiment_id is not None:
        return _find_scope_of(session, programme_id, experiment_id)
    usable = _list_usable(session, programme_id)
    if not usable:
        return None
    sharing: dict[tuple, list[Experiment]] = defaultdict(list)
    for one in usable:
        sharing[one.outcome, one.experiment.segmentation_model_id].append(one.experiment)
    (outcome, model), shared = max(sharing.items(), key=_rank)
    return Scope(programme_id, outcome, model, _find_margin(shared))


def find_scope_names(session: Session, scope: Scope) -> ScopeNames:
    """Return what the model and the limits of a scope are called now."""
    lab = scope.living_lab_id and session.get(LivingLab, scope.living_lab_id)
    return ScopeNames(
        segmentation_model=_name(session, SegmentationModel, scope.segmentation_model_id),
        issue_type=_name(session, IssueType, scope.issue_type_id),
        phase=_name(session, Phase, scope.phase_id),
        living_lab=lab.name if lab else None,
    )


def find_readable_titles(session: Session, reader: Reader, programme_id: int) -> dict[int, str]:
    """Return the titles of the experiments of a programme that a reader may know of."""
    statement = (
        select(Experiment.id, Experiment.title)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(LivingLab.programme_id == programme_id, is_readable_by(reader))
        .order_by(col(Experiment.id))
    )
    return dict(session.exec(statement).all())


def _list_measured(session: Session, programme_id: int) -> list[_Measured]:
    found = session.exec(OUTCOMES, params={"programme_id": programme_id})
    return [_Measured(experiment, describe_outcome(experiment, kind)) for experiment, kind in found]


def describe_outcome(experiment: Experiment, kind: DenominatorKind) -> ScopeOutcome:
    """Return the registered outcome of an experiment, for variants that count one kind."""
    return ScopeOutcome(
        numerator_step=experiment.numerator_step,
        denominator_step=experiment.denominator_step,
        denominator_kind=kind,
        direction=Direction(experiment.direction.value),
    )


def _list_usable(session: Session, programme_id: int) -> list[_Measured]:
    measured = _list_measured(session, programme_id)
    experiments = {one.experiment.id: one.experiment for one in measured}
    grades = find_grades(session, list(experiments.values()))
    return [
        one
        for one in measured
        if grades[one.experiment.id].grade in POOLED_GRADES
        and not grades[one.experiment.id].is_provisional
    ]


def _rank(shared: tuple[tuple, list[Experiment]]) -> tuple:
    """Return what is more in the question that more experiments share, then in a newer one."""
    _question, experiments = shared
    newest = max((one.ends_on or one.starts_on or date.min, one.id) for one in experiments)
    return len(experiments), newest


def _find_margin(experiments: Iterable[Experiment]) -> float:
    return median(one.smallest_difference for one in experiments)


def _find_scope_of(session: Session, programme_id: int, experiment_id: int) -> Scope | None:
    statement = (
        select(Experiment)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(LivingLab.programme_id == programme_id, Experiment.id == experiment_id)
    )
    experiment = session.exec(statement).first()
    if experiment is None:
        return None
    return Scope(
        programme_id=programme_id,
        outcome=describe_outcome(experiment, _find_kind(session, experiment)),
        segmentation_model_id=experiment.segmentation_model_id,
        margin=experiment.smallest_difference,
        issue_type_id=experiment.issue_type_id,
        phase_id=experiment.phase_id,
    )


def _find_kind(session: Session, experiment: Experiment) -> DenominatorKind:
    """Return the kind that most variants of an experiment count, its own one among equals."""
    statement = select(Variant.denominator_kind).where(Variant.experiment_id == experiment.id)
    counts = Counter(session.exec(statement.order_by(col(Variant.position))))
    own = experiment.denominator_kind
    return max(counts or [own], key=lambda kind: (counts[kind], kind is own))


def _name(session: Session, table: type, number: int | None) -> Name | None:
    found = number and session.get(table, number)
    return Name(found.name_nl, found.name_en) if found else None
