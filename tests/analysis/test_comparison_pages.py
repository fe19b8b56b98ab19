"""Evidence seen across: labs as rows, labs side by side, one channel or style over all profiles."""

from dataclasses import replace

import pytest

from analysis.pooled.record import Counted
from analysis.reports.evidence.across import Kind, build_across
from analysis.reports.evidence.contents import EvidenceRequest, LabRow
from analysis.reports.evidence.sides import tell_agreement
from experiments.models.experiments import ExperimentStatus
from lab.models.people import Role
from tests.analysis.pooled_records import NAMES, best, part, record, scope, variant
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.pages import Pages

LETTER, FLYER = "1", "2"


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def labs(build, client):
    """Three labs with published experiments; the reader belongs to a fourth one."""
    build.sign_in(client, build.user(Role.TEAM, build.lab()))
    return pooled_labs(build, people=2000)


@pytest.fixture
def run(build, labs):
    """The answer of those labs."""
    return keep_pooled_run(build, pooled_scope(build, labs[0]))


def list_lab_rows(page) -> list[str]:
    """Give the words of the rows in forests."""
    return [row.text for row in page.content.all(class_="forest")[0].all("tr")]


def test_profile_shows_labs_as_rows_with_diamond_and_new_lab(pages, build, labs, run):
    page = pages.get(f"/evidence/{run.id}?profile=together")
    rows = list_lab_rows(page)
    for lab in labs:
        assert [row for row in rows if row.startswith(lab.name) and "experiment" in row]
    assert any("Alle experimenten samen" in row for row in rows)
    assert any("Eén nieuw experiment in een nieuw lab" in row for row in rows)
    assert "Mantel–Haenszel" in page.text


def test_labs_stand_side_by_side_at_an_address_that_can_be_shared(pages, labs, run):
    chosen = labs[:2]
    page = pages.get(f"/evidence/{run.id}/labs?" + "&".join(f"lab={lab.id}" for lab in chosen))
    heads = [cell.text for cell in page.content.one("table", class_="sides").all("th", scope="col")]
    assert heads == ["Profiel", *sorted(lab.name for lab in chosen), "Alle labs samen"]
    ticked = [
        one["value"] for one in page.content.all("input", type="checkbox") if "checked" in one
    ]
    assert sorted(ticked) == sorted(str(lab.id) for lab in chosen)


@pytest.mark.parametrize("query", ["lab={0}", "lab={0}&lab=999", "lab=x&lab=y"])
def test_choice_that_cannot_be_shown_names_the_way_out(pages, labs, run, query):
    page = pages.get(f"/evidence/{run.id}/labs?{query.format(labs[0].id)}", status=400)
    assert "Kies 2 tot 6 labs van deze vraag." in page.text
    assert len(page.content.all("input", type="checkbox")) == len(labs)


def test_unpublished_results_of_another_lab_are_not_in_its_row(pages, build, client):
    labs = pooled_labs(build, status=ExperimentStatus.CLOSED, people=2000)
    run = keep_pooled_run(build, pooled_scope(build, labs[0]))
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    page = pages.get(f"/evidence/{run.id}/labs")
    table = page.content.one("table", class_="sides")
    for row in table.one("tbody").all("tr"):
        cells = [cell.text for cell in row.all("td")]
        assert cells[0][0] in "+−0"
        assert cells[1:-1] == ["niet getoond"] * (len(labs) - 1)


def test_small_counts_of_another_lab_are_not_in_its_row(pages, build, client):
    build.sign_in(client, build.user(Role.TEAM, build.lab()))
    labs = pooled_labs(build, people=40)
    run = keep_pooled_run(build, pooled_scope(build, labs[0]))
    table = pages.get(f"/evidence/{run.id}/labs").content.all("table", class_="sides")
    shown = [
        cell.text
        for one in table
        for row in one.one("tbody").all("tr")
        for cell in row.all("td")[:-1]
    ]
    assert set(shown) <= {"niet getoond", "niet geprobeerd"}


def test_channel_has_a_page_over_all_profiles(pages, build, labs, run):
    channel = build.channel(labs[0], "nieuwsbrief")
    page = pages.get(f"/evidence/{run.id}/channels/{channel.id}")
    assert page.content.one("h1").text.startswith("Digitale nieuwsbrief")
    # The newsletter does worse in the first profile only.
    first = build.profiles(labs[0])[0]
    assert f"Minder goed bij {first.name_nl}." in page.content.one(class_="answer").text
    assert "van 4" in page.text


def test_style_has_a_page_over_all_profiles(pages, build, labs, run):
    style = build.style(labs[0], "persoonlijk")
    page = pages.get(f"/evidence/{run.id}/styles/{style.id}")
    assert "“persoonlijk” werkt duidelijk beter dan de beste andere manier." in page.text


@pytest.mark.parametrize("address", ["channels/999999", "styles/nothing"])
def test_channel_that_is_not_in_a_run_is_not_found(pages, build, labs, run, address):
    pages.get(f"/evidence/{run.id}/{address}", status=404)


def test_run_leads_to_labs_channels_and_styles(pages, labs, run):
    links = [link["href"] for link in pages.get(f"/evidence/{run.id}").content.all("a")]
    assert f"/evidence/{run.id}/labs" in links
    assert [link for link in links if f"/evidence/{run.id}/channels/" in link]
    assert [link for link in links if f"/evidence/{run.id}/styles/" in link]


def ask(*profiles, **fields) -> EvidenceRequest:
    """Give a request for a record made by hand."""
    return EvidenceRequest(
        record=record(*profiles, **fields), scope=scope(), names=NAMES, not_used=(), rows=()
    )


def test_channel_that_is_behind_everywhere_is_said_to_be_so(app):
    behind = variant(
        2, 0.08, against=1, difference=-0.06, difference_ci=(-0.1, -0.02), probability_better=0.001
    )
    profile = part("5", variants=(best(), variant(0, 0.09), behind))
    with app.test_request_context():
        report = build_across(ask(profile, together=None), Kind.CHANNEL, FLYER)
    assert report.parts[0].standing.verdict == "clearly_worse"
    assert "duidelijk minder goed dan “brief · persoonlijk”" in report.headline


def test_best_two_of_one_channel_are_held_against_the_best_other(app):
    # Both letters lead; the flyer is held against the best of them, and read from the other side.
    behind = variant(
        2, 0.08, against=1, difference=-0.06, difference_ci=(-0.1, -0.02), probability_better=0.001
    )
    profile = part("5", variants=(best(), variant(0, 0.09), behind))
    with app.test_request_context():
        report = build_across(ask(profile, together=None), Kind.CHANNEL, LETTER)
    standing = report.parts[0].standing
    assert standing.verdict == "clearly_better"
    assert (standing.difference, standing.difference_ci) == (0.06, (0.02, 0.1))


def test_channel_that_nobody_can_rank_is_not_judged(app):
    alone = replace(variant(2, 0.08), rate=None, rate_ci=None, counted=Counted(0, 0, 0, 0), part=-1)
    profile = part("5", variants=(best(), variant(0, 0.09), alone))
    with app.test_request_context():
        report = build_across(ask(profile, together=None), Kind.CHANNEL, FLYER)
    assert report.parts[0].standing is None
    assert "niet bekend" in report.headline


def make_row(code: str, difference: float | None, reach: float = 0.02) -> LabRow:
    """Give what a lab found, with limits that lie so far off."""
    if difference is None:
        return LabRow(code, code, experiments=1, hidden=1)
    ends = (difference - reach, difference + reach)
    return LabRow(code, code, 1, difference=difference, difference_ci=ends, people=100)


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ((0.05, 0.06), "vertellen hetzelfde"),
        ((0.01, -0.01), "Of ze echt verschillen is nog niet bekend"),
        ((0.10, -0.10), "verschillen meer dan door toeval"),
        ((0.10, None), "Maar 1 van deze labs"),
        ((None, None), "Geen van deze labs"),
    ],
)
def test_whether_labs_differ_is_said_no_stronger_than_it_is(app, differences, said):
    rows = [make_row(str(place), one) for place, one in enumerate(differences)]
    with app.test_request_context():
        assert said in tell_agreement(rows, is_told=True)


@pytest.mark.parametrize("ending", [".csv", ".json", ".xlsx", ".pdf", "/datapackage.json"])
def test_comparisons_can_be_taken_along(client, build, labs, run, ending):
    channel, style = build.channel(labs[0], "nieuwsbrief"), build.style(labs[0], "persoonlijk")
    for address in (
        f"labs{ending}?lab={labs[0].id},{labs[1].id}",
        f"channels/{channel.id}{ending}",
        f"styles/{style.id}{ending}",
    ):
        assert client.get(f"/evidence/{run.id}/{address}").status_code == 200


def test_file_of_labs_holds_what_its_page_shows(client, pages, labs, run):
    query = f"lab={labs[0].id},{labs[1].id}"
    lines = client.get(f"/evidence/{run.id}/labs.csv?{query}").text.splitlines()
    table = pages.get(f"/evidence/{run.id}/labs?{query}").content.one("table", class_="sides")
    profiles = len(table.one("tbody").all("tr"))
    assert len(lines) == 1 + 3 * profiles
    assert labs[2].name not in "".join(lines)


def test_lab_lists_what_each_of_its_experiments_found(pages, build, client, labs, run):
    build.sign_in(client, build.user(Role.TEAM, labs[0]))
    page = pages.get(f"/labs/{labs[0].id}/evidence")
    found = [one.text for one in page.content.all("p", class_="finding")]
    assert len(found) == 2
    assert all("werkt" in one or "verschil" in one for one in found)


def test_experiments_that_are_not_published_are_told_in_their_own_lab_only(pages, build, client):
    labs = pooled_labs(build, labs=2, experiments=1, status=ExperimentStatus.CLOSED)
    keep_pooled_run(build, pooled_scope(build, labs[0]))
    build.sign_in(client, build.user(Role.TEAM, labs[0]))
    own = pages.get(f"/labs/{labs[0].id}/evidence").content
    assert len(own.all("p", class_="finding")) == 1
    build.sign_in(client, build.user(Role.TEAM, labs[1]))
    assert not pages.client.get(f"/labs/{labs[0].id}/evidence").text.count('class="finding"')
