"""Importing who lives where: what a file says, what is wrong with it, and that nothing is lost."""

from contextlib import suppress
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.area_files import Unit, parse_share, read_areas
from experiments.count_files.values import ValueFaultError
from experiments.faults import UnreadableFileError
from lab.models.areas import AreaKind
from lab.models.people import Role
from lab.models.segmentation import Profile
from lab.queries.areas import find_composition, list_areas
from lab.queries.segmentation import list_models, list_profiles
from tests.pages import Pages

PROFILES = [
    Profile(id=number, segmentation_model_id=1, code=code, name_nl=nl, name_en=en)
    for number, code, nl, en in ((1, "rood", "Rood", "Red"), (2, "blauw", "Blauw", "Blue"))
]
DEFAULTS = {"municipality": "Rivierdorp", "kind": AreaKind.NEIGHBOURHOOD}
TODAY = date(2026, 6, 1)


def read(text: str):
    """Return what a CSV file with these lines says."""
    return read_areas(text.encode(), "a.csv", PROFILES, DEFAULTS)


def list_faults(found) -> list[tuple[int, list[str]]]:
    """Return the line of each faulty area with the codes of its faults."""
    return [(area.line, [fault.code for fault in area.faults]) for area in found.faulty]


@pytest.mark.parametrize(
    ("rows", "unit"),
    [
        ("b1;62,5;37,5\nb2;40;60", Unit.PERCENTAGES),
        ("b1;62,5 %;37,5%\nb2;40%;60%", Unit.PERCENTAGES),
        ("b1;0.625;0.375\nb2;0,4;0,6", Unit.FRACTIONS),
        ("b1;500;300\nb2;80;120", Unit.HOUSEHOLDS),
    ],
)
def test_percentages_parts_and_households_are_recognised(rows, unit):
    found = read(f"gebied;Rood;blauw\n{rows}")
    assert found.unit is unit
    assert [area.shares for area in found.good] == [
        pytest.approx({1: 0.625, 2: 0.375}),
        pytest.approx({1: 0.4, 2: 0.6}),
    ]


def test_line_for_each_profile_says_the_same_as_a_column_for_each():
    wide = read("gebied;rood;blauw;onbekend\nb1;60;30;10\nb2;50;50;0")
    long = read(
        "profiel;gebied;aandeel\nRed;b1;60\nBlue;b1;30\nunknown;b1;10\nRood;b2;50\nBlauw;b2;50"
    )
    for found in (wide, long):
        assert [(area.shares, area.unknown) for area in found.good] == [
            (pytest.approx({1: 0.6, 2: 0.3}), pytest.approx(0.1)),
            (pytest.approx({1: 0.5, 2: 0.5}), pytest.approx(0)),
        ]


def test_shares_that_do_not_add_up_name_their_line_and_sum():
    found = read("gebied;rood;blauw\nb1;60;40\nb2;60;30\nb3;100,4;0")
    assert list_faults(found) == [(3, ["shares_do_not_add_up"])]
    assert found.faulty[0].faults[0].details["total"] == pytest.approx(0.9)
    assert found.faulty[0].cells == ["b2", "60", "30"]


def test_unknown_profile_is_named_with_its_line():
    found = read("gebied;profiel;aandeel\nb1;rood;50\nb1;paars;50\nb2;rood;100")
    assert list_faults(found) == [(2, ["unknown_profile_of_model"])]
    assert found.faulty[0].faults[0].details == {"found": "paars", "line": 3}
    assert [area.area.code for area in found.good] == ["b2"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("6661AB;60;40", "full_postcode"),
        (";60;40", "area_missing"),
        ("b1;60;veel", "not_a_number"),
        ("b1;-60;160", "negative"),
        ("b0;60;40", "area_twice"),
    ],
)
def test_faulty_line_is_kept_apart_with_the_reason(row, code):
    found = read(f"gebied;rood;blauw\nb0;50;50\n{row}\nb9;10;90")
    assert list_faults(found) == [(3, [code])]
    assert [area.area.code for area in found.good] == ["b0", "b9"]


def test_area_of_few_households_is_refused():
    found = read("gebied;rood;blauw;huishoudens\nb1;50;50;4\nb2;50;50;400")
    assert list_faults(found) == [(2, ["too_few_households"])]
    found = read("gebied;rood;blauw\nb1;2;1\nb2;500;300\nb3;300;9")
    assert list_faults(found) == [(2, ["too_few_households"])]


def test_kind_of_area_can_stand_in_the_file():
    found = read("code;soort;rood;blauw\n6661;postcode;50;50\nw1;Wijk;50;50\nx;straat;50;50")
    assert [area.area.kind for area in found.good] == [AreaKind.POSTCODE, AreaKind.DISTRICT]
    assert list_faults(found) == [(4, ["unknown_kind"])]


@pytest.mark.parametrize(
    ("heading", "code"),
    [("gebied;paars", "area_columns_missing"), ("gebied;rood;Red", "area_column_twice")],
)
def test_file_without_profiles_or_with_one_twice_is_refused(heading, code):
    with pytest.raises(UnreadableFileError) as refused:
        read(f"{heading}\nb1;50;50")
    assert refused.value.code == code


@given(st.text(max_size=12))
def test_share_is_a_number_of_zero_or_more_or_a_named_fault(text):
    with suppress(ValueFaultError):
        assert parse_share(text) >= 0


@given(st.lists(st.integers(0, 500), min_size=2, max_size=2).filter(lambda one: sum(one) > 130))
def test_households_become_their_shares(numbers):
    area = read(f"gebied,rood,blauw\nb1,{numbers[0]},{numbers[1]}").good[0]
    assert sum(area.shares.values()) == pytest.approx(1)
    assert area.shares[1] * sum(numbers) == pytest.approx(numbers[0])
    assert area.households == sum(numbers)


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


def offer(client, pages, lab, model, text, **values):
    """Offer a file with these lines."""
    url = f"/programmes/{lab.programme_id}/areas/import"
    token = pages.get(url).content.all("input", name="csrf_token")[0]["value"]
    form = {
        "model": model.id, "municipality": "Rivierdorp", "kind": "buurt", "csrf_token": token,
        "reference_date": "2026-01-01", "source": "Telling", "licence_note": "Eigen gebruik",
        "file": (BytesIO(text.encode()), "gebieden.csv"),
    }  # fmt: skip
    return client.post(url, data=form | values)


FILE = (
    "gebied;naam;inwoners;kritische_vernieuwers;stadse_nomaden\n"
    "b1;Zuid;1000;60;40\nb2;Noord;900;60;30\n"
)


def test_file_is_shown_before_anything_is_added_and_then_added(client, pages, session, lab, model):
    answer = offer(client, pages, lab, model, FILE)
    assert answer.status_code == 303
    page = pages.get(answer.location)
    assert "1 good area. 1 area with a fault." in page.text
    assert "Together the shares are 90.0%" in page.text
    assert list_areas(session, lab.programme_id) == []
    session.rollback()
    pages.submit(f"{answer.location}/finish", at=answer.location)
    area = list_areas(session, lab.programme_id)[0]
    found = find_composition(session, [area.id], model.id, TODAY)
    profiles = [profile.id for profile in list_profiles(session, model.id)]
    assert [found.shares[profile] for profile in profiles[:2]] == pytest.approx([0.6, 0.4])
    assert (area.name, found.residents, found.licence_notes) == (
        "Zuid", 1000, ("Eigen gebruik",)
    )  # fmt: skip


def test_faulty_areas_come_back_as_a_file_with_the_reason(client, pages, lab, model):
    answer = offer(client, pages, lab, model, FILE)
    text = client.get(f"{answer.location}/faulty-rows.csv").get_data(as_text=True)
    assert "Noord" in text
    assert "Together the shares are 90.0%" in text
    assert "Zuid" not in text


def test_source_licence_and_date_are_asked_for(client, pages, lab, model):
    answer = offer(client, pages, lab, model, FILE, source="", licence_note="", reference_date="")
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count("Fill this in.") >= 3


def test_template_has_a_column_for_each_profile(client, pages, model):
    text = client.get(f"/segmentation-models/{model.id}/areas-template.csv").get_data(as_text=True)
    assert text.count("Kritische Vernieuwers") == 1
    assert text.count(",") == 12
