"""Links to one report: to make and take back, and to read it by."""

from datetime import UTC, datetime

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask import session as visit

from analysis.forms.sharing import ShareForm
from analysis.queries import sharing as queries
from analysis.services import sharing
from analysis.views.exported import find_file_url
from analysis.views.exports import PACKAGE, TYPES, give_file, give_package
from analysis.views.shared_page import BY_NAME, SharedReport, become_outsider, find_report
from lab import identity
from lab.access import ANYWHERE, SHARERS, Action, Place, allows, current_reader, may
from lab.db import get_session, transaction
from lab.forms.commands import status_of
from lab.models.people import Role
from lab.services import sign_in

blueprint = Blueprint("shared", __name__)

NEW_LINK = "new_shared_link"
# Of what is not published, those who answer for the lab decide.
OF_THE_LAB = {Role.RESEARCHER, Role.SUPERVISOR}


@blueprint.after_request
def keep_apart(answer):
    """Keep a shared report out of search engines, and its address from other sites."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@blueprint.app_context_processor
def describe_sharing() -> dict:
    """Return what templates need to offer sharing, or to say that a page is shared."""
    return {
        "shared_link": g.get("shared_link"),
        "today": datetime.now(UTC),
        "find_share_url": find_share_url,
        "find_file_url": find_file_url,
    }


def find_share_url(name: str, values: dict) -> str:
    """Return where links to a report are made; nothing for whoever may make none."""
    report = BY_NAME[name]
    if not may_share(report.action, g.get("place", ANYWHERE)):
        return ""
    return url_for("shared.list_links", page=url_for(report.page, **values))


def may_share(action: Action, place: Place) -> bool:
    """Tell whether the reader may make links to a report at a place."""
    reader = current_reader()
    if not may(reader, action, place):
        return False
    if place.is_published or place.living_lab_id is None:
        return bool(reader.roles & SHARERS)
    return bool(reader.roles_at(place) & OF_THE_LAB)


def find_own_report(page: str) -> SharedReport:
    """Return a report to which the reader may make links, or end with a refusal."""
    shared = find_report(page)
    if not may(current_reader(), shared.report.action, shared.place):
        abort(404)
    if not may_share(shared.report.action, shared.place):
        abort(403)
    return shared


@blueprint.route("/links", methods=["GET", "POST"])
@allows(Action.SHARE_REPORT)
def list_links():
    """Show who may read one report by a link, and make such a link."""
    page = request.args.get("page", "")
    if not page:
        return render_template("sharing/no_report.html")
    shared = find_own_report(page)
    form = ShareForm()
    if form.validate_on_submit():
        with transaction() as db:
            made = sharing.share_report(
                db,
                page,
                int(form.days.data),
                place=shared.place,
                by=current_reader(),
                at=datetime.now(UTC),
            )
        visit[NEW_LINK] = url_for(".show_shared", token=made.token, _external=True)
        return redirect(url_for(".list_links", page=page), 303)
    now = datetime.now(UTC)
    links = queries.list_links(get_session(), page)
    answer = render_template(
        "sharing/list_links.html",
        page=page,
        form=form,
        new_link=visit.pop(NEW_LINK, None),
        links=[(one, sharing.is_open(one.link, now)) for one in links],
    )
    return answer, status_of(form)


@blueprint.post("/links/revoke")
@allows(Action.SHARE_REPORT)
def revoke_link():
    """Take a link back."""
    link_id = request.form.get("link", 0, int)
    page = queries.get_link(get_session(), link_id).page
    shared = find_own_report(page)
    with transaction() as db:
        sharing.revoke_link(
            db, link_id, place=shared.place, by=current_reader(), at=datetime.now(UTC)
        )
    return redirect(url_for(".list_links", page=page), 303)


@blueprint.get("/links/<token>")
@allows(Action.READ_PUBLIC)
def show_shared(token):
    """Show a report to whoever holds a link to it, as an outsider sees it."""
    return open_shared(token).show()


@blueprint.get("/links/<token>/<ending>")
@allows(Action.READ_PUBLIC)
def give_shared_file(token, ending):
    """Give a shared report as a file."""
    shared = open_shared(token)
    if ending not in TYPES:
        abort(404)
    return give_file(shared.report, shared.values, ending)


@blueprint.get(f"/links/<token>/{PACKAGE}")
@allows(Action.READ_PUBLIC)
def give_shared_package(token):
    """Give the description of the table of a shared report."""
    shared = open_shared(token)
    return give_package(shared.report, shared.values)


def open_shared(token: str) -> SharedReport:
    """Return the report that a link shows; count a link that there is not as a guess."""
    link = sharing.open_link(get_session(), token, datetime.now(UTC))
    if link is None:
        refuse_guess()
    shared = find_report(link.page)
    become_outsider(shared, link, token)
    return shared


def refuse_guess() -> None:
    """End with «not found», and after many times with «wait»."""
    key = sign_in.make_key(current_app.secret_key, f"shared {identity.find_network()}")
    with transaction() as db:
        wait = sign_in.count_guess(db, key, datetime.now(UTC))
    abort(429 if wait else 404)
