"""Keeping the count cells in step with the observations in force."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from sqlmodel import Session

from experiments.models.experiments import Step
from experiments.models.observations import CountMethod, ProfileBasis, ReviewState
from experiments.queries import cells as queries
from experiments.queries import observations


class CellKey(NamedTuple):
    """What the observations in one cell share."""

    experiment_id: int
    variant_id: int
    profile_id: int | None
    profile_basis: ProfileBasis
    is_profile_known_before: bool
    area: str
    wave_id: int
    cluster: str
    month: date
    review_state: ReviewState
    count_method: CountMethod
    known_steps: str

    def join(self) -> str:
        """Return the key as one text, the same for equal keys only."""
        # Names hold no tab: they are tidied before they come in.
        return "\t".join("" if part is None else str(part) for part in self)


class Counted(NamedTuple):
    """The part of an observation that cells are made of."""

    experiment_id: int
    variant_id: int
    profile_id: int | None
    profile_basis: ProfileBasis
    is_profile_known_before: bool
    area: str
    wave_id: int
    cluster: str
    observed_on: date
    review_state: ReviewState
    count_method: CountMethod
    offered: int | None
    reached: int | None
    responded: int | None
    participated: int | None


COUNTS_FROM = Counted._fields.index(Step.OFFERED)
MONTH_AT = CellKey._fields.index("month")
read_counted = attrgetter(*Counted._fields)


def take_counted(observation: Any) -> Counted:
    """Return the part of an observation that cells are made of."""
    return Counted._make(read_counted(observation))


def apply(session: Session, added: Iterable[Counted] = (), removed: Iterable[Counted] = ()) -> None:
    """Add observations that came into force to the cells, and take out those that left it."""
    changes: dict[CellKey, list[int]] = {}
    gather(changes, added, 1)
    gather(changes, removed, -1)
    changes = {key: change for key, change in changes.items() if any(change)}
    for experiment_id in sorted({key.experiment_id for key in changes}):
        queries.lock_counts(session, experiment_id)
    _write(session, [describe(key, change) for key, change in changes.items()])


def rebuild(session: Session, experiment_id: int) -> None:
    """Make an experiment's cells anew from its observations in force."""
    queries.lock_counts(session, experiment_id)
    queries.delete_all_cells(session, experiment_id)
    changes: dict[CellKey, list[int]] = {}
    in_force = observations.list_in_force(session, experiment_id, Counted._fields)
    gather(changes, map(Counted._make, in_force), 1)
    queries.insert_cells(session, [describe(key, change) for key, change in changes.items()])


def gather(changes: dict[CellKey, list[int]], rows: Iterable[Counted], sign: int) -> None:
    """Add rows to what changes in each cell: how many observations, and their counts."""
    sums: dict[CellKey, list[int]] = defaultdict(lambda: [0] * (1 + len(Step)))
    for row in rows:
        held = sums[key_of(row)]
        held[0] += 1
        for place, count in enumerate(row[COUNTS_FROM:], start=1):
            held[place] += count or 0
    for key, held in sums.items():
        before = changes.get(key, [0] * len(held))
        changes[key] = [old + sign * new for old, new in zip(before, held, strict=True)]


def key_of(row: Counted) -> CellKey:
    """Return the key of the cell that an observation is counted in."""
    head = row[:COUNTS_FROM]
    known = name_known_steps(row[COUNTS_FROM:])
    month = row.observed_on.replace(day=1)
    return CellKey._make((*head[:MONTH_AT], month, *head[MONTH_AT + 1 :], known))


def name_known_steps(counts: Iterable[int | None]) -> str:
    """Return which steps are known, as one text."""
    known = [step for step, count in zip(Step, counts, strict=True) if count is not None]
    return ",".join(known)


def describe(key: CellKey, change: list[int]) -> dict[str, Any]:
    """Return a cell as the table holds it; steps that are not known stay empty."""
    known = key.known_steps.split(",")
    counts = {
        step.value: count if step in known else None
        for step, count in zip(Step, change[1:], strict=True)
    }
    return {"key": key.join(), **key._asdict(), "observations": change[0], **counts}


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    sizes = queries.find_sizes(session, [row["key"] for row in rows])
    emptied = [row["key"] for row in rows if sizes.get(row["key"], 0) + row["observations"] == 0]
    queries.delete_cells(session, emptied)
    queries.insert_cells(session, [row for row in rows if row["key"] not in sizes])
    gone = set(emptied)
    queries.add_to_cells(
        session, [row for row in rows if row["key"] in sizes and row["key"] not in gone]
    )
