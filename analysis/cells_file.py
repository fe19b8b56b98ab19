"""Reading a file of count cells: which experiments, variants and counts it holds."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from flask_babel import gettext as _

from analysis.stats.cells import Cell, sum_cells
from lab import formats

REQUIRED = ("channel", "reached", "responded")
OPTIONAL = ("living_lab", "experiment", "wave", "profile", "style", "cluster", "offered", "grade")
NUMBERS = ("offered", "reached", "responded")
# Enough to find the cause; a file that is wrong throughout would fill the screen.
MOST_SHOWN = 50
# Above this a number is a slip of the keyboard; all arithmetic stays exact below it.
MOST_PEOPLE = 10**12
# More than these point at a column that holds something else, such as a number per person.
MOST_VARIANTS = 100
MOST_GROUPS = 2000


class Fault(NamedTuple):
    """What is wrong in one place of a file, why, and what to do; line 0 is the file as a whole."""

    line: int
    column: str
    reason: str
    way_out: str

    def __str__(self) -> str:
        told = f"{self.reason} {self.way_out}"
        if not self.line:
            return told
        place = _("Line %(line)s, column %(column)s", line=self.line, column=self.column)
        return f"{place}: {told}"


class CellsFileError(ValueError):
    """A file of cells cannot be used; `faults` names every reason."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(self.list_lines()))

    @classmethod
    def of_whole(cls, reason: str, way_out: str) -> "CellsFileError":
        """Return an error about the file as a whole."""
        return cls([Fault(0, "", reason, way_out)])

    def list_lines(self) -> list[str]:
        """Return one line per fault, and how many were left out."""
        lines = [str(fault) for fault in self.faults[:MOST_SHOWN]]
        more = len(self.faults) - len(lines)
        return lines + [_("And %(more)s more.", more=more)] if more else lines


class VariantName(NamedTuple):
    """A channel with its style, empty when it has none."""

    channel: str
    style: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.style}" if self.style else self.channel


@dataclass(frozen=True, slots=True)
class FileExperiment:
    """One experiment of a file: its name, its variants in order, and its cells.

    repeated: how many lines are the same as an earlier one, throughout; they are counted too.
    """

    name: str
    variants: tuple[VariantName, ...]
    cells: tuple[Cell, ...]
    repeated: int = 0


class FileRow(NamedTuple):
    """One line of a file of cells; texts are empty where the file has none."""

    living_lab: str
    experiment: str
    wave: str
    profile: str
    channel: str
    style: str
    cluster: str
    grade: str
    offered: int | None
    reached: int
    responded: int
    is_repeated: bool = False


def read_cells_file(path: Path) -> list[FileExperiment]:
    """Return the experiments of a file in the order in which it names them.

    Raises CellsFileError with every fault that it has.
    """
    return _group(read_rows(path))


def read_rows(path: Path, required: Sequence[str] = REQUIRED) -> list[FileRow]:
    """Return the lines of a file with counts, of which it must name the required columns.

    Raises CellsFileError with every fault that it has.
    """
    rows, seen = [], set()
    for fields, row in _stream(path, required):
        rows.append(row._replace(is_repeated=tuple(fields) in seen))
        seen.add(tuple(fields))
    return rows


def stream_rows(path: Path, required: Sequence[str] = REQUIRED) -> Iterator[FileRow]:
    """Return the lines of a file one by one, for files too large to hold; none counts as repeated.

    Raises CellsFileError with every fault, after the last line.
    """
    return (row for _fields, row in _stream(path, required))


def _stream(path: Path, required: Sequence[str]) -> Iterator[tuple[list[str], FileRow]]:
    """Return the fields of each line with what they say; raises CellsFileError after the last."""
    reader = _open_table(_read_text(path))
    header = _read_header(reader, required)
    faults: list[Fault] = []
    is_empty = True
    for fields in _list_filled(reader):
        found = _read_row(header, fields, reader.line_num)
        is_empty = False
        if isinstance(found, list):
            faults.extend(found)
        else:
            yield fields, found
    if is_empty:
        faults = [_whole(_("The file holds no rows."), _("Put the counts below the names."))]
    if faults:
        raise CellsFileError(faults)


def list_unused_columns(path: Path) -> list[str]:
    """Return the columns of a file that no count is read from: perhaps a name is misspelled."""
    header = next(_list_filled(_open_table(_read_text(path))), [])
    names = [name.strip() for name in header]
    return [name for name in names if name and name.lower() not in (*REQUIRED, *OPTIONAL)]


def _whole(reason: str, way_out: str) -> Fault:
    return Fault(0, "", reason, way_out)


def _read_text(path: Path) -> str:
    content = path.read_bytes()
    if not content.strip():
        raise CellsFileError.of_whole(_("The file is empty."), _("Choose a file with counts."))
    if b"\0" in content[:4096] or content.startswith(b"PK"):
        raise CellsFileError.of_whole(
            _("This is not a CSV file."), _("Save the sheet as “CSV UTF-8” first.")
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        reason = _("Line %(line)s is not in UTF-8.", line=line)
        way_out = _("Save the file as “CSV UTF-8”.")
        raise CellsFileError.of_whole(reason, way_out) from error


def _open_table(text: str) -> Iterator[list[str]]:
    first = next((line for line in io.StringIO(text) if line.strip(" \r\n,;\t")), "")
    delimiter = max(",;\t", key=first.count)
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def _list_filled(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """Return the lines that hold something."""
    try:
        yield from (fields for fields in reader if any(field.strip() for field in fields))
    except csv.Error as error:
        reason = _("Line %(line)s cannot be read.", line=reader.line_num)
        way_out = _("A text may be too long there, or a quotation mark may not be closed.")
        raise CellsFileError.of_whole(reason, way_out) from error


def _read_header(reader: Iterator[list[str]], required: Sequence[str]) -> list[str]:
    header = [name.strip().lower() for name in next(_list_filled(reader), [])]
    faults = [
        _whole(
            _("The column %(column)s is missing.", column=name),
            _("The first line must name the columns: %(columns)s.", columns=", ".join(required)),
        )
        for name in required
        if name not in header
    ]
    faults += [
        _whole(
            _("The column %(column)s stands there twice.", column=name), _("Remove one of them.")
        )
        for name in dict.fromkeys((*required, *OPTIONAL))
        if header.count(name) > 1
    ]
    if faults:
        raise CellsFileError(faults)
    return header


def _read_row(header: list[str], fields: list[str], line: int) -> FileRow | list[Fault]:
    if len(fields) > len(header):
        reason = _("The line has more fields than the first line.")
        return [Fault(line, header[-1], reason, _("Put texts with a separator in quotes."))]
    padded = fields + [""] * (len(header) - len(fields))
    texts = {name: value.strip() for name, value in zip(header, padded, strict=True)}
    faults: list[Fault] = []
    numbers = {name: _read_number(name, texts.get(name, ""), line, faults) for name in NUMBERS}
    if not texts["channel"]:
        faults.append(Fault(line, "channel", _("It is empty."), _("Fill in the channel.")))
    faults += _check_order(numbers, line)
    if faults:
        return faults
    keys = ("living_lab", "experiment", "wave", "profile", "channel", "style", "cluster", "grade")
    return FileRow(*(texts.get(key, "") for key in keys), **numbers)


def _read_number(name: str, text: str, line: int, faults: list[Fault]) -> int | None:
    if not text and name == "offered":
        return None
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0") or "0"
        if len(digits) < len(str(MOST_PEOPLE)):
            return int(digits)
        reason = _("“%(text)s” is too large.", text=text[:40])
        faults.append(Fault(line, name, reason, _("Check the number.")))
        return None
    way_out = _("Fill in a whole number from 0.")
    if not text:
        reason = _("It is empty.")
    elif text.startswith("-") and text[1:].isdigit():
        reason = _("%(text)s is negative.", text=text)
    else:
        reason = _("“%(text)s” is not a whole number.", text=text[:40])
    faults.append(Fault(line, name, reason, way_out))
    return None


def _check_order(numbers: dict[str, int | None], line: int) -> list[Fault]:
    faults = []
    for smaller, larger in (("responded", "reached"), ("reached", "offered")):
        small, large = numbers[smaller], numbers[larger]
        if small is not None and large is not None and small > large:
            reason = _(
                "%(smaller)s (%(small)s) is more than %(larger)s (%(large)s).",
                smaller=smaller,
                small=small,
                larger=larger,
                large=large,
            )
            faults.append(Fault(line, smaller, reason, _("Check both numbers.")))
    return faults


def _group(rows: list[FileRow]) -> list[FileExperiment]:
    held: dict[tuple[str, str], list[FileRow]] = {}
    for row in rows:
        held.setdefault((row.living_lab, row.experiment), []).append(row)
    names = [experiment for _lab, experiment in held]
    return [
        _gather(_name(lab, name, names.count(name) > 1), members)
        for (lab, name), members in held.items()
    ]


def _name(lab: str, name: str, is_shared: bool) -> str:
    return " / ".join(part for part in (lab, name) if part) if is_shared else name


def _gather(name: str, rows: list[FileRow]) -> FileExperiment:
    variants = tuple(dict.fromkeys(VariantName(row.channel, row.style) for row in rows))
    _check_size(name, len(variants), len({row.profile for row in rows}))
    place = {variant: position for position, variant in enumerate(variants)}
    # What lacks the number offered stays apart: one unknown would make a known sum unknown.
    parts = [
        sum_cells(_as_cell(row, place) for row in rows if (row.offered is None) == is_lacking)
        for is_lacking in (False, True)
    ]
    repeated = sum(row.is_repeated for row in rows)
    return FileExperiment(name, variants, parts[0] + parts[1], repeated)


def _check_size(name: str, variants: int, profiles: int) -> None:
    if variants > MOST_VARIANTS or variants * profiles > MOST_GROUPS:
        reason = _(
            "Experiment “%(name)s” has %(variants)s variants and %(profiles)s profiles.",
            name=name,
            variants=formats.number(variants),
            profiles=formats.number(profiles),
        )
        way_out = _("That is too many to compare. Check the columns channel, style and profile.")
        raise CellsFileError.of_whole(reason, way_out)


def _as_cell(row: FileRow, place: dict[VariantName, int]) -> Cell:
    return Cell(
        profile=row.profile or None,
        variant=place[VariantName(row.channel, row.style)],
        wave=row.wave,
        cluster=row.cluster or None,
        offered=row.offered,
        reached=row.reached,
        numerator=row.responded,
    )
