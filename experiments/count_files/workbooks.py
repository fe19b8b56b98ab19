"""Reading a spreadsheet: values only, and never more than memory holds."""

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

from experiments.count_files.sheets import BadCell, Cell, Row, Sheet, make_sheet
from experiments.count_files.workbook_scan import (
    Scan,
    local,
    parse_xml,
    scan_excel_sheet,
    scan_open_document,
)
from experiments.faults import UnreadableFileError

MAXIMUM_UNPACKED = 100 * 1024 * 1024
MAXIMUM_PARTS = 2000
EXCEL_BOOK = "xl/workbook.xml"
OPEN_DOCUMENT = "content.xml"


def read_workbook(data: bytes) -> Sheet:
    """Return the first visible sheet with anything in it of an Excel or OpenDocument file."""
    archive = open_archive(data)
    scans = _Scans(archive)
    try:
        workbook = load_workbook(BytesIO(data))
        return _read_first_filled(workbook, scans)
    except PasswordError:
        raise UnreadableFileError("protected_workbook") from None
    except CalamineError:
        raise UnreadableFileError("broken_workbook") from None


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Return the parts of a file, after making sure that they unpack to what fits in memory."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if len(parts) > MAXIMUM_PARTS or size > MAXIMUM_UNPACKED:
            raise UnreadableFileError("unpacks_too_large", limit=MAXIMUM_UNPACKED >> 20)
        # The sizes above are what the file says of itself: unpacking checks that it is true.
        broken = archive.testzip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise UnreadableFileError("broken_workbook") from None
    except zipfile.zlib.error:
        raise UnreadableFileError("broken_workbook") from None
    if broken is not None:
        raise UnreadableFileError("broken_workbook")
    if not {EXCEL_BOOK, OPEN_DOCUMENT} & set(archive.namelist()):
        raise UnreadableFileError("no_table")
    return archive


class _Scans:
    """What the values of each sheet do not tell, looked up when a sheet is read."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive
        self.is_excel = EXCEL_BOOK in archive.namelist()
        if self.is_excel:
            self.paths = _find_excel_sheets(archive)
        else:
            self.sheets = scan_open_document(archive.read(OPEN_DOCUMENT))

    def find(self, name: str) -> Scan:
        """Return the scan of a sheet."""
        try:
            if self.is_excel:
                return scan_excel_sheet(self.archive.read(self.paths[name]))
            return self.sheets[name]
        except KeyError:
            raise UnreadableFileError("broken_workbook") from None


def _find_excel_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    names: dict[str, str] = {}
    targets: dict[str, str] = {}

    def read_book(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            plain = {local(key): value for key, value in attributes.items()}
            names[plain.get("name", "")] = plain.get("id", "")

    def read_relations(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            target = posixpath.join("/xl", attributes.get("Target", ""))
            targets[attributes.get("Id", "")] = posixpath.normpath(target).lstrip("/")

    try:
        parse_xml(archive.read(EXCEL_BOOK), read_book)
        parse_xml(archive.read("xl/_rels/workbook.xml.rels"), read_relations)
    except KeyError:
        raise UnreadableFileError("broken_workbook") from None
    return {name: targets[number] for name, number in names.items() if number in targets}


def _read_first_filled(workbook: CalamineWorkbook, scans: _Scans) -> Sheet:
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible and sheet.name in workbook.sheet_names
    ]
    for place, name in enumerate(visible):
        # The look inside comes first: reading the values takes memory for every cell.
        scan = scans.find(name)
        if not scan.height:
            continue
        others = visible[place + 1 :]
        notes = [("other_sheets", {"read": name, "others": others})] if others else []
        return make_sheet(_read_rows(workbook.get_sheet_by_name(name), scan), notes)
    raise UnreadableFileError("no_rows")


def _read_rows(sheet: CalamineSheet, scan: Scan) -> Iterator[Row]:
    bad_cells = _by_row(scan)
    first = sheet.start[0] if sheet.start else 0
    # Rows come from the top of the sheet on, also when it begins with empty ones.
    for number, values in enumerate(sheet.to_python(skip_empty_area=False)):
        cells: list[Cell] = [_tidy(value) for value in values]
        if number >= first:
            _put_bad_cells(cells, bad_cells.get(number, {}))
        yield Row(number + 1, cells)


def _by_row(scan: Scan) -> dict[int, dict[int, BadCell]]:
    rows: dict[int, dict[int, BadCell]] = {}
    for (row, column), cell in scan.bad_cells.items():
        rows.setdefault(row, {})[column] = cell
    return rows


def _put_bad_cells(cells: list[Cell], bad_cells: dict[int, BadCell]) -> None:
    for column, cell in bad_cells.items():
        cells += [""] * (column + 1 - len(cells))
        cells[column] = cell


def _tidy(value: object) -> Cell:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, int | float):
        return value
    return value if hasattr(value, "year") else str(value)
