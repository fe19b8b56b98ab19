"""Reading a file of counts by what is in it, whatever it is called."""

from experiments.count_files.csv_text import read_csv
from experiments.count_files.sheets import Sheet
from experiments.count_files.workbooks import read_workbook
from experiments.faults import UnreadableFileError

ZIP = b"PK\x03\x04"
# Files that are no table, by how they begin.
OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "old_workbook",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
    b"BM": "image",
    b"II*\x00": "image",
    b"MM\x00*": "image",
    b"%PDF": "pdf",
    b"\x1f\x8b": "packed",
    b"7z\xbc\xaf": "packed",
    b"Rar!": "packed",
    b"{\\rtf": "document",
    b"<!DOCTYPE": "web_page",
    b"<html": "web_page",
    b"<?xml": "web_page",
}
WORKBOOK_NAMES = (".xlsx", ".xlsm", ".ods", ".xls")


def read_sheet(data: bytes, file_name: str) -> Sheet:
    """Return a CSV, Excel or OpenDocument file as a sheet, or say why it cannot be read."""
    if not data.strip():
        raise UnreadableFileError("empty_file")
    is_named_workbook = file_name.lower().endswith(WORKBOOK_NAMES)
    if data.startswith(ZIP):
        sheet = read_workbook(data)
        if not is_named_workbook:
            sheet.notes.append(("is_workbook", {"name": file_name}))
        return sheet
    _refuse_other_kinds(data, file_name)
    sheet = read_csv(data)
    if is_named_workbook:
        sheet.notes.append(("is_csv", {"name": file_name}))
    return sheet


def _refuse_other_kinds(data: bytes, file_name: str) -> None:
    for start, kind in OTHER_KINDS.items():
        # «BM» can begin a heading: a picture has zeros soon after.
        if data.startswith(start) and (start != b"BM" or b"\x00" in data[:64]):
            raise UnreadableFileError(kind, name=file_name)
