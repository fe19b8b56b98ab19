"""Several people count and correct in one experiment at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from experiments.count_errors import AlreadyReplacedError
from experiments.models.observations import ObservationCreate
from experiments.queries.cells import sum_cells
from experiments.queries.observations import list_observations_in_force
from experiments.queries.variants import list_variants
from experiments.services import cells
from experiments.services.observations import correct_observation, record_observation
from lab.models.people import Role
from lab.queries.people import get_reader

AT = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
PEOPLE = 6


class Team:
    """Several people with the same experiment before them, each on a connection of their own."""

    def __init__(self, engine, session, build):
        lab = build.lab()
        self.engine = engine
        self.experiment_id = build.experiment(lab).id
        self.variant_id = list_variants(session, self.experiment_id)[0].id
        self.reader = get_reader(session, build.user(Role.SUPERVISOR, lab))
        session.commit()

    def command(self, offered: int) -> ObservationCreate:
        return ObservationCreate(
            variant_id=self.variant_id, observed_on=date(2026, 5, 4), offered=offered
        )

    def record(self, offered: int) -> int:
        with Session(self.engine, expire_on_commit=False) as session:
            kept = record_observation(
                session, self.experiment_id, self.command(offered), by=self.reader, at=AT
            )
            session.commit()
            return kept.id

    def correct(self, number: int, offered: int) -> str:
        with Session(self.engine) as session:
            try:
                correct_observation(
                    session, number, self.command(offered), reason="typo", by=self.reader, at=AT
                )
            except AlreadyReplacedError:
                return "too late"
            session.commit()
            return "kept"

    def together(self, work, *arguments) -> list:
        with ThreadPoolExecutor(PEOPLE) as people:
            return list(people.map(work, *arguments))


@pytest.fixture
def team(engine, session, build) -> Team:
    return Team(engine, session, build)


def test_counts_of_several_people_at_once_all_count(team, session):
    team.together(team.record, range(10, 30))
    kept = sum_cells(session, team.experiment_id)
    assert [(row.observations, row.offered) for row in kept] == [(20, sum(range(10, 30)))]
    cells.rebuild(session, team.experiment_id)
    assert sum_cells(session, team.experiment_id) == kept


def test_one_of_several_corrections_at_once_is_kept(team, session):
    number = team.record(10)
    said = team.together(team.correct, [number] * PEOPLE, range(20, 20 + PEOPLE))
    assert sorted(said) == ["kept"] + ["too late"] * (PEOPLE - 1)
    [row] = list_observations_in_force(session, team.experiment_id)
    assert [cell.offered for cell in sum_cells(session, team.experiment_id)] == [row.offered]
