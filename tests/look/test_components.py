"""The frame and the building blocks of pages owe their readers words, names and ways out."""

import pytest

from tests.look.gallery import make_gallery
from tests.pages import Pages

ERRORS = ["400", "403", "404", "405", "413", "429", "500", "refused"]


@pytest.fixture
def report(pages):
    """The sample report."""
    return pages.get("/").page


@pytest.fixture
def refused(pages):
    """The sample form after it was sent empty."""
    return pages.submit("/form", {}, status=422)


def test_page_says_where_it_stands_in_the_menu(report):
    menu = report.one("nav", aria_label="Hoofdmenu")
    assert [link.text for link in menu.all("a", aria_current="page")] == ["Experimenten"]


def test_page_title_ends_with_the_name_of_the_product(report):
    assert report.one("head").one("title").text == "Uitnodiging speelplekken Elst · Proeftuin"


def test_language_switch_works_without_scripts(report):
    form = report.one("form", aria_label="Taal")
    assert form["method"] == "post"
    assert [button["value"] for button in form.all("button")] == ["nl", "en"]
    assert form.one("button", aria_current="true")["value"] == "nl"
    assert form.one("input", name="next")["value"] == "/"


def test_signing_out_is_a_protected_form(report):
    form = report.one("form", class_="account")
    assert form.one("input", name="csrf_token")["value"]
    assert "Uitloggen" in form.text


@pytest.mark.parametrize("kind", ["own", "published"])
def test_real_figures_have_no_fictitious_band(kind):
    page = Pages(make_gallery(kind).test_client()).get("/").page
    assert not page.all(class_="fictitious-band")


def test_fictitious_figures_say_so_on_every_page():
    pages = Pages(make_gallery("fictitious").test_client())
    for url in ("/", "/form", "/list", "/errors/404"):
        band = pages.get(url).page.one(class_="fictitious-band")
        assert band.text.startswith("FICTIEF:")


@pytest.mark.parametrize("code", ERRORS)
def test_error_pages_are_complete_pages(pages, code):
    assert pages.get(f"/errors/{code}").page.one("h1").text


def test_frame_speaks_the_language_of_the_reader(app):
    client = app.test_client()
    client.set_cookie("language", "en")
    page = Pages(client).get("/").page
    assert page.one("html")["lang"] == "en"
    assert page.one("nav", aria_label="Main menu")
    assert "probably better" in page.text


def test_verdict_is_a_shape_and_words(report):
    words = [element.text for element in report.one("main").all(class_="verdict")][-6:]
    assert words == [
        "▲ duidelijk beter",
        "△ waarschijnlijk beter",
        "= geen verschil gevonden",
        "… te weinig gegevens",
        "▽ waarschijnlijk slechter",
        "▼ duidelijk slechter",
    ]


def test_locks_say_how_many_and_why(report):
    locks = report.one(class_="locks")
    assert locks.one("svg")["aria-hidden"] == "true"
    assert "3 van 4 sloten" in locks.text
    assert "alleen in één gemeente" in locks.text


def test_state_line_marks_the_present_state(report):
    line = report.one("ol", class_="state-line")
    assert line.one("li", aria_current="step").text == "● in het veld"
    assert [item.text for item in line.all("li", class_="is-passed")] == [
        "idee",
        "gepland",
        "geregistreerd",
    ]


def test_interval_table_reads_row_by_row(report):
    table = report.one("table", class_="intervals")
    assert len(table.all("tbody")) == 6
    row = table.all("tbody")[0].all("tr")[1]
    assert [cell.text for cell in row.all("td") if cell["class"] != "drawing"] == [
        "13,8%",
        "10,7–16,9",
        "n 486",
    ]
    assert row.one("title").text == "Honkvaste Buurtbewoners, brief · persoonlijk"
    assert table.all("tr", class_="is-control")[0].one("th").text == "brief · zakelijk (controle)"


def test_number_field_asks_for_a_number_keyboard(pages):
    form = pages.get("/form").page
    for name in ("reached", "responded"):
        field = form.one("input", name=name)
        assert (field["type"], field["inputmode"]) == ("text", "numeric")


def test_help_is_tied_to_its_field(pages):
    form = pages.get("/form").page
    assert form.one("textarea", name="question")["aria-describedby"] == "question-help"
    assert form.one(id="question-help").text == "Eén vraag, in één zin."


def test_only_what_may_stay_empty_is_marked(pages):
    labels = [label.text for label in pages.get("/form").page.all("label", "legend")]
    assert "Titel" in labels
    assert "Eerste dag (niet verplicht)" in labels


def test_error_stands_at_its_field_in_words(refused):
    field = refused.page.one("input", name="title")
    assert field["aria-invalid"] == "true"
    assert refused.page.one(id=field["aria-describedby"]).text == (
        "Fout: Geef het experiment een titel."
    )


def test_error_summary_leads_to_each_field(refused):
    summary = refused.page.one(class_="error-summary")
    assert summary["role"] == "alert"
    targets = [link["href"] for link in summary.all("a")]
    assert targets == ["#title", "#purpose-0", "#channel", "#reached", "#responded"]
    assert refused.page.one("head").one("title").text.startswith("Fout:")


def test_form_without_errors_has_no_summary(pages):
    assert not pages.get("/form").page.all(class_="error-summary")


def test_sorted_column_says_its_direction(pages):
    page = pages.get("/list").page
    assert [head["aria-sort"] for head in page.all("th") if "aria-sort" in head] == ["ascending"]


def test_stacked_cells_carry_their_heading(pages):
    page = pages.get("/list").page
    cells = page.one("table").one("tbody").all("td")
    assert {cell["data-label"] for cell in cells} == {"Status", "Reacties", "Bereikt"}
