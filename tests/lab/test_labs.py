"""Living labs: listed, started, changed and frozen."""

import pytest
from sqlmodel import select

from lab.access import Place
from lab.models.audit import AuditEntry
from lab.models.labs import LivingLab, Partner
from lab.models.people import Membership, Role
from lab.models.programmes import ProgrammeKind
from lab.queries.labs import list_labs
from lab.queries.people import get_reader
from lab.services.labs import LabArchivedError, check_open
from tests.builders import MOMENT
from tests.pages import Pages

NEW = {"name": "Groen in West", "municipality": "Utrecht", "question": "Wie komt er?"}


@pytest.fixture
def lab(build):
    """A living lab of one's own."""
    return build.lab(name="Spelen in Elst")


@pytest.fixture
def administrator(build, lab):
    """The administrator of the lab."""
    return build.user(Role.ADMINISTRATOR, lab)


@pytest.fixture
def pages(build, client, administrator):
    """Pages as the administrator gets them."""
    build.sign_in(client, administrator)
    return Pages(client)


def test_list_shows_own_labs_only(pages, build, lab):
    build.lab(name="Van een ander")
    text = pages.get("/labs").text
    assert "Spelen in Elst" in text
    assert "Van een ander" not in text


def test_list_never_mixes_programmes(pages, build, lab):
    fictitious = build.programme(ProgrammeKind.FICTITIOUS)
    build.lab(fictitious, name="Verzonnen lab")
    assert "Verzonnen lab" not in pages.get("/labs").text
    other = pages.get(f"/labs?programme={fictitious.code}")
    assert "Verzonnen lab" in other.text
    assert "Spelen in Elst" not in other.text
    assert other.page.all(class_="fictitious-band")


def test_unknown_programme_is_not_found(pages):
    pages.get("/labs?programme=no-such", status=404)


def test_query_finds_labs_for_one_action(build, session, lab):
    other = build.lab()
    reader = get_reader(session, build.user(Role.RESEARCHER, other))
    assert [found.id for found in list_labs(session, reader, lab.programme_id)] == [other.id]


def test_starter_of_a_lab_becomes_its_administrator(pages, session, lab, administrator):
    answer = pages.submit(f"/programmes/{lab.programme_id}/labs/new", NEW)
    text = pages.get(answer.location).text
    assert "Groen in West" in text
    assert "Wie komt er?" in text
    roles = session.exec(select(Membership.role).where(Membership.user_id == administrator.id))
    assert roles.all() == [Role.ADMINISTRATOR] * 2


def test_form_keeps_what_was_typed_when_refused(pages, lab):
    data = NEW | {"name": " ", "starts_on": "2026-05-01", "ends_on": "2026-04-01"}
    url = f"/programmes/{lab.programme_id}/labs/new"
    answer = pages.submit(url, data, status=422)
    assert answer.page.one(id="municipality")["value"] == "Utrecht"
    answer = pages.submit(url, data | {"name": "x"}, status=422)
    assert "periode eindigt voordat ze begint" in answer.errors[0]
    assert answer.page.one(id="ends_on")["value"] == "2026-04-01"


def test_unreadable_date_is_named(pages, lab):
    data = NEW | {"starts_on": "morgen"}
    answer = pages.submit(f"/programmes/{lab.programme_id}/labs/new", data, status=422)
    assert answer.page.one(id="starts_on")["value"] == "morgen"


def test_lab_can_be_changed_as_it_stands(pages, session, lab):
    pages.change(f"/labs/{lab.id}/edit", {"question": "Een vraag"})
    session.commit()
    found = session.get(LivingLab, lab.id, populate_existing=True)
    assert (found.name, found.question) == ("Spelen in Elst", "Een vraag")


def test_other_lab_is_not_found(pages, build):
    other = build.lab()
    for path in ("", "/edit", "/archive", "/partners/new", "/people", "/people/invite"):
        pages.get(f"/labs/{other.id}{path}", status=404)


def test_partners_can_be_added_changed_and_removed(pages, session, lab):
    page = f"/labs/{lab.id}"
    pages.submit(f"{page}/partners/new", {"name": "Buurthuis", "role": "gastheer"})
    number = session.exec(select(Partner.id)).one()
    session.commit()
    pages.change(f"/partners/{number}/edit", {"role": "opdrachtgever"})
    assert "Buurthuis opdrachtgever" in pages.get(page).text
    pages.submit(f"/partners/{number}/remove", at=page)
    assert "Buurthuis" not in pages.get(page).text


def test_archived_lab_is_read_only_until_reopened(pages, lab):
    page = f"/labs/{lab.id}"
    pages.submit(f"{page}/archive")
    assert "gearchiveerd" in pages.get(page).text
    pages.get(f"{page}/edit", status=409)
    pages.submit(f"{page}/partners/new", {"name": "A", "role": "b"}, status=409, at=page)
    pages.submit(f"{page}/reopen", at=page)
    pages.get(f"{page}/edit")


def test_archived_lab_refuses_changes_in_services(app, lab):
    lab.archived_at = MOMENT
    with app.test_request_context(), pytest.raises(LabArchivedError, match="Spelen in Elst"):
        check_open(lab)


def test_changes_of_a_lab_are_logged(pages, session, lab):
    pages.change(f"/labs/{lab.id}/edit", {"name": "Nieuwe naam"})
    pages.submit(f"/labs/{lab.id}/archive")
    entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["change_lab", "archive_lab"]
    assert entries[0].details == {"name": "Nieuwe naam"}
    assert {Place(entry.programme_id, entry.living_lab_id) for entry in entries} == {
        Place(lab.programme_id, lab.id)
    }


def test_lab_of_the_demonstration_is_open_to_look_at(pages, build):
    other = build.lab(build.programme(ProgrammeKind.FICTITIOUS), name="Verzonnen lab")
    answer = pages.get(f"/labs/{other.id}")
    assert not [link for link in answer.links if link.endswith(("/edit", "/people"))]
