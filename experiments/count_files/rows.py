"""From the rows of a file to records that can be counted, and rows that cannot."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import ValidationError

from experiments.count_files import values
from experiments.count_files.columns import Columns, match_columns
from experiments.count_files.names import Names
from experiments.count_files.sheets import Row, Sheet, write_cell
from experiments.count_files.values import ValueFaultError
from experiments.faults import Fault
from experiments.limits import Limits, find_faults, list_faults, settle
from experiments.models.experiments import Step
from experiments.models.observations import ObservationCreate
from lab.privacy import mask_personal_data

PARSERS: dict[str, Callable[[Any], Any]] = {
    "profile_basis": values.parse_basis,
    "is_profile_known_before": values.parse_yes_or_no,
    "area": values.parse_text,
    "observed_on": values.parse_date,
    "cluster": values.parse_text,
    "wave_number": values.parse_wave,
    **{step.value: values.parse_count for step in Step},
    "count_method": values.parse_method,
    "remark": values.parse_text,
}
# More of a cell tells nothing more about what is wrong with it.
LONGEST_SHOWN = 300


class GoodRow(NamedTuple):
    """A row that can be counted: its line, what stood there, and the record it becomes."""

    line: int
    cells: list[str]
    command: ObservationCreate


class FaultyRow(NamedTuple):
    """A row that cannot be counted: its line, what stood there, and all that is wrong."""

    line: int
    cells: list[str]
    faults: list[Fault]


@dataclass(slots=True)
class ReadFile:
    """All rows of a file, each of them good or faulty, in the order of the file."""

    fields: list[str]
    header: list[str]
    ignored: list[str]
    good: list[GoodRow] = field(default_factory=list)
    faulty: list[FaultyRow] = field(default_factory=list)
    notes: list[tuple[str, dict]] = field(default_factory=list)


def read_rows(sheet: Sheet, names: Names, limits: Limits, has_repeats: bool = False) -> ReadFile:
    """Return the rows of a sheet as records, or as faulty rows with what is wrong."""
    columns = match_columns(sheet.header)
    fields = list(columns.places)
    header = [sheet.header[place] for place in columns.places.values()]
    read = ReadFile(fields, header, columns.ignored, notes=list(sheet.notes))
    _note_assumptions(read, columns)
    seen: dict[tuple, int] = {}
    for row in sheet.rows:
        command, faults = read_row(row, columns, names, limits)
        cells = _keep_cells(row, columns)
        if not faults and not has_repeats:
            faults = _find_repeat(command, row.line, seen)
        if faults:
            read.faulty.append(FaultyRow(row.line, cells, faults))
        else:
            read.good.append(GoodRow(row.line, cells, command))
    return read


def _note_assumptions(read: ReadFile, columns: Columns) -> None:
    if "profile" in columns.places and "is_profile_known_before" not in columns.places:
        read.notes.append(("assumed_known_before", {}))
    if "count_method" not in columns.places:
        read.notes.append(("assumed_counted", {}))


def read_row(
    row: Row, columns: Columns, names: Names, limits: Limits
) -> tuple[ObservationCreate | None, list[Fault]]:
    """Return the record that a row stands for, or everything that is wrong with it."""
    if row.fault is not None:
        return None, [row.fault]
    cells = {name: row.cells[place] for name, place in columns.places.items()}
    parsed: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, parser in PARSERS.items():
        if name in cells:
            _parse_into(parsed, faults, name, lambda p=parser, n=name: p(cells[n]))
    _parse_into(parsed, faults, "variant", lambda: _find_variant(cells, names))
    if "profile" in cells:
        _parse_into(parsed, faults, "profile", lambda: _find_profile(cells, names))
    if faults:
        return None, faults
    return check_row(parsed, limits)


def check_row(
    parsed: dict[str, Any], limits: Limits
) -> tuple[ObservationCreate | None, list[Fault]]:
    """Return parsed values as a record that fits its experiment, or all that is wrong."""
    given = {name: value for name, value in parsed.items() if value is not None}
    named = {"variant": "variant_id", "profile": "profile_id"}
    try:
        command = ObservationCreate.model_validate(
            {named.get(name, name): value for name, value in given.items()}
        )
    except ValidationError as error:
        return None, list_faults(error)
    return settle(command), find_faults(command, limits)


def _parse_into(
    parsed: dict[str, Any], faults: list[Fault], name: str, parse: Callable[[], Any]
) -> None:
    try:
        parsed[name] = parse()
    except ValueFaultError as fault:
        details = {key: _shorten(value) for key, value in fault.details.items()}
        faults.append(Fault(name, fault.code, details))


def _find_variant(cells: dict, names: Names) -> int:
    named = [values.parse_text(cells.get(name, "")) for name in ("variant", "channel", "style")]
    return names.find_variant(*named)


def _find_profile(cells: dict, names: Names) -> int | None:
    return names.find_profile(values.parse_text(cells["profile"]))


def _find_repeat(command: ObservationCreate, line: int, seen: dict[tuple, int]) -> list[Fault]:
    content = tuple(value for name, value in command if name != "uuid")
    first = seen.setdefault(content, line)
    return [Fault("", "same_as_line", {"line": first})] if first != line else []


def _keep_cells(row: Row, columns: Columns) -> list[str]:
    # Columns that we do nothing with are not kept: they may hold what must not be stored.
    kept = [write_cell(row.cells[place]) for place in columns.places.values()]
    return [mask_personal_data(cell) for cell in kept]


def _shorten(value: Any) -> Any:
    return value[:LONGEST_SHOWN] if isinstance(value, str) else value
