"""Asking all experiments one question."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for

from analysis.forms.evidence import ScopeForm
from analysis.pooled.jobs import POOLED_RUN
from analysis.pooled.scope import SCOPE
from analysis.views.run_question import read_question
from lab.access import Action, Place, allows, current_reader
from lab.db import get_session, transaction
from lab.services.jobs import request_job

blueprint = Blueprint("runs", __name__)


@blueprint.get("/programmes/<int:programme_id>/evidence/new")
@allows(Action.RUN_ANALYSIS)
def new_run(programme_id):
    """Let somebody choose a question, and show which experiments would answer it."""
    form = ScopeForm(request.args, meta={"csrf": False})
    question = _read(programme_id, form, is_checked=bool(request.args))
    return render_template("runs/new_run.html", question=question, form=question.form)


@blueprint.post("/programmes/<int:programme_id>/evidence/new")
@allows(Action.RUN_ANALYSIS)
def ask_for_run(programme_id):
    """Ask for the estimate that answers a question."""
    form = ScopeForm()
    question = _read(programme_id, form, is_checked=True)
    if question.scope is None or question.missing:
        page = render_template("runs/new_run.html", question=question, form=question.form)
        return page, 422
    parameters = {
        "scope": SCOPE.dump_python(question.scope, mode="json"),
        "with_influence": form.with_influence.data,
    }
    place = Place(programme_id, question.scope.living_lab_id)
    with transaction() as session:
        job = request_job(
            session, POOLED_RUN.name, parameters, place, by=current_reader(), at=datetime.now(UTC)
        )
    return redirect(url_for("jobs.show_job", job_id=job.id), 303)


def _read(programme_id, form, *, is_checked):
    return read_question(get_session(), current_reader(), programme_id, form, is_checked=is_checked)
