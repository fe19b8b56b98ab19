"""Queries on the situations in which experiments were held."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from analysis.pooled.selection import Name
from experiments.models.experiments import Experiment
from lab.models.labels import IssueType, Phase
from lab.models.labs import LivingLab


@dataclass(frozen=True, slots=True)
class Contexts:
    """In how many of some experiments each kind of matter, phase and municipality was at stake."""

    experiments: int
    issue_types: tuple[tuple[Name, int], ...]
    phases: tuple[tuple[Name, int], ...]
    municipalities: tuple[tuple[str, int], ...]


def count_contexts(session: Session, experiment_ids: Iterable[int]) -> Contexts:
    """Return the situations in which experiments were held, the most common first."""
    statement = (
        select(Experiment.id, IssueType, Phase, LivingLab.municipality)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .outerjoin(IssueType, col(IssueType.id) == Experiment.issue_type_id)
        .outerjoin(Phase, col(Phase.id) == Experiment.phase_id)
        .where(col(Experiment.id).in_(list(experiment_ids)))
        .order_by(col(Experiment.id))
    )
    rows = session.exec(statement).all()
    return Contexts(
        experiments=len(rows),
        issue_types=_count(Name(one.name_nl, one.name_en) for _id, one, _two, _town in rows if one),
        phases=_count(Name(two.name_nl, two.name_en) for _id, _one, two, _town in rows if two),
        municipalities=_count(town for _id, _one, _two, town in rows),
    )


def _count(names: Iterable) -> tuple:
    return tuple(Counter(names).most_common())
