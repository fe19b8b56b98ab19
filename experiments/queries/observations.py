"""Queries on observations: which are in force, their history and their totals."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from experiments.models.observations import Observation


def is_in_force() -> ColumnElement[bool]:
    """Return the condition that an observation is neither replaced nor void."""
    later = aliased(Observation)
    replaced = select(later.id).where(col(later.replaces_id) == Observation.id).exists()
    return ~replaced & ~col(Observation.is_void)


def list_in_force(session: Session, experiment_id: int, names: Sequence[str]) -> Iterable[Row[Any]]:
    """Return some columns of the observations in force of an experiment."""
    columns = [getattr(Observation, name) for name in names]
    statement = select(*columns).where(Observation.experiment_id == experiment_id, is_in_force())
    return session.exec(statement)
