"""What comes out of the printer of whoever prints a report from the browser."""

import pytest
from sqlmodel import Session

from tests.demonstration.test_exported_reports import list_outcomes, list_runs
from tests.pdf import count_pages

HEADINGS = ["Opgave", "Schaal", "Looptijd", "Wie beslist", "Afbakening"]


@pytest.fixture(scope="module")
def addresses(demonstration):
    """The pages of an experiment and of a calculation over all labs."""
    with Session(demonstration.app.extensions["engine"]) as session:
        experiment = list_outcomes(session)[0]["experiment_id"]
        run = list_runs(session)[-1]["run_id"]
    return {"outcome": f"/experiments/{experiment}/outcome", "evidence": f"/evidence/{run}"}


@pytest.mark.parametrize("name", ["outcome", "evidence"])
def test_printed_report_is_two_pages_with_the_headings_of_a_council(
    page, demonstration, addresses, name
):
    page.goto(demonstration.address + addresses[name])
    assert not page.locator(".council").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".council dt").all_inner_texts() == HEADINGS
    assert page.locator(".council").is_visible()
    assert page.locator(".answer").is_visible()
    assert addresses[name] in page.locator(".print-foot").inner_text()
    assert count_pages(page.pdf(prefer_css_page_size=True)) <= 2
