"""A report on paper: what a council asks first, the answer, a picture, a table, and the method."""

from dataclasses import dataclass

from analysis.exports.columns import VERDICTS
from lab import formats

SHAPES = {
    "clearly_better": "▲",
    "probably_better": "△",
    "clearly_worse": "▼",
    "probably_worse": "▽",
    "no_difference": "=",
    "not_enough_data": "…",
}


@dataclass(frozen=True, slots=True)
class PaperCell:
    """Text with what stands smaller beneath it, or a drawing as SVG with what it is read by."""

    text: str = ""
    beneath: str = ""
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table with its name; is_number: of each column, whether it stands to the right.

    axis: the ticks above drawings, as SVG. note: how to read it.
    """

    caption: str
    heads: tuple[str, ...]
    is_number: tuple[bool, ...]
    rows: tuple[tuple[PaperCell, ...], ...]
    axis: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A report as it is printed.

    headings: what stands before the answer, with a name each. answer: the first sentence says
    most. notes: what to know before believing it. method: how it was calculated, in short.
    """

    headings: tuple[tuple[str, str], ...]
    answer: tuple[str, ...]
    tables: tuple[PaperTable, ...]
    notes: tuple[str, ...]
    method: tuple[tuple[str, str], ...]


def write_verdict(code: str | None) -> str:
    """Return a verdict as a shape with words; colour is for screens."""
    return f"{SHAPES[code]} {VERDICTS[code]}" if code else formats.NOTHING
