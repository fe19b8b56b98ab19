"""Queries for the map of the evidence: whether anything changed since it was last drawn."""

from sqlmodel import Session, func, select

from experiments.models.experiments import Experiment
from experiments.models.observations import Observation
from lab.models.audit import AuditEntry

# All that people do is in the log; experiments and counts can also come without a person.
STAMP = select(
    *(
        select(func.max(table.id)).scalar_subquery()
        for table in (AuditEntry, Observation, Experiment)
    )
)


def find_stamp(session: Session) -> tuple[int | None, ...]:
    """Return what is another value as soon as something was written that a map may show."""
    return tuple(session.connection().execute(STAMP).one())
