"""What people say they want: kept with its source, and never mixed with what they did."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from analysis.models.preferences import StatedPreference
from analysis.preference_files.rows import parse_percentage
from experiments.count_files.values import ValueFaultError
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import CLEAR, counted_experiment
from tests.analysis.test_advice_pages import Publisher
from tests.pages import Pages

HEAD = "groep;kanaal;fase;aandeel;plaats;n;bron;jaar;redenen\n"
GOOD = (
    "Honkvaste Buurtbewoners;e-mail;aanmelden of contact opnemen;34;1;820;Peiling Elst;2020;snel\n"
)


@pytest.fixture
def lab(build):
    return build.lab(name="Lab Elst")


@pytest.fixture
def pages(client):
    return Pages(client)


@pytest.fixture
def researcher(app, build, lab):
    client = app.test_client()
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return Pages(client)


def offer(researcher, lab, text, status=200):
    """Offer a file, and return the page that shows what it says."""
    address = f"/programmes/{lab.programme_id}/preferences/import"
    data = {"file": (io.BytesIO(text.encode()), "peiling.csv")}
    return researcher.submit(address, data, status, content_type="multipart/form-data")


def keep(researcher, lab, page):
    """Keep the good lines of a file that was shown."""
    address = f"/programmes/{lab.programme_id}/preferences/import"
    [rows] = [one["value"] for one in page.content.all("input", name="rows")]
    return researcher.submit(address, {"rows": rows, "save": "yes"}, 303)


def list_kept(session):
    found = session.exec(select(StatedPreference)).all()
    session.commit()
    return found


def test_a_file_is_shown_first_and_kept_when_somebody_says_so(session, researcher, pages, lab):
    page = offer(researcher, lab, HEAD + GOOD + GOOD.replace("e-mail", "flyer").replace("34", "12"))
    assert "2 goede regels" in page.text
    assert list_kept(session) == []
    keep(researcher, lab, page)
    text = pages.get("/advice/preferences?programme=own").text
    assert "34% heeft dit het liefst" in text
    assert "Peiling Elst, 2020" in text
    assert "820" in text
    assert [round(one.share, 2) for one in list_kept(session)] == [0.34, 0.12]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GOOD.replace("e-mail", "rooksignaal"), "“rooksignaal” is geen van de namen hier"),
        (GOOD.replace("Honkvaste Buurtbewoners", "Marsmannen"), "“Marsmannen” is geen"),
        (GOOD.replace(";34;", ";0,34;"), "kan op twee manieren"),
        (GOOD.replace(";34;", ";134;"), "is geen percentage"),
        (GOOD.replace(";34;1;", ";;;"), "Vul in welk deel"),
        (GOOD.replace(";820;", ";9;"), "Vul 10 of meer in"),
        (GOOD.replace(";820;", ";veel;"), "is geen getal"),
        (GOOD.replace(";2020;", ";20;"), "Vul 1950 of meer in"),
        (GOOD.replace("snel", "bel 0612345678"), "Laat dat weg"),
        (GOOD.replace("Peiling Elst", ""), "Vul dit in"),
    ],
)
def test_each_faulty_line_is_named_and_the_rest_is_kept(session, researcher, lab, row, words):
    good = GOOD.replace("e-mail", "flyer")
    page = offer(researcher, lab, HEAD + good + row)
    [faulty] = page.content.all("table", class_="is-stacked")
    assert faulty.one("tbody").one("th").text == "3"
    assert words in faulty.text
    keep(researcher, lab, page)
    assert len(list_kept(session)) == 1


def test_a_line_that_stands_twice_is_kept_once(session, researcher, lab):
    page = offer(researcher, lab, HEAD + GOOD + GOOD)
    assert "hetzelfde als regel 2" in page.text
    keep(researcher, lab, page)
    again = keep(researcher, lab, offer(researcher, lab, HEAD + GOOD))
    assert again.status == 303
    assert len(list_kept(session)) == 1


def test_a_file_without_the_needed_columns_says_which(researcher, lab):
    page = offer(researcher, lab, "groep;kanaal\nx;y\n", status=422)
    assert "Deze kolommen ontbreken: n, bron, jaar, aandeel" in page.text


def test_what_is_sent_for_the_second_time_is_checked_again(session, researcher, lab):
    address = f"/programmes/{lab.programme_id}/preferences/import"
    forged = HEAD + GOOD.replace(";820;", ";1;")
    researcher.submit(address, {"rows": forged, "save": "yes"}, 200)
    assert list_kept(session) == []


def test_one_can_be_written_down_by_hand_and_withdrawn(session, build, researcher, pages, lab):
    address = f"/programmes/{lab.programme_id}/preferences/new"
    fields = {
        "channel_id": str(build.channel(lab).id), "share": "41", "respondents": "500",
        "source": "Straatinterviews", "year": "2024",
    }  # fmt: skip
    researcher.change(address, fields | {"share": ""}, 422)
    researcher.change(address, fields)
    assert "Straatinterviews, 2024" in pages.get("/advice/preferences?programme=own").text
    [kept] = list_kept(session)
    researcher.submit(
        f"/preferences/{kept.id}/withdraw", status=303, at="/advice/preferences?programme=own"
    )
    assert "Straatinterviews" not in pages.get("/advice/preferences?programme=own").text
    assert len(list_kept(session)) == 1


def publish(session, build, lab):
    publisher = Publisher(session, build, lab)
    [version] = publisher.propose(counted_experiment(build, lab, [CLEAR]))
    publisher.publish(version)
    return version.advice_rule_id


def said(group, channel, share, source="Peiling Elst"):
    return f"{group};{channel};;{share};;820;{source};2020;\n"


def test_said_stands_beside_done_and_changes_nothing(session, build, researcher, pages, lab):
    rule = publish(session, build, lab)
    group = build.profiles(lab)[0]
    answers = f"/advice/guide?profile={group.id}&budget="
    before = pages.get(answers)
    text = HEAD + said(group.name_nl, "e-mail", 60) + said(group.name_nl, "brief_adres", 20)
    keep(researcher, lab, offer(researcher, lab, text))
    after = pages.get(answers)
    for page in (after, pages.get(f"/advice/{rule}")):
        assert "Wat mensen zeggen dat ze willen" in page.text
        assert "60% heeft dit het liefst" in page.text
        assert "Niemand heeft dat hier getoetst" in page.text
    # What to do and the numbers of it are those of before, word by word.
    assert [one.text for one in after.content.all("ol")] == [
        one.text for one in before.content.all("ol")
    ]


def test_agreement_and_disagreement_are_said(session, build, researcher, pages, lab):
    publish(session, build, lab)
    group = build.profiles(lab)[0].name_nl
    text = HEAD + said(group, "brief_adres", 60) + said(group, "e-mail", 20)
    keep(researcher, lab, offer(researcher, lab, text))
    page = pages.get(f"/advice/guide?profile={build.profiles(lab)[0].id}&budget=")
    assert "kwam ook in de experimenten vooraan" in page.text


def test_preferences_of_programmes_never_meet(session, build, researcher, pages, lab):
    keep(researcher, lab, offer(researcher, lab, HEAD + GOOD))
    other = build.programme(ProgrammeKind.FICTITIOUS)
    assert "Peiling Elst" not in pages.get(f"/advice/preferences?programme={other.code}").text


@given(st.text(max_size=12) | st.floats(allow_nan=False) | st.integers())
def test_a_percentage_is_a_share_or_a_fault(cell):
    try:
        share = parse_percentage(cell)
    except ValueFaultError:
        return
    assert share is None or 0 <= share <= 1


@given(st.integers(0, 10_000))
def test_percentages_read_back_as_they_were_written(hundredths):
    text = f"{hundredths / 100:.2f}".replace(".", ",") + "%"
    assert parse_percentage(text) == pytest.approx(hundredths / 10_000)
