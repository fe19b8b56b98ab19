"""The ways out of every report: the same report as a file, for whoever may read its page."""

from collections.abc import Callable

from flask import Blueprint, Response

from analysis.exports.package import write_package
from analysis.registry import WRITERS, load_writer
from analysis.views.exported import Exported, Values
from analysis.views.exported_across import CHANNEL, STYLE
from analysis.views.exported_backtest import BACKTEST
from analysis.views.exported_comparisons import SIDES
from analysis.views.exported_edition import EDITION
from analysis.views.exported_evidence import EVIDENCE, LAB_EVIDENCE
from analysis.views.exported_map import MAP
from analysis.views.exported_outcome import OUTCOME
from lab.access import allows

blueprint = Blueprint("exports", __name__)

# Every report with ways out; a new one is one line here.
REPORTS = (
    BACKTEST,
    CHANNEL,
    EDITION,
    EVIDENCE,
    LAB_EVIDENCE,
    MAP,
    OUTCOME,
    SIDES,
    STYLE,
)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PACKAGE = "datapackage.json"


def add_ways_out(report: Exported) -> None:
    """Serve a report as each kind of file, and the description of its table."""
    for ending in WRITERS:
        view = allows(report.action)(make_view(report, ending))
        blueprint.add_url_rule(f"{report.address}.{ending}", f"{report.name}_{ending}", view)
    package = allows(report.action)(make_package_view(report))
    blueprint.add_url_rule(f"{report.address}/{PACKAGE}", f"{report.name}_package", package)


def make_view(report: Exported, ending: str) -> Callable[..., Response]:
    """Return the view of a report as one kind of file."""

    def give(**values):
        """Give a report as a file."""
        return give_file(report, values, ending)

    return give


def make_package_view(report: Exported) -> Callable[..., Response]:
    """Return the view of the description of a report's table."""

    def give(**values):
        """Give the description of a table."""
        return give_package(report, values)

    return give


def give_file(report: Exported, values: Values, ending: str) -> Response:
    """Return a report as one kind of file, for this reader."""
    export = report.build(**values)
    return _send(load_writer(ending)(export), f"{export.file_name}.{ending}", TYPES[ending])


def give_package(report: Exported, values: Values) -> Response:
    """Return the description of the table that this reader gets of a report."""
    return _send(write_package(report.build(**values)), PACKAGE, TYPES["json"])


def _send(data: bytes, name: str, content_type: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(data, content_type=content_type, headers=headers)


for one in REPORTS:
    add_ways_out(one)
