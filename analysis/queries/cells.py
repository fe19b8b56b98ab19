"""Queries on what an experiment counted, for its report and for advice."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Result, Select, bindparam
from sqlmodel import Session, col, func, select

from analysis.comparison import Counts, ExperimentFacts, StoredCounts, gather_counts
from analysis.evidence import NamedProfile
from experiments.models.experiments import (
    Experiment,
    ExperimentProfile,
    ExperimentStatus,
    StatusChange,
    Wave,
    WaveShare,
)
from experiments.models.observations import CountCell, Observation, ReviewState
from experiments.naming import NamedVariant
from experiments.queries.cells import COUNTED_STATES, sum_cells
from lab.models.labs import LivingLab
from lab.models.programmes import Programme
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

# Built once: making such a statement costs more than running it, and a report runs all of them.
THIS = bindparam("experiment_id")
WAVE_SHARES = (
    select(Wave.number, WaveShare.variant_id, WaveShare.share)
    .join(WaveShare, col(WaveShare.wave_id) == Wave.id)
    .where(Wave.experiment_id == THIS)
)
RECORD_COUNTS = (
    select(
        CountCell.area,
        CountCell.month,
        CountCell.review_state,
        func.sum(CountCell.observations),
    )
    .where(CountCell.experiment_id == THIS)
    .group_by(CountCell.area, CountCell.month, CountCell.review_state)
    .order_by(CountCell.area, CountCell.month, CountCell.review_state)
)
SUBJECT = (
    select(Experiment, LivingLab, Programme)
    .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
    .join(Programme, col(Programme.id) == LivingLab.programme_id)
    .where(Experiment.id == THIS)
)
LAST_RECORDED = (
    select(Observation.recorded_at)
    .where(Observation.experiment_id == THIS)
    .order_by(col(Observation.id).desc())
    .limit(1)
)
ANALYSED_ON = select(func.max(StatusChange.changed_at)).where(
    StatusChange.experiment_id == THIS,
    col(StatusChange.to_status).in_((ExperimentStatus.ANALYSED, ExperimentStatus.PUBLISHED)),
)
LOOKED_AT = select(ExperimentProfile.profile_id).where(ExperimentProfile.experiment_id == THIS)
COUNTED = select(CountCell.profile_id).where(CountCell.experiment_id == THIS)
PROFILES = (
    select(Profile.id, Profile.name_nl, Profile.name_en)
    .where(col(Profile.id).in_(LOOKED_AT.union(COUNTED)))
    .order_by(col(Profile.position), col(Profile.id))
)


def get_subject(session: Session, experiment_id: int) -> tuple[Experiment, LivingLab, Programme]:
    """Return an experiment with its lab and programme, all at once."""
    return session.exec(SUBJECT, params={"experiment_id": experiment_id}).one()


def load_counts(session: Session, experiment: Experiment, variants: list[NamedVariant]) -> Counts:
    """Return the cells and design of an experiment, of all that counts."""
    return gather_counts(
        ExperimentFacts.of(experiment), variants, load_stored_counts(session, experiment.id)
    )


def load_stored_counts(
    session: Session, experiment_id: int, chosen: CellFilter = EVERYTHING
) -> StoredCounts:
    """Return the sums of an experiment's cells, those within a filter and all of them."""
    all_rows = rows = tuple(sum_cells(session, experiment_id))
    if chosen != EVERYTHING:
        rows = tuple(
            sum_cells(
                session,
                experiment_id,
                areas=[chosen.area] if chosen.area else [],
                from_month=chosen.from_month,
                to_month=chosen.to_month,
                review_states=chosen.review_states,
            )
        )
    return StoredCounts(rows, all_rows, load_wave_shares(session, experiment_id))


def load_wave_shares(session: Session, experiment_id: int) -> tuple[tuple[tuple, float], ...]:
    """Return the share of each variant in each wave, by wave number and variant."""
    rows = _run(session, WAVE_SHARES, experiment_id)
    return tuple(((number, variant_id), share) for number, variant_id, share in rows)


def count_records(session: Session, experiment_id: int) -> list[RecordCount]:
    """Return the records of an experiment by what its report can be filtered on."""
    rows = _run(session, RECORD_COUNTS, experiment_id)
    return [RecordCount(*row[:3], int(row[3])) for row in rows]


def find_last_recorded_at(session: Session, experiment_id: int) -> datetime | None:
    """Return when something was last counted for an experiment."""
    row = _run(session, LAST_RECORDED, experiment_id).first()
    return row and row[0]


def find_analysed_at(session: Session, experiment_id: int) -> datetime | None:
    """Return when an experiment was last called analysed or published, None when it was not."""
    return _run(session, ANALYSED_ON, experiment_id).scalar_one()


def list_profiles(session: Session, experiment_id: int) -> list[NamedProfile]:
    """Return the profiles that an experiment looks at or counted, in their own order."""
    return [NamedProfile(*row) for row in _run(session, PROFILES, experiment_id)]


def _run(session: Session, statement: Select, experiment_id: int) -> Result:
    return session.connection().execute(statement, {"experiment_id": experiment_id})
