"""What people read about counts that cannot be right: what is wrong, and the way out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from experiments.count_files.columns import name_column
from experiments.faults import Fault, UnreadableFileError
from experiments.models.experiments import Step
from lab import formats
from lab.i18n import current_language
from lab.privacy import LABELS as PERSONAL_LABELS
from lab.privacy import PersonalData

OUT_OF_ORDER = {
    (Step.REACHED, Step.OFFERED): _l(
        "More people were reached (%(more)s) than were offered something (%(fewer)s). "
        "Is the number offered right?"
    ),
    (Step.RESPONDED, Step.OFFERED): _l(
        "More people responded (%(more)s) than were offered something (%(fewer)s). "
        "Is the number offered right?"
    ),
    (Step.RESPONDED, Step.REACHED): _l(
        "More people responded (%(more)s) than were reached (%(fewer)s). "
        "Is the number reached right?"
    ),
    (Step.PARTICIPATED, Step.OFFERED): _l(
        "More people take part (%(more)s) than were offered something (%(fewer)s). "
        "Is the number offered right?"
    ),
    (Step.PARTICIPATED, Step.REACHED): _l(
        "More people take part (%(more)s) than were reached (%(fewer)s). "
        "Is the number reached right?"
    ),
    (Step.PARTICIPATED, Step.RESPONDED): _l(
        "More people take part (%(more)s) than responded (%(fewer)s). "
        "Is the number who responded right?"
    ),
}
FAULTS = {
    "look_here_too": _l("Or is this number wrong?"),
    "nothing_counted": _l("No number is filled in. Fill in at least one."),
    "too_long": _l("This is too long: at most %(limit)s characters."),
    "not_possible": _l("This cannot be. Choose or enter something else."),
    "variant_missing": _l("No variant is named. Choose from: %(known)s."),
    "unknown_variant": _l("“%(found)s” is no variant of this experiment. Choose from: %(known)s."),
    "foreign_variant": _l("This variant is not in this experiment (any more)."),
    "several_variants": _l(
        "“%(found)s” can be more than one variant. Use the letter or the full name: %(known)s."
    ),
    "unknown_profile": _l(
        "“%(found)s” is no profile of this experiment. Choose from: %(known)s, or leave it empty."
    ),
    "foreign_profile": _l("This profile is not in this experiment (any more)."),
    "unknown_wave": _l(
        "There is no wave %(found)s in this experiment. Leave it empty if in doubt."
    ),
    "in_future": _l("%(day)s has yet to come. Enter the day on which you counted."),
    "before_start": _l(
        "%(day)s is before the experiment: it started on %(starts_on)s. "
        "Is the date wrong? Else ask a researcher to change the period."
    ),
    "after_end": _l(
        "%(day)s is after the experiment: it ended on %(ends_on)s. "
        "Is the date wrong? Else ask a researcher to change the period."
    ),
    "personal_data": _l(
        "This seems to hold %(kind)s: “%(found)s”. Take it out. "
        "We keep counts only, nothing about people."
    ),
    "not_a_number": _l(
        "“%(found)s” is not a number. Use digits only, or leave it empty if you do not know."
    ),
    "not_whole": _l("“%(found)s” is not a whole number. You can only count whole people."),
    "thousands": _l("“%(found)s” can be read in two ways. Write %(plain)s without point or comma."),
    "negative": _l("“%(found)s” is below zero. Enter 0 or more."),
    "too_large": _l("“%(found)s” is too large. The most that one record can hold is 100,000,000."),
    "date_missing": _l("The date is missing. Enter the day on which you counted."),
    "short_year": _l("“%(found)s” has a short year. Write the year in four digits: 14-05-2026."),
    "not_a_date": _l("“%(found)s” is not a date. Write it like 14-05-2026."),
    "no_such_day": _l("“%(found)s” does not exist. We read it as day-month-year."),
    "not_yes_or_no": _l("“%(found)s” is neither yes nor no. Write yes or no."),
    "unknown_basis": _l(
        "“%(found)s” does not say how the profile was known. Use the words on the page "
        "where you chose the file."
    ),
    "unknown_method": _l(
        "“%(found)s” does not say how you counted. Use the words on the page where you chose the "
        "file."
    ),
    "error_cell": _l("The spreadsheet shows an error here (%(found)s). Mend the formula."),
    "not_calculated": _l(
        "This is a formula without an outcome. Open the file in your spreadsheet, save it and "
        "offer it again."
    ),
    "same_as_line": _l(
        "This line is the same as line %(line)s. Take one out, or add something that tells them "
        "apart in cluster or remark."
    ),
    "counted_already": _l(
        "A count just like this one is in this experiment already. If it is another one, add "
        "something that tells them apart."
    ),
    "too_many_cells": _l(
        "This line has more cells than the heading (%(expected)s). Left over: “%(rest)s”. "
        "Is there a separator inside a text?"
    ),
    "open_quote": _l("A quotation mark in this line has no partner. Take it out."),
}
FILE_PROBLEMS = {
    "no_file": _l("Choose a file first."),
    "empty_file": _l("This file is empty. Choose another one."),
    "no_rows": _l("There is nothing in this file. Is it the right one?"),
    "only_heading": _l("This file has a heading but no lines with counts."),
    "no_table": _l(
        "This is not a file with a table. Use CSV, Excel (.xlsx) or OpenDocument (.ods)."
    ),
    "wrong_encoding": _l(
        "We cannot read the letters in this file. Save it as “CSV UTF-8”, or use Excel (.xlsx)."
    ),
    "image": _l(
        "“%(name)s” is a picture, not a table. Use CSV, Excel (.xlsx) or OpenDocument (.ods)."
    ),
    "pdf": _l("“%(name)s” is a PDF, not a table. Use CSV, Excel (.xlsx) or OpenDocument (.ods)."),
    "packed": _l("“%(name)s” is packed. Unpack it and offer the table inside it."),
    "document": _l("“%(name)s” is a text document. Use CSV, Excel (.xlsx) or OpenDocument (.ods)."),
    "web_page": _l(
        "“%(name)s” is a web page, whatever it is called. Open it in your spreadsheet and save it "
        "as Excel (.xlsx)."
    ),
    "old_workbook": _l(
        "“%(name)s” is an old Excel file (.xls) or has a password. Open it and save it as Excel "
        "(.xlsx) without a password."
    ),
    "protected_workbook": _l("This file has a password. Save it without one and offer it again."),
    "broken_workbook": _l(
        "This spreadsheet is damaged. Open it in your spreadsheet, save it and offer it again."
    ),
    "unpacks_too_large": _l(
        "This spreadsheet takes more than %(limit)s MB when it is unpacked. Split it, or use CSV."
    ),
    "too_many_cells_in_sheet": _l(
        "This sheet reaches too far: more than %(limit)s cells. Take out what stands far to the "
        "right or far below, or copy the counts to a new file."
    ),
    "too_many_rows": _l("This file has more than %(limit)s lines. Split it in smaller files."),
    "too_many_columns": _l("This file has %(found)s columns; the most is %(limit)s."),
    "same_column_twice": _l(
        "Two columns are both “%(field)s”: %(names)s. Take one out or give it another name."
    ),
    "missing_columns": _l(
        "These columns are missing: %(missing)s. The first line of the file says: %(found)s. "
        "The template file shows how it should be."
    ),
}
NOTES = {
    "windows_1252": _l(
        "This file is not in UTF-8. We read it as Windows text (1252). "
        "Check that é and ë look right below."
    ),
    "other_sheets": _l("We read the sheet “%(read)s” and not the other ones: %(others)s."),
    "is_workbook": _l("“%(name)s” is a spreadsheet inside, so we read it as one."),
    "is_csv": _l("“%(name)s” is a text file (CSV) inside, so we read it as one."),
    "assumed_known_before": _l(
        "The file does not say whether the profile was known beforehand. We take it that it was."
    ),
    "assumed_counted": _l(
        "The file does not say how you counted. We take it that all was counted."
    ),
    "has_repeats": _l("Equal lines are counted each: you said that they are separate counts."),
    "ignored_columns": _l("We do nothing with these columns and do not keep them: %(names)s."),
}
COUNT_COLUMNS = _l("at least one of offered, reached, responded, participated")
MOST_NAMES = 12


def tell(fault: Fault) -> str:
    """Return what is wrong and the way out, in the reader's language."""
    details = fault.details
    if fault.code == "steps_out_of_order":
        message = OUT_OF_ORDER[Step(details["later"]), Step(details["earlier"])]
    else:
        message = FAULTS[_without_names(fault)]
    return fill_in(message, details)


def tell_problem(problem: UnreadableFileError) -> str:
    """Return why a file cannot be read, in the reader's language."""
    return fill_in(FILE_PROBLEMS[problem.code], problem.details)


def tell_note(code: str, details: Mapping[str, Any]) -> str:
    """Return what was decided while reading a file, in the reader's language."""
    return fill_in(NOTES[code], details)


def _without_names(fault: Fault) -> str:
    # A number that belongs elsewhere has no name here to show.
    if fault.code in {"unknown_variant", "unknown_profile"} and not fault.details.get("found"):
        return fault.code.replace("unknown", "foreign")
    return fault.code


def fill_in(message: object, details: Mapping[str, Any]) -> str:
    """Return a message with its details as people write them."""
    return str(message) % {name: _write(name, value) for name, value in details.items()}


def _write(name: str, value: Any) -> str:
    if name in {"day", "starts_on", "ends_on"}:
        return formats.date(value and date.fromisoformat(value))
    if name == "kind":
        return str(PERSONAL_LABELS[PersonalData(value)])
    if name == "field":
        return name_column(value, current_language())
    if name == "missing":
        return ", ".join(_name_missing(field) for field in value)
    if isinstance(value, list | tuple):
        return _list(value)
    return formats.number(value) if isinstance(value, int) else str(value)


def _list(names: list[str] | tuple[str, ...]) -> str:
    shown = [name or "…" for name in names[:MOST_NAMES]]
    return ", ".join(shown + ["…"] * (len(names) > MOST_NAMES))


def _name_missing(field: str) -> str:
    if field == "counts":
        return str(COUNT_COLUMNS)
    return name_column(field, current_language())
