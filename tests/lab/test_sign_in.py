"""Signing in and out, and how guessing is slowed down."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from lab.models.people import Role, SignInAttempt, User
from lab.models.programmes import ProgrammeKind
from lab.services import sign_in
from tests.builders import MOMENT
from tests.lab.people import PASSWORD, add_person, credentials
from tests.pages import Pages

AWAY = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def pages(client):
    """Pages as a reader who is not signed in gets them."""
    return Pages(client)


@pytest.fixture
def person(build):
    """A researcher who can sign in."""
    return add_person(build, Role.RESEARCHER, build.lab())


def test_right_password_leads_to_own_work(pages, person):
    assert pages.submit("/sign-in", credentials(person)).location == "/work"
    assert pages.get("/labs").page.one(class_="account-name").text.endswith(person.name)


def test_address_may_be_typed_in_capitals(pages, person):
    data = {"email": f" {person.email.upper()} ", "password": PASSWORD}
    assert pages.submit("/sign-in", data).location == "/work"


def test_wrong_password_keeps_the_address_typed(pages, person):
    answer = pages.submit("/sign-in", credentials(person, "wrong"), status=422)
    assert answer.page.one(id="email")["value"] == person.email
    assert answer.errors == ["Dit e-mailadres en wachtwoord horen niet bij elkaar."]


def test_unknown_address_reads_like_wrong_password(pages, person):
    unknown = {"email": "nobody@example.org", "password": PASSWORD}
    answer = pages.submit("/sign-in", unknown, status=422)
    assert answer.errors == ["Dit e-mailadres en wachtwoord horen niet bij elkaar."]


def test_empty_form_names_both_fields(pages, person):
    answer = pages.submit("/sign-in", {}, status=422)
    assert len(answer.errors) == 2


def test_inactive_account_cannot_sign_in(pages, build):
    person = add_person(build, is_active=False)
    pages.submit("/sign-in", credentials(person), status=422)


def test_visits_are_remembered_for_what_is_new(pages, person, session):
    pages.submit("/sign-in", credentials(person))
    pages.submit("/sign-out")
    first = session.exec(select(User.visited_at)).one()
    session.commit()
    pages.submit("/sign-in", credentials(person))
    assert session.exec(select(User.previous_visit_at)).one() == first


def test_session_from_before_is_dropped(client, pages, person):
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    pages.submit("/sign-in", credentials(person))
    with client.session_transaction() as after:
        assert "planted" not in after


def test_guarded_page_comes_back_after_sign_in(pages, person):
    sent = pages.get("/labs?programme=own", status=303).location
    assert sent.startswith("/sign-in?next=")
    data = credentials(person) | {"next": pages.get(sent).page.one(id="next")["value"]}
    assert pages.submit("/sign-in", data).location == "/labs?programme=own"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/labs",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "labs",
        "/sign-out",
        "/no-such-page",
    ],
)
def test_next_never_leaves_our_own_pages(pages, person, wanted):
    assert pages.submit("/sign-in", credentials(person) | {"next": wanted}).location == "/work"


def test_sign_out_ends_the_session(pages, person):
    pages.submit("/sign-in", credentials(person))
    pages.submit("/sign-out", at="/labs")
    assert pages.get("/labs", status=303).location.startswith("/sign-in")


def test_sixth_attempt_must_wait_even_when_right(pages, person):
    for _ in range(5):
        pages.submit("/sign-in", credentials(person, "wrong"), status=422)
    answer = pages.submit("/sign-in", credentials(person), status=429)
    assert "Wacht 30 seconden" in answer.errors[0] or "Wacht 29 seconden" in answer.errors[0]


def test_success_forgets_earlier_failures(pages, person, session):
    for _ in range(4):
        pages.submit("/sign-in", credentials(person, "wrong"), status=422)
    pages.submit("/sign-in", credentials(person))
    keys = session.exec(select(SignInAttempt.key_hash)).all()
    assert len(keys) == 4, "the failures of the address stay, those of the account do not"


def test_attempts_keep_neither_account_nor_address(pages, person, session):
    pages.submit("/sign-in", credentials(person, "wrong"), status=422)
    kept = session.exec(select(SignInAttempt.key_hash)).all()
    assert all(person.email not in key and "127.0.0.1" not in key for key in kept)


def waits(session, failures: int, email=lambda number: "a@example.org") -> int:
    """Return how long the attempt after some failures must wait."""
    at = MOMENT
    for number in range(failures + 1):
        keys = sign_in.make_keys("secret", email(number), "192.0.2.1")
        wait = sign_in.begin_attempt(session, keys, at)
        if wait and number < failures:
            at += timedelta(seconds=wait)
            assert sign_in.begin_attempt(session, keys, at) == 0
    return wait


@pytest.mark.parametrize(("failures", "seconds"), [(4, 0), (5, 30), (6, 60), (7, 120), (12, 900)])
def test_wait_doubles_up_to_fifteen_minutes(session, failures, seconds):
    assert waits(session, failures) == seconds


def test_many_accounts_from_one_address_must_wait(session):
    assert waits(session, 49, "p{}@example.org".format) == 0
    session.rollback()
    assert waits(session, 50, "p{}@example.org".format) == 30


def test_attempts_at_the_same_moment_are_counted_one_by_one(engine, session):
    keys = sign_in.make_keys("secret", "a@example.org", "192.0.2.1")
    for _ in range(4):
        sign_in.begin_attempt(session, keys, MOMENT)
    session.commit()

    def attempt() -> int:
        with Session(engine) as other:
            seconds = sign_in.begin_attempt(other, keys, MOMENT)
            other.commit()
            return seconds

    assert sign_in.begin_attempt(session, keys, MOMENT) == 0
    with ThreadPoolExecutor() as pool:
        second = pool.submit(attempt)
        # It has to wait for the one before it, which is not over yet.
        assert not wait([second], timeout=0.5).done
        session.commit()
        assert second.result() == 30


@pytest.fixture
def demonstration(build):
    """A demonstration account in a fictitious programme."""
    lab = build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    return add_person(build, Role.RESEARCHER, lab, is_demonstration=True)


def test_demonstration_account_works_on_this_machine(pages, demonstration):
    assert pages.submit("/sign-in", credentials(demonstration)).location == "/work"


def test_demonstration_account_is_refused_from_another_host(pages, demonstration):
    answer = pages.submit(
        "/sign-in", credentials(demonstration), status=403, environ_overrides=AWAY
    )
    assert "Demonstratieaccounts" in answer.errors[0]


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP"],
)
def test_demonstration_account_is_refused_through_a_proxy(pages, demonstration, header):
    sent = {header: "127.0.0.1"}
    pages.submit("/sign-in", credentials(demonstration), status=403, headers=sent)


@pytest.mark.parametrize("host", ["example.org", "localhost.example.org", "127.0.0.1.nip.io"])
def test_demonstration_session_ends_under_another_name(pages, demonstration, host):
    pages.submit("/sign-in", credentials(demonstration))
    cookie = {"Cookie": f"proeftuin={pages.client.get_cookie('proeftuin').value}"}
    pages.get("/labs", headers=cookie)
    pages.get("/labs", status=303, headers=cookie, base_url=f"http://{host}")


def test_demonstration_session_ends_on_another_host(pages, demonstration):
    pages.submit("/sign-in", credentials(demonstration))
    pages.get("/labs", status=303, environ_overrides=AWAY)


def test_new_password_ends_other_sessions(app, pages, person):
    other = Pages(app.test_client())
    for one in (pages, other):
        one.submit("/sign-in", credentials(person))
    new = {"current": PASSWORD, "password": "zes groene wolken", "repeated": "zes groene wolken"}
    pages.submit("/account/password", new)
    pages.get("/labs")
    other.get("/labs", status=303)


@pytest.mark.parametrize(
    ("current", "password", "repeated", "message"),
    [
        ("wrong", "zes groene wolken", "zes groene wolken", "horen niet bij elkaar"),
        (PASSWORD, "kort", "kort", "te kort"),
        (PASSWORD, "zes groene wolken", "zes groene wolk", "niet hetzelfde"),
        (PASSWORD, "Welkom123456!", "Welkom123456!", "Veel mensen"),
        (PASSWORD, "aaaaaaaaaaaaa", "aaaaaaaaaaaaa", "te makkelijk"),
        (PASSWORD, "123456789012", "123456789012", "Veel mensen"),
    ],
)
def test_password_change_says_what_is_wrong(pages, person, current, password, repeated, message):
    pages.submit("/sign-in", credentials(person))
    data = {"current": current, "password": password, "repeated": repeated}
    answer = pages.submit("/account/password", data, status=422)
    assert message in " ".join(answer.errors)
