"""What people read about rows of preferences that cannot be right."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.preference_files.rows import COLUMNS, FaultyRow, MissingColumnsError
from experiments.faults import Fault
from experiments.messages import tell
from lab.i18n import current_language

FAULTS = {
    "unknown_label": _l("“%(found)s” is none of the names here. Choose from: %(known)s."),
    "several_labels": _l("“%(found)s” can mean more than one. Use its code: %(known)s."),
    "not_a_percentage": _l("“%(found)s” is not a percentage. Write a number from 0 to 100."),
    "share_or_percentage": _l(
        "“%(found)s” can be read in two ways. Write a third as 33, and a third of a percent with"
        " its sign."
    ),
    "same_line": _l("This line is the same as line %(line)s. Take one out."),
}


def name_column(field: str) -> str:
    """Return what the column of a field is called in the template."""
    names = COLUMNS.get(field)
    return names[current_language() == "en"] if names else ""


def tell_fault(fault: Fault) -> str:
    """Return what is wrong, and the way out."""
    if fault.code not in FAULTS:
        return tell(fault)
    known = ", ".join(fault.details.get("known", []))
    return str(FAULTS[fault.code]) % (fault.details | {"known": known})


def tell_missing(error: MissingColumnsError) -> str:
    """Return which columns a file lacks."""
    return _(
        "These columns are missing: %(missing)s. The first line has: %(found)s.",
        missing=", ".join(name_column(name) for name in error.missing),
        found=", ".join(error.found),
    )


def list_faults(row: FaultyRow) -> Iterator[tuple[str, str]]:
    """Return everything that is wrong with a row: the column, and the reason."""
    for fault in row.faults:
        yield name_column(fault.field), tell_fault(fault)
    for field, message in row.messages:
        yield name_column(field), message
