"""Proposals for advice rules, and the decisions on them."""

from datetime import UTC, datetime

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from analysis.advice import UNFIT_GRADES, Obstacle
from analysis.advice_sentences import name_variant, write_for_whom
from analysis.change_sentences import write_change
from analysis.editing import list_choices
from analysis.evidence import POOLED, read_evidence
from analysis.forms.advice import AnswerForm, DecisionForm, EditForm, ProposalForm
from analysis.kept_evidence import read_kept
from analysis.models.advice import (
    AnswerCreate,
    DecisionCreate,
    EditCreate,
    SecondAnswer,
    VersionState,
)
from analysis.queries import advice as queries
from analysis.queries.confirmations import list_of_version
from analysis.queries.evidence import list_open_outcomes
from analysis.queries.runs import get_run
from analysis.reports.advice import (
    build_card,
    build_cards,
    build_changes,
    find_proposed_change,
)
from analysis.reports.proposals import describe_run
from analysis.services import advice as decisions
from analysis.services import deciding
from analysis.services import pooled_proposals as pooled
from analysis.services import proposals as services
from analysis.services.agreement import list_overruled
from analysis.services.deciding import Decided
from analysis.services.findings import PROPOSING, read_exact_evidence
from analysis.services.pooled_findings import find_known_labs, find_subject, read_scope
from analysis.views.rule_texts import find_unpublished, recall
from experiments.queries.experiments import get_experiment
from experiments.queries.grades import find_grade
from lab.access import Action, allows, current_reader, may
from lab.db import get_session, transaction
from lab.forms.commands import make_command, show_refusal
from lab.queries.programmes import find_programme

blueprint = Blueprint("proposals", __name__)

DONE = {
    Decided.PUBLISHED: _l("Published as advice."),
    Decided.REJECTED: _l("Rejected. Your reason is kept."),
    Decided.RETIRED: _l("Taken back. A new edition says so."),
    Decided.ASKED: _l(
        "This goes against the proposal or against advice in force, so a second researcher must"
        " confirm it."
    ),
    Decided.REFUSED: _l("Refused. The proposal still waits for a decision."),
}


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
    in_force = queries.find_versions_in_force(session, [one.rule.id for one in listed])
    return render_template(
        "proposals/list_run_proposals.html",
        run=run,
        described=describe_run(session, run),
        changes=_write_changes(listed, in_force) if listed else "",
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
    """Publish a proposal in a new edition, or ask a second person."""
    return _decide(version_id, deciding.decide_to_publish)


@blueprint.post("/advice/versions/<int:version_id>/reject")
@allows(Action.DECIDE_ADVICE)
def reject_version(version_id):
    """Reject a proposal, or ask a second person."""
    return _decide(version_id, deciding.decide_to_reject)


@blueprint.post("/advice/versions/<int:version_id>/retire-for-age")
@allows(Action.DECIDE_ADVICE)
def retire_for_age(version_id):
    """Take back what is in force, as a proposal says because of its age."""
    return _decide(version_id, deciding.retire_for_age)


@blueprint.post("/advice/versions/<int:version_id>/retire")
@allows(Action.DECIDE_ADVICE)
def retire_version(version_id):
    """Take published advice back in a new edition."""
    return _decide(version_id, decisions.retire_version)


@blueprint.post("/advice/versions/<int:version_id>/edit")
@allows(Action.DECIDE_ADVICE)
def edit_version(version_id):
    """Publish a proposal in other words, with reserve or with another variant."""
    form = _make_edit_form(version_id)
    command = make_command(form, EditCreate, **form.list_answers())
    if command is None:
        return _show_version(version_id, DecisionForm(formdata=None), edit_form=form), 422
    try:
        with transaction() as session:
            edited, decided = deciding.edit_proposal(
                session, version_id, command, by=current_reader(), at=datetime.now(UTC)
            )
            edited_id = edited.id
    except deciding.EditRefusedError as error:
        show_refusal(form, error)
        return _show_version(version_id, DecisionForm(formdata=None), edit_form=form), 422
    flash(DONE[decided], "success")
    return redirect(url_for(".show_version", version_id=edited_id), 303)


@blueprint.post("/advice/versions/<int:version_id>/confirm")
@allows(Action.DECIDE_ADVICE)
def confirm_decision(version_id):
    """Confirm, as the second person, a decision that goes against a proposal."""
    return _answer(version_id, SecondAnswer.CONFIRMED)


@blueprint.post("/advice/versions/<int:version_id>/refuse")
@allows(Action.DECIDE_ADVICE)
def refuse_decision(version_id):
    """Refuse, as the second person, a decision that goes against a proposal."""
    return _answer(version_id, SecondAnswer.REFUSED)


def _decide(version_id, service):
    form = DecisionForm()
    command = make_command(form, DecisionCreate)
    if command is None:
        return _show_version(version_id, form), 422
    with transaction() as session:
        done = service(session, version_id, command, by=current_reader(), at=datetime.now(UTC))
        decided = done if isinstance(done, Decided) else Decided.RETIRED
    flash(DONE[decided], "success")
    return redirect(url_for(".show_version", version_id=version_id), 303)


def _answer(version_id, answer):
    form = AnswerForm()
    command = make_command(form, AnswerCreate, reason=form.answer_reason.data)
    if command is None:
        return _show_version(version_id, DecisionForm(formdata=None), answer_form=form), 422
    with transaction() as session:
        decided = deciding.answer_confirmation(
            session, version_id, command, answer, by=current_reader(), at=datetime.now(UTC)
        )
    flash(DONE[decided], "success")
    return redirect(url_for(".show_version", version_id=version_id), 303)


def _make_edit_form(version_id):
    version = queries.get_version(get_session(), version_id)
    evidence = read_evidence(version.evidence)
    form = EditForm()
    names = evidence.basis.variants
    form.offer([(one, name_variant(names[one])) for one in list_choices(evidence)])
    return form


def _show_proposals(experiment_id, form):
    session = get_session()
    experiment = get_experiment(session, experiment_id)
    listed = queries.list_experiment_versions(session, experiment_id)
    in_force = queries.find_versions_in_force(session, [one.rule.id for one in listed])
    return render_template(
        "proposals/list_proposals.html",
        experiment=experiment,
        changes=_build_changes(session, listed, in_force),
        is_ready=experiment.status in PROPOSING,
        obstacle=_find_obstacle(session, experiment),
        form=form,
    )


def _write_changes(listed, in_force):
    """Return the text of what is proposed, in the numbers that this reader may see."""
    session, reader = get_session(), current_reader()
    programme = find_programme(session, listed[0].rule.programme_id)
    may_decide = may(reader, Action.DECIDE_ADVICE, g.place)
    follows_from = (
        len(listed),
        may_decide,
        programme.kind,
        find_known_labs(programme, reader),
        list_open_outcomes(session, reader, programme.id),
    )
    template = current_app.jinja_env.get_template("proposals/written_changes.html")
    return recall(
        "changes",
        [*listed, *in_force.values()],
        follows_from,
        lambda: Markup(
            template.render(
                changes=_build_changes(session, listed, in_force), reader=reader, place=g.place
            )
        ),
    )


def _build_changes(session, listed, in_force):
    exact = read_exact_evidence(session, (one.version for one in listed), current_reader())
    return build_changes(listed, in_force, exact)


def _find_obstacle(session, experiment):
    grade = find_grade(session, experiment).grade
    if grade not in UNFIT_GRADES:
        return None
    return str(services.NoProposalError(Obstacle.UNFIT_GRADE, grade))


def _name_overruled(session, version):
    """Return for which profiles a proposal would set aside advice that says otherwise."""
    if version.state is not VersionState.PROPOSED:
        return []
    return [write_for_whom(read_kept(one)) for one in list_overruled(session, version)]


def _show_version(version_id, form, edit_form=None, answer_form=None):
    session = get_session()
    listed = queries.get_listed_version(session, version_id)
    in_force = queries.find_versions_in_force(session, [listed.rule.id]).get(listed.rule.id)
    version = listed.version
    run = get_run(session, version.analysis_run_id)
    exact = read_exact_evidence(session, [version], current_reader())
    is_other = in_force is not None and in_force.version.id != version_id
    is_pooled = version.experiment_id is None
    change = find_proposed_change(listed, in_force)
    if is_pooled:
        g.section = "evidence"
    return render_template(
        "proposals/show_version.html",
        experiment=None if is_pooled else get_experiment(session, version.experiment_id),
        card=build_card(
            listed, exact[version_id], find_unpublished([listed]) if is_pooled else None
        ),
        in_force=build_cards([in_force])[0] if is_other else None,
        change=change,
        change_label=write_change(change) if change else "",
        confirmations=list_of_version(session, version_id),
        overruled=_name_overruled(session, version),
        edit_form=edit_form or _make_edit_form(version_id),
        answer_form=answer_form or AnswerForm(formdata=None),
        run=run,
        described=describe_run(session, run) if is_pooled else None,
        form=form,
    )
