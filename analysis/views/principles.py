"""Design principles, and what the experiments that test them found."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from analysis.forms.learnings import ExperimentForm
from analysis.queries import learnings as queries
from analysis.services.learnings import add_test
from analysis.views.headlines import find_headline
from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session, transaction
from lab.forms.commands import status_of
from lab.queries.programmes import find_programme
from lab.views.programmes import choose_programme, link_programmes

blueprint = Blueprint("principles", __name__)


@blueprint.get("/principles")
@allows(Action.LIST_EVIDENCE)
def list_principles():
    """Show the design principles of one programme, each with how often it was tested."""
    session, chosen = get_session(), choose_programme()
    principles = queries.list_principles(session, chosen.id)
    tests = queries.list_tests(session, current_reader(), [one.id for one in principles])
    return render_template(
        "principles/list_principles.html",
        chosen=chosen,
        programmes=link_programmes(".list_principles"),
        principles=principles,
        counts={one.id: sum(found[0] == one.id for found in tests) for one in principles},
        may_change=may(current_reader(), Action.WRITE_LABELS, Place(chosen.id)),
    )


@blueprint.get("/principles/<int:principle_id>")
@allows(Action.LIST_EVIDENCE)
def show_principle(principle_id):
    """Show a design principle with what each experiment found, whatever that was."""
    session, reader = get_session(), current_reader()
    principle = queries.get_principle(session, principle_id)
    return render_template(
        "principles/show_principle.html",
        shown=find_programme(session, principle.programme_id),
        principle=principle,
        tests=[
            (experiment, lab, find_headline(session, reader, experiment))
            for _principle, experiment, lab in queries.list_tests(session, reader, [principle_id])
        ],
        may_write=may(reader, Action.WRITE_LEARNING, g.place),
    )


@blueprint.route("/principles/<int:principle_id>/experiments/new", methods=["GET", "POST"])
@allows(Action.WRITE_LEARNING)
def link_experiment(principle_id):
    """Say that an experiment tests a design principle."""
    session, reader = get_session(), current_reader()
    principle = queries.get_principle(session, principle_id)
    form = ExperimentForm.offer(queries.list_linkable(session, reader, principle.programme_id))
    if form.validate_on_submit():
        with transaction() as held:
            add_test(held, principle_id, form.experiment_id.data, by=reader, at=datetime.now(UTC))
        flash(_("Linked."), "success")
        return redirect(url_for(".show_principle", principle_id=principle_id), 303)
    page = render_template("principles/link_experiment.html", form=form, principle=principle)
    return page, status_of(form)
