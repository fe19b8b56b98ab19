"""What users tell of advice, and what researchers answer."""

import re

import pytest
from sqlmodel import select

from analysis.models.feedback import AdviceFeedback, AdviceUse
from analysis.services import feedback as services
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import CLEAR, counted_experiment
from tests.analysis.test_advice_pages import Publisher
from tests.pages import Pages


@pytest.fixture
def lab(build):
    return build.lab(name="Lab Elst")


@pytest.fixture
def rule(session, build, lab):
    publisher = Publisher(session, build, lab)
    [version] = publisher.propose(counted_experiment(build, lab, [CLEAR]))
    publisher.publish(version)
    return version.advice_rule_id


@pytest.fixture
def pages(client):
    return Pages(client)


@pytest.fixture
def researcher(app, build, lab):
    client = app.test_client()
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return Pages(client)


def tell(pages, address, status=303, **fields):
    return pages.submit(address, {"usefulness": "yes"} | fields, status=status)


def test_telling_needs_no_account_and_gives_a_way_back(pages, rule):
    form = f"/advice/feedback?rule={rule}"
    pages.get(form)
    sent = tell(pages, form, text="Wij stuurden 300 brieven.", offered="300", responded="40")
    assert re.fullmatch(r"/advice/told/[\w-]{20,}", sent.location)
    own = pages.get(sent.location)
    assert "Wij stuurden 300 brieven." in own.text
    assert "40 van 300 reageerden" in own.text
    pages.submit(sent.location, {"followed": "yes", "text": "Later kwamen er meer."}, status=303)
    assert "Later kwamen er meer." in pages.get(sent.location).text


def test_the_rule_says_how_often_it_was_used(pages, rule):
    assert "Niemand vertelde ons nog" in pages.get(f"/advice/{rule}").text
    form = f"/advice/feedback?rule={rule}"
    tell(pages, form, text="Goed.")
    tell(pages, form, usefulness="no")
    text = pages.get(f"/advice/{rule}").text
    assert "2 gebruikers vertelden ons erover. 1 zei: nuttig. 1 vertelde wat er gebeurde." in text


def test_an_answer_of_the_guide_is_kept_with_its_choices_and_rules(
    session, pages, rule, build, lab
):
    profile = build.profiles(lab)[0]
    answers = f"profile={profile.id}&phase=any&budget=500&people=100"
    page = pages.get(f"/advice/guide?{answers}")
    [link] = [one for one in page.links if one.startswith("/advice/feedback")]
    tell(pages, link)
    use = session.exec(select(AdviceUse)).one()
    assert use.choices["profile"] == [str(profile.id)]
    assert (use.choices["budget"], use.choices["people"]) == ("500", "100")
    session.commit()
    assert "1 gebruiker vertelde ons erover." in pages.get(f"/advice/{rule}").text


def test_words_are_public_only_after_a_researcher_allows_it(session, pages, researcher, rule, lab):
    tell(pages, f"/advice/feedback?rule={rule}", text="De brief werkte bij ons.")
    assert "De brief werkte bij ons." not in pages.get(f"/advice/{rule}").text
    waiting = researcher.get(f"/programmes/{lab.programme_id}/feedback")
    [link] = [one for one in waiting.links if one.startswith("/advice/feedback/")]
    assert "1 bericht wacht op antwoord" in researcher.get("/work").text
    researcher.submit(link, {"answer": "Mooi, dank je."}, status=303)
    assert "Mooi, dank je." not in pages.get(f"/advice/{rule}").text
    researcher.submit(link, {"answer": "Mooi, dank je.", "is_shown": "y"}, status=303)
    text = pages.get(f"/advice/{rule}").text
    assert "De brief werkte bij ons." in text
    assert "Mooi, dank je." in text
    assert "wacht op antwoord" not in researcher.get("/work").text


def test_hidden_words_count_nowhere_and_are_kept(session, pages, researcher, rule):
    sent = tell(pages, f"/advice/feedback?rule={rule}", text="Koop hier pillen.")
    told = session.exec(select(AdviceFeedback)).one()
    session.commit()
    researcher.submit(f"/advice/feedback/{told.id}", {"answer": "", "is_shown": "y"}, status=303)
    assert "pillen" in pages.get(f"/advice/{rule}").text
    researcher.submit(
        f"/advice/feedback/{told.id}/hide",
        {"reason": ""},
        status=422,
        at=f"/advice/feedback/{told.id}",
    )
    researcher.submit(
        f"/advice/feedback/{told.id}/hide",
        {"reason": "Reclame."},
        status=303,
        at=f"/advice/feedback/{told.id}",
    )
    text = pages.get(f"/advice/{rule}").text
    assert "pillen" not in text
    assert "Niemand vertelde ons nog" in text
    session.refresh(told)
    assert (told.text, told.hidden_reason) == ("Koop hier pillen.", "Reclame.")
    session.commit()
    assert pages.get(sent.location).status == 200


def test_what_is_typed_is_text_and_never_markup(session, pages, researcher, rule):
    tell(pages, f"/advice/feedback?rule={rule}", text="<script>alert(1)</script><b>vet</b>")
    told = session.exec(select(AdviceFeedback)).one()
    session.commit()
    answer = {"answer": "<img src=x onerror=alert(1)>", "is_shown": "y"}
    researcher.submit(f"/advice/feedback/{told.id}", answer, status=303)
    page = pages.get(f"/advice/{rule}")
    assert "<script>alert(1)</script>" in page.text
    assert not page.content.all("script", "b", "img")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"usefulness": ""}, "Kies een van de mogelijkheden"),
        ({"text": "Bel Jan op 06-12345678"}, "Laat dat weg"),
        ({"text": "Mail naar jan@example.org"}, "Laat dat weg"),
        ({"offered": "10", "responded": "11"}, "Er reageerden meer mensen dan je benaderde"),
        ({"responded": "11"}, "Zeg ook van hoeveel dat is"),
        ({"offered": "tien"}, "heel getal"),
        ({"website": "http://spam.example"}, "geen machine"),
        ({"text": "x" * 2001}, ""),
    ],
)
def test_what_may_not_be_kept_is_refused_and_the_rest_stays_in_the_form(
    session, pages, rule, fields, words
):
    sent = {"text": "Het ging goed."} | fields
    page = tell(pages, f"/advice/feedback?rule={rule}", status=422, **sent)
    assert words in page.text
    assert sent["text"][:50] in page.content.one("textarea").text
    assert session.exec(select(AdviceFeedback)).all() == []
    session.commit()


def test_a_flood_has_to_wait(session, pages, rule, monkeypatch):
    monkeypatch.setattr(
        services,
        "SENDING",
        services.SENDING.__class__(2, services.SENDING.period, services.SENDING.period),
    )
    form = f"/advice/feedback?rule={rule}"
    tell(pages, form)
    tell(pages, form)
    assert "Te veel berichten vanaf hier." in tell(pages, form, status=429).text
    assert len(session.exec(select(AdviceFeedback)).all()) == 2
    session.commit()


def test_telling_about_what_is_not_there_is_not_found(pages, rule):
    pages.get("/advice/feedback?rule=9999", status=404)
    pages.get("/advice/feedback?rule=x", status=404)
    pages.get("/advice/feedback?edition=77", status=404)
    pages.get("/advice/told/guessed", status=404)


def test_researchers_of_another_programme_read_nothing(app, session, build, pages, rule, lab):
    tell(pages, f"/advice/feedback?rule={rule}", text="Van ons.")
    told = session.exec(select(AdviceFeedback)).one()
    session.commit()
    elsewhere = build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    client = app.test_client()
    build.sign_in(client, build.user(Role.RESEARCHER, elsewhere))
    Pages(client).get(f"/programmes/{lab.programme_id}/feedback", status=404)
    Pages(client).get(f"/advice/feedback/{told.id}", status=404)
