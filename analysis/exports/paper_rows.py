"""Rows of intervals of a page, as a table on paper."""

import re
from collections.abc import Iterable
from dataclasses import replace

from flask_babel import gettext as _
from markupsafe import Markup

from analysis.exports.paper import PaperCell, PaperTable, write_verdict

BENEATH = '<span class="beneath">'
# In a file of its own a drawing needs a name space, a size with room for what sticks out, colours.
FRAME = '<svg xmlns="http://www.w3.org/2000/svg" width="272" height="22">{style}{inside}</svg>'
SIZE = 'x="16" width="240" height="22" overflow="visible"'
STYLE = (
    "<style>.interval line{stroke:#000}.interval .grid line{stroke:#ddd;stroke-width:1px}"
    ".interval .i95{stroke-width:1.5px}.interval .i80{stroke-width:4px}"
    ".interval .i50{stroke-width:8px}.interval .dot{fill:#fff;stroke:#000;stroke-width:2.5px}"
    ".interval .band{fill:#e2e2e2}.interval .cut path,.square rect,.diamond path{fill:#000}"
    ".interval .control{stroke:#444;stroke-width:1.5px;stroke-dasharray:3 3}"
    ".interval .expected{stroke:#444;stroke-width:1.25px;stroke-dasharray:5 2}"
    ".axis{overflow:visible}.axis text{fill:#333;font-family:'Libertinus Serif';font-size:12px;"
    "text-anchor:middle}svg svg{overflow:visible}</style>"
)
TAG = re.compile(r"<svg class=\"(\w+)\"[^>]*>")
NAMES = re.compile(r"<(title|desc)>(.*?)</\1>", re.DOTALL)


def print_intervals(
    groups: Iterable[tuple], axis: str, caption: str, rate: str, count: str, note: str = ""
) -> PaperTable:
    """Return the table of intervals of a page; `groups` as `templates/components/intervals.html`
    takes them."""
    rows = []
    for name, verdict, _sentence, variants in groups:
        if name:
            said = f"{name}   {write_verdict(verdict)}" if verdict else name
            rows.append((PaperCell(said),))
        rows += [tuple(_print_row(*variant)) for variant in variants]
    return PaperTable(
        caption=caption,
        heads=(_("Variant"), "", rate, _("%(level)s interval", level="95%"), count),
        is_number=(False, False, True, True, True),
        rows=tuple(rows),
        axis=free_drawing(axis),
        note=note,
    )


def _print_row(
    label: str, is_control: bool, drawing: str, rate: str, ends: str, count: str
) -> Iterable[PaperCell]:
    name = read_cell(label)
    yield replace(name, text=f"{name.text} {_('(control)')}") if is_control else name
    yield PaperCell(text=describe_drawing(drawing), drawing=free_drawing(drawing))
    yield from (read_cell(value) for value in (rate, ends, count))


def read_cell(value: str) -> PaperCell:
    """Return the text of a cell of a page, and what stands smaller beneath it."""
    text, _between, beneath = str(value).partition(BENEATH)
    if isinstance(value, Markup):
        return PaperCell(Markup(text).striptags(), Markup(beneath).striptags())
    return PaperCell(str(value))


def describe_drawing(drawing: str) -> str:
    """Return what a drawing is read by."""
    return Markup(". ".join(found[1] for found in NAMES.findall(str(drawing)))).unescape()


def free_drawing(drawing: str) -> str:
    """Return a drawing of a page as a file of its own; nothing where nothing was drawn."""
    if not drawing:
        return ""
    inside = TAG.sub(rf'<svg class="\1" {SIZE}>', str(drawing), count=1)
    return FRAME.format(style=STYLE, inside=inside)
