"""Reading a CSV file: its encoding, its separator and its lines."""

import csv
import re
from collections.abc import Iterator

from experiments.count_files.columns import count_known
from experiments.count_files.sheets import Row, Sheet, make_sheet
from experiments.faults import Fault, UnreadableFileError

SEPARATORS = (";", ",", "\t")
LINE_END = re.compile(r"\r\n|\r|\n")
UTF_8 = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UTF_32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
# A heading may be folded over a few lines when it comes from a spreadsheet.
HEADING_LINES = 10
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_csv(data: bytes) -> Sheet:
    """Return a text file with separated values as a sheet."""
    text, notes = decode(data)
    lines = list(enumerate(LINE_END.split(text), start=1))
    lines = _skip_blank(lines)
    if not lines:
        raise UnreadableFileError("no_rows")
    heading, lines = _unfold_heading(lines)
    separator, lines = _choose_separator(heading, lines)
    return make_sheet(_read_lines(lines, separator), notes)


def decode(data: bytes) -> tuple[str, list[tuple[str, dict]]]:
    """Return the text of a file, and a note when its encoding had to be guessed."""
    if data.startswith(UTF_32):
        raise UnreadableFileError("wrong_encoding")
    if data.startswith(UTF_16):
        return _decode_as(data, "utf-16"), []
    if data.startswith(UTF_8):
        return _decode_as(data, "utf-8-sig"), []
    if b"\x00" in data[:4096]:
        raise UnreadableFileError("wrong_encoding" if _alternates(data) else "no_table")
    try:
        return _refuse_control(data.decode("utf-8")), []
    except UnicodeDecodeError:
        return _decode_as(data, "cp1252"), [("windows_1252", {})]


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return _refuse_control(data.decode(encoding))
    except UnicodeDecodeError:
        raise UnreadableFileError("wrong_encoding") from None


def _refuse_control(text: str) -> str:
    if CONTROL.search(text):
        raise UnreadableFileError("no_table")
    return text


def _alternates(data: bytes) -> bool:
    # Latin text in two bytes per letter has a zero at every other place.
    start = data[:200]
    return not any(start[0::2]) or not any(start[1::2])


def _skip_blank(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    first = next((place for place, (_, text) in enumerate(lines) if text.strip()), len(lines))
    return lines[first:]


def _unfold_heading(lines: list[tuple[int, str]]) -> tuple[str, list[tuple[int, str]]]:
    heading, used = lines[0][1], 1
    while heading.count('"') % 2 and used < min(HEADING_LINES, len(lines)):
        heading = f"{heading} {lines[used][1]}"
        used += 1
    return heading, [(lines[0][0], heading), *lines[used:]]


def _choose_separator(
    heading: str, lines: list[tuple[int, str]]
) -> tuple[str, list[tuple[int, str]]]:
    # Excel writes and obeys a first line that names the separator.
    named = re.fullmatch(r"sep=(.)", heading.strip() if heading != "sep=\t" else heading)
    if named and named.group(1) in SEPARATORS:
        return named.group(1), _skip_blank(lines[1:])
    return max(SEPARATORS, key=lambda sign: _fit_of(heading, sign)), lines


def _fit_of(heading: str, separator: str) -> tuple[int, int]:
    cells, _ = _split(heading, separator)
    return count_known(cells), len(cells)


def _read_lines(lines: list[tuple[int, str]], separator: str) -> Iterator[Row]:
    for number, text in lines:
        # Each line is read apart: a quotation mark that is never closed then spoils one row
        # instead of swallowing all that follow.
        cells, fault = _split(text, separator)
        yield Row(number, cells, fault)


def _split(text: str, separator: str) -> tuple[list[str], Fault | None]:
    if '"' not in text:
        return text.split(separator), None
    try:
        return next(csv.reader([text], delimiter=separator, strict=True)), None
    except csv.Error:
        return text.split(separator), Fault("", "open_quote")
