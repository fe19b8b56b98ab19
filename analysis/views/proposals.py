"""Proposals for advice rules, and the decisions on them."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from analysis.advice import UNFIT_GRADES, Obstacle
from analysis.evidence import POOLED
from analysis.forms.advice import DecisionForm, ProposalForm
from analysis.models.advice import DecisionCreate
from analysis.queries import advice as queries
from analysis.queries.runs import get_run
from analysis.reports.advice import build_card, build_cards, build_changes, is_unchanged
from analysis.reports.proposals import describe_run
from analysis.services import advice as decisions
from analysis.services import pooled_proposals as pooled
from analysis.services import proposals as services
from analysis.services.findings import PROPOSING, read_exact_evidence
from analysis.services.pooled_findings import find_subject, read_scope
from experiments.queries.experiments import get_experiment
from experiments.queries.grades import find_grade
from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.forms.commands import make_command

blueprint = Blueprint("proposals", __name__)


@blueprint.get("/experiments/<int:experiment_id>/proposals")
@allows(Action.READ_PROPOSALS)
def list_proposals(experiment_id):
    """Show the proposals that an experiment led to, against the advice in force."""
    return _show_proposals(experiment_id, ProposalForm())


@blueprint.post("/experiments/<int:experiment_id>/proposals")
@allows(Action.DECIDE_ADVICE)
def propose_versions(experiment_id):
    """Make proposals from what an experiment counted by itself."""
    form = ProposalForm()
    if not form.validate_on_submit():
        return _show_proposals(experiment_id, form), 422
    with transaction() as session:
        services.propose_versions(
            session,
            experiment_id,
            form.make_command(),
            by=current_reader(),
            at=datetime.now(UTC),
        )
    return redirect(url_for(".list_proposals", experiment_id=experiment_id), 303)


@blueprint.post("/experiments/<int:experiment_id>/proposals/all-evidence")
@allows(Action.DECIDE_ADVICE)
def propose_from_all(experiment_id):
    """Ask for proposals from everything that experiments like this one counted."""
    with transaction() as session:
        job = pooled.request_proposals(
            session, experiment_id, by=current_reader(), at=datetime.now(UTC)
        )
    return redirect(url_for("jobs.show_job", job_id=job.id), 303)


@blueprint.get("/evidence/<int:run_id>/proposals")
@allows(Action.READ_PROPOSALS)
def list_run_proposals(run_id):
    """Show the proposals about what a pooled run looked at, against the advice in force."""
    session = get_session()
    run = get_run(session, run_id)
    if run.estimator != POOLED:
        abort(404)
    g.section = "evidence"
    listed = queries.list_run_versions(
        session, run_id, find_subject(read_scope(run)), run.living_lab_id
    )
    return render_template(
        "proposals/list_run_proposals.html",
        run=run,
        described=describe_run(session, run),
        changes=_build_changes(session, listed),
    )


@blueprint.post("/evidence/<int:run_id>/proposals")
@allows(Action.DECIDE_ADVICE)
def propose_from_run(run_id):
    """Make proposals from a pooled run that is kept."""
    with transaction() as session:
        run = get_run(session, run_id)
        if run.estimator != POOLED:
            abort(404)
        pooled.propose_from_runs(
            session, read_scope(run), [run_id], by=current_reader(), at=datetime.now(UTC)
        )
    return redirect(url_for(".list_run_proposals", run_id=run_id), 303)


@blueprint.get("/advice/versions/<int:version_id>")
@allows(Action.READ_PROPOSALS)
def show_version(version_id):
    """Show one proposal with its evidence, to decide on it."""
    return _show_version(version_id, DecisionForm())


@blueprint.post("/advice/versions/<int:version_id>/publish")
@allows(Action.DECIDE_ADVICE)
def publish_version(version_id):
    """Publish a proposal in a new edition."""
    return _decide(version_id, decisions.publish_version, _("Published as advice."))


@blueprint.post("/advice/versions/<int:version_id>/reject")
@allows(Action.DECIDE_ADVICE)
def reject_version(version_id):
    """Reject a proposal."""
    return _decide(version_id, decisions.reject_version, _("Rejected. Your reason is kept."))


@blueprint.post("/advice/versions/<int:version_id>/retire")
@allows(Action.DECIDE_ADVICE)
def retire_version(version_id):
    """Take published advice back in a new edition."""
    return _decide(version_id, decisions.retire_version, _("Taken back. A new edition says so."))


def _decide(version_id, service, done):
    form = DecisionForm()
    command = make_command(form, DecisionCreate)
    if command is None:
        return _show_version(version_id, form), 422
    with transaction() as session:
        service(session, version_id, command, by=current_reader(), at=datetime.now(UTC))
    flash(done, "success")
    return redirect(url_for(".show_version", version_id=version_id), 303)


def _show_proposals(experiment_id, form):
    session = get_session()
    experiment = get_experiment(session, experiment_id)
    listed = queries.list_experiment_versions(session, experiment_id)
    return render_template(
        "proposals/list_proposals.html",
        experiment=experiment,
        changes=_build_changes(session, listed),
        is_ready=experiment.status in PROPOSING,
        obstacle=_find_obstacle(session, experiment),
        form=form,
    )


def _build_changes(session, listed):
    in_force = queries.find_versions_in_force(session, [one.rule.id for one in listed])
    exact = read_exact_evidence(session, (one.version for one in listed), current_reader())
    return build_changes(listed, in_force, exact)


def _find_obstacle(session, experiment):
    grade = find_grade(session, experiment).grade
    if grade not in UNFIT_GRADES:
        return None
    return str(services.NoProposalError(Obstacle.UNFIT_GRADE, grade))


def _show_version(version_id, form):
    session = get_session()
    listed = queries.get_listed_version(session, version_id)
    in_force = queries.find_versions_in_force(session, [listed.rule.id]).get(listed.rule.id)
    version = listed.version
    run = get_run(session, version.analysis_run_id)
    exact = read_exact_evidence(session, [version], current_reader())
    is_other = in_force is not None and in_force.version.id != version_id
    is_pooled = version.experiment_id is None
    if is_pooled:
        g.section = "evidence"
    return render_template(
        "proposals/show_version.html",
        experiment=None if is_pooled else get_experiment(session, version.experiment_id),
        card=build_card(listed, exact[version_id]),
        in_force=build_cards([in_force])[0] if is_other else None,
        is_unchanged=is_unchanged(listed, in_force),
        run=run,
        described=describe_run(session, run) if is_pooled else None,
        form=form,
    )
