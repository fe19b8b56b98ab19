"""What changed since somebody last read a report: told at its top, and on the page of own work."""

from datetime import timedelta
from random import Random

import pytest
from sqlmodel import select

from analysis.reports.since import tell_since
from experiments.models.experiments import ExperimentStatus
from lab.models.people import Role
from lab.models.readings import Reading
from lab.services.readings import VISIT
from tests.analysis.counted import CLEAR, FEW, count, counted_experiment
from tests.analysis.pooled_runs import keep_pooled_run, pooled_experiment, pooled_labs, pooled_scope
from tests.builders import MOMENT
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


def go_back(session) -> None:
    """Make all visits so long ago that the next one is a new one."""
    for reading in session.exec(select(Reading)):
        reading.read_at -= VISIT + timedelta(days=1)
        session.add(reading)
    session.commit()


def read_since(pages, address: str) -> str:
    """Give what a page says has changed, or nothing."""
    return " ".join(one.text for one in pages.get(address).content.all("p", class_="since"))


def test_first_visit_tells_nothing_and_the_next_what_changed(pages, build, lab, session):
    experiment = counted_experiment(build, lab, [FEW])
    address = f"/experiments/{experiment.id}/outcome"
    assert read_since(pages, address) == ""
    go_back(session)
    count(session, experiment, CLEAR, build.profiles(lab)[0].id)
    told = read_since(pages, address)
    assert told.startswith("Sinds je vorige bezoek op ")
    assert "2 tellingen erbij" in told
    assert "ging het oordeel van “te weinig gegevens” naar “duidelijk beter”" in told


def test_unchanged_report_says_so(pages, build, lab, session):
    address = f"/experiments/{counted_experiment(build, lab, [FEW]).id}/outcome"
    read_since(pages, address)
    go_back(session)
    assert read_since(pages, address).startswith("Er is niets veranderd sinds")


def test_reading_again_in_the_same_visit_keeps_telling_it(pages, build, lab, session):
    experiment = counted_experiment(build, lab, [FEW])
    address = f"/experiments/{experiment.id}/outcome"
    read_since(pages, address)
    go_back(session)
    count(session, experiment, CLEAR, build.profiles(lab)[0].id)
    assert read_since(pages, address) == read_since(pages, address) != ""


def test_page_that_is_fetched_before_anybody_asks_is_not_read(client, build, lab, session):
    address = f"/experiments/{counted_experiment(build, lab, [FEW]).id}/outcome"
    client.get(address, headers={"Sec-Purpose": "prefetch;prerender"})
    assert session.exec(select(Reading)).first() is None
    session.commit()
    client.get(address)
    assert session.exec(select(Reading)).one().subject.startswith("outcome:")


def test_public_leaves_no_trace(pages, build, session):
    lab = build.lab()
    experiment = counted_experiment(build, lab, [CLEAR], ExperimentStatus.PUBLISHED)
    assert read_since(pages, f"/experiments/{experiment.id}/outcome") == ""
    assert session.exec(select(Reading)).first() is None


def test_answer_that_was_calculated_anew_is_news(pages, build, client, session):
    labs = pooled_labs(build, labs=3, experiments=1)
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    scope = pooled_scope(build, labs[0])
    first = keep_pooled_run(build, scope)
    assert read_since(pages, f"/evidence/{first.id}") == ""
    assert "opnieuw beantwoord" not in pages.get("/work").text
    go_back(session)
    pooled_experiment(build, labs[1], Random(3), status=ExperimentStatus.PUBLISHED)
    second = keep_pooled_run(build, scope)
    assert "opnieuw beantwoord sinds je het las op" in pages.get("/work").text
    assert "1 experiment erbij" in read_since(pages, f"/evidence/{second.id}")
    assert "opnieuw beantwoord" not in pages.get("/work").text


def test_verdict_of_a_profile_that_is_new_is_no_change(app):
    now = {"verdicts": {"": "clearly_better", "5": "no_difference"}}
    then = MOMENT, {"verdicts": {"": "clearly_better"}}
    with app.test_request_context():
        assert tell_since(then, now, {"": "Iedereen", "5": "Jong"}).startswith("Er is niets")


def test_long_list_of_changes_is_cut(app):
    codes = [str(number) for number in range(7)]
    then = MOMENT, {"verdicts": dict.fromkeys(codes, "not_enough_data")}
    now = {"verdicts": dict.fromkeys(codes, "no_difference")}
    with app.test_request_context():
        assert "en nog 3 veranderingen" in tell_since(then, now, {one: one for one in codes})
