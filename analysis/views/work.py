"""The home page, and everybody's own work."""

from datetime import UTC, datetime

from flask import Blueprint, g, redirect, render_template, url_for

from analysis.queries import advice as queries
from analysis.queries.work import list_published
from analysis.reports.advice import build_cards
from analysis.reports.work import build_work
from lab.access import Action, allows, current_reader
from lab.db import get_session
from lab.jobs.listing import build_own_jobs
from lab.models.programmes import ProgrammeKind
from lab.queries.programmes import find_programme, list_programmes

blueprint = Blueprint("work", __name__)
MOST_SHOWN = 5


@blueprint.get("/")
@allows(Action.READ_PUBLIC)
def show_home():
    """Say to the public what this is, and where to begin."""
    if current_reader().is_signed_in:
        return redirect(url_for(".show_work"))
    session = get_session()
    programmes = list_programmes(session)
    return render_template(
        "work/show_home.html",
        shown=[_show_programme(session, one) for one in programmes if _is_real(one)],
        demonstrations=[one for one in programmes if not _is_real(one)],
    )


@blueprint.get("/work")
@allows(Action.SEE_WORK)
def show_work():
    """Show what waits for whoever is signed in, and what is new to them."""
    session, reader = get_session(), current_reader()
    here = reader.programmes_where(Action.SEE_WORK)
    # Whoever works on made-up counts only should see so on this page as well.
    if len(here) == 1:
        g.programme = find_programme(session, here[0])
    return render_template(
        "work/show_work.html",
        lists=build_work(session, reader),
        jobs=build_own_jobs(session, reader, datetime.now(UTC)),
    )


def _is_real(programme):
    return programme.kind is not ProgrammeKind.FICTITIOUS


def _show_programme(session, programme):
    edition = queries.find_newest_edition(session, programme.id)
    listed = queries.list_edition_versions(session, edition.id)[:MOST_SHOWN] if edition else []
    return {
        "programme": programme,
        "edition": edition,
        "cards": build_cards(listed),
        "reports": list_published(session, programme.id, MOST_SHOWN),
    }
