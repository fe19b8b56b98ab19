"""Choosing a language."""

import pytest
from flask_babel import force_locale, gettext

from tests.pages import Pages


@pytest.fixture
def pages(client):
    """Pages as a reader who is not signed in gets them."""
    return Pages(client)


def test_dutch_comes_first(pages):
    assert pages.get("/sign-in").page.one("h1").text == "Inloggen"


def test_chosen_language_stays(pages):
    answer = pages.submit("/language", {"language": "en", "next": "/sign-in"}, at="/sign-in")
    assert answer.location == "/sign-in"
    assert pages.get("/sign-in").page.one("html")["lang"] == "en"


def test_switch_leads_back_to_the_same_page(pages):
    form = pages.get("/sign-in?next=/labs").page.one("form", class_="languages")
    wanted = form.one("input", name="next")["value"]
    answer = pages.submit("/language", {"language": "en", "next": wanted}, at="/sign-in")
    assert answer.location == "/sign-in?next=/labs"


@pytest.mark.parametrize("wanted", ["//elsewhere.example", "/sign-out", ""])
def test_switch_leads_home_when_there_is_no_page(pages, wanted):
    answer = pages.submit("/language", {"language": "en", "next": wanted}, at="/sign-in")
    assert answer.location == "/"


def test_unknown_language_is_refused(pages):
    pages.submit("/language", {"language": "xx"}, at="/sign-in", status=400)


def test_language_can_change_within_a_page_and_back(app):
    with app.test_request_context("/"):
        said = [gettext("Sign in")]
        with force_locale("en"):
            said.append(gettext("Sign in"))
        said.append(gettext("Sign in"))
    assert said == ["Inloggen", "Sign in", "Inloggen"]


def test_each_request_speaks_its_own_language(client, pages):
    said = []
    for language in ("en", "nl", "en"):
        client.set_cookie("language", language)
        said.append(pages.get("/sign-in").page.one("h1").text)
    assert said == ["Sign in", "Inloggen", "Sign in"]
