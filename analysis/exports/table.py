"""Tables of files: columns with a stable name, and rows with the very numbers of the page."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString

from lab.formats import SMALLEST_PVALUE

Value = str | int | float | bool | None
Row = dict[str, Value]


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    CODE = "code"
    FLAG = "flag"
    COUNT = "count"
    RANK = "rank"
    SHARE = "share"
    CHANCE = "chance"
    POINTS = "points"
    LOSS = "loss"
    LOGIT = "logit"
    PVALUE = "pvalue"
    MONEY = "money"


# The page writes these kinds with so many decimals; those of shares count from the percentage.
DECIMALS = {
    Kind.SHARE: 1,
    Kind.CHANCE: 0,
    Kind.POINTS: 1,
    Kind.LOSS: 2,
    Kind.LOGIT: 2,
    Kind.PVALUE: 3,
    Kind.MONEY: 2,
}
OF_HUNDRED = {Kind.SHARE, Kind.CHANCE, Kind.POINTS, Kind.LOSS}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in files, and what it is called and means in the reader's language.

    codes: what it may hold, with what each is called.
    """

    name: str
    kind: Kind
    label: LazyString
    meaning: LazyString | str = ""
    codes: Mapping[str, LazyString] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; `key` names the columns that tell the rows apart."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: tuple[Row, ...]


def make_table(columns: Iterable[Column], key: tuple[str, ...], rows: Iterable[Row]) -> Table:
    """Return a table with every number as precise as the page shows it."""
    columns = tuple(columns)
    return Table(columns, key, tuple(round_row(columns, row) for row in rows))


def round_row(columns: Iterable[Column], row: Row) -> Row:
    """Return a row in the order of the columns, as precise as the page shows it."""
    return {column.name: round_as_shown(column.kind, row.get(column.name)) for column in columns}


def round_as_shown(kind: Kind, value: Value) -> Value:
    """Return the number that the page writes, None for a dash."""
    if value is None or kind not in DECIMALS:
        return value
    if not math.isfinite(value):
        return None
    if kind is Kind.PVALUE:
        # The page writes «< 0.001» below that.
        value = max(value, SMALLEST_PVALUE)
    factor = 100 if kind in OF_HUNDRED else 1
    # Rounding the text of the page, so that no half goes another way here.
    shown = float(f"{value * factor:z.{DECIMALS[kind]}f}")
    return round(shown / factor, 6)
