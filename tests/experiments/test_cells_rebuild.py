"""Count cells stay what the observations in force add up to, whatever happens to them."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func
from sqlmodel import Session, select

from experiments.models.observations import (
    CountCell,
    CountMethod,
    Observation,
    ObservationCreate,
    ProfileBasis,
    ReviewState,
)
from experiments.queries.cells import sum_cells
from experiments.queries.observations import is_in_force, list_observations_in_force
from experiments.queries.variants import list_variants
from experiments.services import cells
from experiments.services.observations import (
    correct_observation,
    record_observation,
    record_observations,
    void_observation,
)
from experiments.services.reviews import review_observations
from lab.access import Reader
from lab.models.people import Role
from lab.queries.people import get_reader
from tests.builders import Builder

AT = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
EVERYTHING = tuple(ReviewState)


def counts(draw) -> dict:
    """Counts in order, each of them unknown now and then."""
    highest, found = 40, {}
    for step in ("offered", "reached", "responded", "participated"):
        value = draw(st.none() | st.integers(0, highest))
        if value is not None:
            highest = value
        found[step] = value
    return found if any(value is not None for value in found.values()) else found | {"offered": 7}


@st.composite
def records(draw) -> dict:
    """What somebody enters, with the variant and profile by their place in the experiment."""
    return counts(draw) | {
        "variant": draw(st.integers(0, 1)),
        "profile": draw(st.none() | st.integers(0, 1)),
        "profile_basis": draw(st.sampled_from([ProfileBasis.PANEL, ProfileBasis.UNKNOWN])),
        "is_profile_known_before": draw(st.booleans()),
        "area": draw(st.sampled_from(["", "Elst", "Éllst 'x"])),
        "cluster": draw(st.sampled_from(["", "route 1"])),
        "observed_on": draw(st.sampled_from([date(2026, 4, 30), date(2026, 5, 1)])),
        "count_method": draw(st.sampled_from([CountMethod.COUNTED, CountMethod.ESTIMATED])),
    }


ACTIONS = st.one_of(
    st.tuples(st.just("record"), records()),
    st.tuples(st.just("bulk"), st.lists(records(), max_size=4)),
    st.tuples(st.just("correct"), st.integers(0, 50), records()),
    st.tuples(st.just("void"), st.integers(0, 50)),
    st.tuples(
        st.just("review"),
        st.lists(st.integers(0, 50), min_size=1, max_size=4),
        st.sampled_from([ReviewState.APPROVED, ReviewState.RETURNED, ReviewState.HELD]),
    ),
)


class History:
    """Lets things happen to the counts of one experiment."""

    def __init__(self, session: Session):
        build = Builder(session)
        lab = build.lab()
        self.session = session
        self.experiment = build.experiment(lab)
        self.variants = [variant.id for variant in list_variants(session, self.experiment.id)]
        self.profiles = [profile.id for profile in build.profiles(lab)]
        self.counter = self._reader(build, Role.RESEARCHER, lab)
        self.checker = self._reader(build, Role.SUPERVISOR, lab)

    def _reader(self, build: Builder, role: Role, lab) -> Reader:
        return get_reader(self.session, build.user(role, lab))

    def command(self, record: dict) -> ObservationCreate:
        values = dict(record)
        place = values.pop("profile")
        values["variant_id"] = self.variants[values.pop("variant")]
        values["profile_id"] = None if place is None else self.profiles[place]
        return ObservationCreate(**values)

    def happen(self, kind: str, *details) -> None:
        in_force = list_observations_in_force(self.session, self.experiment.id)
        getattr(self, f"do_{kind}")(in_force, *details)

    def do_record(self, _in_force, record):
        record_observation(
            self.session, self.experiment.id, self.command(record), by=self.counter, at=AT
        )

    def do_bulk(self, _in_force, several):
        commands = [self.command(record) for record in several]
        record_observations(self.session, self.experiment.id, commands, by=self.counter, at=AT)

    def do_correct(self, in_force, place, record):
        if in_force:
            old = in_force[place % len(in_force)]
            command = self.command(record)
            correct_observation(
                self.session, old.id, command, reason="typo", by=self.counter, at=AT
            )

    def do_void(self, in_force, place):
        if in_force:
            old = in_force[place % len(in_force)]
            void_observation(self.session, old.id, reason="rain", by=self.counter, at=AT)

    def do_review(self, in_force, places, state):
        if in_force:
            numbers = {in_force[place % len(in_force)].id for place in places}
            review_observations(
                self.session, self.experiment.id, numbers, state,
                reason="look again", by=self.checker, at=AT,
            )  # fmt: skip


def read_cells(session: Session) -> list[dict]:
    """All cells without their numbers, in the order of their keys."""
    rows = session.exec(select(CountCell).order_by(CountCell.key)).all()
    found = [row.model_dump(exclude={"id"}) for row in rows]
    session.expire_all()
    return found


def play(session: Session, actions: list[tuple]) -> None:
    """Let a history happen and compare the cells that were kept with cells made anew."""
    history = History(session)
    for action in actions:
        history.happen(*action)
    kept = read_cells(session)
    cells.rebuild(session, history.experiment.id)
    assert kept == read_cells(session)
    plain = select(func.count(), func.sum(Observation.offered), func.sum(Observation.participated))
    by_hand = session.exec(plain.where(is_in_force())).one()
    assert by_hand[0] == sum(row["observations"] for row in kept)
    assert (by_hand[1] or 0) == sum(row["offered"] or 0 for row in kept)
    assert (by_hand[2] or 0) == sum(row["participated"] or 0 for row in kept)
    session.rollback()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions=st.lists(ACTIONS, max_size=12))
def test_cells_equal_observations_after_any_history(engine, actions):
    """Everything happens in one transaction that is undone at the end."""
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            play(session, actions)
        transaction.rollback()


HISTORY = [
    ("record", {"variant": 0, "profile": 0, "offered": 10, "responded": 2}),
    ("record", {"variant": 0, "profile": 0, "offered": 12, "responded": 0}),
    ("bulk", [{"variant": 1, "profile": None, "reached": 5, "cluster": "a"}] * 3),
    ("review", [0, 1, 2], ReviewState.APPROVED),
    ("correct", 1, {"variant": 1, "profile": 1, "offered": 11, "responded": 4}),
    ("void", 0),
    ("review", [1, 2, 3], ReviewState.HELD),
]


def full(record: dict) -> dict:
    return record | {"observed_on": date(2026, 5, 4)}


def test_cells_equal_observations_on_each_database(session):
    actions = []
    for kind, *details in HISTORY:
        if kind == "bulk":
            details = [[full(record) for record in details[0]]]
        actions.append(
            (kind, *(full(part) if isinstance(part, dict) else part for part in details))
        )
    play(session, actions)


def test_sum_of_cells_never_reads_observations(session, engine):
    history = History(session)
    history.happen("record", full({"variant": 0, "profile": 0, "offered": 10}))
    session.commit()
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *parts: statements.append(parts[2]))
    sum_cells(session, history.experiment.id)
    [reading] = [statement for statement in statements if statement.startswith("SELECT")]
    assert "FROM count_cell" in reading
    assert not re.search(r"\bobservation\b", reading)


def test_sum_of_cells_obeys_each_filter(session):
    history = History(session)
    for area, day in (
        ("Elst", date(2026, 4, 30)),
        ("Elst", date(2026, 5, 1)),
        ("Oost", date(2026, 5, 9)),
    ):
        record = {"variant": 0, "profile": None, "offered": 10, "area": area, "observed_on": day}
        history.happen("record", record)
    history.happen("review", [2], ReviewState.HELD)
    number = history.experiment.id

    def offered(**filters):
        return sum(row.offered for row in sum_cells(session, number, **filters))

    assert offered() == 20
    assert offered(review_states=EVERYTHING) == 30
    assert offered(review_states=EVERYTHING, areas=["Oost"]) == 10
    assert offered(review_states=EVERYTHING, from_month=date(2026, 5, 20)) == 20
    assert offered(review_states=EVERYTHING, to_month=date(2026, 4, 1)) == 10


def test_unknown_counts_stay_apart_from_zero(session):
    history = History(session)
    history.happen("record", full({"variant": 0, "profile": None, "offered": 10}))
    history.happen("record", full({"variant": 0, "profile": None, "offered": 10, "responded": 0}))
    rows = sum_cells(session, history.experiment.id)
    assert [(row.known_steps, row.responded) for row in rows] == [
        ("offered", None),
        ("offered,responded", 0),
    ]


def test_cells_hold_more_than_one_record_can(session):
    history = History(session)
    record = full({"variant": 0, "profile": None, "offered": 100_000_000})
    history.happen("bulk", [record] * 30)
    assert sum_cells(session, history.experiment.id)[0].offered == 3_000_000_000


def test_emptied_cells_disappear(session):
    history = History(session)
    history.happen("record", full({"variant": 0, "profile": None, "offered": 10}))
    history.happen("void", 0)
    assert read_cells(session) == []
