"""Search: everything that a reader may read, and nothing else, whatever they type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.searching import Findable, Kind, list_words, rank, read_query
from experiments.models.experiments import ExperimentStatus
from lab.models.people import Role
from tests.analysis.counted import CLEAR, counted_experiment
from tests.pages import Pages


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def lab(build, client):
    """A lab of which the reader is the researcher."""
    lab = build.lab()
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return lab


def find(pages, asked: str) -> list[str]:
    """Give the titles that a search finds."""
    page = pages.get(f"/search?q={asked}")
    return [one.one("a").text for one in page.content.all("li")]


def test_case_accents_and_the_end_of_words_do_not_matter(pages, build, lab):
    counted_experiment(build, lab, [CLEAR], title="Cafébezoek in Élst")
    for asked in ("cafébezoek", "CAFEBEZOEK", "elst", "café", "caf els"):
        assert find(pages, asked) == ["Cafébezoek in Élst"]
    assert find(pages, "bezoek") == []


def test_every_word_must_be_held(pages, build, lab):
    counted_experiment(build, lab, [CLEAR], title="Avondwandeling langs bomen")
    assert find(pages, "avondwandeling bomen")
    assert find(pages, "avondwandeling fietsen") == []


def test_titles_come_before_texts(pages, build, lab):
    counted_experiment(build, lab, [CLEAR], title="Iets anders", question="Werkt zonnehoed?")
    counted_experiment(build, lab, [CLEAR], title="Zonnehoed op straat")
    assert find(pages, "zonnehoed") == ["Zonnehoed op straat", "Iets anders"]


def test_labels_are_found_in_both_languages(pages, lab):
    assert "geadresseerde brief" in find(pages, "addressed letter")
    assert "Maak het makkelijk" in find(pages, "make easy")


@pytest.mark.parametrize("asked", ["%25", "_", "%27%22", "  ", "x" * 5000, "a " * 500])
def test_no_sign_finds_everything_or_breaks(pages, build, lab, asked):
    counted_experiment(build, lab, [CLEAR], title="Zomaar iets")
    assert "Zomaar iets" not in find(pages, asked)


def test_unpublished_experiments_are_hidden_from_outsiders(pages, build, lab, client):
    counted_experiment(build, lab, [CLEAR], title="Geheimschrift", status=ExperimentStatus.ANALYSED)
    public = {"title": "Geheimschrift gepubliceerd", "status": ExperimentStatus.PUBLISHED}
    counted_experiment(build, lab, [CLEAR], **public)
    assert len(find(pages, "geheimschrift")) == 2
    build.sign_in(client, build.user(Role.RESEARCHER, build.lab()))
    assert find(pages, "geheimschrift") == ["Geheimschrift gepubliceerd"]
    client.delete_cookie("proeftuin")
    assert find(pages, "geheimschrift") == ["Geheimschrift gepubliceerd"]


def test_empty_result_helps_on(pages, lab):
    assert "Probeer minder woorden" in pages.get("/search?q=onvindbaar").text
    assert "Typ een of meer woorden" in pages.get("/search").text


def test_box_stands_on_every_page_and_keeps_what_was_asked(pages, lab):
    form = pages.get("/search?q=brief").page.one("form", class_="site-search")
    assert form.one("input")["value"] == "brief"
    assert pages.get("/experiments").page.one("form", class_="site-search")["action"] == "/search"


@given(st.text(max_size=300))
def test_query_has_few_words_and_no_signs(text):
    words = read_query(text)
    assert len(words) <= 8
    assert all(one and one == one.strip() for one in words)


@given(st.text(min_size=1, max_size=60))
def test_title_is_found_by_its_own_words(title):
    thing = Findable(Kind.LAB, title, "", 1, "/")
    words = read_query(title)
    assert rank([thing], words) == ([thing] if list_words(title[:100]) else [])
