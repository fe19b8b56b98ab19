"""What somebody with bad intentions tries on every address: forms, numbers, texts and headers."""

import re

import pytest
from sqlalchemy import event

from experiments.models.experiments import ExperimentStatus
from lab.models.people import Role
from lab.security import HEADERS
from tests.pages import Pages
from tests.test_access import World, address_of, list_addresses

HUGE = 10**30
ODD_TEXTS = ("\0", "%", "\ud800".encode("utf-8", "surrogatepass"), "9" * 40, "-1", "²", "x" * 5000)
# When somebody last read a report, and that somebody guessed at a link, nobody else can see.
NOTED_IN = {"reading", "sign_in_attempt"}
WRITTEN_TO = re.compile(r"(?:INSERT INTO|DELETE FROM|UPDATE) (\w+)")
PARAMETERS = (
    "programme", "q", "status", "lab", "theme", "sort", "page", "profile", "variant", "day",
    "state", "area", "from", "to", "axis", "next", "kept", "issue_type", "phase", "design",
    "experiment_id", "endpoint", "_external", "_scheme", "_anchor", "_method", "values",
    "observed_on", "wave_number", "living_lab_id", "number",
)  # fmt: skip


@pytest.fixture
def world(build, session) -> World:
    return World(build, session, ExperimentStatus.PUBLISHED)


@pytest.fixture
def insider(client, build, world):
    """Somebody signed in with every right in their own lab but those of an administrator."""
    build.sign_in(client, world.people[Role.RESEARCHER])
    return client


def list_own(app, world, method):
    numbers = world.numbers["own lab"]
    return [address_of(app, rule, numbers) for rule, m in list_addresses(app) if m == method]


def watch_writes(app):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.split(None, 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}:
            seen.append(statement)

    event.listen(app.extensions["engine"], "before_cursor_execute", note)
    return seen


def test_reading_a_page_never_writes(app, insider, world):
    writes = watch_writes(app)
    for url in list_own(app, world, "GET"):
        insider.get(url).close()
    assert [one for one in writes if WRITTEN_TO.match(one)[1] not in NOTED_IN] == []


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.ADMINISTRATOR])
def test_no_form_is_taken_without_its_token(app, client, build, world, role):
    build.sign_in(client, world.people[role])
    writes = watch_writes(app)
    answers = {url: client.post(url).status_code for url in list_own(app, world, "POST")}
    assert set(answers.values()) == {400}, answers
    assert writes == []


def test_numbers_that_no_database_holds_are_not_found(app, insider):
    wrong = []
    for rule, method in list_addresses(app):
        if method != "GET" or not any(name.endswith("_id") for name in rule.arguments):
            continue
        for number in (HUGE, 2**31, 2**63 - 1, 2**63):
            url = address_of(app, rule, dict.fromkeys(rule.arguments, number))
            if insider.get(url).status_code != 404:
                wrong.append(url)
    assert wrong == []


def test_odd_texts_in_addresses_break_no_page(app, insider, world):
    wrong = []
    for url in list_own(app, world, "GET"):
        for text in ODD_TEXTS:
            answer = insider.get(url, query_string=dict.fromkeys(PARAMETERS, text))
            if answer.status_code >= 500:
                wrong.append((url, text))
            answer.close()
    assert wrong == []


def test_odd_codes_in_addresses_are_not_found(app, insider, world):
    programme_id = world.numbers["own lab"]["programme_id"]
    addresses = [
        "/advice/editions/%00/1",
        f"/advice/editions/own/{HUGE}",
        f"/programmes/{programme_id}/labels/channels/%00",
        "/invitations/%00",
        "/static/%00",
        "/static/../lab/settings.py",
    ]
    found = {url: insider.get(url).status_code for url in addresses}
    assert set(found.values()) <= {400, 404}, found


def test_every_kind_of_answer_carries_the_protecting_headers(app, insider, world):
    experiment = f"/experiments/{world.numbers['own lab']['experiment_id']}"
    answers = [
        insider.get(url)
        for url in (
            "/", "/nothing-here", "/healthz", "/theme.css", "/static/lab.css", "/static/none.css",
            f"{experiment}/observations/template.csv", "/experiments/999999",
        )
    ]  # fmt: skip
    answers += [insider.post("/sign-out"), insider.delete("/advice")]
    for answer in answers:
        lacking = {name for name, value in HEADERS.items() if answer.headers.get(name) != value}
        assert not lacking, (answer.request.path, answer.status_code, lacking)
        answer.close()


def test_sign_that_no_database_takes_breaks_no_form(client):
    answer = Pages(client).submit(
        "/sign-in", {"email": "a\0b@example.org", "password": "wrong\0wrong", "next": "\0"}, 422
    )
    assert answer.errors
