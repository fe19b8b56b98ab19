"""Lessons: written by researchers, as secret as what they rest on, with a history that stays."""

from datetime import timedelta

import pytest
from sqlmodel import select

from analysis.learning_words import suggest_status
from analysis.models.advice import DecisionCreate, ProposalCreate
from analysis.models.learnings import Learning, LearningChange, LearningStatus, Stance
from analysis.services.advice import publish_version
from analysis.services.proposals import propose_versions
from analysis.stats.results import Verdict
from experiments.models.experiments import ExperimentStatus
from lab.models.labels import DesignPrinciple
from lab.models.people import Role
from lab.models.programmes import Programme
from tests.analysis.counted import CLEAR, EVEN, counted_experiment, reader_of
from tests.analysis.pooled_runs import keep_pooled_run, pooled_scope
from tests.builders import MOMENT
from tests.pages import Pages

WORDS = {"sentence_nl": "Een persoonlijke brief werkt beter.", "sentence_en": "Personal works."}


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


def write(session, pages, lab) -> Learning:
    """Write down a lesson, as a researcher does."""
    pages.submit(f"/programmes/{lab.programme_id}/learnings/new", WORDS)
    session.expire_all()
    learning = session.exec(select(Learning)).one()
    # What a test goes on to write must not wait for this.
    session.commit()
    return learning


def published(build, lab, rates, **fields):
    """Give a published experiment with these counts."""
    return counted_experiment(build, lab, [rates], status=ExperimentStatus.PUBLISHED, **fields)


def link(pages, learning, experiment, stance="supports") -> None:
    """Link an experiment with a lesson."""
    link_source(pages, learning, f"experiment-{experiment.id}", stance)


def link_source(pages, learning, source, stance="supports", why="Zie de uitkomst.") -> None:
    """Link an experiment, run or rule with a lesson."""
    answers = {"source": source, "stance": stance, "why": why}
    pages.submit(f"/learnings/{learning.id}/links/new", answers)


def test_lesson_is_told_in_the_language_of_its_reader(session, pages, lab):
    learning = write(session, pages, lab)
    assert "Een persoonlijke brief werkt beter." in pages.get("/learnings").text
    pages.client.set_cookie("language", "en")
    assert "Personal works." in pages.get(f"/learnings/{learning.id}").text


def test_linked_experiment_stands_with_its_verdict_and_why(session, pages, build, lab):
    learning = write(session, pages, lab)
    clear = published(build, lab, CLEAR, title="Brieven in Elst")
    even = published(build, lab, EVEN, title="Brieven in Zeist")
    link(pages, learning, clear)
    link(pages, learning, even, "contradicts")
    page = pages.get(f"/learnings/{learning.id}")
    assert "werkt duidelijk beter dan" in page.text
    assert "vonden we geen verschil dat ertoe doet" in page.text
    assert "Volgens de oordelen van de experimenten zou deze les zijn: gemengd." in page.text
    assert session.get(Learning, learning.id).status is LearningStatus.PROPOSED


def test_person_decides_the_status_and_the_history_keeps_all(session, pages, lab):
    learning = write(session, pages, lab)
    check = {"status": "supported", "note": "Alles nagekeken."}
    pages.submit(f"/learnings/{learning.id}/check", check)
    pages.submit(f"/learnings/{learning.id}/edit", WORDS | {"sentence_nl": "Anders gezegd."})
    page = pages.get(f"/learnings/{learning.id}")
    for said in ("Alles nagekeken.", "Een persoonlijke brief werkt beter.", "Anders gezegd."):
        assert said in page.text
    assert len(list(session.exec(select(LearningChange)))) == 3


def test_same_experiment_is_linked_once_until_it_is_taken_away(session, pages, build, lab):
    learning, experiment = write(session, pages, lab), published(build, lab, CLEAR)
    link(pages, learning, experiment)
    source = f"experiment-{experiment.id}"
    again = {"source": source, "stance": "contradicts", "why": "Toch niet."}
    address = f"/learnings/{learning.id}/links/new"
    assert "al gekoppeld" in pages.submit(address, again, status=422).text
    here = f"/learnings/{learning.id}"
    pages.submit(f"{here}/links/remove", {"source": source}, at=here)
    pages.submit(address, again)
    assert "koppeling weggehaald" in pages.get(here).text


def test_old_lesson_and_newer_outcomes_are_told(session, pages, build, lab):
    learning = write(session, pages, lab)
    learning.checked_at -= timedelta(days=400)
    session.add(learning)
    session.commit()
    assert "al meer dan een jaar niet nagekeken" in pages.get("/learnings").text


def test_lesson_on_unpublished_experiment_stays_inside(session, pages, build, lab, client):
    learning = write(session, pages, lab)
    secret = counted_experiment(
        build, lab, [CLEAR], title="Geheim", status=ExperimentStatus.ANALYSED
    )
    link(pages, learning, secret)
    colleague = build.user(Role.RESEARCHER, build.lab(session.get_one(Programme, lab.programme_id)))
    build.sign_in(client, colleague)
    pages.get(f"/learnings/{learning.id}", status=404)
    assert "persoonlijke brief werkt" not in pages.get("/learnings").text
    assert "persoonlijke brief werkt" not in pages.get("/search?q=persoonlijke+brief").text
    client.delete_cookie("proeftuin")
    assert "persoonlijke brief werkt" not in pages.get("/learnings?programme=own").text


def test_lesson_on_published_experiments_is_public(session, pages, build, lab, client):
    learning = write(session, pages, lab)
    link(pages, learning, published(build, lab, CLEAR, title="Openbaar"))
    client.delete_cookie("proeftuin")
    assert "persoonlijke brief" in pages.get(f"/learnings/{learning.id}").text
    assert "persoonlijke brief werkt" in pages.get("/learnings?programme=own").text


@pytest.fixture
def rule_id(build, session, lab) -> int:
    """The number of advice that is in force."""
    experiment = published(build, lab, CLEAR, title="Brieven in Elst")
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)
    command = ProposalCreate(is_per_profile=True)
    [version] = propose_versions(session, experiment.id, command, by=by, at=MOMENT)
    publish_version(session, version.id, DecisionCreate(reason="Past."), by=by, at=MOMENT)
    number = version.advice_rule_id
    session.commit()
    return number


def test_lesson_that_rests_on_advice_is_public_and_found_by_it(
    session, pages, lab, rule_id, client
):
    learning = write(session, pages, lab)
    link_source(pages, learning, f"rule-{rule_id}", why="Het advies berust op zeven straten.")
    client.delete_cookie("proeftuin")
    page = pages.get(f"/learnings/{learning.id}")
    assert f"/advice/{rule_id}" in page.links
    assert "Het advies berust op zeven straten." in page.text
    assert "persoonlijke brief werkt" in pages.get("/search?q=zeven+straten").text


def test_lesson_that_rests_on_a_run_of_own_work_stays_inside(session, pages, build, lab, client):
    learning = write(session, pages, lab)
    published(build, lab, CLEAR)
    run = keep_pooled_run(build, pooled_scope(build, lab))
    link_source(pages, learning, f"run-{run.id}", "contradicts")
    here = f"/learnings/{learning.id}"
    assert f"/evidence/{run.id}" in pages.get(here).links
    pages.submit(f"{here}/links/remove", {"source": f"run-{run.id}"}, at=here)
    assert f"/evidence/{run.id}" not in pages.get(here).links
    link_source(pages, learning, f"run-{run.id}")
    client.delete_cookie("proeftuin")
    assert client.get(here).status_code in (302, 303, 404)
    assert "persoonlijke brief werkt" not in pages.get("/learnings?programme=own").text


def test_form_to_link_chooses_nothing_beforehand(session, pages, lab, rule_id):
    page = pages.get(f"/learnings/{write(session, pages, lab).id}/links/new")
    assert "Advies" in {one["label"] for one in page.content.all("optgroup")}
    assert page.values()["source"] == [""]


def test_what_cannot_be_linked_is_refused_and_the_reason_stays(session, pages, lab):
    address = f"/learnings/{write(session, pages, lab).id}/links/new"
    for source in ("run-999", "rule-1", "experiment-0", "lab-1", ""):
        answers = {"source": source, "stance": "supports", "why": "Omdat het zo is."}
        page = pages.submit(address, answers, status=422)
        assert "Omdat het zo is." in page.text


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ([], LearningStatus.PROPOSED),
        ([(Stance.SUPPORTS, Verdict.NOT_ENOUGH_DATA)], LearningStatus.PROPOSED),
        ([(Stance.SUPPORTS, Verdict.NO_DIFFERENCE)], LearningStatus.SUPPORTED),
        ([(Stance.CONTRADICTS, Verdict.NO_DIFFERENCE)], LearningStatus.CONTRADICTED),
        (
            [
                (Stance.SUPPORTS, Verdict.CLEARLY_BETTER),
                (Stance.CONTRADICTS, Verdict.NO_DIFFERENCE),
            ],
            LearningStatus.MIXED,
        ),
    ],
)
def test_status_follows_the_verdicts_that_say_something(found, status):
    assert suggest_status(found) is status


def test_principle_shows_what_its_experiments_found_also_nothing(session, pages, build, lab):
    statement = select(DesignPrinciple).where(DesignPrinciple.programme_id == lab.programme_id)
    principle = session.exec(statement.order_by(DesignPrinciple.id)).first()
    address = f"/principles/{principle.id}"
    for rates, title in ((CLEAR, "Brieven in Elst"), (EVEN, "Brieven in Zeist")):
        experiment = published(build, lab, rates, title=title)
        pages.submit(f"{address}/experiments/new", {"experiment_id": experiment.id})
    page = pages.get(address)
    assert "werkt duidelijk beter dan" in page.text
    assert "geen verschil dat ertoe doet" in page.text
    assert "2 experimenten" in pages.get("/principles").text
