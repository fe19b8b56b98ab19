"""Pages to enter, correct and review counts."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from experiments import count_errors as errors
from experiments.count_files.writing import write_template
from experiments.count_labels import list_values
from experiments.forms.observations import (
    CARRIED,
    CorrectionForm,
    ObservationForm,
    ReviewForm,
    VoidForm,
    show_error,
)
from experiments.models.experiments import Experiment
from experiments.models.observations import Observation, ReviewState
from experiments.queries import cells
from experiments.queries import observations as queries
from experiments.queries.experiments import get_experiment
from experiments.queries.imports import list_imports
from experiments.services import observations as services
from experiments.services import reviews
from experiments.views import count_pages as pages
from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.formats import HOME_ZONE
from lab.i18n import current_language

blueprint = Blueprint("observations", __name__)


@blueprint.get("/experiments/<int:experiment_id>/observations")
@allows(Action.READ_COUNTS)
def list_observations(experiment_id):
    """Show what was counted in an experiment."""
    return show_list(experiment_id, ReviewForm())


def show_list(experiment_id: int, form: ReviewForm, chosen: tuple[int, ...] | list[int] = ()):
    """Return the page with the counts of an experiment."""
    session, reader = get_session(), current_reader()
    experiment = get_experiment(session, experiment_id)
    choices = pages.get_choices(session, experiment_id)
    return render_template(
        "observations/list_observations.html",
        experiment=experiment,
        form=form,
        chosen=chosen,
        shown=pages.build_count_page(session, experiment, choices),
        asked=pages.read_asked(),
        totals=pages.list_totals(session, experiment, choices),
        steps=pages.list_steps(reader),
        states=cells.count_by_state(session, experiment_id),
        returned=pages.count_returned(session, experiment_id, reader),
        ReviewState=ReviewState,
        imports=list_imports(session, experiment_id),
        may_enter=pages.may_enter(experiment),
    )


@blueprint.get("/experiments/<int:experiment_id>/observations/template.csv")
@allows(Action.READ_COUNTS)
def download_template(experiment_id):
    """Give an empty file of counts with a line for each variant."""
    choices = pages.get_choices(get_session(), experiment_id)
    text = write_template(list(choices.variant_names.values()), current_language())
    return Response(
        text,
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=proeftuin-{experiment_id}.csv"},
    )


@blueprint.route("/experiments/<int:experiment_id>/observations/new", methods=["GET", "POST"])
@allows(Action.RECORD_COUNTS)
def add_observation(experiment_id):
    """Enter one field record."""
    session, reader = get_session(), current_reader()
    experiment = get_experiment(session, experiment_id)
    services.check_may_record(experiment, g.place, reader)
    form = make_form(ObservationForm, experiment)
    command = form.make_command()
    if command:
        try:
            with transaction() as db:
                kept = services.record_observation(
                    db, experiment_id, command, by=reader, at=datetime.now(UTC)
                )
        except errors.CountsRefusedError as refused:
            form.show(refused.faults)
        except errors.OtherContentError as conflict:
            return show_conflict(experiment, conflict)
        else:
            carried = form.list_carried()
            return redirect(
                url_for(".add_observation", experiment_id=experiment_id, kept=kept.id, **carried),
                303,
            )
    return show_entry(experiment, form)


def show_entry(experiment: Experiment, form: ObservationForm):
    """Return the page to enter a record, with what was kept just now."""
    session = get_session()
    kept = queries.find_observation(session, request.args.get("kept", 0, int))
    if kept and kept.experiment_id != experiment.id:
        kept = None
    choices = pages.get_choices(session, experiment.id)
    return render_template(
        "observations/add_observation.html",
        experiment=experiment,
        form=form,
        kept=kept,
        kept_words=pages.summarise(kept, current_reader(), choices) if kept else "",
        areas=cells.list_areas(session, experiment.id),
        clusters=cells.list_clusters(session, experiment.id),
    ), 422 if form.is_submitted() else 200


def make_form(kind: type[ObservationForm], experiment: Experiment) -> ObservationForm:
    """Return an entry form for an experiment, filled with what the address carries over."""
    session = get_session()
    choices = pages.get_choices(session, experiment.id)
    form = kind() if request.method == "POST" else kind(_read_carried())
    form.offer(choices.variants, choices.profiles, queries.list_waves(session, experiment.id))
    if request.method == "GET" and form.observed_on.data is None:
        today = datetime.now(HOME_ZONE).date()
        is_over = experiment.ends_on and experiment.ends_on < today
        form.observed_on.data = None if is_over else today
    return form


def _read_carried() -> MultiDict | None:
    carried = [(name, request.args[name]) for name in CARRIED if name in request.args]
    return MultiDict(carried) or None


def show_conflict(experiment: Experiment, conflict: errors.OtherContentError):
    """Return the page with both records that one form made."""
    choices = pages.get_choices(get_session(), experiment.id)
    names = choices.variant_names, choices.profile_names
    is_here = conflict.kept.experiment_id == experiment.id
    return render_template(
        "observations/conflict.html",
        experiment=experiment,
        # A record of another experiment is nobody's business here.
        kept=conflict.kept if is_here else None,
        kept_values=pages.list_readable(conflict.kept, choices) if is_here else [],
        sent_values=list_values(conflict.sent, *names),
    ), 409


@blueprint.get("/observations/<int:observation_id>")
@allows(Action.READ_COUNTS)
def show_observation(observation_id):
    """Show one record with its history."""
    return show_record(queries.get_observation(get_session(), observation_id), ReviewForm())


def show_record(observation: Observation, form: ReviewForm):
    """Return the page of one record with its history."""
    session, reader = get_session(), current_reader()
    experiment = get_experiment(session, observation.experiment_id)
    choices = pages.get_choices(session, experiment.id)
    versions = pages.list_versions(session, observation, choices)
    newest = versions[0].observation
    return render_template(
        "observations/show_observation.html",
        experiment=experiment,
        observation=observation,
        newest=newest,
        values=pages.list_visible_values(newest, reader, choices),
        is_partly_hidden=len(pages.visible_steps(newest, reader)) < len(pages.Step),
        versions=versions,
        form=form,
        ReviewState=ReviewState,
        may_correct=pages.may_correct(session, experiment, newest),
        may_review=reviews.may_review(newest, reader),
    )


@blueprint.route("/observations/<int:observation_id>/correct", methods=["GET", "POST"])
@allows(Action.RECORD_COUNTS)
def correct_observation(observation_id):
    """Replace a record by a better one."""
    session = get_session()
    old = queries.get_observation(session, observation_id)
    experiment = get_experiment(session, old.experiment_id)
    if request.method == "GET" and (away := _lead_away(experiment, old)):
        return away
    _refuse_others(old)
    form = make_form(CorrectionForm, experiment)
    if request.method == "GET":
        waves = {wave.id: wave.number for wave in queries.list_waves(session, experiment.id)}
        form.fill(old, waves.get(old.wave_id))
    command = form.make_command()
    if command:
        try:
            with transaction() as db:
                new = services.correct_observation(
                    db, observation_id, command,
                    reason=form.reason.data, by=current_reader(), at=datetime.now(UTC),
                )  # fmt: skip
        except errors.CountsRefusedError as refused:
            form.show(refused.faults)
        except errors.ReasonRefusedError as refused:
            show_error(form, "reason", str(refused))
        except errors.AlreadyReplacedError as replaced:
            return _show_replaced(experiment, replaced, command)
        except errors.OtherContentError as conflict:
            return show_conflict(experiment, conflict)
        else:
            flash(_("The count has been corrected. A supervisor will check it again."), "success")
            return redirect(url_for(".show_observation", observation_id=new.id), 303)
    return show_correction(experiment, old, form, VoidForm(formdata=None))


def _refuse_others(old: Observation) -> None:
    # A form that comes back with errors shows the record that it is about.
    if not services.may_change(old, g.place, current_reader()):
        raise errors.NotYourRecordError


def _lead_away(experiment: Experiment, old: Observation):
    obstacle = pages.find_obstacle(get_session(), experiment, old)
    if obstacle is None and not services.may_change(old, g.place, current_reader()):
        obstacle = errors.NotYourRecordError()
    if obstacle is None:
        return None
    flash(str(obstacle), "error")
    newer = getattr(obstacle, "newer", old)
    return redirect(url_for(".show_observation", observation_id=newer.id), 303)


def _show_replaced(experiment: Experiment, replaced: errors.AlreadyReplacedError, sent):
    choices = pages.get_choices(get_session(), experiment.id)
    names = choices.variant_names, choices.profile_names
    return render_template(
        "observations/replaced.html",
        experiment=experiment,
        newer=replaced.newer,
        newer_values=pages.list_readable(replaced.newer, choices),
        sent_values=list_values(sent, *names) if sent else [],
        message=str(replaced),
    ), 409


def show_correction(
    experiment: Experiment, old: Observation, form: CorrectionForm, void_form: VoidForm
):
    """Return the page to correct a record or to leave it out."""
    session = get_session()
    return render_template(
        "observations/correct_observation.html",
        experiment=experiment,
        observation=old,
        form=form,
        void_form=void_form,
        areas=cells.list_areas(session, experiment.id),
        clusters=cells.list_clusters(session, experiment.id),
    ), 422 if request.method == "POST" else 200


@blueprint.post("/observations/<int:observation_id>/void")
@allows(Action.RECORD_COUNTS)
def void_observation(observation_id):
    """Say that a record should not have been counted."""
    session = get_session()
    old = queries.get_observation(session, observation_id)
    experiment = get_experiment(session, old.experiment_id)
    _refuse_others(old)
    void_form = VoidForm()
    if void_form.validate_on_submit():
        try:
            with transaction() as db:
                void = services.void_observation(
                    db, observation_id,
                    reason=void_form.void_reason.data, by=current_reader(), at=datetime.now(UTC),
                    uuid=void_form.read_uuid(),
                )  # fmt: skip
        except errors.ReasonRefusedError as refused:
            show_error(void_form, "void_reason", str(refused))
        except errors.AlreadyReplacedError as replaced:
            return _show_replaced(experiment, replaced, None)
        else:
            flash(_("This count is left out. You can still see it in its history."), "success")
            return redirect(url_for(".show_observation", observation_id=void.id), 303)
    choices = pages.get_choices(session, experiment.id)
    waves = queries.list_waves(session, experiment.id)
    form = CorrectionForm(formdata=None)
    form.offer(choices.variants, choices.profiles, waves)
    form.fill(old, {wave.id: wave.number for wave in waves}.get(old.wave_id))
    return show_correction(experiment, old, form, void_form)


@blueprint.post("/experiments/<int:experiment_id>/observations/review")
@allows(Action.REVIEW_COUNTS)
def review_observations(experiment_id):
    """Approve, hold or return one or more records."""
    form = ReviewForm()
    chosen = pages.read_chosen(request.form)
    state = request.form.get("state", "")
    if not form.validate_on_submit() or state not in set(reviews.JUDGEMENTS):
        return show_list(experiment_id, form, chosen), 422
    try:
        with transaction() as db:
            count = reviews.review_observations(
                db, experiment_id, chosen, ReviewState(state),
                reason=form.reason.data or "", by=current_reader(), at=datetime.now(UTC),
            )  # fmt: skip
    except errors.ReasonRefusedError as refused:
        show_error(form, "reason", str(refused))
    except errors.NothingChosenError as refused:
        form.form_errors.append(str(refused))
    else:
        flash(ngettext("%(num)s count checked.", "%(num)s counts checked.", count), "success")
        return redirect(_after_review(experiment_id, chosen), 303)
    row = queries.find_observation(get_session(), chosen[0]) if chosen else None
    # Only the address says whose records one may see.
    if request.form.get("page") == "record" and row and row.experiment_id == experiment_id:
        return show_record(row, form), 422
    return show_list(experiment_id, form, chosen), 422


def _after_review(experiment_id: int, chosen: list[int]) -> str:
    if request.form.get("page") == "record":
        return url_for(".show_observation", observation_id=chosen[0])
    return url_for(".list_observations", experiment_id=experiment_id, **pages.read_asked())
