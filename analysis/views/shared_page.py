"""A report that somebody holds a link to: which one, and what an outsider sees of it."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from flask import abort, current_app, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from analysis.models.sharing import LONGEST_PAGE, SharedLink
from analysis.views.exported import Exported
from analysis.views.exports import REPORTS
from lab.access import PUBLIC, Place, Places
from lab.db import get_session

BY_PAGE = {report.page: report for report in REPORTS}
BY_NAME = {report.name: report for report in REPORTS}


@dataclass(frozen=True, slots=True)
class SharedReport:
    """A report at an address: which one, the values in it, and what was asked of it."""

    report: Exported
    values: dict
    asked: ImmutableMultiDict
    place: Place

    def show(self):
        """Return the page of the report as an outsider sees it."""
        view = current_app.view_functions[self.report.page]
        # The guard is that of the link.
        return view.__wrapped__(**self.values)


def find_report(page: str) -> SharedReport:
    """Return the report at an address of ours, or end with «not found»."""
    path, _mark, query = page.partition("?")
    if len(page) > LONGEST_PAGE or "\0" in page:
        abort(404)
    adapter = current_app.url_map.bind_to_environ(request.environ)
    try:
        endpoint, values = adapter.match(path, method="GET")
    except (HTTPException, RoutingException):
        abort(404)
    report = BY_PAGE.get(endpoint) or abort(404)
    places: Places = current_app.extensions["places"]
    asked = ImmutableMultiDict(parse_qsl(query))
    return SharedReport(report, values, asked, places.find(get_session(), values))


def become_outsider(shared: SharedReport, link: SharedLink, token: str) -> None:
    """Let the rest of this request see what anybody would, once it is published, and no more."""
    g.reader = PUBLIC
    g.place = replace(shared.place, is_published=True)
    g.shared_link, g.shared_token = link, token
    # What else somebody asks is not what was shared.
    request.args = shared.asked
