"""From the rows of a file to stated preferences, and rows that are none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import ValidationError

from analysis.models.preferences import PreferenceCreate
from analysis.preference_files.names import PreferenceNames
from experiments.count_files import values
from experiments.count_files.columns import simplify
from experiments.count_files.sheets import Cell, Row, Sheet, write_cell
from experiments.count_files.values import ValueFaultError
from experiments.faults import Fault, UnreadableFileError
from lab.forms.messages import translate_errors
from lab.privacy import mask_personal_data

# The first name of a field is the one in the template of its language.
COLUMNS = {
    "profile_id": ("groep", "group", "profiel", "profile", "doelgroep", "leeftijd", "age class"),
    "issue_type_id": ("soort", "kind", "soort zaak", "issue type", "kind of matter"),
    "phase_id": ("fase", "phase"),
    "channel_id": ("kanaal", "channel", "middel"),
    "style_id": ("stijl", "style", "toon", "tone"),
    "share": ("aandeel", "share", "percentage", "procent", "percent", "voorkeur", "preference"),
    "rank": ("plaats", "rank", "rang"),
    "respondents": ("n", "respondents", "respondenten", "aantal", "number"),
    "source": ("bron", "source", "onderzoek", "survey"),
    "year": ("jaar", "year"),
    "reasons": ("redenen", "reasons", "motieven", "motives", "waarom", "why"),
}
NEEDED = ("channel_id", "respondents", "source", "year")
FIELDS = {simplify(name): field for field, names in COLUMNS.items() for name in (*names, field)}
MOST_ROWS = 2000


class GoodRow(NamedTuple):
    """A row that can be kept: its line, what stood there, and what it says."""

    line: int
    cells: list[str]
    command: PreferenceCreate


class FaultyRow(NamedTuple):
    """A row that cannot be kept: its line and all that is wrong; `messages` are for people."""

    line: int
    cells: list[str]
    faults: list[Fault]
    messages: list[tuple[str, str]]


@dataclass(slots=True)
class ReadPreferences:
    """All rows of a file, good or faulty, in the order of the file."""

    header: list[str]
    ignored: list[str]
    good: list[GoodRow] = field(default_factory=list)
    faulty: list[FaultyRow] = field(default_factory=list)


class MissingColumnsError(Exception):
    """A file in which columns that are needed have no name."""

    def __init__(self, missing: list[str], found: list[str]):
        super().__init__(missing)
        self.missing, self.found = missing, found


def read_preferences(sheet: Sheet, names: PreferenceNames) -> ReadPreferences:
    """Return the rows of a sheet as preferences, or as faulty rows with what is wrong."""
    places, ignored = _match_columns(sheet.header)
    if len(sheet.rows) > MOST_ROWS:
        raise UnreadableFileError("too_many_rows", limit=MOST_ROWS)
    read = ReadPreferences([sheet.header[place] for place in places.values()], ignored)
    seen: dict[tuple, int] = {}
    for row in sheet.rows:
        cells = [mask_personal_data(write_cell(row.cells[place])) for place in places.values()]
        command, faults, messages = _read_row(row, places, names)
        if command is not None:
            first = seen.setdefault(tuple(command.model_dump().values()), row.line)
            if first != row.line:
                faults = [Fault("", "same_line", {"line": first})]
        if faults or messages:
            read.faulty.append(FaultyRow(row.line, cells, faults, messages))
        else:
            read.good.append(GoodRow(row.line, cells, command))
    return read


def _match_columns(header: list[str]) -> tuple[dict[str, int], list[str]]:
    places: dict[str, int] = {}
    ignored = []
    for place, name in enumerate(header):
        found = FIELDS.get(simplify(name))
        if found is None or found in places:
            ignored.append(name or f"({place + 1})")
        else:
            places[found] = place
    missing = [name for name in NEEDED if name not in places]
    if "share" not in places and "rank" not in places:
        missing.append("share")
    if missing:
        raise MissingColumnsError(missing, header)
    return places, ignored


def _read_row(
    row: Row, places: dict[str, int], names: PreferenceNames
) -> tuple[PreferenceCreate | None, list[Fault], list[tuple[str, str]]]:
    if row.fault is not None:
        return None, [row.fault], []
    parsed: dict[str, Any] = {}
    faults = []
    for name, place in places.items():
        try:
            parsed[name] = _parser_of(name, names)(row.cells[place])
        except ValueFaultError as fault:
            faults.append(Fault(name, fault.code, fault.details))
    if faults:
        return None, faults, []
    try:
        given = {name: value for name, value in parsed.items() if value is not None}
        return PreferenceCreate.model_validate(given), [], []
    except ValidationError as error:
        return None, [], translate_errors(error)


def _parser_of(name: str, names: PreferenceNames) -> Callable[[Cell], Any]:
    if name == "profile_id":
        return lambda cell: names.find_profile(values.parse_text(cell))
    if name.endswith("_id"):
        labels = getattr(names, name.removesuffix("_id"))
        return lambda cell: labels.find(values.parse_text(cell))
    if name == "share":
        return parse_percentage
    if name in ("rank", "respondents", "year"):
        return values.parse_count
    return values.parse_text


def parse_percentage(cell: Cell) -> float | None:
    """Return a cell with a percentage as a share; empty means that it was not asked."""
    values.refuse_bad_cell(cell)
    text = write_cell(cell).strip().removesuffix("%").strip().replace(",", ".")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise ValueFaultError("not_a_percentage", found=write_cell(cell)) from None
    if not 0 <= number <= 100:
        raise ValueFaultError("not_a_percentage", found=write_cell(cell))
    # In a spreadsheet 34 % can be kept as 0.34: nobody can tell it from a third of a percent.
    if 0 < number < 1 and "%" not in write_cell(cell):
        raise ValueFaultError("share_or_percentage", found=write_cell(cell))
    return round(number / 100, 6)
