"""What people read about files of who lives where: what is wrong, and what was decided."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from experiments.faults import Fault, UnreadableFileError
from experiments.messages import fill_in, tell, tell_note, tell_problem
from lab import formats
from lab.errors import DomainError

FAULTS = {
    "unknown_profile_of_model": _l(
        "Line %(line)s: “%(found)s” is no profile of this model. Use the names on the page where "
        "you chose the file."
    ),
    "profile_twice": _l("Line %(line)s: “%(found)s” is there twice for this area. Take one out."),
    "shares_do_not_add_up": _l(
        "Together the shares are %(total)s. They should be 100%%: mend a share, or put the rest "
        "under “unknown”."
    ),
    "households_not_whole": _l("These are numbers of households, so they must be whole numbers."),
    "too_few_households": _l(
        "Fewer than %(limit)s: that would point at people. Take it together with a larger area."
    ),
    "unknown_kind": _l(
        "“%(found)s” is no kind of area. Use: pc4, neighbourhood, district or municipality."
    ),
    "full_postcode": _l(
        "“%(found)s” holds a full postcode: about twenty addresses, which says too much about "
        "people. Use the four digits, the neighbourhood or the district."
    ),
    "not_four_digits": _l("“%(found)s” is no postcode area: that is four digits, such as 6661."),
    "area_missing": _l("The area has no code, or one that is too long."),
    "area_twice": _l("This area is on line %(line)s too. Take one out."),
    "area_elsewhere": _l("“%(found)s” is known in %(name)s. Is the municipality right?"),
}
PROBLEMS = {
    "area_column_twice": _l("Two columns are both “%(names)s”. Take one out."),
    "area_columns_missing": _l(
        "We need a column with the code of the area, and a column for each profile (or columns "
        "“profile” and “share”). The first line of the file says: %(found)s. Profiles: %(names)s."
    ),
}
NOTES = {
    "unit_percentages": _l("We read the shares as percentages: the areas add up to about 100."),
    "unit_fractions": _l("We read the shares as parts of one: the areas add up to about 1."),
    "unit_households": _l("We read the shares as numbers of households, and divide them."),
}


class AreaImportOverError(DomainError):
    """A file was kept or cancelled before."""

    def __init__(self):
        super().__init__(_("This import is over already."))


class NothingGoodError(DomainError):
    """A file has no area that can be kept."""

    def __init__(self):
        super().__init__(_("There is no good area in this file."))


def tell_area_fault(fault: Fault) -> str:
    """Return what is wrong with an area and the way out, in the reader's language."""
    if fault.code not in FAULTS:
        return tell(fault)
    details = dict(fault.details)
    if fault.code == "shares_do_not_add_up":
        details["total"] = formats.percent(details["total"])
    return fill_in(FAULTS[fault.code], details)


def tell_area_problem(problem: UnreadableFileError) -> str:
    """Return why a file of areas cannot be read, in the reader's language."""
    known = PROBLEMS.get(problem.code)
    return fill_in(known, problem.details) if known else tell_problem(problem)


def tell_area_note(code: str, details: Mapping[str, Any]) -> str:
    """Return what was decided while reading a file of areas, in the reader's language."""
    return str(NOTES[code]) if code in NOTES else tell_note(code, details)
