"""A report as a CSV file: one tidy table in which no cell works as a formula."""

import csv
from io import StringIO

from analysis.exports.contents import Export
from analysis.exports.table import Value
from experiments.count_files.writing import MARK, disarm


def write_csv(export: Export) -> bytes:
    """Return the figures of a report as CSV in UTF-8, with names that never change."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(column.name for column in export.figures.columns)
    writer.writerows(map(_write_value, row.values()) for row in export.figures.rows)
    # Spreadsheets need the mark to see that letters are UTF-8.
    return (MARK + text.getvalue()).encode()


def _write_value(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return disarm(value) if isinstance(value, str) else value
