"""A report can look at part of the counts, and says which records it does not use."""

from datetime import date

import pytest

from experiments.models.observations import ReviewState
from lab.models.people import Role
from tests.analysis.counted import CLEAR, FEW, count, counted_experiment
from tests.pages import Pages


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def experiment(build, client, session):
    """An experiment with counts of two areas, two months and several review states."""
    lab = build.lab()
    build.sign_in(client, build.user(Role.TEAM, lab))
    experiment = counted_experiment(build, lab, [])
    count(session, experiment, CLEAR, area="Noord")
    count(session, experiment, CLEAR, area="Zuid", review_state=ReviewState.PENDING)
    count(session, experiment, FEW, area="Zuid", observed_on=date(2026, 5, 2))
    count(session, experiment, CLEAR, area="Zuid", review_state=ReviewState.HELD)
    count(session, experiment, CLEAR, review_state=ReviewState.RETURNED)
    return experiment


def read(pages, experiment, query=""):
    """Give the report under a filter."""
    return pages.get(f"/experiments/{experiment.id}/outcome{query}")


def options_of(page, name) -> list[str]:
    """Give the words of the options of one filter."""
    return [option.text for option in page.content.one("select", name=name).all("option")]


def test_held_and_returned_records_are_left_out_and_named(pages, experiment):
    text = read(pages, experiment).text
    assert "6 van 10 tellingen gebruikt" in text
    assert "2 tellingen staan apart voor controle" in text
    assert "2 tellingen zijn teruggestuurd" in text
    assert "1.220" in text.replace("\u00a0", "")


def test_each_choice_says_how_many_records_are_left(pages, experiment):
    page = read(pages, experiment)
    assert options_of(page, "review") == [
        "alle bruikbare tellingen (6 tellingen)",
        "alleen goedgekeurde tellingen (4 tellingen)",
    ]
    assert options_of(page, "area") == [
        "alle gebieden (6 tellingen)",
        "Noord (2 tellingen)",
        "Zuid (4 tellingen)",
    ]
    assert "mei 2026 (2 tellingen)" in options_of(page, "from")


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("?area=Noord", "600"),
        ("?area=Zuid", "620"),
        ("?review=approved", "620"),
        ("?from=2026-05", "20"),
        ("?to=2026-04", "1.200"),
        ("?area=Zuid&from=2026-05&review=approved", "20"),
    ],
)
def test_filter_leaves_only_the_chosen_counts(pages, experiment, query, people):
    page = read(pages, experiment, query)
    assert {cell.text for cell in page.content.all("td", class_="count")} == {f"Brieven {people}"}


@pytest.mark.parametrize("query", ["?area=Nergens", "?from=gisteren", "?from=2026-99&to=0-0"])
def test_filter_that_makes_no_sense_is_ignored(pages, experiment, query):
    assert "1.220" in read(pages, experiment, query).text


def test_filter_that_leaves_nothing_says_so(pages, experiment):
    page = read(pages, experiment, "?area=Noord&from=2026-05")
    assert "Deze keuze laat geen tellingen over." in page.content.one(class_="answer").text
    assert page.content.one("select", name="area")


def test_denominator_is_chosen_before_any_filter(pages, experiment, session):
    count(session, experiment, ((3, None), (9, None)), area="Oost", reached=40)
    assert "als deel van bereikt" in read(pages, experiment, "?area=Oost").text
    assert (
        "bij 2 tellingen staat niet van hoeveel mensen"
        in read(pages, experiment, "?area=Noord").text
    )


def test_chosen_filter_stays_chosen_and_leads_back(pages, experiment):
    page = read(pages, experiment, "?area=Zuid")
    chosen = [one["value"] for one in page.content.all("option") if "selected" in one]
    assert "Zuid" in chosen
    assert "Je ziet een deel van de tellingen." in page.text
    assert "?" in page.links
