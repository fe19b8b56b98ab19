"""Does the advice work? What was advised before, held against what later experiments showed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from analysis.models.runs import AnalysisRun
from analysis.pooled.backtest.jobs import BACKTEST
from analysis.pooled.labels import write_about, write_question
from analysis.pooled.scope import Scope
from analysis.queries import backtest as queries
from analysis.queries.runs import get_run
from analysis.queries.scopes import find_scope_names
from analysis.recording import read_calculation
from analysis.reports.backtest import BacktestReport, build_backtest
from analysis.services.backtests import request_backtest
from analysis.services.runs import read_run
from lab import formats
from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session, transaction
from lab.i18n import current_language
from lab.queries.jobs import list_active_jobs
from lab.queries.programmes import find_programme
from lab.views.programmes import choose_programme, link_programmes

blueprint = Blueprint("backtest", __name__)

REMEMBERED = 30


@dataclass(frozen=True, slots=True)
class DescribedBacktest:
    """A kept back-test: the report on it, what it asked, and how it was made."""

    report: BacktestReport
    scope: Scope
    question: str
    method: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WrittenBacktest:
    """The text of a page, and what stands in its head."""

    run_id: int
    body: Markup
    question: str
    facts: tuple[str, ...]


@blueprint.get("/advice/backtest")
@allows(Action.READ_ADVICE)
def show_backtest():
    """Show the newest back-test of a programme, or the kept one that the address asks for."""
    session, asked = get_session(), request.args.get("run_id", type=int)
    if asked is not None:
        found = queries.find_backtest(session, asked) or abort(404)
        g.programme = find_programme(session, found.programme_id)
        return _show(g.programme, asked, ())
    programme = choose_programme()
    run_id = queries.find_newest_backtest(session, programme.id)
    return _show(programme, run_id, link_programmes("backtest.show_backtest"))


@blueprint.post("/programmes/<int:programme_id>/backtest")
@allows(Action.RUN_ANALYSIS)
def ask_for_backtest(programme_id):
    """Ask for a back-test of what is published now."""
    with transaction() as session:
        job = request_backtest(session, programme_id, by=current_reader(), at=datetime.now(UTC))
    return redirect(url_for("jobs.show_job", job_id=job.id), 303)


def _show(programme, run_id, programmes):
    session, place = get_session(), Place(programme.id)
    return render_template(
        "backtest/show_backtest.html",
        shown=programme,
        programmes=programmes if len(programmes) > 1 else (),
        written=run_id and write_backtest(_database(), run_id, current_language()),
        news=_tell_news(session, run_id) if run_id else "",
        is_busy=bool(list_active_jobs(session, BACKTEST.name, programme.id, None)),
        may_ask=may(current_reader(), Action.RUN_ANALYSIS, place),
    )


def _database() -> str:
    return str(current_app.extensions["engine"].url)


def _tell_news(session, run_id: int) -> str:
    """Return that there is more to hold advice against by now, or nothing."""
    found = queries.find_backtest(session, run_id)
    now = set(queries.list_published(session, found.programme_id))
    new, gone = len(now - set(found.published)), len(set(found.published) - now)
    if not (new or gone):
        return ""
    return _(
        "This is not up to date: since it was made, %(new)s experiments were published and "
        "%(gone)s taken back.",
        new=formats.number(new),
        gone=formats.number(gone),
    )


@lru_cache(maxsize=REMEMBERED)
def write_backtest(_database_url: str, run_id: int, _language: str) -> WrittenBacktest:
    """Return the text about a back-test, in the language being spoken; a kept run never changes.

    It is about published experiments only, and the same for all readers.
    """
    session = get_session()
    run = get_run(session, run_id)
    told = describe_backtest(run)
    names = find_scope_names(session, told.scope)
    body = current_app.jinja_env.get_template("backtest/report.html").render(
        report=told.report, method=told.method
    )
    facts = (
        write_about(told.scope, names),
        _("calculated on %(day)s", day=formats.date(run.run_at)),
    )
    return WrittenBacktest(run_id, Markup(body), told.question, tuple(filter(None, facts)))


def describe_backtest(run: AnalysisRun) -> DescribedBacktest:
    """Return what a kept back-test tells."""
    given = read_calculation(run.estimator, run.cells, run.scope["design"])
    scope = given.design.scope
    programme = find_programme(get_session(), run.programme_id)
    report = build_backtest(
        read_run(run), given.design, given.cells, programme.is_exempt_from_suppression
    )
    method = (
        (_("Margin"), formats.points(scope.margin, plus=False)),
        (_("Run"), formats.number(run.id)),
        (_("Method"), run.method_version),
        (_("Seed"), str(run.seed)),
        (_("Make it again"), f"proeftuin reproduce {run.id}"),
    )
    return DescribedBacktest(report, scope, write_question(scope), method)
