"""Invitations from the link to the account, and who may be invited where."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from lab.models.people import Invitation, InvitationCreate, Membership, Role, User
from lab.models.programmes import ProgrammeKind
from lab.queries.people import get_reader
from lab.services.invitations import invite
from lab.services.labs import archive_lab
from tests.lab.people import PASSWORD, add_person, credentials
from tests.pages import Pages

AWAY = {"REMOTE_ADDR": "192.0.2.7"}
CHOICE = {"name": "Noor de Wit", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def lab(build):
    """A living lab of one's own."""
    return build.lab()


@pytest.fixture
def administrator(build, lab):
    """The administrator of the lab."""
    return add_person(build, Role.ADMINISTRATOR, lab)


@pytest.fixture
def pages(build, client, administrator):
    """Pages as the administrator gets them."""
    build.sign_in(client, administrator)
    return Pages(client)


@pytest.fixture
def invitee(app):
    """Pages as somebody without an account gets them."""
    return Pages(app.test_client())


def invited(session, lab, by, email="noor@example.org", role=Role.STUDENT, at=None) -> str:
    """Invite somebody and return the address of the link."""
    command = InvitationCreate(email=email, name="Noor", role=role)
    reader = get_reader(session, by)
    made = invite(session, lab.id, command, by=reader, at=at or datetime.now(UTC))
    session.commit()
    return f"/invitations/{made.token}"


def test_link_is_shown_once_only(pages, lab):
    people = f"/labs/{lab.id}/people"
    data = {"name": "Noor", "email": "Noor@Example.org", "role": "student"}
    assert pages.submit(f"{people}/invite", data).location == people
    link = pages.get(people).page.one(id="invitation-link")["value"]
    assert link.startswith("http://localhost/invitations/")
    assert not pages.get(people).page.all(id="invitation-link")
    assert "noor@example.org" in pages.get(people).text


def test_database_does_not_hold_the_link(session, lab, administrator):
    token = invited(session, lab, administrator).rpartition("/")[2]
    assert token not in str(session.exec(select(Invitation)).one().model_dump())


def test_link_makes_an_account_with_the_role(session, lab, administrator, invitee):
    link = invited(session, lab, administrator, role=Role.SUPERVISOR)
    assert invitee.submit(link, CHOICE).location == "/work"
    user = session.exec(select(User).where(User.email == "noor@example.org")).one()
    assert user.name == "Noor de Wit"
    assert invitee.get(f"/labs/{lab.id}").status == 200
    membership = session.exec(select(Membership).where(Membership.user_id == user.id)).one()
    assert membership.role is Role.SUPERVISOR


def test_link_works_only_once(session, lab, administrator, invitee, app):
    link = invited(session, lab, administrator)
    invitee.submit(link, CHOICE)
    Pages(app.test_client()).get(link, status=410)


def test_link_stops_working_after_two_weeks(session, lab, administrator, invitee):
    long_ago = datetime.now(UTC) - timedelta(days=14, minutes=1)
    invitee.get(invited(session, lab, administrator, at=long_ago), status=410)


def test_revoked_link_opens_nothing(session, lab, administrator, invitee, pages):
    link = invited(session, lab, administrator)
    number = session.exec(select(Invitation.id)).one()
    session.commit()
    pages.submit(f"/invitations/{number}/revoke", at=f"/labs/{lab.id}/people")
    invitee.get(link, status=410)


def test_new_link_replaces_the_old_one(session, lab, administrator, invitee):
    old = invited(session, lab, administrator)
    new = invited(session, lab, administrator)
    invitee.get(old, status=410)
    invitee.get(new)


def test_unknown_link_is_not_found(invitee):
    invitee.get("/invitations/no-such-token", status=404)


def test_weak_password_keeps_the_name_typed(session, lab, administrator, invitee):
    link = invited(session, lab, administrator)
    weak = {"name": "Noor de Wit", "password": "noordewit-2026!", "repeated": "noordewit-2026!"}
    answer = invitee.submit(link, weak, status=422)
    assert answer.page.one(id="name")["value"] == "Noor de Wit"
    invitee.submit(link, {"password": PASSWORD, "repeated": PASSWORD, "name": " "}, status=422)


def test_person_with_account_signs_in_and_joins(session, build, lab, administrator, invitee):
    known = add_person(build, Role.TEAM, build.lab())
    link = invited(session, lab, administrator, email=known.email, role=Role.RESEARCHER)
    sign_in = next(one for one in invitee.get(link).links if one.startswith("/sign-in"))
    assert sign_in == f"/sign-in?next={link}"
    invitee.submit("/sign-in", credentials(known) | {"next": link})
    assert invitee.submit(link).location == f"/labs/{lab.id}"
    roles = session.exec(select(Membership.role).where(Membership.user_id == known.id)).all()
    assert set(roles) == {Role.TEAM, Role.RESEARCHER}


def test_somebody_else_cannot_use_the_link(session, build, lab, administrator, invitee):
    other = add_person(build, Role.TEAM, build.lab())
    link = invited(session, lab, administrator)
    invitee.submit("/sign-in", credentials(other))
    invitee.get(link, status=409)


def test_member_is_not_invited_again(pages, lab, administrator):
    data = {"name": "A", "email": administrator.email, "role": "team"}
    answer = pages.submit(f"/labs/{lab.id}/people/invite", data, status=422)
    assert "zit al in dit lab" in answer.errors[0]


def test_invitation_form_names_what_is_missing(pages, lab):
    answer = pages.submit(f"/labs/{lab.id}/people/invite", {"email": "noor"}, status=422)
    assert len(answer.errors) == 3
    assert answer.page.one(id="email")["value"] == "noor"


def test_archived_lab_takes_nobody_in(session, lab, administrator, invitee):
    link = invited(session, lab, administrator)
    archive_lab(session, lab.id, by=get_reader(session, administrator), at=datetime.now(UTC))
    session.commit()
    invitee.submit(link, CHOICE, status=409)
    assert not session.exec(select(User).where(User.email == "noor@example.org")).first()


@pytest.fixture
def demonstration(build):
    """A demonstration administrator of a fictitious lab."""
    lab = build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    return add_person(build, Role.ADMINISTRATOR, lab, is_demonstration=True), lab


def test_demonstration_invitation_makes_demonstration_account(session, demonstration, invitee):
    administrator, lab = demonstration
    invitee.submit(invited(session, lab, administrator), CHOICE)
    user = session.exec(select(User).where(User.email == "noor@example.org")).one()
    assert user.is_demonstration


def test_demonstration_invitation_is_refused_from_another_host(session, demonstration, invitee):
    administrator, lab = demonstration
    link = invited(session, lab, administrator)
    invitee.submit(link, CHOICE, status=403, environ_overrides=AWAY)


def test_demonstration_account_stays_out_of_real_labs(pages, lab, demonstration):
    data = {"name": "D", "email": demonstration[0].email, "role": "team"}
    answer = pages.submit(f"/labs/{lab.id}/people/invite", data, status=422)
    assert "demonstratieaccount" in answer.errors[0]
