"""What it takes for a report to have ways out: its page, its address, and how it is built."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import g, url_for

from analysis.exports.contents import Export
from analysis.exports.origin import Origin
from analysis.registry import WRITERS
from analysis.views.in_force import find_then
from lab import formats
from lab.access import Action
from lab.i18n import current_language, in_language
from lab.models.programmes import Programme, ProgrammeKind
from lab.version import VERSION

Values = Mapping[str, int | str]
# The kinds of files of a report, and the description of its table.
FILES = (*WRITERS, "package")


@dataclass(frozen=True, slots=True)
class Exported:
    """A report with ways out.

    name: of its files in `url_for`, as in `exports.NAME_csv`. page: the endpoint of its page.
    address: of that page, to which the endings of files are added. action: who may read it. build:
    takes the values in the address and returns what this reader sees on the page.
    """

    name: str
    page: str
    address: str
    action: Action
    build: Callable[..., Export]


def make_origin(
    report: Exported,
    values: Values,
    programme: Programme,
    *,
    title: str,
    counted_at: datetime | None,
    number: int | None = None,
    filters: Mapping[str, str] | None = None,
    product_version: str = VERSION,
    report_made_at: datetime | None = None,
) -> Origin:
    """Return where a file comes from.

    values: those in the address. number: of the subject. filters: what the reader asked for.
    report_made_at: when it was made, for reports that cite the advice of then.
    """
    filters = dict(filters or {})
    everything = {**values, **filters, "_external": True}
    urls = {"page": url_for(report.page, **everything)}
    for name in FILES:
        urls[name] = find_file_url(report.name, name, everything)
    return Origin(
        number=number,
        title=title,
        programme=in_language(programme, "name"),
        programme_kind=programme.kind.value,
        is_fictitious=programme.kind is ProgrammeKind.FICTITIOUS,
        made_at=datetime.now(UTC),
        # The page says no more than the day.
        counted_on=counted_at and counted_at.astimezone(formats.HOME_ZONE).date(),
        language=current_language(),
        product_version=product_version,
        urls=urls,
        filters=filters,
        then=find_then(programme, report_made_at),
    )


def find_file_url(report: str, kind: str, values: Values) -> str:
    """Return where a file of a report is; whoever reads it by a link, by that link."""
    if "shared_token" not in g:
        return url_for(f"exports.{report}_{kind}", **values)
    place = {"token": g.shared_token, "_external": values.get("_external", False)}
    if kind == "package":
        return url_for("shared.give_shared_package", **place)
    return url_for("shared.give_shared_file", ending=kind, **place)
