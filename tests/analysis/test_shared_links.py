"""A link to one report: who makes it, what it shows, and when it stops."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from analysis.models.sharing import SharedLink
from experiments.models.experiments import ExperimentStatus
from lab.models.people import Role
from lab.services.sign_in import ADDRESS
from tests.analysis.counted import counted_experiment
from tests.analysis.test_exports import LARGE, SMALL, read_csv
from tests.pages import Pages

SHOWN = re.compile(r'id="shared-link"[^>]*value="http://localhost(/links/[^"]+)"')


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def lab(build):
    """A lab with experiments of its own."""
    return build.lab()


@pytest.fixture
def hidden(build, lab):
    """An experiment that is not published, with a small cell in it."""
    return counted_experiment(build, lab, [LARGE, LARGE, SMALL])


def address_of(experiment) -> str:
    return f"/experiments/{experiment.id}/outcome"


@pytest.fixture
def share(client, pages, build, lab):
    """A way to make a link as a researcher of the lab, and to be nobody again after it."""

    def make_link(experiment, days="30"):
        build.sign_in(client, build.user(Role.RESEARCHER, lab))
        where = f"/links?page={address_of(experiment)}"
        pages.submit(where, {"days": days})
        link = SHOWN.search(pages.get(where).body)[1]
        assert link not in pages.get(where).body
        pages.submit("/sign-out", at=where)
        return link

    return make_link


def test_link_shows_the_report_as_an_outsider_sees_it_once_published(
    client, share, hidden, session
):
    link = share(hidden)
    assert client.get(address_of(hidden)).status_code == 303
    page = client.get(link)
    files = {end: client.get(f"{link}/{end}").data for end in ("csv", "json", "xlsx", "pdf")}
    hidden.status = ExperimentStatus.PUBLISHED
    session.add(hidden)
    session.commit()
    public = read_csv(client.get(f"{address_of(hidden)}.csv").data)
    assert read_csv(files["csv"]) == public
    assert "small_counts" in {row["reason"] for row in public}
    assert page.status_code == 200
    assert f"{link}/pdf" in page.text
    assert files["pdf"].startswith(b"%PDF")


def test_member_of_the_team_sees_no_more_by_a_link(client, build, lab, share, hidden):
    link = share(hidden)
    before = client.get(f"{link}/csv").data
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    assert client.get(f"{link}/csv").data == before


def test_link_opens_no_other_page_nor_another_question(client, share, hidden, build, lab):
    link = share(hidden)
    other = counted_experiment(build, lab, [LARGE])
    client.get(link)
    for address in (address_of(hidden), address_of(other), f"/experiments/{hidden.id}"):
        assert client.get(address).status_code == 303
    assert client.get(f"{link}?area=Noord").status_code == 200
    assert client.get(f"{link}/csv?area=Noord").data == client.get(f"{link}/csv").data


def test_shared_page_stays_out_of_search_engines_and_referrers(client, share, hidden):
    answer = client.get(share(hidden))
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_link_that_was_taken_back_says_so(client, pages, build, lab, share, hidden, session):
    link = share(hidden)
    kept = session.exec(select(SharedLink)).one()
    assert link.removeprefix("/links/") not in str(kept.model_dump())
    build.sign_in(client, build.user(Role.SUPERVISOR, lab))
    where = f"/links?page={address_of(hidden)}"
    pages.submit("/links/revoke", {"link": kept.id}, at=where)
    pages.submit("/sign-out", at=where)
    answer = client.get(link)
    assert answer.status_code == 410
    assert "Deze link werkt niet meer" in answer.text
    assert client.get(f"{link}/csv").status_code == 410


def test_link_ends_by_itself(client, share, hidden, session):
    link = share(hidden)
    kept = session.exec(select(SharedLink)).one()
    assert timedelta(days=29) < kept.expires_at - datetime.now(UTC) < timedelta(days=31)
    kept.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    session.add(kept)
    session.commit()
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    ("role", "is_own", "status"),
    [
        (Role.RESEARCHER, True, 200),
        (Role.SUPERVISOR, True, 200),
        (Role.TEAM, True, 403),
        (Role.STUDENT, True, 403),
        (Role.RESEARCHER, False, 404),
    ],
)
def test_who_answers_for_the_lab_shares_what_is_not_published(
    client, build, lab, hidden, role, is_own, status
):
    build.sign_in(client, build.user(role, lab if is_own else build.lab()))
    assert client.get(f"/links?page={address_of(hidden)}").status_code == status


def test_team_shares_what_is_published(client, build, lab):
    shown = counted_experiment(build, lab, [LARGE], status=ExperimentStatus.PUBLISHED)
    build.sign_in(client, build.user(Role.TEAM, lab))
    assert f"/links?page={address_of(shown)}" in client.get(address_of(shown)).text
    assert client.get(f"/links?page={address_of(shown)}").status_code == 200


@pytest.mark.parametrize("page", ["/labs", "//evil.example/", "https://evil.example", "/x%00"])
def test_nothing_but_a_report_is_shared(client, build, lab, page):
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    assert client.get(f"/links?page={page}").status_code in {400, 404}


def test_guessing_is_slowed_down(client, share, hidden):
    link = share(hidden)
    answers = [client.get(f"/links/guess{one}").status_code for one in range(ADDRESS.free + 1)]
    assert answers == [404] * ADDRESS.free + [429]
    assert client.get(link).status_code == 200
