"""A report on paper that says nothing of paper itself: its sentences, and some of its columns."""

from collections.abc import Iterable

from flask_babel import gettext as _

from analysis.exports.contents import Export
from analysis.exports.paper import Paper, PaperCell, PaperTable
from analysis.exports.table import Column, Kind, Row, Value
from lab import formats

# What a table of paper holds of a table of columns, where the report says nothing else.
PRINTED = {
    "profile_name",
    "variant_name",
    "name",
    "advice",
    "numerator",
    "denominator",
    "rate",
    "verdict",
}
MOST_COLUMNS = 8


def lay_out(export: Export) -> Paper:
    """Return a report on paper that says nothing of paper itself."""
    columns = [column for column in export.figures.columns if column.name in PRINTED]
    columns = (columns or list(export.figures.columns))[:MOST_COLUMNS]
    return Paper(
        headings=export.facts,
        # Paper says at the head of each page that all is fictitious.
        answer=export.summary[int(export.origin.is_fictitious) :],
        tables=(_print_table(export, columns),) if export.figures.rows else (),
        notes=export.cautions,
        method=export.method,
    )


def _print_table(export: Export, columns: list[Column]) -> PaperTable:
    return PaperTable(
        caption=_("Figures"),
        heads=tuple(str(column.label) for column in columns),
        is_number=tuple(column.kind not in (Kind.TEXT, Kind.CODE) for column in columns),
        rows=tuple(tuple(_print_row(columns, row)) for row in export.figures.rows),
    )


def _print_row(columns: Iterable[Column], row: Row) -> Iterable[PaperCell]:
    for column in columns:
        beneath = ""
        if column.name == "rate" and row.get("ci_lower") is not None:
            beneath = formats.interval(row["ci_lower"], row["ci_upper"])
        yield PaperCell(_print_value(column, row[column.name]), beneath)


def _print_value(column: Column, value: Value) -> str:
    if value is None:
        return formats.NOTHING
    if column.codes:
        return str(column.codes.get(str(value), value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    match column.kind:
        case Kind.SHARE:
            return formats.percent(value)
        case Kind.CHANCE:
            return formats.percent(value, 0)
        case Kind.POINTS:
            return formats.points(value)
        case Kind.COUNT:
            return formats.number(value)
        case Kind.MONEY:
            return formats.money(round(100 * value))
    return str(value)
