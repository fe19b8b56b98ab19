"""Checking counts: approve, hold or return them, by somebody else than who entered them."""

from datetime import UTC, datetime, timedelta

import pytest

from experiments.models.observations import ObservationCreate, ReviewState
from experiments.queries.cells import count_by_state
from experiments.queries.observations import list_observations_in_force
from experiments.queries.variants import list_variants
from experiments.services.observations import correct_observation, record_observations
from lab.models.people import Role
from lab.queries.people import get_reader
from tests.pages import Pages

NOW = datetime.now(UTC)
DAY = NOW.date() - timedelta(days=30)


class Check:
    """Three counts by a student, and a supervisor who looks at them."""

    def __init__(self, client, session, build):
        self.client, self.session, self.build = client, session, build
        self.lab = build.lab()
        self.experiment = build.experiment(self.lab, starts_on=None, ends_on=None)
        self.variant = list_variants(session, self.experiment.id)[0]
        self.student = build.user(Role.STUDENT, self.lab)
        self.supervisor = build.user(Role.SUPERVISOR, self.lab)
        self.reader = get_reader(session, self.student)
        self.rows = record_observations(
            session, self.experiment.id, [self.command(n) for n in (10, 20, 30)],
            by=self.reader, at=NOW,
        )  # fmt: skip
        session.commit()
        self.pages = Pages(client)
        build.sign_in(client, self.supervisor)
        self.url = f"/experiments/{self.experiment.id}/observations"

    def command(self, offered):
        return ObservationCreate(variant_id=self.variant.id, observed_on=DAY, offered=offered)

    def judge(self, state, *rows, reason="", status=303, **more):
        sent = {"state": state, "reason": reason, "observation": [row.id for row in rows]}
        return self.pages.submit(f"{self.url}/review", sent | more, status, at=self.url)

    def states(self):
        self.session.expire_all()
        rows = list_observations_in_force(self.session, self.experiment.id)
        self.session.commit()
        return [row.review_state for row in rows]


@pytest.fixture
def check(client, session, build) -> Check:
    return Check(client, session, build)


def test_several_counts_are_approved_at_once(check):
    check.judge("approved", check.rows[0], check.rows[2])
    assert check.states() == ["approved", "pending", "approved"]
    counted = count_by_state(check.session, check.experiment.id)
    assert counted == {ReviewState.APPROVED: 2, ReviewState.PENDING: 1}


def test_returning_needs_a_reason_and_loses_no_ticks(check):
    answer = check.judge("returned", check.rows[1], status=422)
    assert answer.errors
    ticked = [box["value"] for box in answer.page.all("input", type="checkbox") if "checked" in box]
    assert ticked == [str(check.rows[1].id)]
    assert check.states() == ["pending"] * 3


def test_returned_count_tells_the_student_why(check):
    check.judge("returned", check.rows[1], reason="straat ontbreekt")
    check.build.sign_in(check.client, check.student)
    page = check.pages.get(check.url)
    assert "straat ontbreekt" in page.text
    assert "1 telling van jou is teruggestuurd" in page.text
    record = check.pages.get(f"/observations/{check.rows[1].id}")
    assert "straat ontbreekt" in record.text
    assert f"/observations/{check.rows[1].id}/correct" in record.links


def test_corrected_count_is_to_be_checked_again(check):
    check.judge("approved", *check.rows)
    correct_observation(
        check.session, check.rows[0].id, check.command(11), reason="typo", by=check.reader, at=NOW
    )
    check.session.commit()
    assert check.states() == ["approved", "approved", "pending"]


def test_nobody_checks_their_own_counts(check):
    record_observations(
        check.session, check.experiment.id, [check.command(40)],
        by=get_reader(check.session, check.supervisor), at=NOW,
    )  # fmt: skip
    check.session.commit()
    own = list_observations_in_force(check.session, check.experiment.id)[-1]
    check.session.commit()
    page = check.pages.get(check.url)
    boxes = [box["value"] for box in page.page.all("input", type="checkbox")]
    assert str(own.id) not in boxes
    check.judge("approved", own, status=403)
    assert "Iemand anders" in check.pages.get(f"/observations/{own.id}").text


def test_checking_a_corrected_count_says_so(check):
    correct_observation(
        check.session, check.rows[0].id, check.command(11), reason="typo", by=check.reader, at=NOW
    )
    check.session.commit()
    check.judge("approved", check.rows[0], check.rows[1], status=409)
    assert check.states() == ["pending"] * 3


def test_checking_nothing_says_what_to_do(check):
    assert "Vink" in check.judge("approved", status=422).errors[0]


def test_counts_of_another_experiment_cannot_be_checked(check):
    other = Check(check.client, check.session, check.build)
    check.build.sign_in(check.client, check.supervisor)
    check.judge("approved", other.rows[0], status=409)
    answer = check.judge("dreams", other.rows[0], status=422, page="record")
    assert other.experiment.title not in answer.body
    assert other.states() == ["pending"] * 3


def test_judgement_on_the_record_itself_shows_in_its_history(check):
    answer = check.judge("held", check.rows[0], reason="navragen", page="record")
    page = check.pages.get(answer.location)
    assert "navragen" in page.text
    assert check.supervisor.name in page.text


def test_students_do_not_check_counts(check):
    check.build.sign_in(check.client, check.student)
    check.judge("approved", check.rows[0], status=403)
