"""The page of long work: how far it is, for whom, and the way out."""

from datetime import UTC, datetime

import pytest

from lab.models.jobs import Job, JobState
from lab.models.people import Role
from tests.lab import works
from tests.lab.works import AT, World
from tests.pages import Pages


@pytest.fixture
def world(app, build, session) -> World:
    return World(app, build, session)


@pytest.fixture
def pages(world, client) -> Pages:
    """The pages as the researcher who asks for work sees them."""
    world.build.sign_in(client, world.user)
    return Pages(client)


def put(world, **values) -> str:
    """Bring work into some state, and return the address of its page."""
    job = world.session.get(Job, world.ask().id)
    for name, value in values.items():
        setattr(job, name, value)
    world.session.commit()
    return f"/jobs/{job.id}"


def test_running_work_shows_how_far_it_is(world, pages):
    address = put(world, state=JobState.RUNNING, progress=0.42, step="half", started_at=AT)
    page = pages.get(address)
    bar = page.content.one("progress")
    assert (bar["value"], bar.text) == ("0.42", "42%")
    assert page.content.one("p", aria_live="polite").text == "Experimenten"
    assert world.user.name in page.text
    assert world.lab.name in page.text
    assert "20 juni 2026 14:00" in page.text


def test_progress_is_told_to_programs_too(world, pages, client):
    address = put(world, state=JobState.RUNNING, progress=0.42, step="half")
    told = client.get(f"{address}/progress").json
    assert told == {
        "state": "running",
        "is_ended": False,
        "share": 0.42,
        "percent": "42%",
        "step": "Experimenten",
        "url": None,
    }


def test_work_that_is_ready_leads_to_its_result(world, pages, client, run_jobs):
    world.ask()
    (job,) = run_jobs()
    address, result = f"/jobs/{job.id}", f"/labs/{world.lab.id}"
    assert result in pages.get(address).links
    assert client.get(f"{address}/progress").json["url"] == result


def test_work_that_waits_long_names_a_worker_that_may_not_run(world, pages):
    sentence = "wacht langer dan normaal"
    assert sentence in pages.get(put(world)).text
    assert sentence not in pages.get(put(world, requested_at=datetime.now(UTC))).text


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (works.break_down, "Er ging iets mis. Dat ligt aan ons."),
        (works.refuse, works.REFUSAL),
        (works.refuse_by_code, "Er staan geen goede regels in dit bestand"),
    ],
)
def test_failed_work_says_why_in_a_sentence(world, pages, run_jobs, work, sentence):
    world.ask(work)
    (job,) = run_jobs()
    said = pages.get(f"/jobs/{job.id}").text
    assert sentence in said
    assert "secret detail" not in said
    assert "ZeroDivisionError" not in said


def test_failed_work_is_asked_for_again(world, pages, run_jobs):
    asked = world.ask(works.refuse, more=3)
    run_jobs()
    address = f"/jobs/{asked.id}"
    answer = pages.submit(f"{address}/repeat", at=address)
    again = world.read(int(answer.location.rpartition("/")[2]))
    assert again.id != asked.id
    assert (again.kind, again.parameters) == (asked.kind, asked.parameters)


def test_waiting_work_is_stopped_from_its_page(world, pages):
    address = f"/jobs/{world.ask().id}"
    answer = pages.submit(f"{address}/cancel", at=address)
    assert "Er is niets van bewaard." in pages.get(answer.location).text


def test_colleague_without_the_right_does_not_see_work(world, client):
    address = put(world)
    world.build.sign_in(client, world.build.user(Role.STUDENT, world.lab))
    for more in ("", "/progress"):
        assert client.get(address + more).status_code == 403


def test_who_asked_sees_work_after_a_change_of_role(world, client):
    student = world.build.user(Role.STUDENT, world.lab)
    address = put(world, requested_by_id=student.id, state=JobState.FAILED, error="not_allowed")
    world.build.sign_in(client, student)
    page = Pages(client).get(address)
    assert "heeft geen rol meer" in page.text
    assert page.content.all("button") == []
    assert client.post(f"{address}/repeat").status_code in {400, 403}


def test_work_of_another_lab_is_not_there(world, client):
    address = put(world)
    stranger = world.build.user(Role.RESEARCHER, world.build.lab())
    world.build.sign_in(client, stranger)
    for more in ("", "/progress"):
        assert client.get(address + more).status_code == 404


def test_the_public_signs_in_first(world, client):
    answer = client.get(put(world))
    assert (answer.status_code, "/sign-in" in answer.location) == (303, True)


def test_own_work_is_found_back_among_the_rest(world, pages, run_jobs):
    world.ask()
    run_jobs()
    running = put(world, parameters={}, state=JobState.RUNNING, progress=0.42)
    page = pages.get("/work")
    section = page.content.one("section", aria_labelledby="jobs")
    links = [link["href"] for link in section.all("a")]
    assert links == [running, f"/labs/{world.lab.id}"]
    assert "bezig, 42%" in section.text


def test_work_of_others_is_not_among_ones_own(world, client):
    put(world)
    world.build.sign_in(client, world.build.user(Role.RESEARCHER, world.lab))
    assert Pages(client).get("/work").content.all(id="jobs") == []
