"""Roles in a lab: shown, changed and ended, with a log of it."""

import pytest
from sqlmodel import select

from lab.models.audit import AuditEntry
from lab.models.people import Membership, Role
from tests.pages import Pages


@pytest.fixture
def lab(build):
    """A living lab of one's own."""
    return build.lab()


@pytest.fixture
def administrator(build, lab):
    """The administrator of the lab."""
    return build.user(Role.ADMINISTRATOR, lab, name="Ada Beheer")


@pytest.fixture
def pages(build, client, administrator):
    """Pages as the administrator gets them."""
    build.sign_in(client, administrator)
    return Pages(client)


def membership_of(session, user) -> int:
    """Return the number of somebody's only membership."""
    found = session.exec(select(Membership.id).where(Membership.user_id == user.id)).one()
    session.commit()
    return found


def roles_in(session, lab) -> dict[int, Role]:
    """Return who has which role in a lab."""
    session.commit()
    statement = select(Membership.user_id, Membership.role)
    return dict(session.exec(statement.where(Membership.living_lab_id == lab.id)).all())


def test_page_lists_everybody_with_their_role(pages, build, lab):
    build.user(Role.STUDENT, lab, name="Stijn Veld")
    text = pages.get(f"/labs/{lab.id}/people").text
    assert "Ada Beheer (jij) beheerder" in text
    assert "Stijn Veld student" in text


def test_role_can_be_changed(pages, build, session, lab):
    student = build.user(Role.STUDENT, lab)
    url = f"/memberships/{membership_of(session, student)}/edit"
    assert pages.get(url).values()["role"] == ["student"]
    pages.submit(url, {"role": "supervisor"})
    assert roles_in(session, lab)[student.id] is Role.SUPERVISOR


def test_unknown_role_is_refused(pages, build, session, lab):
    student = build.user(Role.STUDENT, lab)
    url = f"/memberships/{membership_of(session, student)}/edit"
    pages.submit(url, {"role": "king"}, status=422)


def test_last_administrator_keeps_the_role(pages, session, lab, administrator):
    url = f"/memberships/{membership_of(session, administrator)}/edit"
    answer = pages.submit(url, {"role": "team"}, status=422)
    assert "laatste beheerder" in answer.errors[0]
    assert roles_in(session, lab)[administrator.id] is Role.ADMINISTRATOR


def test_last_administrator_cannot_leave(pages, session, lab, administrator):
    url = f"/memberships/{membership_of(session, administrator)}/end"
    assert "laatste beheerder" in pages.submit(url, status=409).text
    assert administrator.id in roles_in(session, lab)


def test_inactive_administrator_does_not_count(pages, build, session, lab, administrator):
    build.user(Role.ADMINISTRATOR, lab, is_active=False)
    pages.submit(f"/memberships/{membership_of(session, administrator)}/end", status=409)


def test_administrator_can_leave_when_another_stays(pages, build, session, lab, administrator):
    build.user(Role.ADMINISTRATOR, lab)
    answer = pages.submit(f"/memberships/{membership_of(session, administrator)}/end")
    assert answer.location == "/work"
    assert administrator.id not in roles_in(session, lab)


def test_ended_role_closes_the_lab(app, pages, build, session, lab):
    researcher = build.user(Role.RESEARCHER, lab)
    theirs = Pages(app.test_client())
    build.sign_in(theirs.client, researcher)
    theirs.get(f"/labs/{lab.id}")
    pages.submit(f"/memberships/{membership_of(session, researcher)}/end")
    theirs.get(f"/labs/{lab.id}", status=404)


def test_other_roles_may_not_manage_people(app, build, lab):
    for role in set(Role) - {Role.ADMINISTRATOR}:
        client = app.test_client()
        build.sign_in(client, build.user(role, lab))
        Pages(client).get(f"/labs/{lab.id}/people", status=403)


def test_people_of_another_lab_are_not_found(pages, build, session):
    stranger = build.user(Role.STUDENT, build.lab())
    number = membership_of(session, stranger)
    pages.get(f"/memberships/{number}/edit", status=404)
    pages.submit(f"/memberships/{number}/end", status=404)


def test_every_change_is_kept_in_the_log(pages, build, session, lab, administrator):
    student = build.user(Role.STUDENT, lab, name="Stijn")
    number = membership_of(session, student)
    pages.submit(f"/memberships/{number}/edit", {"role": "team"})
    pages.submit(f"/memberships/{number}/end")
    entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["change_role", "end_membership"]
    assert entries[0].details == {"name": "Stijn", "role": "team", "before": "student"}
    assert {entry.user_name for entry in entries} == {"Ada Beheer"}
    assert {entry.living_lab_id for entry in entries} == {lab.id}
