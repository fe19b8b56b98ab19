"""Reading files of counts: whatever comes in, no row is lost and every fault has a name."""

import contextlib
import csv
import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from experiments.count_files.columns import match_columns
from experiments.count_files.names import index_names
from experiments.count_files.reading import read_sheet
from experiments.count_files.rows import read_rows
from experiments.count_files.sheets import MAXIMUM_ROWS
from experiments.count_files.values import (
    ValueFaultError,
    parse_basis,
    parse_count,
    parse_date,
    parse_method,
)
from experiments.count_files.writing import disarm, write_rows, write_template
from experiments.faults import UnreadableFileError
from experiments.labels import COUNT_METHODS, PROFILE_BASES
from experiments.limits import Limits, WaveLimit
from experiments.models.observations import CountMethod, ProfileBasis
from experiments.naming import NamedVariant
from lab.i18n import command_context
from lab.models.labels import DenominatorKind
from lab.models.segmentation import Profile

DAY = date(2026, 5, 14)


def make_variant(number: int, letter: str, style: tuple[str, str, str] | None) -> NamedVariant:
    codes = (style[0],) if style else ()
    names = [f" · {name}" if style else "" for name in (style or ("", "", ""))[1:]]
    return NamedVariant(
        id=number,
        experiment_id=1,
        channel_id=1,
        channel_code="brief_adres",
        style_ids=(number,) if style else (),
        style_codes=codes,
        name_nl=f"Brief op adres{names[0]}",
        name_en=f"Addressed letter{names[1]}",
        letter=letter,
        description="",
        share=None,
        is_control=False,
        cost_per_unit=None,
        denominator_kind=DenominatorKind.LETTERS,
        position=number,
    )


VARIANTS = [
    make_variant(11, "A", ("zakelijk", "Zakelijk", "Formal")),
    make_variant(12, "B", ("persoonlijk", "Persoonlijk", "Personal")),
]
PROFILES = [
    Profile(id=21, code="p1", name_nl="Honkvaste Buurtbewoner", name_en="Rooted neighbour"),
    Profile(id=22, code="p2", name_nl="Gevestigde Beïnvloeder", name_en="Settled influencer"),
]
NAMES = index_names(VARIANTS, PROFILES, "nl")
LIMITS = Limits(
    experiment_id=1,
    starts_on=date(2026, 4, 1),
    ends_on=date(2026, 6, 30),
    today=date(2026, 6, 20),
    variant_ids=frozenset({11, 12}),
    profile_ids=frozenset({21, 22}),
    waves=(WaveLimit(31, 1, date(2026, 4, 1)),),
)


def read(data: bytes | str, name: str = "tellingen.csv", has_repeats: bool = False):
    data = data.encode() if isinstance(data, str) else data
    return read_rows(read_sheet(data, name), NAMES, LIMITS, has_repeats)


def refuse(data: bytes | str, name: str = "tellingen.csv") -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as refused:
        read(data, name)
    return refused.value


def faults_of(text: str, has_repeats: bool = False) -> list[tuple]:
    read_file = read(text, has_repeats=has_repeats)
    return [(row.line, fault.field, fault.code) for row in read_file.faulty for fault in row.faults]


HEAD = "variant;profiel;datum;aangeboden;gereageerd\n"
TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=300)


def count_lines(data: bytes, name: str = "x.csv") -> tuple[int, int] | None:
    try:
        sheet = read_sheet(data, name)
        read_file = read_rows(sheet, NAMES, LIMITS)
    except UnreadableFileError:
        return None
    return len(sheet.rows), len(read_file.good) + len(read_file.faulty)


@given(TEXTS)
@example('A;;14-05-2026;10;"1\nB;;14-05-2026;10;1')
@example("\r\r\n;\n;;;;;;x")
@example("A;;14-05-2026;1\x00")
def test_any_text_is_read_without_losing_a_row(text):
    found = count_lines((HEAD + text).encode())
    if found is not None:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        filled = [line for line in lines if line.strip("; \t\x0b\x0c\u00a0")]
        assert found[0] == found[1]
        assert found[1] <= len(filled)
        readable = [line for line in filled if line.replace('"', "").replace(";", "").strip()]
        assert found[1] >= len(readable)


@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.xlsx", "plaatje.png"]))
def test_any_bytes_are_read_or_refused_by_name(data, name):
    count_lines(data, name)
    count_lines(b"PK\x03\x04" + data, name)
    count_lines(b"\xff\xfe" + data, name)


@given(st.text(max_size=40) | st.integers() | st.floats() | st.booleans() | st.dates())
def test_any_cell_is_a_count_or_a_named_fault(cell):
    with contextlib.suppress(ValueFaultError):
        count = parse_count(cell)
        assert count is None or 0 <= count <= 100_000_000


@given(st.dates(date(1, 1, 1)))
def test_every_day_is_read_in_each_way_to_write_it(day):
    for text in (
        day.isoformat(),
        f"{day.day}-{day.month}-{day.year:04}",
        f"{day.day:02}/{day.month:02}/{day.year:04}",
        f"{day.day}.{day.month}.{day.year:04}",
    ):
        assert parse_date(text) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_named_fault(text):
    with contextlib.suppress(ValueFaultError):
        assert isinstance(parse_date(text), date)


@given(st.integers(0, 100_000_000))
def test_every_count_is_read_as_it_was_written(number):
    assert parse_count(str(number)) == number
    assert parse_count(f" {number} ") == number
    assert parse_count(float(number)) == number
    assert parse_count(f"{number},0") == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.200", "thousands"),
        ("1,200", "thousands"),
        ("1 200", "thousands"),
        ("12,5", "not_whole"),
        ("-3", "negative"),
        ("−3", "negative"),
        ("twaalf", "not_a_number"),
        ("1e3", "not_a_number"),
        ("١٢", "not_a_number"),
        ("100000001", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_ambiguous_numbers_are_refused_by_name(text, code):
    with pytest.raises(ValueFaultError) as fault:
        parse_count(text)
    assert fault.value.code == code


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_each_separator_is_recognised(separator):
    text = HEAD + "A;Honkvaste Buurtbewoner;14-05-2026;10;1\n"
    [row] = read(text.replace(";", separator)).good
    assert (row.command.variant_id, row.command.profile_id) == (11, 21)
    assert (row.command.observed_on, row.command.offered) == (DAY, 10)


def test_excel_line_that_names_the_separator_is_obeyed():
    assert len(read("sep=,\r\nvariant,datum,bereikt\r\nA,14-05-2026,3\r\n").good) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_each_encoding_is_read(encoding):
    text = HEAD + "B;Gevestigde Beïnvloeder;14-05-2026;10;1\n"
    found = read(text.encode(encoding))
    assert found.good[0].command.profile_id == 22
    assert (("windows_1252", {}) in found.notes) == (encoding == "cp1252")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32"])
def test_other_encodings_are_refused_by_name(encoding):
    assert refuse((HEAD + "A;;14-05-2026;10;1\n").encode(encoding)).code == "wrong_encoding"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \n \n", "empty_file"),
        (HEAD.encode(), "only_heading"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_workbook"),
        (b"PK\x03\x04 rest is lost", "broken_workbook"),
        (b"<!DOCTYPE html><table>", "web_page"),
        (b"\x1f\x8b\x08", "packed"),
        (bytes(range(256)), "no_table"),
    ],
)
def test_file_that_is_no_table_is_named_for_what_it_is(data, code):
    assert refuse(data, "tellingen.xlsx").code == code


def test_text_called_excel_is_read_with_a_note():
    found = read(HEAD + "A;;14-05-2026;10;1\n", "tellingen.xlsx")
    assert len(found.good) == 1
    assert ("is_csv", {"name": "tellingen.xlsx"}) in found.notes


def test_missing_columns_are_named_with_what_was_found():
    problem = refuse("naam;aantal\nJan;3\n")
    assert problem.code == "missing_columns"
    assert problem.details["missing"] == ["variant", "observed_on", "counts"]
    assert problem.details["found"] == ["naam", "aantal"]


def test_column_that_comes_twice_is_refused():
    assert refuse("variant;datum;bereikt;gesproken\nA;14-05-2026;1;2\n").code == "same_column_twice"


def test_unknown_columns_are_not_kept():
    found = read("variant;e-mail;datum;bereikt\nX;jan@example.org;14-05-2026;3\n")
    assert found.ignored == ["e-mail"]
    assert "example.org" not in repr(found)


def test_personal_data_is_named_and_not_kept():
    found = read("variant;datum;bereikt;opmerking\nA;14-05-2026;3;bel 06-12345678 terug\n")
    [row] = found.faulty
    assert row.faults[0].code == "personal_data"
    assert row.cells[-1] == "bel […] terug"


def test_columns_are_known_in_both_languages_and_any_order():
    dutch = match_columns(["Aantal bereikt", "GOLF", "Datum", "Variant", "Profiel vooraf bekend"])
    english = match_columns(["number_offered", "wave", "Date", "channel", "known before"])
    assert set(dutch.places) == {
        "reached", "wave_number", "observed_on", "variant", "is_profile_known_before",
    }  # fmt: skip
    assert "offered" in english.places


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "a",
        "1",
        "Brief op adres · Zakelijk",
        "addressed letter · formal",
        "brief_adres-zakelijk",
    ],
)
def test_variant_goes_by_each_of_its_names(name):
    [row] = read(HEAD + f"{name};;14-05-2026;10;1\n").good
    assert row.command.variant_id == 11


def test_variant_goes_by_channel_and_style():
    text = "channel,style,date,reached\nbrief_adres,Personal,2026-05-14,3\n"
    [row] = read(text).good
    assert row.command.variant_id == 12
    assert faults_of("channel,date,reached\nbrief_adres,2026-05-14,3\n") == [
        (2, "variant", "several_variants")
    ]


def test_everything_in_a_row_is_read():
    text = (
        "variant;profiel;profiel bekend uit;profiel vooraf bekend;gebied;datum;cluster;golf;"
        "aangeboden;bereikt;gereageerd;meegedaan;hoe geteld;opmerking\n"
        "B;p2;panel;nee;Elst;2026-05-14;route 3;1;40;12;5;?;geschat;regen\n"
    )
    command = read(text).good[0].command
    assert command.profile_basis is ProfileBasis.PANEL
    assert command.is_profile_known_before is False
    assert (command.area, command.cluster, command.wave_number) == ("Elst", "route 3", 1)
    assert (command.offered, command.reached, command.responded) == (40, 12, 5)
    assert command.participated is None
    assert command.count_method is CountMethod.ESTIMATED
    assert command.remark == "regen"


ROWS = [
    ("X;;14-05-2026;10;1", "variant", "unknown_variant"),
    (";;14-05-2026;10;1", "variant", "variant_missing"),
    ("A;Nobody;14-05-2026;10;1", "profile", "unknown_profile"),
    ("A;;31-03-2026;10;1", "observed_on", "before_start"),
    ("A;;21-06-2026;10;1", "observed_on", "in_future"),
    ("A;;;10;1", "observed_on", "date_missing"),
    ("A;;5/14/2026;10;1", "observed_on", "no_such_day"),
    ("A;;14-05-26;10;1", "observed_on", "short_year"),
    ("A;;46156;10;1", "observed_on", "not_a_date"),
    ("A;;14-05-2026;tien;1", "offered", "not_a_number"),
    ("A;;14-05-2026;-1;", "offered", "negative"),
    ("A;;14-05-2026;;", "offered", "nothing_counted"),
    ("A;;14-05-2026;1;2", "offered", "steps_out_of_order"),
    ("A;;14-05-2026;10;1;rest", "", "too_many_cells"),
    ('A;;14-05-2026;10;"1', "", "open_quote"),
    ('A;;14-05-2026;10;"1"2', "", "open_quote"),
]


def test_each_fault_is_named_by_line_and_column():
    text = HEAD + "\n".join(row for row, _field, _code in ROWS) + "\nA;;14-05-2026;10;1\n"
    found = read(text)
    assert [row.line for row in found.faulty] == list(range(2, len(ROWS) + 2))
    assert [row.line for row in found.good] == [len(ROWS) + 2]
    for row, (_text, field, code) in zip(found.faulty, ROWS, strict=True):
        assert (field, code) in [(fault.field, fault.code) for fault in row.faults]


def test_all_faults_of_a_row_are_named_at_once():
    assert faults_of(HEAD + "X;Nobody;ooit;tien;min\n") == [
        (2, "observed_on", "not_a_date"),
        (2, "offered", "not_a_number"),
        (2, "responded", "not_a_number"),
        (2, "variant", "unknown_variant"),
        (2, "profile", "unknown_profile"),
    ]


def test_equal_lines_are_named_unless_they_are_meant():
    text = HEAD + "A;;14-05-2026;1;0\n" * 3
    assert faults_of(text) == [(3, "", "same_as_line"), (4, "", "same_as_line")]
    assert faults_of(text, has_repeats=True) == []


def test_too_many_lines_are_refused():
    assert refuse(HEAD + "A;;14-05-2026;1;0\n" * (MAXIMUM_ROWS + 1)).code == "too_many_rows"


def make_workbook(fill, **options) -> bytes:
    data = io.BytesIO()
    workbook = xlsxwriter.Workbook(data, options)
    fill(workbook)
    workbook.close()
    return data.getvalue()


def fill_counts(workbook) -> None:
    sheet = workbook.add_worksheet("Tellingen")
    day = workbook.add_format({"num_format": "dd-mm-yyyy"})
    sheet.write_row(1, 0, ["Variant", "Datum", "Aangeboden", "Bereikt"])
    sheet.write(2, 0, "A")
    sheet.write_datetime(2, 1, DAY, day)
    sheet.write_row(2, 2, [40, 12])
    sheet.write_row(3, 0, ["B", "2026-05-15"])
    sheet.write_formula(3, 2, "=20+20", value=40)
    sheet.write_formula(3, 3, "=1/0", value="#DIV/0!")
    sheet.write_row(4, 0, ["B", "2026-05-15", 40])
    sheet.write_formula(4, 3, "=C5/2", value="")
    sheet.write_row(5, 0, ["B", "2026-05-16", 40.5, True])
    workbook.add_worksheet("Kladblok").write(0, 0, "x")


def test_workbook_gives_values_dates_and_faulty_cells():
    found = read(make_workbook(fill_counts), "tellingen.xlsx")
    [row] = found.good
    assert (row.line, row.command.observed_on, row.command.offered) == (3, DAY, 40)
    faults = [(row.line, f.field, f.code) for row in found.faulty for f in row.faults]
    assert faults == [
        (4, "reached", "error_cell"),
        (5, "reached", "not_calculated"),
        (6, "offered", "not_whole"),
        (6, "reached", "not_a_number"),
    ]
    assert found.notes[0] == ("other_sheets", {"read": "Tellingen", "others": ["Kladblok"]})


def test_workbook_called_csv_is_read_with_a_note():
    found = read(make_workbook(fill_counts), "tellingen.csv")
    assert ("is_workbook", {"name": "tellingen.csv"}) in found.notes


def test_hidden_sheets_are_left_alone():
    def fill(workbook):
        workbook.add_worksheet("Verborgen").write(0, 0, "x")
        fill_counts(workbook)
        workbook.worksheets()[1].activate()
        workbook.worksheets()[1].set_first_sheet()
        workbook.worksheets()[0].hide()

    assert len(read(make_workbook(fill), "x.xlsx").good) == 1


def test_sheet_that_reaches_far_away_is_refused_before_memory_goes():
    def fill(workbook):
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "variant")
        sheet.write(1_048_575, 16_383, "x")

    assert refuse(make_workbook(fill), "x.xlsx").code == "too_many_cells_in_sheet"


def test_file_that_unpacks_too_large_is_refused():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (101 * 1024 * 1024))
    assert len(data.getvalue()) < 200_000
    assert refuse(data.getvalue(), "x.xlsx").code == "unpacks_too_large"


def make_open_document(rows: str) -> bytes:
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
        'office:version="1.2"><office:body><office:spreadsheet><table:table table:name="Blad1">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return data.getvalue()


def cell(text: str, kind: str = "string", value: str = "", more: str = "") -> str:
    given = f' office:{value}="{text}"' if value else ""
    return (
        f'<table:table-cell office:value-type="{kind}"{given} {more}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def row(*cells: str, repeat: int = 1) -> str:
    more = f' table:number-rows-repeated="{repeat}"' if repeat > 1 else ""
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


HEADING = row(*(cell(name) for name in ("variant", "datum", "bereikt")))


def test_open_document_gives_values_and_faulty_cells():
    wrong = 'calcext:value-type="error" table:formula="of:=1/0"'
    data = make_open_document(
        HEADING
        + row(cell("A"), cell("2026-05-14", "date", "date-value"), cell("12", "float", "value"))
        + row(cell("A"), cell("2026-05-15"), cell("#DIV/0!", "string", "", wrong))
        + row(cell("A"), cell("2026-05-16"), '<table:table-cell table:formula="of:=A1"/>')
    )
    found = read(data, "tellingen.ods")
    assert [(row.line, row.command.reached) for row in found.good] == [(2, 12)]
    faults = [(row.line, fault.field, fault.code) for row in found.faulty for fault in row.faults]
    assert faults == [(3, "reached", "error_cell"), (4, "reached", "not_calculated")]


def test_open_document_that_repeats_without_end_is_refused():
    data = make_open_document(HEADING + row(cell("A"), cell("x"), cell("x"), repeat=1_048_575))
    assert refuse(data, "x.ods").code == "too_many_cells_in_sheet"


def test_faulty_file_holds_no_formula():
    text = write_rows([["=1+1", "-5", "@x", "+31", "gewoon", "-x", "\tx"]], "nl")
    [cells] = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert cells == ["'=1+1", "-5", "'@x", "+31", "gewoon", "'-x", "'\tx"]
    assert disarm("12,5") == "12,5"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_formula_inside_a_cell_stays_inside_it(language, separator):
    text = write_rows([[f"gewoon{separator}=1+1", "x"]], language).removeprefix("\ufeff")
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_words_on_the_page_are_words_in_a_file(language):
    with command_context(language):
        for basis, word in PROFILE_BASES.items():
            assert parse_basis(str(word)) is basis
        for method, word in COUNT_METHODS.items():
            assert parse_method(str(word)) is method


def test_template_is_a_file_that_can_be_read_back():
    text = write_template([variant.name_nl for variant in VARIANTS], "nl")
    found = read(text.encode())
    assert [row.line for row in found.faulty] == [2, 3]
    assert found.ignored == []
