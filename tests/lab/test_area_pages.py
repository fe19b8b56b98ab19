"""Pages on who lives where: added, withdrawn, and shown to whom they may be."""

import pytest

from lab.models.people import Role
from lab.queries.areas import list_compositions
from lab.queries.segmentation import list_models, list_profiles
from tests.pages import Pages

AREA = {"municipality": "Rivierdorp", "kind": "wijk", "code": "w1", "name": "Zuid"}


@pytest.fixture
def lab(build):
    """A living lab of one's own."""
    return build.lab()


@pytest.fixture
def model(session, lab):
    """The segmentation model of eight profiles."""
    found = list_models(session, lab.programme_id)[0]
    # A transaction that stays open would keep the pages from writing.
    session.commit()
    return found


@pytest.fixture
def pages(build, client, lab):
    """Pages as a researcher gets them, in English."""
    client.set_cookie("language", "en")
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return Pages(client)


@pytest.fixture
def area_url(pages, lab):
    """Where a new area is."""
    return pages.submit(f"/programmes/{lab.programme_id}/areas/new", AREA).location


@pytest.fixture
def values(session, model):
    """Who lives in an area, as typed in the form."""
    first, second = (profile.id for profile in list_profiles(session, model.id)[:2])
    session.commit()
    return {
        f"share_{first}": "60", f"share_{second}": "39,6", "unknown_share": "",
        "reference_date": "2026-01-01", "source": "Telling", "licence_note": "Eigen",
        "households": "100", "residents": "",
    }  # fmt: skip


@pytest.fixture
def add_url(area_url, model):
    """Where somebody adds who lives in the area."""
    return f"{area_url}/compositions/new?model={model.id}"


def test_full_postcode_is_refused_with_the_way_out(pages, lab):
    url = f"/programmes/{lab.programme_id}/areas/new"
    page = pages.submit(url, AREA | {"code": "6661 AB"}, 422)
    assert "is a full postcode" in page.text


def test_who_lives_in_an_area_is_added_and_shown(pages, area_url, add_url, values):
    pages.submit(add_url, values)
    page = pages.get(area_url)
    assert "60%" in page.text
    assert "Telling" in page.text


def test_shares_that_do_not_add_up_are_refused_with_their_sum(pages, add_url, values):
    first = next(iter(values))
    page = pages.submit(add_url, values | {first: "50"}, 422)
    assert "Together the shares are 89.60 percent" in page.text
    assert page.content.one("textarea", name="source").text == "Telling"


def test_withdrawn_composition_stays_to_be_read_with_the_reason(
    pages, session, area_url, add_url, values
):
    pages.submit(add_url, values)
    row = list_compositions(session, [int(area_url.rpartition("/")[2])])[0]
    number = row.id
    session.rollback()
    pages.submit(f"/compositions/{number}/withdraw", {"reason": "Verkeerde wijk"})
    assert "Verkeerde wijk" in pages.get(area_url).text


def test_own_compositions_are_for_people_of_the_programme(client, build, area_url):
    client.post("/sign-out")
    client.delete_cookie("proeftuin")
    assert client.get(area_url).status_code == 303
    assert "for its own people" in client.get(
        "/areas?programme=own", headers={"Cookie": "language=en"}
    ).get_data(as_text=True)
