"""Looking into a spreadsheet's own text for what its values do not tell.

Values alone hide a formula that was never calculated and a cell that shows an error: both read as
empty, and empty means unknown here. They also hide how much memory reading them would take.
"""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from experiments.count_files.sheets import BadCell
from experiments.faults import UnreadableFileError

MAXIMUM_CELLS = 3_000_000
REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


@dataclass(slots=True)
class Scan:
    """What was found in one sheet: its size and its cells without a value, by row and column."""

    height: int = 0
    width: int = 0
    bad_cells: dict[tuple[int, int], BadCell] = field(default_factory=dict)

    def reach(self, row: int, column: int) -> None:
        """Note that something stands in a cell."""
        self.height = max(self.height, row + 1)
        self.width = max(self.width, column + 1)
        if self.height * self.width > MAXIMUM_CELLS:
            raise UnreadableFileError("too_many_cells_in_sheet", limit=MAXIMUM_CELLS)


def parse_xml(data: bytes, start, end=None, text=None) -> None:
    """Read an XML text with these handlers."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.buffer_text = True
    # Spreadsheets have no use for entities of their own; mischief has.
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise UnreadableFileError("broken_workbook") from None


def _refuse_entity(*_declaration) -> None:
    raise UnreadableFileError("broken_workbook")


def local(name: str) -> str:
    """Return the name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


class ExcelSheetScan:
    """Finds what the values of an Excel sheet do not tell."""

    def __init__(self):
        self.found = Scan()
        self.row = -1
        self.column = -1
        self.kind = ""
        self.has_formula = False
        self.value: list[str] | None = None
        self.has_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Follow where the reading is."""
        name = local(name)
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
        elif name == "f":
            self.has_formula = True
        elif name in {"v", "t"}:
            self.value = []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        place = REFERENCE.fullmatch(attributes.get("r", ""))
        if place:
            self.row = int(place.group(2)) - 1
            self.column = column_number(place.group(1))
        self.kind = attributes.get("t", "")
        self.has_formula = self.has_value = False
        self.found.reach(self.row, self.column)

    def text(self, data: str) -> None:
        """Keep what stands in a value."""
        if self.value is not None:
            self.value.append(data)

    def end(self, name: str) -> None:
        """Judge a cell once it has been read."""
        name = local(name)
        if name in {"v", "t"} and self.value is not None:
            shown = "".join(self.value)
            self.value = None
            self.has_value = bool(shown)
            if self.kind == "e":
                self._add("error_cell", shown)
        elif name == "c" and self.has_formula and not self.has_value and self.kind != "str":
            self._add("not_calculated")

    def _add(self, code: str, shown: str = "") -> None:
        self.found.bad_cells[self.row, self.column] = BadCell(code, shown)


def column_number(letters: str) -> int:
    """Return the number of a column, from 0 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def scan_excel_sheet(data: bytes) -> Scan:
    """Return what the values of an Excel sheet do not tell."""
    scan = ExcelSheetScan()
    try:
        parse_xml(data, scan.start, scan.end, scan.text)
    except ValueError:
        raise UnreadableFileError("broken_workbook") from None
    return scan.found


class OpenDocumentScan:
    """Finds what the values of the sheets of an OpenDocument file do not tell."""

    def __init__(self):
        self.sheets: dict[str, Scan] = {}
        self.found = Scan()
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.attributes: dict[str, str] | None = None
        self.shown: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Follow where the reading is."""
        name = local(name)
        attributes = {local(key): value for key, value in attributes.items()}
        if name == "table":
            self.found = self.sheets[attributes.get("name", "")] = Scan()
            self.row = 0
        elif name == "table-row":
            self.rows = int(attributes.get("number-rows-repeated", 1))
            self.column = 0
        elif name in {"table-cell", "covered-table-cell"}:
            self.columns = int(attributes.get("number-columns-repeated", 1))
            self.attributes, self.shown = attributes, []

    def text(self, data: str) -> None:
        """Keep what a cell shows."""
        if self.attributes is not None:
            self.shown.append(data)

    def end(self, name: str) -> None:
        """Judge a cell or go to the next row once it has been read."""
        name = local(name)
        if name == "table-row":
            self.row += self.rows
        elif name in {"table-cell", "covered-table-cell"} and self.attributes is not None:
            self._judge(self.attributes, "".join(self.shown).strip())
            self.column += self.columns
            self.attributes = None

    def _judge(self, attributes: dict[str, str], shown: str) -> None:
        kinds = {value for key, value in attributes.items() if key == "value-type"}
        if not kinds and not shown and "formula" not in attributes:
            return
        # Repeated rows and cells are spread out in memory when they are read.
        self.found.reach(self.row + self.rows - 1, self.column + self.columns - 1)
        place = self.row, self.column
        if "error" in kinds or ("formula" in attributes and shown.startswith(("#", "Err:"))):
            self.found.bad_cells[place] = BadCell("error_cell", shown)
        elif "formula" in attributes and not kinds:
            self.found.bad_cells[place] = BadCell("not_calculated")


def scan_open_document(data: bytes) -> dict[str, Scan]:
    """Return by name of sheet what the values of an OpenDocument file do not tell."""
    scan = OpenDocumentScan()
    try:
        parse_xml(data, scan.start, scan.end, scan.text)
    except ValueError:
        raise UnreadableFileError("broken_workbook") from None
    return scan.sheets
