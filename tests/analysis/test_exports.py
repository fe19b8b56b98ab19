"""The ways out of a report hold what its reader sees on the page: no more, no less, no other."""

import csv
import json
import math
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from analysis.exports.contents import Export
from analysis.exports.csv_text import write_csv
from analysis.exports.excel import write_excel
from analysis.exports.keys import KEYS
from analysis.exports.origin import Origin, name_file, write_slug
from analysis.exports.table import Column, Kind, make_table, round_as_shown
from experiments.models.experiments import ExperimentStatus
from experiments.models.observations import ReviewState
from lab import formats
from lab.i18n import command_context
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import CLEAR, count, counted_experiment, price
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.builders import MOMENT
from tests.pages import Pages

LARGE = ((61, 613), (92, 607))
SMALL = ((4, 58), (13, 61))
ENDINGS = ("csv", "json", "xlsx")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＠")


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def lab(build):
    """A lab with experiments of its own."""
    return build.lab()


@pytest.fixture
def fetch(client):
    """A way to fetch a file of a report."""

    def fetch_file(address, status=200):
        answer = client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.data

    return fetch_file


def publish(build, lab, places, **fields):
    """Make a published experiment in which the first profiles have these counts."""
    return counted_experiment(build, lab, places, ExperimentStatus.PUBLISHED, **fields)


def address_of(experiment) -> str:
    """Return where the report of an experiment stands."""
    return f"/experiments/{experiment.id}/outcome"


def read_csv(data: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names of its columns."""
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"))))


def read_excel(data: bytes, sheet: int) -> list[list]:
    """Return the rows of one sheet."""
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(sheet).to_python()


def read_figures(data: bytes) -> tuple[list, list[list]]:
    """Return the heading and the rows of the sheet with figures."""
    heading, *rows = read_excel(data, 1)
    return heading, rows


def number_of(text: str) -> float | None:
    """Return the number in a cell of a file."""
    return float(text) if text else None


def list_counts(page) -> set[tuple]:
    """Return what the table of all counts on the page says, as it is written there."""
    table = next(one for one in page.content.all("table") if one.one("caption").text in COUNTS)
    found, profile = set(), ""
    for row in table.all("tr")[1:]:
        headings = row.all("th")
        profile = headings[0].text if headings else profile
        name, *cells = [cell.text for cell in row.all("td")]
        found.add((profile, name.removesuffix(" (controle)"), *cells))
    return found


COUNTS = {"Alle aantallen per profiel en variant"}


def write_counts(rows) -> set[tuple]:
    """Return the rows of a file as the page would write them; those that are withheld are not."""
    with command_context("nl"):
        return {
            (
                row["profile_name"],
                row["variant_name"],
                formats.number(number_of(row["numerator"])),
                formats.number(number_of(row["denominator"])),
                formats.percent(number_of(row["rate"])),
                formats.interval(number_of(row["ci_lower"]), number_of(row["ci_upper"])),
            )
            for row in rows
            if row["status"] != "withheld"
        }


def as_texts(rows) -> list[dict[str, str]]:
    """Return the rows of JSON as a CSV file writes them."""

    def write(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None else str(value)

    return [{name: write(value) for name, value in row.items()} for row in rows]


def as_numbers(rows) -> list[dict]:
    """Return rows with what looks like a number as one, so that 0.1 and 0.10 are the same."""

    def read(text):
        try:
            return float(text)
        except ValueError:
            return text

    return [{name: read(text) for name, text in row.items()} for row in rows]


@pytest.mark.parametrize("is_insider", [True, False])
def test_file_holds_exactly_the_counts_of_the_page(pages, fetch, build, lab, client, is_insider):
    experiment = publish(build, lab, [LARGE, CLEAR, SMALL])
    if is_insider:
        build.sign_in(client, build.user(Role.RESEARCHER, lab))
    page = pages.get(address_of(experiment))
    assert write_counts(read_csv(fetch(f"{address_of(experiment)}.csv"))) == list_counts(page)


@pytest.mark.parametrize("is_insider", [True, False])
def test_file_holds_exactly_the_differences_of_the_page(
    pages, fetch, build, lab, client, is_insider
):
    experiment = publish(build, lab, [LARGE, CLEAR, SMALL])
    if is_insider:
        build.sign_in(client, build.user(Role.RESEARCHER, lab))
    tables = pages.get(address_of(experiment)).content.all("table")
    shown = next(one for one in tables if one.one("caption").text.startswith("Verschillen"))
    # A p-value below 0.001 is given as just that.
    texts = {
        tuple(cell.text.removeprefix("< ") for cell in row.all("td")[1:5])
        for row in shown.all("tr")[1:]
    }
    with command_context("nl"):
        written = {
            (
                formats.points(number_of(row["difference"])),
                formats.interval(
                    number_of(row["difference_lower"]), number_of(row["difference_upper"]), "points"
                ),
                formats.interval(
                    number_of(row["simultaneous_lower"]),
                    number_of(row["simultaneous_upper"]),
                    "points",
                ),
                formats.pvalue(number_of(row["adjusted_pvalue"])),
            )
            for row in read_csv(fetch(f"{address_of(experiment)}.csv"))
            if row["difference"]
        }
    assert written
    assert written <= texts


def test_all_forms_hold_the_same_figures(fetch, build, lab):
    experiment = publish(build, lab, [LARGE, CLEAR, SMALL])
    rows = read_csv(fetch(f"{address_of(experiment)}.csv"))
    held = json.loads(fetch(f"{address_of(experiment)}.json"))["figures"]
    assert as_numbers(as_texts(held)) == as_numbers(rows)
    _heading, cells = read_figures(fetch(f"{address_of(experiment)}.xlsx"))
    names = list(rows[0])
    for name in ("numerator", "denominator", "rate", "ci_lower", "ci_upper", "adjusted_pvalue"):
        place = names.index(name)
        assert [row[place] for row in cells] == [
            "" if row[name] is None else row[name] for row in held
        ]
    place = names.index("difference")
    points = [row[place] / 100 if row[place] != "" else None for row in cells]
    assert points == pytest.approx([row["difference"] for row in held], nan_ok=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_small_profile_is_withheld_in_every_form(fetch, build, lab, ending):
    experiment = publish(build, lab, [LARGE, LARGE, SMALL])
    data = fetch(f"{address_of(experiment)}.{ending}")
    code = str(build.profiles(lab)[2].id)
    if ending == "xlsx":
        heading, cells = read_figures(data)
        rows = [dict(zip(heading, row, strict=True)) for row in cells]
        rows = [row for row in rows if row["Profiel (code)"] == code]
        assert {row["Status"] for row in rows} == {"niet getoond: weinig mensen"}
        assert not any(row[name] for row in rows for name in ("Gelukt", "Van de", "Aandeel"))
        numbers = {value for row in cells for value in row if isinstance(value, float)}
        assert not {4.0, 58.0, 13.0, 61.0, 613.0, 607.0} & numbers
    else:
        rows = read_csv(data) if ending == "csv" else as_texts(json.loads(data)["figures"])
        rows = [row for row in rows if row["profile_code"] == code]
        assert {row["status"] for row in rows} == {"withheld"}
        assert not any(row[name] for row in rows for name in ("numerator", "rate", "difference"))
    assert rows


def test_own_team_gets_exact_counts_and_all_steps(fetch, build, lab, client):
    experiment = publish(build, lab, [LARGE, SMALL])
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    rows = read_csv(fetch(f"{address_of(experiment)}.csv"))
    assert {"61", "4", "13"} <= {row["numerator"] for row in rows}
    together = [row for row in rows if row["profile_code"] == "together"]
    assert [row["all_offered"] for row in together] == ["671", "668"]


def test_own_team_is_told_what_a_success_costs(pages, fetch, build, lab, client, session):
    experiment = publish(build, lab, [LARGE])
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    price(session, experiment, Decimal("0.85"), None)
    priced, unpriced = (
        row
        for row in read_csv(fetch(f"{address_of(experiment)}.csv"))
        if row["profile_code"] == "together"
    )
    assert (float(priced["unit_cost"]), unpriced["success_cost"]) == (0.85, "")
    found = [float(priced[f"success_cost{end}"]) for end in ("", "_lower", "_upper")]
    assert found[0] == pytest.approx(0.85 / (61 / 613), abs=0.005)
    with command_context("nl"):
        estimate, lower, upper = [formats.money(round(100 * amount)) for amount in found]
    written = f"{estimate} ({lower} tot {upper})".replace("\xa0", " ")
    facts = read_excel(fetch(f"{address_of(experiment)}.xlsx"), 0)
    assert any(written in str(text).replace("\xa0", " ") for _about, text in facts)
    assert written in pages.get(address_of(experiment)).content.text


def test_file_tells_how_the_experiment_was_held_and_what_was_planned(pages, fetch, build, lab):
    experiment = publish(build, lab, [LARGE])
    told = json.loads(fetch(f"{address_of(experiment)}.json"))
    text = pages.get(address_of(experiment)).content.text
    conduct = told["conduct"]
    for said in (conduct["deviations_told"], *conduct["looks"], told["reach"]["told"]):
        assert said
        assert said in text
    marks = {(row["is_confirmatory"], row["mark_reason"]) for row in told["figures"]}
    assert marks == {(False, "vooraf is niets vastgelegd")}


def test_outsiders_get_one_file_whatever_they_filter(fetch, build, lab, session):
    experiment = publish(build, lab, [LARGE, LARGE])
    count(session, experiment, LARGE, area="Noord")
    address = f"{address_of(experiment)}.csv"
    assert fetch(f"{address}?area=Noord") == fetch(address)


def test_own_team_takes_its_filter_along(pages, fetch, build, lab, client, session):
    experiment = publish(build, lab, [])
    count(session, experiment, LARGE, area="Noord")
    count(session, experiment, CLEAR, area="Zuid", review_state=ReviewState.PENDING)
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    page = pages.get(f"{address_of(experiment)}?area=Noord&review=approved")
    link = f"{address_of(experiment)}.csv?review=approved&area=Noord"
    assert link in page.links
    assert write_counts(read_csv(fetch(link))) == list_counts(page)
    held = json.loads(fetch(link.replace(".csv", ".json")))
    assert held["filters"] == {"review": "approved", "area": "Noord"}
    assert "Je ziet een deel van de tellingen." in held["summary"]


@pytest.mark.parametrize("ending", [*ENDINGS, "page"])
def test_files_have_the_guard_of_the_page(client, build, lab, ending):
    hidden = counted_experiment(build, lab, [LARGE])
    address = address_of(hidden) + ("" if ending == "page" else f".{ending}")
    assert client.get(address).status_code == 303
    build.sign_in(client, build.user(Role.RESEARCHER, build.lab()))
    assert client.get(address).status_code == 404
    build.sign_in(client, build.user(Role.STUDENT, lab))
    assert client.get(address).status_code == 403


def test_page_leads_to_each_of_its_files(pages, client, build, lab):
    experiment = publish(build, lab, [LARGE])
    links = pages.get(address_of(experiment)).links
    for ending in ENDINGS:
        assert f"{address_of(experiment)}.{ending}" in links
        answer = client.get(f"{address_of(experiment)}.{ending}")
        name = f"proeftuin-uitkomst-{write_slug(experiment.title)}-{date.today()}.{ending}"
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.headers["Cache-Control"] == "no-store"
    assert f"{address_of(experiment)}/datapackage.json" in links


def test_reading_program_gets_utf8_with_a_mark(client, build, lab):
    answer = client.get(f"{address_of(publish(build, lab, [LARGE]))}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")


def test_names_of_columns_are_the_same_in_every_language(fetch, client, build, lab):
    address = address_of(publish(build, lab, [LARGE]))
    names = [list(read_csv(fetch(f"{address}.csv"))[0])]
    headings = [read_figures(fetch(f"{address}.xlsx"))[0]]
    client.set_cookie("language", "en")
    names.append(list(read_csv(fetch(f"{address}.csv"))[0]))
    headings.append(read_figures(fetch(f"{address}.xlsx"))[0])
    assert names[0] == names[1]
    assert "Aandeel" in headings[0]
    assert "Rate" in headings[1]


def test_excel_tells_answer_method_and_cautions(pages, fetch, build, lab):
    address = address_of(publish(build, lab, [LARGE, LARGE, SMALL]))
    page = pages.get(address)
    data = fetch(f"{address}.xlsx")
    sheets = CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names
    assert sheets == ["Samenvatting", "Cijfers", "Methode", "Niet gebruikt en let op"]
    said = {cell for row in read_excel(data, 0) for cell in row}
    assert page.content.one(class_="answer-first").text in said
    assert "Versie van de methode" in {row[0] for row in read_excel(data, 2)}
    assert "minder dan 10" in str(read_excel(data, 3)) or "onder 10" in str(read_excel(data, 3))


def test_fictitious_figures_say_so_in_every_form(client, fetch, build):
    lab = build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    address = address_of(publish(build, lab, [LARGE]))
    assert {row["programme_kind"] for row in read_csv(fetch(f"{address}.csv"))} == {"fictitious"}
    assert json.loads(fetch(f"{address}.json"))["is_fictitious"] is True
    assert "FICTIEF" in str(read_excel(fetch(f"{address}.xlsx"), 0))
    assert "fictief" in client.get(f"{address}.csv").headers["Content-Disposition"]


def check_value(field: dict, text: str) -> None:
    """Fail when a cell is not what the description of its column says."""
    rules = field.get("constraints", {})
    if not text:
        assert not rules.get("required"), field["name"]
        return
    if field["type"] in {"integer", "number"}:
        value = int(text) if field["type"] == "integer" else float(text)
        assert rules.get("minimum", -math.inf) <= value <= rules.get("maximum", math.inf)
    if field["type"] == "boolean":
        assert text in {"true", "false"}
    assert text in rules.get("enum", [text]), (field["name"], text)


def check_package(package: dict, data: bytes) -> None:
    """Fail when a CSV file is not what its description says."""
    resource = package["resources"][0]
    schema, rows = resource["schema"], read_csv(data)
    assert [field["name"] for field in schema["fields"]] == list(rows[0])
    for row in rows:
        for field in schema["fields"]:
            check_value(field, row[field["name"]])
    keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert all(field["title"] for field in schema["fields"])


@pytest.mark.parametrize("is_insider", [True, False])
def test_description_fits_the_file_it_points_to(fetch, client, build, lab, is_insider):
    experiment = publish(build, lab, [LARGE, CLEAR, SMALL])
    if is_insider:
        build.sign_in(client, build.user(Role.RESEARCHER, lab))
    package = json.loads(fetch(f"{address_of(experiment)}/datapackage.json"))
    where = package["resources"][0]["path"]
    assert where == f"http://localhost{address_of(experiment)}.csv"
    check_package(package, fetch(where))
    assert package["proeftuin"]["method_version"] == package["version"]


def test_every_key_of_json_is_documented(fetch, build, lab):
    experiment = publish(build, lab, [LARGE, LARGE])
    held = json.loads(fetch(f"{address_of(experiment)}.json"))
    package = json.loads(fetch(f"{address_of(experiment)}/datapackage.json"))
    assert set(held) == set(package["json"]["keys"]) <= set(KEYS)
    assert all(package["json"]["keys"].values())


@pytest.fixture
def ask(build):
    """A way to keep a run over labs of a published programme that counted so many people."""

    def ask_labs(people):
        programme = build.programme(ProgrammeKind.PUBLISHED)
        lab, *_others = pooled_labs(build, 2, 2, programme, people=people)
        return keep_pooled_run(build, pooled_scope(build, lab))

    return ask_labs


@pytest.fixture
def run(ask):
    """A kept run with many people."""
    return ask(400)


@pytest.mark.parametrize("people", [400, 40])
def test_evidence_file_holds_exactly_the_numbers_of_each_page(pages, fetch, ask, people):
    run = ask(people)
    rows = read_csv(fetch(f"/evidence/{run.id}.csv"))
    assert len({row["profile_code"] for row in rows}) > 1
    assert ("small_counts" in {row["reason"] for row in rows}) == (people == 40)
    for code in dict.fromkeys(row["profile_code"] for row in rows):
        query = f"?profile={code}"
        page = pages.get(f"/evidence/{run.id}{query}")
        own = [row for row in rows if row["profile_code"] == code]
        assert read_csv(fetch(f"/evidence/{run.id}.csv{query}")) == own
        tables = page.content.all("table")
        shown = next(one for one in tables if one.one("caption").text.startswith("Alle getallen"))
        texts = [
            (row.one("th").text, *(cell.text for cell in row.all("td")))
            for row in shown.all("tr")[1:]
        ]
        assert [write_numbers(row) for row in own] == texts


def write_numbers(row: dict[str, str]) -> tuple[str, ...]:
    """Return a row of a file as the table of all numbers on the page writes it."""
    value = {name: row[name] for name in row}

    def ends(name, unit="percent", decimals=1):
        pair = number_of(value[f"{name}_lower"]), number_of(value[f"{name}_upper"])
        return formats.interval(*pair, unit, decimals)

    with command_context("nl"):
        counts = [formats.number(number_of(value[n])) for n in ("numerator", "denominator")]
        if value["reason"] == "small_counts":
            counts = ["weinig mensen"] * 2
        ranks = list(dict.fromkeys([value["rank_lower"], value["rank_upper"]]))
        return (
            value["variant_name"],
            *counts,
            formats.number(number_of(value["experiments"])),
            formats.number(number_of(value["labs"])),
            formats.percent(number_of(value["rate"])),
            ends("ci"),
            ends("prediction"),
            formats.decimal(number_of(value["effect"])),
            ends("effect", "plain", 2),
            "–".join(ranks) or "—",
            formats.percent(number_of(value["p_near_best"]), 0),
            formats.points(number_of(value["expected_loss"]), 2, plus=False),
        )


def test_evidence_description_fits_its_file(fetch, run):
    package = json.loads(fetch(f"/evidence/{run.id}/datapackage.json"))
    check_package(package, fetch(f"/evidence/{run.id}.csv"))
    held = json.loads(fetch(f"/evidence/{run.id}.json"))
    assert set(held) == set(package["json"]["keys"])
    assert package["proeftuin"]["number"] == run.id
    # Whoever may not know all counts could try until the fingerprint fits.
    assert run.cells_sha256[:16] not in json.dumps([held, package])


def test_evidence_in_excel_reads_back_as_the_same_numbers(fetch, run):
    held = json.loads(fetch(f"/evidence/{run.id}.json"))["figures"]
    _heading, rows = read_figures(fetch(f"/evidence/{run.id}.xlsx"))
    place = list(held[0]).index("rate")
    assert [row[place] for row in rows] == [row["rate"] for row in held]


def test_evidence_page_leads_to_its_files(pages, run):
    links = pages.get(f"/evidence/{run.id}").links
    assert {f"/evidence/{run.id}.{ending}" for ending in ENDINGS} <= set(links)
    code = pages.get(f"/evidence/{run.id}?profile=together").links
    assert f"/evidence/{run.id}.csv?profile=together" in code


def make_export(text: str) -> Export:
    """Return a report in which somebody named everything the same."""
    urls = dict.fromkeys(("page", "csv", "json", "pdf", "xlsx", "package"), "http://localhost/1")
    origin = Origin(1, text, text, "own", False, MOMENT, MOMENT.date(), "nl", "0.1.0", urls, {})
    columns = [Column(name, Kind.TEXT, "Naam") for name in ("profile_code", "variant_name")]
    rows = [{"profile_code": text, "variant_name": text}]
    return Export(
        origin=origin,
        schema="test/1",
        file_name=name_file("Uitkomst", origin),
        title=text,
        facts=((text, text),),
        summary=(text,),
        figures=make_table(columns, ("profile_code",), rows),
        method=((text, text),),
        method_version="1",
        cautions=(text,),
        unused=(text,),
        unit=text,
        contributor=text,
        sources=text,
        details={},
    )


NAMES = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from(["", *FORMULA_SIGNS, "=HYPERLINK(", "{="]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30),
)


@given(NAMES)
def test_no_name_becomes_a_formula_in_csv(name):
    with command_context("nl"):
        cells = list(csv.reader(StringIO(write_csv(make_export(name)).decode("utf-8-sig"))))[1]
    for cell in cells:
        assert not cell.startswith(FORMULA_SIGNS) or is_plain_number(cell)
        assert cell.removeprefix("'") == name.removeprefix("'")


def is_plain_number(cell: str) -> bool:
    """Tell whether a cell is just a number with a sign."""
    return cell[:1] in "+-" and cell[1:].replace(".", "").replace(",", "").isdecimal()


@given(NAMES)
def test_no_name_becomes_a_formula_in_excel(name):
    with command_context("nl"):
        data = write_excel(make_export(name))
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    held = {cell for sheet in book.sheet_names for cell in list_cells(book, sheet)}
    assert name.strip() in {cell.strip() for cell in held}
    assert b"<f>" not in unzip(data)
    assert b"<hyperlink" not in unzip(data)


def list_cells(book: CalamineWorkbook, sheet: str) -> list[str]:
    """Return the texts of a sheet."""
    rows = book.get_sheet_by_name(sheet).to_python()
    return [cell for row in rows for cell in row if isinstance(cell, str)]


def unzip(data: bytes) -> bytes:
    """Return the text of all sheets of an Excel file."""
    with ZipFile(BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return b"".join(archive.read(name) for name in sheets)


@given(NAMES)
def test_file_names_are_plain_whatever_the_title(name):
    with command_context("nl"):
        file_name = make_export(name).file_name
    assert file_name.isascii()
    assert set(file_name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.floats(-1, 1), st.sampled_from([Kind.SHARE, Kind.POINTS]))
def test_rounded_numbers_read_as_the_page_writes_them(value, kind):
    with command_context("nl"):
        write = formats.percent if kind is Kind.SHARE else formats.points
        assert write(round_as_shown(kind, value)) == write(value)


@given(st.floats(0, 1))
def test_pvalues_read_as_the_page_writes_them_down_to_the_smallest(value):
    with command_context("nl"):
        shown = round_as_shown(Kind.PVALUE, value)
        assert shown >= formats.SMALLEST_PVALUE
        if value >= formats.SMALLEST_PVALUE:
            assert formats.pvalue(shown) == formats.pvalue(value)
