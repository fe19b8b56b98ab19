"""Readers beyond the lab's own team see a protected report, and only of what is published."""

import re

import pytest

from experiments.models.experiments import ExperimentStatus
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import CLEAR, count, counted_experiment
from tests.pages import Pages

LARGE = ((61, 613), (92, 607))
SMALL = ((4, 58), (13, 61))


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def lab(build):
    """A lab with experiments of its own."""
    return build.lab()


def publish(build, lab, places):
    """Make a published experiment in which the first profiles have these counts."""
    return counted_experiment(build, lab, places, ExperimentStatus.PUBLISHED)


def read(pages, experiment, status=200, query=""):
    """Give the report as this reader gets it."""
    return pages.get(f"/experiments/{experiment.id}/outcome{query}", status=status)


def test_public_sees_rounded_counts_and_no_small_ones(pages, build, lab):
    experiment = publish(build, lab, [LARGE, LARGE, SMALL])
    page = read(pages, experiment)
    shown = {cell.text for cell in page.content.all("td", class_="number")}
    assert {"60", "615", "90", "605"} <= shown
    assert not {"4", "58", "13", "61", "613", "607"} & shown
    assert "minder dan 10" in page.text


def test_small_profile_is_withheld_with_one_that_hides_it(pages, build, lab):
    names = [profile.name_nl for profile in build.profiles(lab)]
    page = read(pages, publish(build, lab, [LARGE, LARGE, SMALL]))
    groups = [row.text for row in page.content.all("tr", class_="group")]
    assert len(groups) == 2
    assert not [group for group in groups if group.startswith(names[2])]
    assert names[2] in page.text
    assert "Ze tellen wel mee voor iedereen samen." in page.text


def test_everything_too_small_leaves_no_number_at_all(pages, build, lab):
    page = read(pages, publish(build, lab, [SMALL]))
    assert "te klein om buiten het lab te laten zien" in page.content.one(class_="answer").text
    assert not page.content.all("svg", class_="interval")
    assert not page.content.all("td", class_="number")


def test_shown_counts_are_whole_multiples_of_five(pages, build, lab):
    page = read(pages, publish(build, lab, [LARGE, CLEAR, SMALL]))
    table = page.content.all("table")[1]
    counts = [row.all("td", class_="number")[:2] for row in table.all("tr") if row.all("td")]
    numbers = [int(cell.text.replace(".", "")) for row in counts for cell in row]
    assert numbers
    assert not [number for number in numbers if number % 5]


def test_outsiders_get_no_filters_nor_record_counts(pages, build, lab, session):
    experiment = publish(build, lab, [LARGE, LARGE])
    count(session, experiment, LARGE, area="Noord")
    page = read(pages, experiment, query="?area=Noord")
    assert not page.content.all("select")
    assert "tellingen gebruikt" not in page.text
    assert page.text == read(pages, experiment).text


def test_member_of_another_lab_sees_what_the_public_sees(pages, build, lab, client):
    experiment = publish(build, lab, [LARGE, SMALL, LARGE])
    public = read(pages, experiment)
    build.sign_in(client, build.user(Role.RESEARCHER, build.lab()))
    other = read(pages, experiment)
    assert other.content.one(class_="answer").text == public.content.one(class_="answer").text
    assert "613" not in other.text


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.TEAM, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_own_team_sees_exact_counts(pages, build, lab, client, role):
    experiment = publish(build, lab, [LARGE, SMALL])
    build.sign_in(client, build.user(role, lab))
    text = read(pages, experiment).text
    assert "613" in text
    assert "61 van" not in text
    assert "minder dan 10" not in text


def test_own_student_may_not_look_before_publication(pages, build, lab, client):
    experiment = counted_experiment(build, lab, [LARGE])
    build.sign_in(client, build.user(Role.STUDENT, lab))
    read(pages, experiment, status=403)


def test_own_student_sees_the_protected_report_once_published(pages, build, lab, client):
    experiment = publish(build, lab, [LARGE])
    build.sign_in(client, build.user(Role.STUDENT, lab))
    assert "613" not in read(pages, experiment).text


def test_report_of_another_lab_does_not_exist_before_publication(pages, build, lab, client):
    experiment = counted_experiment(build, lab, [LARGE])
    build.sign_in(client, build.user(Role.RESEARCHER, build.lab()))
    read(pages, experiment, status=404)


def test_public_is_asked_to_sign_in_before_publication(pages, build, lab):
    assert "/sign-in" in read(pages, counted_experiment(build, lab, [LARGE]), 303).location


def test_exempt_programme_shows_exact_counts_to_everybody(pages, build, session):
    programme = build.programme(ProgrammeKind.PUBLISHED)
    programme.is_exempt_from_suppression = True
    session.add(programme)
    session.commit()
    text = read(pages, publish(build, build.lab(programme), [LARGE, SMALL])).text
    assert re.search(r"\b613\b", text)
    assert "minder dan 10" not in text
