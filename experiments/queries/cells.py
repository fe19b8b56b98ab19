"""Queries on count cells: what reports add up, and the bookkeeping that keeps them true."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, case, delete, func, insert, update
from sqlmodel import Session, col, select

from experiments.models.experiments import Experiment, Step, Wave
from experiments.models.observations import CountCell, CountMethod, ProfileBasis, ReviewState

# What a supervisor holds or returns does not count until it is settled.
COUNTED_STATES = (ReviewState.PENDING, ReviewState.APPROVED)
# Databases limit how many values one statement carries.
KEYS_PER_QUERY = 500


class CellSum(NamedTuple):
    """Cells added up over area, month and review state; a count is None where it is unknown."""

    variant_id: int
    profile_id: int | None
    profile_basis: ProfileBasis
    is_profile_known_before: bool
    wave_number: int
    cluster: str
    count_method: CountMethod
    known_steps: str
    observations: int
    offered: int | None
    reached: int | None
    responded: int | None
    participated: int | None


GROUPS = (
    CountCell.variant_id,
    CountCell.profile_id,
    CountCell.profile_basis,
    CountCell.is_profile_known_before,
    Wave.number,
    CountCell.cluster,
    CountCell.count_method,
    CountCell.known_steps,
)


# Built once: every report asks this, and building it costs more than running it.
SUMS = (
    select(*GROUPS, *(func.sum(getattr(CountCell, name)) for name in ("observations", *Step)))
    .join(Wave, col(Wave.id) == CountCell.wave_id)
    .where(CountCell.experiment_id == bindparam("experiment_id"))
    .where(col(CountCell.review_state).in_(bindparam("review_states", expanding=True)))
    .group_by(*GROUPS)
    .order_by(*GROUPS)
)


def sum_cells(
    session: Session,
    experiment_id: int,
    *,
    areas: Sequence[str] = (),
    from_month: date | None = None,
    to_month: date | None = None,
    review_states: Iterable[ReviewState] = COUNTED_STATES,
) -> list[CellSum]:
    """Return the sums of an experiment's cells within filters, whatever it was counted from."""
    statement = SUMS
    if areas:
        statement = statement.where(col(CountCell.area).in_(list(areas)))
    if from_month:
        statement = statement.where(col(CountCell.month) >= from_month.replace(day=1))
    if to_month:
        statement = statement.where(col(CountCell.month) <= to_month)
    # PostgreSQL adds whole numbers up to a decimal type.
    values = {"experiment_id": experiment_id, "review_states": list(review_states)}
    rows = session.connection().execute(statement, values)
    return [CellSum(*row[:8], *map(_whole, row[8:])) for row in rows]


class VariantTotal(NamedTuple):
    """What was counted for one variant, and in how many records each step is not known."""

    variant_id: int
    observations: int
    sums: dict[Step, int]
    unknown: dict[Step, int]


def sum_by_variant(session: Session, experiment_id: int) -> dict[int, VariantTotal]:
    """Return what counts for each variant of an experiment, by variant."""
    size = func.sum(CountCell.observations)
    sums = [func.coalesce(func.sum(getattr(CountCell, step)), 0) for step in Step]
    unknown = [
        func.sum(case((col(getattr(CountCell, step)).is_(None), CountCell.observations), else_=0))
        for step in Step
    ]
    statement = (
        select(CountCell.variant_id, size, *sums, *unknown)
        .where(CountCell.experiment_id == experiment_id)
        .where(col(CountCell.review_state).in_(COUNTED_STATES))
        .group_by(col(CountCell.variant_id))
    )
    totals = {}
    for variant_id, observations, *numbers in session.exec(statement):
        found = [int(number) for number in numbers]
        totals[variant_id] = VariantTotal(
            variant_id,
            int(observations),
            dict(zip(Step, found[: len(Step)], strict=True)),
            dict(zip(Step, found[len(Step) :], strict=True)),
        )
    return totals


def count_by_state(session: Session, experiment_id: int) -> dict[ReviewState, int]:
    """Return how many observations in force have each review state."""
    statement = (
        select(CountCell.review_state, func.sum(CountCell.observations))
        .where(CountCell.experiment_id == experiment_id)
        .group_by(col(CountCell.review_state))
    )
    return {state: int(count) for state, count in session.exec(statement)}


def list_areas(session: Session, experiment_id: int) -> list[str]:
    """Return the areas that an experiment has counts of, by name."""
    statement = (
        select(CountCell.area)
        .where(CountCell.experiment_id == experiment_id, CountCell.area != "")
        .distinct()
        .order_by(CountCell.area)
    )
    return list(session.exec(statement))


def list_months(session: Session, experiment_id: int) -> list[date]:
    """Return the months that an experiment has counts of, in order."""
    statement = (
        select(CountCell.month)
        .where(CountCell.experiment_id == experiment_id)
        .distinct()
        .order_by(CountCell.month)
    )
    return list(session.exec(statement))


def list_clusters(session: Session, experiment_id: int) -> list[str]:
    """Return the clusters that an experiment has counts of, by name."""
    statement = (
        select(CountCell.cluster)
        .where(CountCell.experiment_id == experiment_id, CountCell.cluster != "")
        .distinct()
        .order_by(CountCell.cluster)
    )
    return list(session.exec(statement))


def lock_counts(session: Session, experiment_id: int) -> None:
    """Let nobody else change the counts of an experiment until this transaction ends."""
    # SQLite has one writer at a time anyway and leaves this lock out.
    statement = select(Experiment.id).where(Experiment.id == experiment_id)
    session.exec(statement.with_for_update(key_share=True)).first()


def find_sizes(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """Return how many observations the cells with some keys hold; absent cells are left out."""
    sizes: dict[str, int] = {}
    for some in _portions(keys):
        statement = select(CountCell.key, CountCell.observations)
        sizes.update(session.exec(statement.where(col(CountCell.key).in_(some))).all())
    return sizes


def insert_cells(session: Session, rows: list[dict[str, Any]]) -> None:
    """Add cells that were not there."""
    if rows:
        session.connection().execute(insert(CountCell), rows)


def add_to_cells(session: Session, rows: list[dict[str, Any]]) -> None:
    """Add differences to cells that are there."""
    changes = {
        name: getattr(CountCell, name) + bindparam(f"more_{name}", type_=BigInteger())
        for name in ("observations", *Step)
    }
    statement = update(CountCell).where(col(CountCell.key) == bindparam("old_key"))
    if rows:
        session.connection().execute(
            statement.values(changes),
            [
                {"old_key": row["key"]} | {f"more_{name}": row[name] for name in changes}
                for row in rows
            ],
        )


def delete_cells(session: Session, keys: Sequence[str]) -> None:
    """Remove cells in which nothing is left."""
    for some in _portions(keys):
        session.connection().execute(delete(CountCell).where(col(CountCell.key).in_(some)))


def delete_all_cells(session: Session, experiment_id: int) -> None:
    """Remove all cells of an experiment."""
    statement = delete(CountCell).where(col(CountCell.experiment_id) == experiment_id)
    session.connection().execute(statement)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), KEYS_PER_QUERY):
        yield keys[start : start + KEYS_PER_QUERY]
