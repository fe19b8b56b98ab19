"""The guide as the public uses it: at most four questions, then what to do."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from experiments.models.experiments import Experiment, ExperimentStatus, Variant
from lab.models.labels import IssueType, Phase
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import CLEAR, EVEN, FEW, counted_experiment, published_experiment
from tests.analysis.test_advice_pages import Publisher
from tests.pages import Pages

GUIDE = "/advice/guide"


@pytest.fixture
def lab(build):
    return build.lab(name="Lab Elst")


@pytest.fixture
def publisher(session, build, lab):
    return Publisher(session, build, lab)


@pytest.fixture
def pages(client):
    return Pages(client)


def labels(session, lab, table):
    found = session.exec(
        select(table).where(table.programme_id == lab.programme_id).order_by(table.position)
    ).all()
    session.commit()
    return found


def publish(session, build, lab, publisher, rates, **fields):
    """Publish the rules of an experiment about taking part, with what a letter costs."""
    participation = labels(session, lab, IssueType)[1]
    phase = labels(session, lab, Phase)[2]
    experiment = counted_experiment(
        build, lab, rates, issue_type_id=participation.id, phase_id=phase.id, **fields
    )
    for variant in session.exec(select(Variant).where(Variant.experiment_id == experiment.id)):
        variant.cost_per_unit = Decimal("1.10")
    session.commit()
    publisher.publish_all(experiment)
    found = session.get(Experiment, experiment.id)
    found.status = ExperimentStatus.PUBLISHED
    session.commit()
    return experiment, participation, phase


def follow(pages, address, *answers):
    """Answer questions by their links, and return the last page."""
    page = pages.get(address)
    for words in answers:
        [link] = [one["href"] for one in page.content.all("a") if one.text == words]
        page = pages.get(link)
    return page


def test_four_questions_lead_to_advice_by_links_alone(session, build, lab, publisher, pages):
    _experiment, participation, phase = publish(session, build, lab, publisher, [CLEAR])
    first = pages.get(GUIDE)
    assert first.content.one("h1").text == "Waar gaat het over?"
    who = follow(pages, GUIDE, participation.name_nl)
    assert who.content.one("h1").text == "Wie wil je bereiken?"
    profile = build.profiles(lab)[0]
    how_far = pages.get(f"{who_address(who)}&profile={profile.id}")
    assert how_far.content.one("h1").text == "Hoe ver zijn mensen?"
    [link] = [one["href"] for one in how_far.content.all("a") if one.text == phase.name_nl]
    budget = pages.get(link)
    assert "Vraag 4 van 4" in budget.text
    result = follow(pages, link, "Weet ik nog niet: toon het advies")
    assert "Kies: geadresseerde brief · persoonlijk." in result.text
    assert "€ 1,10 per stuk" in result.text
    assert "Editie 1" in result.text


def who_address(page):
    """Return the address that the form for groups goes to, with what it carries."""
    form = page.content.one("form")
    carried = "&".join(f"{one['name']}={one['value']}" for one in form.all("input", type="hidden"))
    return f"{form['action']}?{carried}"


def test_a_budget_is_divided_and_never_exceeded(session, build, lab, publisher, pages):
    _experiment, matter, phase = publish(session, build, lab, publisher, [CLEAR])
    profile = build.profiles(lab)[0]
    answers = f"issue_type={matter.id}&profile={profile.id}&phase={phase.id}"
    text = pages.get(f"{GUIDE}?{answers}&people=1000&budget=550").text
    assert "500 brieven, € 550" in text
    # Wilson's interval of 90 in 600 is 12.4 to 18.1 %: of 500 letters that is 62 to 91.
    assert "Verwacht 62 tot 91 reacties" in text
    # 1.10 / 0.181 and 1.10 / 0.124
    assert "Een reactie kost € 6,08 tot € 8,87" in text
    own = pages.get(
        f"{GUIDE}?{answers}&people=1000&budget=550&cost-{key_in(text, pages, answers)}=2"
    )
    assert "275 brieven, € 550" in own.text


def key_in(_text, pages, answers):
    page = pages.get(f"{GUIDE}?{answers}&people=1000&budget=550")
    [field] = [one for one in page.content.all("input") if (one["name"] or "").startswith("cost-")]
    return field["name"].removeprefix("cost-")


def test_the_address_of_an_answer_gives_it_again_after_newer_editions(
    session, build, lab, publisher, pages
):
    publish(session, build, lab, publisher, [CLEAR], title="Eerste proef")
    matter = labels(session, lab, IssueType)[1]
    profile = build.profiles(lab)[0]
    answers = f"?issue_type={matter.id}&profile={profile.id}&phase=any&budget=&people="
    before = pages.get(GUIDE + answers)
    cited = next(link for link in before.links if "edition=1" in link and "guide" in link)
    publish(session, build, lab, publisher, [EVEN], title="Tweede proef")
    assert "Tweede proef" in pages.get(GUIDE + answers).text
    after = pages.get(cited.replace("http://localhost", ""))
    assert "Eerste proef" in after.text
    assert "Tweede proef" not in after.text
    assert "Dit is een oudere editie" in after.text


def test_the_address_holds_nothing_but_answers(session, build, lab, publisher, pages):
    publish(session, build, lab, publisher, [CLEAR])
    page = pages.get(f"{GUIDE}?profile=everyone&phase=any&budget=10&people=5&name=Jan&note=x")
    for link in page.links:
        names = set(parse_qs(urlsplit(link).query, keep_blank_values=True))
        assert not names & {"name", "note"}


def test_questions_with_one_answer_are_skipped(build, lab, publisher, pages):
    # This experiment names no kind of matter and no phase: neither makes a difference.
    publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
    page = pages.get(GUIDE)
    assert page.content.one("h1").text == "Wie wil je bereiken?"
    assert "Vraag 1 van 2" in page.text


def test_without_any_advice_the_guide_says_so_at_once(build, pages):
    build.lab()
    text = pages.get(GUIDE + "?programme=own").text
    assert "Hier weten we nog niets over." in text


def test_a_matter_without_advice_is_answered_honestly(session, build, lab, publisher, pages):
    publish(session, build, lab, publisher, [CLEAR])
    service = labels(session, lab, IssueType)[0]
    page = pages.get(f"{GUIDE}?issue_type={service.id}")
    assert "Hier weten we nog niets over." in page.text
    assert "tel wat het oplevert" in page.text


def test_too_little_and_no_difference_are_said_as_plainly(session, build, lab, publisher, pages):
    publisher.publish_all(counted_experiment(build, lab, [EVEN, FEW]))
    even, few, *_others = build.profiles(lab)
    text = pages.get(f"{GUIDE}?profile={even.id}&budget=").text
    assert "Het maakt geen verschil dat ertoe doet" in text
    assert "Kies een van deze" in text
    text = pages.get(f"{GUIDE}?profile={few.id}&budget=").text
    assert "We weten nog niet wat het best werkt" in text
    assert "Te weinig geteld om iets te zeggen" in text


def test_groups_of_one_rule_get_one_answer(session, build, lab, publisher, pages):
    experiment = counted_experiment(build, lab, [CLEAR, CLEAR])
    for version in publisher.propose(experiment, is_per_profile=False):
        publisher.publish(version)
    page = pages.get(GUIDE + "?budget=")
    assert len(page.content.all("section", class_="rule")) == 1
    assert "Vraag" not in page.text


def test_programmes_never_share_an_answer(session, build, lab, publisher, pages):
    publisher.publish_all(published_experiment(build, lab, [CLEAR], title="Echt experiment"))
    fictitious = build.programme(ProgrammeKind.FICTITIOUS)
    other = build.lab(fictitious)
    Publisher(session, build, other).publish_all(
        published_experiment(build, other, [CLEAR], title="Verzonnen experiment")
    )
    mine, theirs = build.profiles(lab)[0].id, build.profiles(other)[0].id
    own = pages.get(f"{GUIDE}?profile={mine}&budget=")
    made_up = pages.get(f"{GUIDE}?programme={fictitious.code}&profile={theirs}&budget=")
    assert "Echt experiment" in own.text
    assert "Echt experiment" not in made_up.text
    assert "Verzonnen experiment" in made_up.text
    assert made_up.page.all(class_="fictitious-band")
    # A group of another programme is no answer here.
    pages.get(f"{GUIDE}?profile={theirs}&budget=", status=422)


def test_only_the_first_question_leads_to_other_programmes(session, build, lab, publisher, pages):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
    fictitious = build.programme(ProgrammeKind.FICTITIOUS)
    other = build.lab(fictitious)
    Publisher(session, build, other).publish_all(counted_experiment(build, other, [CLEAR]))
    build.programme(ProgrammeKind.PUBLISHED)
    address = f"{GUIDE}?programme={fictitious.code}"
    assert pages.get(address).page.all("nav", class_="tabs")
    assert not pages.get(f"{address}&budget=").page.all("nav", class_="tabs")


@pytest.mark.parametrize(
    "query",
    ["edition=99", "edition=x", "programme=nowhere", "edition=99999999999999"],
)
def test_what_is_not_there_is_not_found(build, lab, publisher, pages, query):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
    pages.get(f"{GUIDE}?{query}", status=404)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("profile=abc", "Wie wil je bereiken? Dit antwoord is geen keuze"),
        ("profile=99999999", "Dit antwoord is geen keuze"),
        ("profile=everyone&budget=veel", "Budget: Vul een bedrag"),
        ("profile=everyone&people=1,5", "Aantal mensen: Vul een heel aantal"),
        ("profile=everyone&people=999999999", "te groot"),
        ("profile=<script>alert(1)</script>", "Dit antwoord is geen keuze"),
    ],
)
def test_a_wrong_answer_is_asked_again_with_the_reason(build, lab, publisher, pages, query, words):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
    page = pages.get(f"{GUIDE}?{query}", status=422)
    assert words in page.text
    assert not page.page.all("script")


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.dictionaries(
        st.sampled_from(
            ["issue_type", "profile", "phase", "budget", "people", "cost-1", "edition"]
        ),
        st.text(max_size=12) | st.integers(-1, 50).map(str),
        max_size=5,
    )
)
def test_no_address_breaks_the_guide(build, client, parts):
    if not hasattr(build, "guide_is_ready"):
        lab = build.lab()
        publisher = Publisher(build.session, build, lab)
        publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
        build.guide_is_ready = True
    # A sign that no text holds is refused for every page alike.
    assert client.get(GUIDE, query_string=parts).status_code in {200, 400, 404, 422}
