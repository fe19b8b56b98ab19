"""Reading files of who lives where: a column for each profile, or a line for each.

Shares may be percentages, parts of one or numbers of households: what most areas of the file add up
to tells which. An area with anything wrong is kept apart as it stood in the file.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import fsum
from statistics import median
from typing import Any

from pydantic import ValidationError

from experiments.count_files.reading import read_sheet
from experiments.count_files.sheets import Cell, Row, Sheet, write_cell
from experiments.count_files.values import ValueFaultError, parse_count, parse_text, refuse_bad_cell
from experiments.faults import Fault, UnreadableFileError
from lab.models.areas import FEWEST, ROUNDING, AreaCreate, AreaKind
from lab.models.segmentation import Profile
from lab.plain_names import simplify
from lab.privacy import mask_personal_data

NAMES = {
    "code": ("gebied", "code", "gebiedscode", "area", "area code", "pc4", "postcode", "buurtcode",
             "wijkcode", "buurt", "wijk"),
    "name": ("naam", "gebiedsnaam", "name", "area name", "buurtnaam", "wijknaam"),
    "kind": ("soort", "soort gebied", "kind", "kind of area"),
    "municipality": ("gemeente", "gemeentenaam", "municipality"),
    "residents": ("inwoners", "bewoners", "residents", "inhabitants"),
    "households": ("huishoudens", "households"),
    "unknown": ("onbekend", "niet bekend", "profiel onbekend", "unknown"),
    "profile": ("profiel", "profile", "segment"),
    "share": ("aandeel", "share", "percentage", "procent", "aantal", "number"),
}  # fmt: skip
FIELDS = {simplify(word): name for name, words in NAMES.items() for word in words}
KINDS = {
    AreaKind.POSTCODE: ("pc4", "postcode", "postcodegebied", "postcode area"),
    AreaKind.NEIGHBOURHOOD: ("buurt", "neighbourhood"),
    AreaKind.DISTRICT: ("wijk", "district"),
    AreaKind.MUNICIPALITY: ("gemeente", "municipality"),
}
KIND_WORDS = {simplify(word): kind for kind, words in KINDS.items() for word in words}
NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,10})?")
# Between these, what areas add up to is a whole that was rounded or not quite filled in.
ABOUT = (0.8, 1.2)
UNKNOWN = "unknown"


class Unit(StrEnum):
    """What the shares of a file are."""

    PERCENTAGES = "percentages"
    FRACTIONS = "fractions"
    HOUSEHOLDS = "households"


@dataclass(slots=True)
class ReadArea:
    """An area as it stands in a file: its first line, what it says, and what is wrong."""

    line: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    # What came of it: an area, and who lives there.
    area: AreaCreate | None = None
    shares: dict[int, float] = field(default_factory=dict)
    unknown: float = 0.0
    households: int | None = None


@dataclass(slots=True)
class AreaFile:
    """All areas of a file, and how it was read."""

    header: list[str]
    unit: Unit
    areas: list[ReadArea]
    notes: list[tuple[str, dict]]

    @property
    def good(self) -> list[ReadArea]:
        """Return the areas that can be kept."""
        return [one for one in self.areas if not one.faults]

    @property
    def faulty(self) -> list[ReadArea]:
        """Return the areas with anything wrong."""
        return [one for one in self.areas if one.faults]


def read_areas(
    data: bytes, file_name: str, profiles: Iterable[Profile], defaults: Mapping[str, Any]
) -> AreaFile:
    """Return who lives where by a file; defaults: municipality and kind where it does not say."""
    profiles = list(profiles)
    sheet = read_sheet(data, file_name)
    places, columns, ignored = _match(sheet, profiles)
    if columns:
        areas = [_read_wide(row, places, columns) for row in sheet.rows]
    else:
        areas = _read_long(sheet, places, _index_profiles(profiles))
    unit = find_unit(areas)
    seen: dict[tuple, int] = {}
    for area in areas:
        _settle(area, unit, defaults, seen)
    notes = [*sheet.notes, (f"unit_{unit}", {})]
    if ignored:
        notes.append(("ignored_columns", {"names": [mask_personal_data(one) for one in ignored]}))
    return AreaFile([mask_personal_data(name) for name in sheet.header], unit, areas, notes)


def find_unit(areas: Iterable[ReadArea]) -> Unit:
    """Return what the shares are, by what the areas add up to."""
    sums = [fsum(area.numbers.values()) for area in areas if area.numbers]
    middle = median(sums) if sums else 0.0
    if ABOUT[0] <= middle <= ABOUT[1]:
        return Unit.FRACTIONS
    return Unit.PERCENTAGES if 100 * ABOUT[0] <= middle <= 100 * ABOUT[1] else Unit.HOUSEHOLDS


def _index_profiles(profiles: Iterable[Profile]) -> dict[str, int]:
    return {
        simplify(name): profile.id
        for profile in profiles
        for name in (profile.code, profile.name_nl, profile.name_en)
    }


def _match(sheet: Sheet, profiles: list[Profile]):
    """Return the place of each field, of each profile that has a column, and what is ignored."""
    known = _index_profiles(profiles)
    places: dict[str, int] = {}
    columns: dict[int, int] = {}
    ignored = []
    for place, name in enumerate(sheet.header):
        found = FIELDS.get(simplify(name))
        profile = known.get(simplify(name))
        if (profile in columns) if profile else (found in places):
            raise UnreadableFileError("area_column_twice", names=[name])
        if profile:
            columns[profile] = place
        elif found:
            places[found] = place
        else:
            ignored.append(name)
    is_long = {"profile", "share"} <= places.keys()
    if "code" not in places or not (columns or is_long):
        names = [profile.name_nl for profile in profiles]
        raise UnreadableFileError("area_columns_missing", found=sheet.header, names=names)
    return places, columns, ignored


def _read_wide(row: Row, places: Mapping[str, int], columns: Mapping[int, int]) -> ReadArea:
    area = _start(row, places)
    numbers = {str(profile): place for profile, place in columns.items()}
    if UNKNOWN in places:
        numbers[UNKNOWN] = places[UNKNOWN]
    for key, place in numbers.items():
        _read_number(area, key, row.cells[place], str(place))
    return area


def _read_long(sheet: Sheet, places: Mapping[str, int], known: Mapping[str, int]) -> list[ReadArea]:
    areas: dict[str, ReadArea] = {}
    for row in sheet.rows:
        read = _start(row, places)
        area = areas.setdefault(simplify(str(read.values.get("code", ""))), read)
        if area is not read:
            area.faults += read.faults
        name = write_cell(row.cells[places["profile"]]).strip()
        simple = simplify(name)
        profile = UNKNOWN if FIELDS.get(simple) == UNKNOWN else known.get(simple)
        if profile is None:
            details = {"found": mask_personal_data(name), "line": row.line}
            area.faults.append(Fault(str(places["profile"]), "unknown_profile_of_model", details))
        elif str(profile) in area.numbers:
            details = {"found": name, "line": row.line}
            area.faults.append(Fault(str(places["profile"]), "profile_twice", details))
        else:
            share = row.cells[places["share"]]
            _read_number(area, str(profile), share, str(places["share"]))
    return list(areas.values())


def _start(row: Row, places: Mapping[str, int]) -> ReadArea:
    cells = [mask_personal_data(write_cell(cell)) for cell in row.cells]
    area = ReadArea(row.line, cells)
    if row.fault is not None:
        area.faults.append(row.fault)
    for name in ("code", "name", "kind", "municipality", "residents", "households"):
        if name not in places:
            continue
        cell = row.cells[places[name]]
        try:
            parse = parse_count if name in {"residents", "households"} else parse_text
            area.values[name] = parse(cell)
        except ValueFaultError as fault:
            area.faults.append(Fault(str(places[name]), fault.code, fault.details))
    area.values["columns"] = {name: str(place) for name, place in places.items()}
    return area


def _read_number(area: ReadArea, key: str, cell: Cell, column: str) -> None:
    try:
        area.numbers[key] = parse_share(cell)
    except ValueFaultError as fault:
        area.faults.append(Fault(column, fault.code, fault.details))


def parse_share(cell: Cell) -> float:
    """Return a cell as a number of 0 or more, with a comma or a point; empty is nobody."""
    refuse_bad_cell(cell)
    if isinstance(cell, bool | date):
        raise ValueFaultError("not_a_number", found=write_cell(cell))
    if isinstance(cell, int | float):
        number = float(cell)
    else:
        text = cell.strip().removesuffix("%").strip()
        if text.startswith(("-", "\u2212")):
            raise ValueFaultError("negative", found=cell)
        if text and not NUMBER.fullmatch(text):
            raise ValueFaultError("not_a_number", found=mask_personal_data(cell))
        number = float(text.replace(",", ".") or 0)
    if number < 0:
        raise ValueFaultError("negative", found=write_cell(cell))
    return number


def _settle(
    area: ReadArea, unit: Unit, defaults: Mapping[str, Any], seen: dict[tuple, int]
) -> None:
    """Turn what an area says into shares, or say what is wrong."""
    _settle_area(area, defaults, seen)
    _settle_sizes(area)
    total = fsum(area.numbers.values())
    if unit is Unit.HOUSEHOLDS:
        if any(number != int(number) for number in area.numbers.values()):
            area.faults.append(Fault("", "households_not_whole", {}))
        if total < FEWEST:
            area.faults.append(Fault("", "too_few_households", {"limit": FEWEST}))
        area.households = area.values.get("households") or int(total)
        scale = total
    else:
        scale = 1.0 if unit is Unit.FRACTIONS else 100.0
        # A number that could not be read makes the sum wrong too.
        if abs(total / scale - 1) > ROUNDING and not area.faults:
            area.faults.append(Fault("", "shares_do_not_add_up", {"total": total / scale}))
        area.households = area.values.get("households")
    if not area.faults:
        area.unknown = area.numbers.pop(UNKNOWN, 0.0) / scale
        area.shares = {int(key): number / scale for key, number in area.numbers.items()}


def _settle_area(area: ReadArea, defaults: Mapping[str, Any], seen: dict[tuple, int]) -> None:
    values, columns = area.values, area.values["columns"]
    kind = values.get("kind") or ""
    if kind and simplify(kind) not in KIND_WORDS:
        area.faults.append(Fault(columns["kind"], "unknown_kind", {"found": kind}))
        return
    try:
        area.area = AreaCreate(
            municipality=values.get("municipality") or defaults["municipality"],
            kind=KIND_WORDS.get(simplify(kind), defaults["kind"]),
            code=values.get("code", ""),
            name=values.get("name") or values.get("code", ""),
        )
    except ValidationError as error:
        # The name is the code where there is no other, so one mistake shows twice.
        kinds = dict.fromkeys(found["type"] for found in error.errors())
        for kind in kinds:
            code = kind if kind in {"full_postcode", "not_four_digits"} else "area_missing"
            area.faults.append(Fault(columns["code"], code, {"found": values.get("code", "")}))
        return
    first = seen.setdefault((area.area.kind, simplify(area.area.code)), area.line)
    if first != area.line:
        area.faults.append(Fault(columns["code"], "area_twice", {"line": first}))


def _settle_sizes(area: ReadArea) -> None:
    for name in ("residents", "households"):
        size = area.values.get(name)
        if size is not None and size < FEWEST:
            column = area.values["columns"][name]
            area.faults.append(Fault(column, "too_few_households", {"limit": FEWEST}))
