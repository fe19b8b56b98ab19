"""The page of long work in a real browser: it follows the work, and leads to the result."""

import threading

import pytest
from playwright.sync_api import Page, expect

from lab.jobs.worker import Worker
from lab.models.jobs import Job, JobState
from tests.fixtures.browsers import (
    assert_accessible,
    assert_fits_narrow_screen,
    assert_keyboard_reaches_all,
)
from tests.lab import works
from tests.lab.people import KEPT, credentials
from tests.lab.works import World

STATES = [
    {},
    {"state": JobState.RUNNING, "progress": 0.42, "step": "half"},
    {"state": JobState.DONE, "progress": 1.0, "result": {"living_lab_id": 1}},
    {"state": JobState.FAILED, "error": works.REFUSAL},
    {"state": JobState.CANCELLED},
]


@pytest.fixture
def world(app, build, session) -> World:
    return World(app, build, session)


@pytest.fixture
def visit(world, page: Page, live_server):
    """A function that opens an address as the researcher who asks for work."""
    world.user.password_hash = KEPT
    world.session.commit()
    page.goto(f"{live_server}/sign-in")
    for name, value in credentials(world.user).items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn werk")
    return lambda address: page.goto(live_server + address)


def test_page_follows_work_and_leads_to_its_result(world, app, page, visit):
    job = world.ask(works.wait_for_mark)
    loads = []
    page.on("load", lambda _page: loads.append(page.url))
    visit(f"/jobs/{job.id}")
    step, bar = page.locator("[data-step]"), page.locator("progress")
    expect(step).to_have_text("Dit wacht op zijn beurt.")
    expect(bar).to_have_attribute("aria-label", "Hoe ver het is")
    works.GO_ON.clear()
    worker = threading.Thread(
        target=Worker(app.extensions["engine"], lambda: app).run_until_empty, daemon=True
    )
    worker.start()
    expect(step).to_have_text("Experimenten")
    expect(page.locator("[data-percent]")).to_have_text("25%")
    works.GO_ON.set()
    page.wait_for_url(f"**/labs/{world.lab.id}")
    worker.join()
    assert [url.rpartition("/")[0].rpartition("/")[2] for url in loads] == ["jobs", "labs"]


def test_page_says_that_contact_is_lost_and_comes_back(world, page, visit):
    job = world.ask()
    visit(f"/jobs/{job.id}")
    step = page.locator("[data-step]")
    page.route("**/progress", lambda route: route.abort())
    expect(step).to_contain_text("geen contact", timeout=10_000)
    page.unroute("**/progress")
    expect(step).to_have_text("Dit wacht op zijn beurt.", timeout=15_000)


def test_stopped_work_is_shown_by_the_page_itself(world, page, visit):
    job = world.ask()
    visit(f"/jobs/{job.id}")
    page.get_by_role("button", name="Stop dit").click()
    expect(page.locator("main")).to_contain_text("Er is niets van bewaard.")


@pytest.mark.parametrize("values", STATES)
def test_each_state_of_work_is_fit_for_all(world, page, visit, values):
    job = world.session.get(Job, world.ask().id)
    for name, value in values.items():
        setattr(job, name, value)
    world.session.commit()
    visit(f"/jobs/{job.id}")
    assert_accessible(page)
    assert_fits_narrow_screen(page)
    assert_keyboard_reaches_all(page)
