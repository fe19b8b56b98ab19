"""What one cell of a file says: a count, a date, a yes or a choice."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from experiments.count_files.sheets import BadCell, Cell, write_cell
from experiments.models.observations import MAXIMUM_COUNT, CountMethod, ProfileBasis
from lab.plain_names import simplify

UNKNOWN_COUNTS = {"", "?", "onbekend", "unknown"}
DIGITS = re.compile(r"[0-9]{1,15}")
# The decimals of a spreadsheet that counts in fractions; three of them could be thousands.
WHOLE = re.compile(r"([0-9]{1,15})[.,](?:0|00|0{4,10})")
THOUSANDS = re.compile(r"[0-9]{1,3}(?:[., \u00a0\u202f'][0-9]{3})+")
DECIMALS = re.compile(r"[0-9]+[.,][0-9]+")
NEGATIVE = re.compile(r"[-\u2212\u2013] ?[0-9][0-9.,]*")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
DUTCH_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}")
YES_OR_NO = {
    "ja": True, "j": True, "yes": True, "y": True, "true": True, "waar": True, "1": True,
    "nee": False, "n": False, "no": False, "false": False, "onwaar": False, "0": False,
}  # fmt: skip
# The words on the page come first, in both languages; then words that people use.
BASES = {
    ProfileBasis.SELF_REPORT: (
        "bewoners zeiden het zelf", "residents said so themselves", "zelf gemeld", "vragenlijst",
    ),
    ProfileBasis.PANEL: ("bekend uit een panel", "known from a panel", "inwonerspanel"),
    ProfileBasis.AREA_DOMINANT: (
        "profiel dat in het gebied het meest voorkomt", "most common profile in the area", "gebied",
    ),
    ProfileBasis.AREA_MIX: (
        "mix van profielen in het gebied", "mix of profiles in the area", "gebiedsmix",
    ),
    ProfileBasis.RECORDS: ("bekend uit een administratie", "known from records", "administratie"),
    ProfileBasis.UNKNOWN: ("onbekend", "weten we niet"),
}  # fmt: skip
METHODS = {
    CountMethod.COUNTED: ("geteld",),
    CountMethod.ESTIMATED: ("geschat", "schatting"),
    CountMethod.PLATFORM: ("gemeld door een platform", "reported by a platform", "platform"),
}


def index_words(words: Mapping) -> dict:
    """Return by which simplified words each member of a closed set is known."""
    return {
        simplify(word): member
        for member, others in words.items()
        for word in (member.value, *others)
    }


BASIS_WORDS = index_words(BASES)
METHOD_WORDS = index_words(METHODS)


class ValueFaultError(Exception):
    """A cell that cannot be what its column asks: a code with details."""

    def __init__(self, code: str, **details):
        super().__init__(code)
        self.code = code
        self.details = details


def refuse_bad_cell(cell: Cell) -> None:
    """Refuse a cell in which a spreadsheet shows an error or nothing calculated yet."""
    if isinstance(cell, BadCell):
        raise ValueFaultError(cell.code, found=cell.text)


def parse_text(cell: Cell) -> str:
    """Return a cell as text."""
    refuse_bad_cell(cell)
    return write_cell(cell).strip()


def parse_count(cell: Cell) -> int | None:
    """Return a cell as a count; empty means that nobody knows."""
    refuse_bad_cell(cell)
    if isinstance(cell, bool | date):
        raise ValueFaultError("not_a_number", found=write_cell(cell))
    return _check_size(_parse_number(cell), cell)


def _parse_number(cell: int | float | str) -> int | None:
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        if not cell.is_integer():
            raise ValueFaultError("not_whole", found=str(cell))
        return int(cell)
    text = cell.strip()
    if text.casefold() in UNKNOWN_COUNTS:
        return None
    if DIGITS.fullmatch(text):
        return int(text)
    if whole := WHOLE.fullmatch(text):
        return int(whole.group(1))
    raise ValueFaultError(_name_number_fault(text), found=text, plain=re.sub(r"\D", "", text))


def _name_number_fault(text: str) -> str:
    if THOUSANDS.fullmatch(text):
        return "thousands"
    if DECIMALS.fullmatch(text):
        return "not_whole"
    if NEGATIVE.fullmatch(text):
        return "negative"
    return "too_large" if text.isascii() and text.isdigit() else "not_a_number"


def _check_size(count: int | None, cell: Cell) -> int | None:
    if count is not None and count < 0:
        raise ValueFaultError("negative", found=write_cell(cell))
    if count is not None and count > MAXIMUM_COUNT:
        raise ValueFaultError("too_large", found=write_cell(cell), limit=MAXIMUM_COUNT)
    return count


def parse_date(cell: Cell) -> date:
    """Return a cell as a date: from a spreadsheet, or written as 14-05-2026 or 2026-05-14."""
    refuse_bad_cell(cell)
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = write_cell(cell).strip()
    if not text:
        raise ValueFaultError("date_missing")
    return _parse_written_date(text)


def _parse_written_date(text: str) -> date:
    if iso := ISO_DATE.fullmatch(text):
        year, month, day = iso.groups()
    elif dutch := DUTCH_DATE.fullmatch(text):
        day, month, year = dutch.groups()
    else:
        code = "short_year" if SHORT_YEAR.fullmatch(text) else "not_a_date"
        raise ValueFaultError(code, found=text)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueFaultError("no_such_day", found=text) from None


def parse_wave(cell: Cell) -> int | None:
    """Return a cell as the number of a wave; empty means that the date decides."""
    number = parse_count(cell)
    if number == 0:
        raise ValueFaultError("unknown_wave", found="0")
    return number


def parse_yes_or_no(cell: Cell) -> bool | None:
    """Return a cell as yes or no, or None when it is empty."""
    refuse_bad_cell(cell)
    text = simplify(write_cell(cell))
    if not text:
        return None
    if text not in YES_OR_NO:
        raise ValueFaultError("not_yes_or_no", found=write_cell(cell))
    return YES_OR_NO[text]


def parse_basis(cell: Cell) -> ProfileBasis | None:
    """Return a cell as how a profile was known, or None when it is empty."""
    return _choose(cell, BASIS_WORDS, "unknown_basis")


def parse_method(cell: Cell) -> CountMethod | None:
    """Return a cell as how people were counted, or None when it is empty."""
    return _choose(cell, METHOD_WORDS, "unknown_method")


def _choose(cell: Cell, words: dict, code: str):
    refuse_bad_cell(cell)
    text = simplify(write_cell(cell))
    if text and text not in words:
        raise ValueFaultError(code, found=write_cell(cell))
    return words.get(text)
