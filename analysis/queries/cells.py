"""Queries on what an experiment counted, for its report and for advice."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from analysis.comparison import Counts, gather_counts
from experiments.models.experiments import Experiment, ExperimentProfile, Wave, WaveShare
from experiments.models.observations import CountCell, Observation, ReviewState
from experiments.naming import NamedVariant
from experiments.queries.cells import COUNTED_STATES, sum_cells
from lab.models.segmentation import Profile


class RecordCount(NamedTuple):
    """How many records in force share an area, a month and a review state."""

    area: str
    month: date
    review_state: ReviewState
    observations: int


@dataclass(frozen=True, slots=True)
class CellFilter:
    """Which counts a report uses; empty means all."""

    area: str = ""
    from_month: date | None = None
    to_month: date | None = None
    is_approved_only: bool = False

    def takes(self, record: RecordCount) -> bool:
        """Tell whether records pass."""
        return record.review_state in self.review_states and self.is_about(record)

    def is_about(self, record: RecordCount) -> bool:
        """Tell whether records pass, whatever a supervisor said of them."""
        return (
            self.area in ("", record.area)
            and (self.from_month is None or record.month >= self.from_month)
            and (self.to_month is None or record.month <= self.to_month)
        )

    @property
    def review_states(self) -> tuple[ReviewState, ...]:
        """Return the review states that count."""
        return (ReviewState.APPROVED,) if self.is_approved_only else COUNTED_STATES


EVERYTHING = CellFilter()


def load_counts(
    session: Session,
    experiment: Experiment,
    variants: list[NamedVariant],
    chosen: CellFilter = EVERYTHING,
) -> Counts:
    """Return the cells and design of an experiment; a filter changes the cells only."""
    all_rows = sum_cells(session, experiment.id)
    rows = all_rows
    if chosen != EVERYTHING:
        rows = sum_cells(
            session,
            experiment.id,
            areas=[chosen.area] if chosen.area else [],
            from_month=chosen.from_month,
            to_month=chosen.to_month,
            review_states=chosen.review_states,
        )
    shares = load_wave_shares(session, experiment.id)
    return gather_counts(experiment, variants, rows, all_rows, shares)


def load_wave_shares(session: Session, experiment_id: int) -> dict[int, dict[int, float]]:
    """Return per wave number the share of each variant, where the wave has shares of its own."""
    statement = (
        select(Wave.number, WaveShare.variant_id, WaveShare.share)
        .join(WaveShare, col(WaveShare.wave_id) == Wave.id)
        .where(Wave.experiment_id == experiment_id)
    )
    shares: dict[int, dict[int, float]] = {}
    for number, variant_id, share in session.exec(statement):
        shares.setdefault(number, {})[variant_id] = share
    return shares


def count_records(session: Session, experiment_id: int) -> list[RecordCount]:
    """Return the records of an experiment by what its report can be filtered on."""
    keys = (CountCell.area, CountCell.month, CountCell.review_state)
    statement = (
        select(*keys, func.sum(CountCell.observations))
        .where(CountCell.experiment_id == experiment_id)
        .group_by(*keys)
        .order_by(*keys)
    )
    return [RecordCount(*row[:3], int(row[3])) for row in session.exec(statement)]


def find_last_recorded_at(session: Session, experiment_id: int) -> datetime | None:
    """Return when something was last counted for an experiment."""
    statement = (
        select(Observation.recorded_at)
        .where(Observation.experiment_id == experiment_id)
        .order_by(col(Observation.id).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def list_profiles(session: Session, experiment_id: int) -> list[Profile]:
    """Return the profiles that an experiment looks at or counted, in their own order."""
    looked_at = select(ExperimentProfile.profile_id).where(
        ExperimentProfile.experiment_id == experiment_id
    )
    counted = select(CountCell.profile_id).where(CountCell.experiment_id == experiment_id)
    statement = (
        select(Profile)
        .where(col(Profile.id).in_(looked_at.union(counted)))
        .order_by(col(Profile.position), col(Profile.id))
    )
    return list(session.exec(statement))
