"""Finding experiments: per programme, with search, filters, sorting and pages."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from experiments.models.experiments import DesignType, ExperimentStatus
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.builders import MOMENT
from tests.pages import Pages

PUBLISHED = ExperimentStatus.PUBLISHED


@pytest.fixture
def lab(build):
    return build.lab(name="Rivierlab")


@pytest.fixture
def pages(client, build, lab):
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return Pages(client)


def titles(answer) -> list[str]:
    return [row.text for row in answer.content.all("th", scope="row")]


def test_members_see_their_own_lab_and_what_is_published(pages, build, lab):
    other = build.lab(name="Elders")
    build.experiment(lab, title="Eigen plan", status=ExperimentStatus.IDEA)
    build.experiment(other, title="Geheim", status=ExperimentStatus.IN_FIELD)
    build.experiment(other, title="Bekend", status=PUBLISHED)
    assert sorted(titles(pages.get("/experiments"))) == ["Bekend", "Eigen plan"]


def test_the_public_sees_published_experiments_only(client, build, lab):
    build.experiment(lab, title="Plan", status=ExperimentStatus.ANALYSED)
    build.experiment(lab, title="Bekend", status=PUBLISHED)
    assert titles(Pages(client).get("/experiments")) == ["Bekend"]


def test_a_filter_never_shows_what_may_not_be_read(client, build, lab):
    build.experiment(lab, title="Plan", status=ExperimentStatus.IDEA)
    build.experiment(lab, title="Bekend", status=PUBLISHED)
    answer = Pages(client).get(f"/experiments?status=idea&lab={lab.id}&q=Plan")
    assert titles(answer) == []


def test_programmes_are_listed_apart(client, build, lab):
    trials = build.programme(ProgrammeKind.PUBLISHED)
    build.experiment(build.lab(trials), title="Stemproef", status=PUBLISHED)
    build.experiment(lab, title="Eigen", status=PUBLISHED)
    pages = Pages(client)
    assert titles(pages.get("/experiments")) == ["Stemproef"]
    answer = pages.get("/experiments?programme=own")
    assert titles(answer) == ["Eigen"]
    assert "1 experiment" in answer.text


def test_the_fictitious_programme_says_so(client, build):
    programme = build.programme(ProgrammeKind.FICTITIOUS)
    build.experiment(build.lab(programme), status=PUBLISHED)
    answer = Pages(client).get(f"/experiments?programme={programme.code}")
    assert answer.page.all(class_="fictitious-band")


def test_members_begin_in_their_own_programme(pages, build):
    trials = build.programme(ProgrammeKind.PUBLISHED)
    build.experiment(build.lab(trials), title="Stemproef", status=PUBLISHED)
    answer = pages.get("/experiments")
    assert "Er zijn nog geen experimenten" in answer.text
    assert "/experiments/new" in answer.links


def test_an_empty_installation_says_that_there_is_nothing(client):
    assert "Hier zijn geen experimenten" in Pages(client).get("/experiments").text


def test_a_programme_that_cannot_be_read_shows_nothing(client, build, lab):
    build.experiment(lab, title="Plan", status=ExperimentStatus.IDEA)
    assert titles(Pages(client).get("/experiments?programme=own")) == []


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("SPEELPLEK", ["Speelplek Één"]),
        ("één", ["Speelplek Één"]),
        ("kaart speelplek", ["Speelplek Één"]),
        ("100%", ["Korting"]),
        ("%", ["Korting"]),
        ("a_b", ["Korting"]),
        ("_", ["Korting"]),
        ("'; --", []),
    ],
)
def test_search_looks_for_the_words_as_typed(pages, build, lab, search, found):
    build.experiment(lab, title="Speelplek Één", question="Werkt een kaart?")
    build.experiment(lab, title="Korting", hypothesis="100% werkt met a_b")
    build.experiment(lab, title="Anders")
    answer = pages.get("/experiments", query_string={"q": search})
    assert titles(answer) == found


def test_filters_narrow_the_list_together(pages, build, lab):
    other = build.lab(name="Heuvellab")
    build.experiment(lab, title="A", design_type=DesignType.BEFORE_AFTER)
    build.experiment(lab, title="B", status=PUBLISHED, design_type=DesignType.BEFORE_AFTER)
    build.experiment(other, title="C", status=PUBLISHED)
    assert titles(pages.get("/experiments?design=before_after&status=published")) == ["B"]
    answer = pages.get(f"/experiments?lab={other.id}")
    assert titles(answer) == ["C"]
    assert "1 van 3 experimenten" in answer.text


@pytest.mark.parametrize(
    "address",
    ["?status=klaar", "?lab=x", "?lab=99999999999999", "?sort=ja", "?page=-3", "?page=999"],
)
def test_an_address_that_means_nothing_is_no_error(pages, build, lab, address):
    build.experiment(lab, title="A")
    assert titles(pages.get(f"/experiments{address}")) == ["A"]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("title", ["alfa", "Beta", "Gamma"]),
        ("-title", ["Gamma", "Beta", "alfa"]),
        ("status", ["Beta", "alfa", "Gamma"]),
        ("starts_on", ["Gamma", "alfa", "Beta"]),
        ("-starts_on", ["alfa", "Gamma", "Beta"]),
    ],
)
def test_headings_sort_with_unknown_dates_last(pages, build, lab, sort, found):
    build.experiment(lab, title="Beta", status=ExperimentStatus.IDEA, starts_on=None)
    build.experiment(lab, title="alfa", starts_on=date(2026, 5, 1))
    build.experiment(lab, title="Gamma", status=PUBLISHED, starts_on=date(2026, 4, 1))
    assert titles(pages.get(f"/experiments?sort={sort}")) == found


def test_a_heading_turns_the_order_and_keeps_the_filter(pages, build, lab):
    build.experiment(lab)
    content = pages.get("/experiments?sort=title&status=in_field").content
    heading = next(each for each in content.all("th") if each["aria-sort"])
    assert heading["aria-sort"] == "ascending"
    assert heading.one("a")["href"].endswith("status=in_field&sort=-title")


def test_long_lists_come_in_pages_of_fifty(pages, build, lab):
    for number in range(51):
        build.experiment(lab, styles=(), title=f"Proef {number:02}")
    first = pages.get("/experiments?sort=title")
    second = pages.get(first.content.one("a", rel="next")["href"])
    assert (len(titles(first)), titles(second)) == (50, ["Proef 50"])
    assert "51 experimenten" in first.text


def test_equal_rows_keep_their_order_over_pages(pages, build, lab):
    made = [build.experiment(lab, styles=(), title="Zelfde").id for _ in range(3)]
    links = [each for each in pages.get("/experiments?sort=title").links if each[-1].isdigit()]
    assert [int(each.rsplit("/", 1)[1]) for each in links if "?" not in each] == made


def test_the_last_change_comes_first(pages, build, lab, session):
    old, new = build.experiment(lab, title="Oud"), build.experiment(lab, title="Nieuw")
    new.changed_at = MOMENT + timedelta(days=1)
    old.changed_at = MOMENT
    session.add_all([old, new])
    session.commit()
    assert titles(pages.get("/experiments")) == ["Nieuw", "Oud"]


def test_more_experiments_ask_no_more_queries(pages, app, build, lab):
    asked = []
    event.listen(
        app.extensions["engine"], "before_cursor_execute", lambda *args: asked.append(args[2])
    )
    counts = []
    for _ in range(2):
        for _ in range(5):
            build.experiment(lab)
        asked.clear()
        pages.get("/experiments")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


def test_the_grade_stands_in_the_list(pages, build, lab):
    build.experiment(lab)
    row = pages.get("/experiments").content.all("td")[-1]
    assert row.text == "B (voorlopig)"
