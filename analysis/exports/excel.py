"""A report as an Excel file: sentences, figures, method and cautions on sheets of their own."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.exports.contents import Export
from analysis.exports.table import Column, Kind, Value

# What somebody named is text, whatever it looks like.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
NUMBER_FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.RANK: "0",
    Kind.SHARE: "0.0%",
    Kind.CHANCE: "0%",
    Kind.POINTS: "+0.0;-0.0;0.0",
    Kind.LOSS: "0.00",
    Kind.LOGIT: "0.00",
    Kind.PVALUE: "0.000",
    Kind.MONEY: "#,##0.00",
}
# Differences stand in percentage points, as on the page.
IN_POINTS = {Kind.POINTS, Kind.LOSS}
NARROWEST, WIDEST = 9, 45
WIDE = 100


def write_excel(export: Export) -> bytes:
    """Return a report as an Excel file without formulas, in the language being spoken."""
    data = BytesIO()
    book = xlsxwriter.Workbook(data, OPTIONS)
    _describe(book, export)
    _write_lines(book, _("Summary"), [(export.title, "")], [*_list_summary(export)])
    _write_figures(book, export)
    _write_lines(book, _("Method"), [(_("Method"), "")], export.method)
    unused = [(_("Not used"), text) for text in export.unused]
    noted = [(_("Note:"), text) for text in export.cautions]
    _write_lines(book, _("Not used and notes"), [(_("Not used and notes"), "")], unused + noted)
    book.close()
    return data.getvalue()


def _describe(book: Workbook, export: Export) -> None:
    origin = export.origin
    book.set_properties(
        {
            "title": export.title,
            "subject": origin.programme,
            "author": "Proeftuin",
            "comments": origin.urls["page"],
            # Excel knows no time zones.
            "created": origin.made_at.replace(tzinfo=None),
        }
    )


def _list_summary(export: Export) -> Iterable[tuple[str, str]]:
    for text in export.summary:
        yield "", text
    yield from export.facts


def _write_lines(
    book: Workbook,
    name: str,
    heading: Sequence[tuple[str, str]],
    lines: Sequence[tuple[str, str]],
) -> None:
    """Write a sheet of sentences, each with what it is about before it."""
    sheet = book.add_worksheet(name)
    title = book.add_format({"bold": True, "font_size": 14})
    label = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, WIDE)
    _set_page(sheet)
    for row, (text, _rest) in enumerate(heading):
        sheet.write_string(row, 0, text, title)
    for row, (about, text) in enumerate(lines, len(heading) + 1):
        if about:
            sheet.write_string(row, 0, about, label)
        sheet.write_string(row, 1, text, wrapped)


def _write_figures(book: Workbook, export: Export) -> None:
    table = export.figures
    sheet = book.add_worksheet(_("Figures"))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    formats = {
        kind: book.add_format({"num_format": pattern}) for kind, pattern in NUMBER_FORMATS.items()
    }
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, _name_column(column), head)
        texts = [_write_cell(column, row[column.name]) for row in table.rows]
        sheet.set_column(place, place, _measure(column, texts))
        for number, value in enumerate(texts, 1):
            _put(sheet, number, place, value, formats.get(column.kind))
    names = [column.name for column in table.columns]
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(names) - 1)
    sheet.repeat_rows(0)
    _set_page(sheet)


def _put(
    sheet: Worksheet, row: int, place: int, value: Value, number_format: Format | None
) -> None:
    if isinstance(value, str):
        sheet.write_string(row, place, value)
    elif value is not None:
        sheet.write_number(row, place, value, number_format)


def _set_page(sheet: Worksheet) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")


def _name_column(column: Column) -> str:
    if column.kind in IN_POINTS:
        return _("%(name)s (percentage points)", name=str(column.label))
    return str(column.label)


def _write_cell(column: Column, value: Value) -> Value:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column.codes and isinstance(value, str):
        return str(column.codes.get(value, value))
    if column.kind in IN_POINTS and value is not None:
        return round(100 * value, 4)
    return value


def _measure(column: Column, values: Iterable[Value]) -> int:
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    words = max(map(len, _name_column(column).split()))
    return min(max(longest, words, NARROWEST), WIDEST) + 2
