"""Asking all experiments one question, through the page."""

import pytest
from sqlmodel import Session, select

from analysis.pooled.scope import SCOPE
from experiments.models.experiments import ExperimentStatus
from lab.models.jobs import Job, JobState
from lab.models.labels import Phase
from lab.models.people import Role
from tests.analysis.counted import CLEAR, count, counted_experiment
from tests.pages import Pages


@pytest.fixture
def lab(build):
    return build.lab()


@pytest.fixture
def pages(build, client, lab):
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return Pages(client)


@pytest.fixture
def url(lab):
    return f"/programmes/{lab.programme_id}/evidence/new"


def in_english(pages):
    pages.client.set_cookie("language", "en")
    return pages


def list_jobs(app):
    with Session(app.extensions["engine"]) as session:
        return list(session.exec(select(Job)))


def options_of(page, name):
    """Return the words of the choices of a field."""
    return [option.text for option in page.content.one("select", name=name).all("option")]


def test_page_says_how_many_experiments_it_uses(pages, build, lab, url):
    for _each in range(2):
        counted_experiment(build, lab, [CLEAR])
    build.experiment(lab)
    text = pages.get(url).text
    assert "Gebruikt 2 van 3 experimenten." in text
    assert "Het veldwerk is nog niet klaar." in text


def test_page_names_what_is_left_out_and_why(pages, build, lab, url):
    counted_experiment(build, lab, [CLEAR])
    held = build.experiment(lab, title="Nog bezig")
    row = in_english(pages).get(url).content.one("tbody").one("tr")
    assert row.one("th").text.startswith("The field work is not over yet.")
    assert row.one("a")["href"] == f"/experiments/{held.id}"
    assert row.one("a").text == "Nog bezig"


def test_experiments_of_other_labs_are_counted_without_a_name(pages, build, lab, url):
    counted_experiment(build, lab, [CLEAR])
    build.experiment(build.lab(), title="Van een ander")
    text = in_english(pages).get(url).text
    assert "1 of another lab" in text
    assert "Van een ander" not in text


def test_each_choice_says_how_many_experiments_it_leaves(pages, build, session, lab, url):
    phase = session.exec(select(Phase.id).where(Phase.programme_id == lab.programme_id)).first()
    session.commit()
    counted_experiment(build, lab, [CLEAR], phase_id=phase)
    counted_experiment(build, lab, [CLEAR])
    listed = options_of(in_english(pages).get(url), "phase_id")
    assert listed[0] == "All phases: 2 experiments"
    assert listed[1].endswith(": 1 experiment")
    assert listed[2].endswith(": 0 experiments")


def test_only_own_labs_can_be_looked_at_alone(pages, build, lab, url):
    counted_experiment(build, lab, [CLEAR])
    counted_experiment(build, build.lab(name="Verderop"), [CLEAR])
    listed = options_of(in_english(pages).get(url), "living_lab_id")
    assert listed == ["All labs: 2 experiments", f"{lab.name}: 1 experiment"]


def test_estimating_asks_for_a_job_with_the_question(pages, build, lab, url, app):
    counted_experiment(build, lab, [CLEAR])
    answer = pages.submit(url, posted(pages, url) | {"margin": "1,5", "with_influence": "y"})
    (job,) = list_jobs(app)
    assert answer.location == f"/jobs/{job.id}"
    assert (job.kind, job.programme_id) == ("pooled_run", lab.programme_id)
    scope = SCOPE.validate_python(job.parameters["scope"])
    assert scope.margin == 0.015
    assert scope.segmentation_model_id == build.profiles(lab)[0].segmentation_model_id
    assert job.parameters["with_influence"] is True


def posted(pages, url):
    """Return what pressing Estimate sends."""
    form = pages.get(url).content.one("form", method="post")
    return {field["name"]: field["value"] for field in form.all("input", type="hidden")}


def test_the_question_of_the_page_gets_its_answer(pages, build, lab, url, run_jobs):
    for _each in range(2):
        counted_experiment(build, lab, [CLEAR, CLEAR])
    pages.submit(url, posted(pages, url))
    (job,) = run_jobs()
    assert job.state is JobState.DONE, job.error
    assert "Gebruikt 2" in pages.get(url).text
    assert pages.get(f"/evidence/{job.result['run_id']}").page.one("h1")


def test_a_limit_goes_with_the_question(pages, build, lab, url, app):
    counted_experiment(build, lab, [CLEAR])
    asked = pages.get(url).values() | {"living_lab_id": [str(lab.id)], "from_day": ["2026-05-01"]}
    address = url + "?" + "&".join(f"{name}={values[0]}" for name, values in asked.items())
    assert "vanaf 1 mei 2026" in pages.get(address).text
    pages.submit(url, posted(pages, address))
    (job,) = list_jobs(app)
    assert job.living_lab_id == lab.id
    assert job.parameters["scope"]["from_day"] == "2026-05-01"


def test_wrong_input_is_kept_and_named(pages, build, lab, url, app):
    counted_experiment(build, lab, [CLEAR])
    wrong = {"margin": "veel", "from_day": "2026-05-01", "to_day": "2026-04-01"}
    page = pages.submit(url, posted(pages, url) | wrong, status=422)
    assert page.content.one("input", name="margin")["value"] == "veel"
    assert page.content.one("input", name="to_day")["value"] == "2026-04-01"
    assert len(page.errors) == 2
    assert list_jobs(app) == []


def test_an_unknown_choice_is_refused(pages, build, lab, url, app):
    counted_experiment(build, lab, [CLEAR])
    other = {"living_lab_id": "999", "outcome": "none-of-these"}
    pages.submit(url, posted(pages, url) | other, status=422)
    assert list_jobs(app) == []


def test_without_anything_to_estimate_there_is_no_button(pages, build, lab, url):
    build.experiment(lab)
    page = in_english(pages).get(url)
    assert "There is nothing to estimate yet." in page.text
    assert page.content.all("form") == []


def test_a_choice_that_leaves_nothing_cannot_be_estimated(pages, build, lab, url):
    counted_experiment(build, lab, [CLEAR])
    page = in_english(pages).get(f"{url}?from_day=2027-01-01")
    assert "Uses 0 of 1 experiments." in page.text
    assert "Choose more widely." in page.text
    assert page.content.all("form", method="post") == []


def test_profiles_that_nobody_counted_cannot_be_asked_for(pages, build, lab, url):
    together = build.experiment(lab, status=ExperimentStatus.CLOSED)
    count(build.session, together, CLEAR)
    page = in_english(pages).get(url)
    assert "None of these experiments counted residents by these profiles." in page.text
    assert page.content.all("form", method="post") == []


def test_english_page_reads_without_dutch(pages, build, lab, url):
    counted_experiment(build, lab, [CLEAR])
    text = in_english(pages).get(url).text
    for dutch in (" van ", " voor ", " niet ", "experimenten"):
        assert dutch not in text
