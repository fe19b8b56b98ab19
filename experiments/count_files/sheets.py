"""What any file of counts becomes once it is read: a heading and rows of cells."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from experiments.faults import Fault, UnreadableFileError
from lab.privacy import mask_personal_data

MAXIMUM_ROWS = 50_000
MAXIMUM_COLUMNS = 200


class BadCell(NamedTuple):
    """A cell that holds no value: why, and what stands there."""

    code: str
    text: str = ""


Cell = str | int | float | bool | date | BadCell


class Row(NamedTuple):
    """A line of a file: its number as people count, its cells, and what is wrong as a whole."""

    line: int
    cells: list[Cell]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A heading and rows, with notes on what was decided while reading."""

    header: list[str]
    rows: list[Row]
    notes: list[tuple[str, dict]] = field(default_factory=list)


def make_sheet(rows: Iterable[Row], notes: list[tuple[str, dict]]) -> Sheet:
    """Return rows as a sheet: the first one with anything in it is the heading."""
    filled = (row for row in rows if not is_blank(row))
    head = next(filled, None)
    if head is None:
        raise UnreadableFileError("no_rows")
    header = [" ".join(write_cell(cell).split()) for cell in head.cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > MAXIMUM_COLUMNS:
        raise UnreadableFileError("too_many_columns", limit=MAXIMUM_COLUMNS, found=len(header))
    return Sheet(header, _collect(filled, len(header)), notes)


def _collect(rows: Iterable[Row], width: int) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        found.append(fit(row, width))
        if len(found) > MAXIMUM_ROWS:
            raise UnreadableFileError("too_many_rows", limit=MAXIMUM_ROWS)
    if not found:
        raise UnreadableFileError("only_heading")
    return found


def fit(row: Row, width: int) -> Row:
    """Return a row with as many cells as the heading; what sticks out makes it faulty."""
    cells, rest = row.cells[:width], row.cells[width:]
    cells += [""] * (width - len(cells))
    fault = row.fault
    sticking_out = " | ".join(filter(None, (write_cell(cell).strip() for cell in rest)))
    if fault is None and sticking_out:
        details = {"expected": width, "rest": mask_personal_data(sticking_out)}
        fault = Fault("", "too_many_cells", details)
    return Row(row.line, cells, fault)


def is_blank(row: Row) -> bool:
    """Tell whether nothing at all stands in a row."""
    return row.fault is None and not any(
        cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in row.cells
    )


def write_cell(cell: Cell) -> str:
    """Return a cell as somebody would have typed it."""
    if isinstance(cell, BadCell):
        return cell.text
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
