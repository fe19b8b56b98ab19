"""Where a file comes from, and what it says of that first."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from analysis.in_force import EditionThen
from lab import formats

LONGEST_NAME = 50


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from, and how somebody finds it again.

    number: of the experiment, the run or the edition. counted_on: until when was counted, or when
    it was calculated. filters: which part of the counts was asked for. urls: of the page, and of
    its files by what they are. then: the advice that was in force when the report was made.
    """

    number: int | None
    title: str
    programme: str
    programme_kind: str
    is_fictitious: bool
    made_at: datetime
    counted_on: date | None
    language: str
    product_version: str
    urls: dict[str, str]
    filters: dict[str, str]
    then: EditionThen | None = None

    @property
    def day(self) -> date:
        """Return the day on which the file was made, by the clock of the Netherlands."""
        return self.made_at.astimezone(formats.HOME_ZONE).date()


def name_file(kind: str, origin: Origin) -> str:
    """Return the name of a file without its ending: what it is about, and of when."""
    words = ["Proeftuin", _("fictitious") if origin.is_fictitious else "", kind, origin.title]
    parts = [write_slug(word) for word in words]
    return "-".join([*filter(None, parts), f"{origin.day:%Y-%m-%d}"])


def write_slug(text: str) -> str:
    """Return a text as part of a file name: plain letters and digits with dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return words if len(words) <= LONGEST_NAME else words[:LONGEST_NAME].rpartition("-")[0]


def tell_first(origin: Origin) -> tuple[str, ...]:
    """Return what a reader must know before any figure."""
    told = []
    if origin.is_fictitious:
        told.append(f"{_('FICTITIOUS:')} {_('all places and counts are made up.')}")
    if origin.filters:
        told.append(_("You see part of the counts."))
    return tuple(told)


def list_facts(origin: Origin, own: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return what a file is about, as pairs, with where it comes from."""
    facts = [
        *own,
        (_("Programme"), origin.programme),
        (_("Counts as of"), formats.date(origin.counted_on) if origin.counted_on else ""),
        (_("Part of the counts"), ", ".join(f"{k}={v}" for k, v in origin.filters.items())),
        (_("Advice in force"), origin.then.cited if origin.then else ""),
        (_("File made on"), formats.datetime_local(origin.made_at)),
        (_("Page"), origin.urls["page"]),
        (_("Version"), f"Proeftuin {origin.product_version}"),
    ]
    return tuple((name, text) for name, text in facts if text)
