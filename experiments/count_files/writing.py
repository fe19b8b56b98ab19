"""Writing files of counts that spreadsheets open as they are meant."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from experiments.count_files.columns import name_column
from experiments.models.experiments import Step

# Dutch spreadsheets split at semicolons, and need the mark to see that letters are UTF-8.
SEPARATORS = {"nl": ";", "en": ","}
MARK = "\ufeff"
# The last four are the wide forms of the first, which some spreadsheets take for the same.
FORMULA = re.compile(r"[=+\-@\t\r\n|%＝＋－＠]")
PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
TEMPLATE = (
    "variant",
    "profile",
    "profile_basis",
    "is_profile_known_before",
    "area",
    "observed_on",
    "cluster",
    *(step.value for step in Step),
    "count_method",
    "remark",
)


def write_rows(rows: Iterable[Sequence[str]], language: str) -> str:
    """Return rows as a CSV file in which no cell works as a formula."""
    text = StringIO()
    # Between quotes, a cell stays one cell for a spreadsheet that splits at another sign as well.
    writer = csv.writer(
        text,
        delimiter=SEPARATORS.get(language, ","),
        lineterminator="\r\n",
        quoting=csv.QUOTE_ALL,
    )
    writer.writerows([disarm(cell) for cell in row] for row in rows)
    return MARK + text.getvalue()


def disarm(cell: str) -> str:
    """Return a cell that a spreadsheet shows as text, also when it begins like a formula."""
    if FORMULA.match(cell) and not PLAIN_NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def write_template(variants: Sequence[str], language: str) -> str:
    """Return an empty file of counts: the heading, and a line for each variant."""
    heading = [name_column(field, language) for field in TEMPLATE]
    lines = [[variant, *[""] * (len(heading) - 1)] for variant in variants]
    return write_rows([heading, *lines], language)
