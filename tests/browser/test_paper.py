"""What comes out of the printer of whoever prints a report from the browser."""

from itertools import zip_longest

import pytest
from sqlmodel import Session, select

from experiments.models.experiments import Experiment, ExperimentStatus
from tests.demonstration.test_exported_reports import list_runs
from tests.pdf import count_pages

HEADINGS = ["Opgave", "Schaal", "Looptijd", "Wie beslist", "Afbakening"]


# Of each kind of report; all of them where there is time.
FEW = 2


@pytest.fixture(scope="module")
def addresses(demonstration) -> list[str]:
    """The pages of published experiments and of calculations over all labs, by turns."""
    with Session(demonstration.app.extensions["engine"]) as session:
        experiments = [f"/experiments/{one}/outcome" for one in list_published(session)]
        runs = [f"/evidence/{one['run_id']}" for one in list_runs(session)]
    assert len(experiments) > FEW
    assert runs
    return [one for pair in zip_longest(experiments, runs) for one in pair if one]


def list_published(session: Session) -> list[int]:
    """Return the published experiments, the first one first."""
    statement = select(Experiment.id).where(Experiment.status == ExperimentStatus.PUBLISHED)
    return list(session.exec(statement.order_by(Experiment.id)))


def unfold_everything(page) -> None:
    """Open all that a reader can open on a page."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => (one.open = true))")


def check_paper(page, demonstration, address: str) -> None:
    """Fail when a report is more than two pages of paper, or without what a council asks."""
    page.goto(demonstration.address + address)
    assert not page.locator(".council").is_visible()
    unfold_everything(page)
    page.emulate_media(media="print")
    assert page.locator(".council dt").all_inner_texts() == HEADINGS
    assert page.locator(".council").is_visible()
    assert page.locator(".answer").first.is_visible()
    assert page.get_by_text("Alle tabellen, en hoe dit is berekend").is_visible()
    assert address in page.locator(".print-foot").inner_text()
    assert count_pages(page.pdf(prefer_css_page_size=True)) <= 2, address
    page.emulate_media(media="screen")


def test_printed_report_is_two_pages_however_much_was_unfolded(page, demonstration, addresses):
    for address in addresses[: 2 * FEW]:
        check_paper(page, demonstration, address)


@pytest.mark.thorough
def test_every_printed_report_is_two_pages(page, demonstration, addresses):
    for address in addresses[2 * FEW :]:
        check_paper(page, demonstration, address)
