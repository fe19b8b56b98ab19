"""Pages on which people tell what advice brought them, and researchers answer."""

from datetime import UTC, datetime

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from analysis.forms.feedback import AnswerForm, FeedbackForm, FollowUpForm, HideForm
from analysis.guide.matching import match_groups
from analysis.models.feedback import AnswerCreate, FeedbackCreate, FollowUpCreate, HideCreate
from analysis.queries import advice
from analysis.queries import feedback as queries
from analysis.reports.feedback import describe_told
from analysis.services import feedback as services
from analysis.views.guide import find_edition, find_programme, gather_material, read_asked
from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.forms.commands import make_command, status_of
from lab.identity import find_network
from lab.queries.programmes import find_programme as get_programme
from lab.services.sign_in import begin_attempt, describe_wait

blueprint = Blueprint("feedback", __name__)


@blueprint.route("/advice/feedback", methods=["GET", "POST"])
@allows(Action.READ_ADVICE)
def tell_use():
    """Let whoever used an answer of the guide, or a rule, tell what it brought."""
    programme = find_programme()
    edition, versions, choices = _find_used(programme)
    form = FeedbackForm()
    command = make_command(form, FeedbackCreate)
    if command and (wait := _wait_before_sending()):
        form.form_errors.append(wait)
        return _show_form(programme, edition, versions, form), 429
    if command:
        with transaction() as db:
            token = services.tell_use(db, edition, versions, choices, command, at=datetime.now(UTC))
        flash(
            _("Thank you. Keep the address of this page: here you can tell more later."), "success"
        )
        return redirect(url_for(".show_told", token=token), 303)
    return _show_form(programme, edition, versions, form), status_of(form)


def _show_form(programme, edition, versions, form) -> str:
    return render_template(
        "advice/tell_use.html",
        chosen=programme,
        edition=edition,
        form=form,
        cards=[
            one
            for one in advice.list_edition_versions(get_session(), edition.id)
            if one.version.id in versions
        ],
        address=request.full_path,
    )


def _find_used(programme):
    """Return the edition, the versions of rules and the choices that this address is about."""
    edition, is_cited = find_edition(programme)
    if edition is None:
        abort(404)
    material = gather_material(programme, edition)
    if rule := request.args.get("rule", "").strip():
        versions = [one.version.id for one in material.listed if str(one.rule.id) == rule]
        return edition, versions or abort(404), {"rule": rule}
    choices = read_asked(material, edition if is_cited else None).choices
    matches = match_groups(material.listed, choices)
    versions = [one.chosen.version.id for one in matches if one.chosen]
    return edition, versions, choices.write()


def _wait_before_sending() -> str:
    """Count a message from this network; return what to say when it must wait, else nothing."""
    sender = services.Sender.of(current_app.secret_key, find_network())
    with transaction() as db:
        wait = begin_attempt(db, sender, datetime.now(UTC))
    return _("Too many messages from here.") + " " + describe_wait(wait) if wait else ""


@blueprint.route("/advice/told/<token>", methods=["GET", "POST"])
@allows(Action.READ_ADVICE)
def show_told(token):
    """Show somebody what they told and what was answered, and let them tell more."""
    session = get_session()
    use = queries.find_use(session, services.hash_token(token)) or abort(404)
    programme = g.programme = get_programme(session, use.programme_id)
    form = FollowUpForm()
    command = make_command(form, FollowUpCreate)
    status = status_of(form)
    if command and (wait := _wait_before_sending()):
        form.form_errors.append(wait)
        status = 429
    elif command:
        with transaction() as db:
            services.tell_more(db, use, command, at=datetime.now(UTC))
        flash(_("Thank you. We added it."), "success")
        return redirect(url_for(".show_told", token=token), 303)
    return render_template(
        "advice/show_told.html",
        chosen=programme,
        edition=queries.get_edition(session, use.edition_id),
        told_list=[describe_told(one) for one in queries.list_feedback_of(session, use.id)],
        rules=queries.list_rules_used(session, use.id),
        token=token,
        form=form,
    ), status


@blueprint.get("/programmes/<int:programme_id>/feedback")
@allows(Action.ANSWER_FEEDBACK)
def list_feedback(programme_id):
    """List what was told of advice in a programme: first what waits for an answer."""
    session = get_session()
    g.programme = get_programme(session, programme_id)
    found = queries.list_programme_feedback(session, programme_id)
    return render_template(
        "advice/list_feedback.html",
        chosen=g.programme,
        waiting=[describe_told(one.feedback) for one in found if queries.is_waiting(one.feedback)],
        rest=[describe_told(one.feedback) for one in found if not queries.is_waiting(one.feedback)],
    )


@blueprint.route("/advice/feedback/<int:feedback_id>", methods=["GET", "POST"])
@allows(Action.ANSWER_FEEDBACK)
def answer_feedback(feedback_id):
    """Let a researcher answer what was told, and say who may read it."""
    feedback = queries.get_feedback(get_session(), feedback_id)
    form = AnswerForm(
        data={"answer": feedback.answer, "is_shown": feedback.shown_at is not None}
        if not request.form
        else None
    )
    command = make_command(form, AnswerCreate)
    if command:
        with transaction() as db:
            services.answer_feedback(
                db, feedback_id, command, by=current_reader(), at=datetime.now(UTC)
            )
        flash(_("Answered."), "success")
        return _to_list(feedback)
    return _show_feedback(feedback, form, HideForm()), status_of(form)


@blueprint.post("/advice/feedback/<int:feedback_id>/hide")
@allows(Action.ANSWER_FEEDBACK)
def hide_feedback(feedback_id):
    """Take what was told out of sight, with a reason."""
    feedback = queries.get_feedback(get_session(), feedback_id)
    form = HideForm()
    command = make_command(form, HideCreate)
    if command is None:
        return _show_feedback(feedback, AnswerForm(formdata=None), form), 422
    with transaction() as db:
        services.hide_feedback(db, feedback_id, command, by=current_reader(), at=datetime.now(UTC))
    flash(_("Hidden. It is kept, with your reason."), "success")
    return _to_list(feedback)


def _to_list(feedback):
    use = queries.get_use(get_session(), feedback.advice_use_id)
    return redirect(url_for(".list_feedback", programme_id=use.programme_id), 303)


def _show_feedback(feedback, form, hide_form) -> str:
    session = get_session()
    use = queries.get_use(session, feedback.advice_use_id)
    g.programme = get_programme(session, use.programme_id)
    return render_template(
        "advice/answer_feedback.html",
        chosen=g.programme,
        edition=queries.get_edition(session, use.edition_id),
        rules=queries.list_rules_used(session, use.id),
        one=describe_told(feedback),
        form=form,
        hide_form=hide_form,
    )
