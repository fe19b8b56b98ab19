"""Pages on experiments: list, protocol, variants, status and log."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError

from experiments import labels
from experiments.errors import ReasonMissingError, SecondControlError, StepNotPossibleError
from experiments.forms.experiments import ExperimentForm, StatusForm
from experiments.forms.variants import VariantForm, make_variant_form
from experiments.models.experiments import (
    ExperimentCreate,
    ExperimentStatus,
    StatusChangeCreate,
    VariantCreate,
)
from experiments.progress import OPEN_STATUSES, STEPS
from experiments.queries.experiments import (
    find_last_edit,
    get_experiment,
    list_readable_programmes,
)
from experiments.queries.variants import get_variant, is_counted, list_variants
from experiments.queries.vocabulary import read_vocabulary
from experiments.services import experiments as services
from experiments.services import status as status_services
from experiments.services import variants as variant_services
from experiments.views import frame
from experiments.views.listing import build_listing, choose_programme
from experiments.views.log import build_log, compare_versions
from experiments.views.protocol import describe_protocol, describe_variants
from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.errors import StaleError
from lab.forms.messages import show_errors
from lab.queries.labels import list_channels, list_style_axes
from lab.queries.labs import get_lab, list_labs
from lab.queries.programmes import find_programme

blueprint = Blueprint("experiments", __name__)
frame.init_blueprint(blueprint)


@blueprint.get("/experiments")
@allows(Action.LIST_EXPERIMENTS)
def list_experiments():
    """Show the experiments of one programme that the reader may see."""
    session, reader = get_session(), current_reader()
    programmes = list_readable_programmes(session, reader)
    chosen = choose_programme(programmes, reader, request.args.get("programme"))
    if chosen is None:
        return render_template("experiments/list_experiments.html", chosen=None, programmes=[])
    g.programme = chosen
    return render_template(
        "experiments/list_experiments.html",
        chosen=chosen,
        programmes=programmes,
        listing=build_listing(session, reader, chosen, request.args),
        may_register=chosen.id in reader.programmes_where(Action.WRITE_EXPERIMENT),
        labels=labels,
    )


@blueprint.get("/experiments/new")
@allows(Action.WRITE_EXPERIMENT)
def choose_lab():
    """Ask in which lab the new experiment is, unless there is one only."""
    session, reader = get_session(), current_reader()
    programmes = [
        find_programme(session, programme_id)
        for programme_id in reader.programmes_where(Action.WRITE_EXPERIMENT)
    ]
    writable = set(reader.labs_where(Action.WRITE_EXPERIMENT))
    labs = [
        (
            programme,
            [
                lab
                for lab in list_labs(session, reader, programme.id, Action.WRITE_EXPERIMENT)
                if lab.id in writable and lab.archived_at is None
            ],
        )
        for programme in programmes
    ]
    every = [lab for _programme, some in labs for lab in some]
    if len(every) == 1:
        return redirect(url_for(".new_experiment", living_lab_id=every[0].id), 303)
    return render_template("experiments/choose_lab.html", labs=labs)


@blueprint.route("/labs/<int:living_lab_id>/experiments/new", methods=["GET", "POST"])
@allows(Action.WRITE_EXPERIMENT)
def new_experiment(living_lab_id):
    """Write down a new experiment; its title and the closed choices are enough."""
    lab = get_lab(get_session(), living_lab_id)
    form = ExperimentForm()
    form.offer(read_vocabulary(get_session(), lab.programme_id))
    command = _read_command(form, ExperimentCreate)
    if command is None:
        places = frame.list_places(find_programme(get_session(), lab.programme_id), lab)
        page = render_template("experiments/new_experiment.html", form=form, lab=lab, places=places)
        return page, _status_of(form)
    with transaction() as session:
        experiment = services.add_experiment(
            session, living_lab_id, command, by=current_reader(), at=datetime.now(UTC)
        )
    flash(_("Saved as an idea. Now add the variants that you want to compare."), "success")
    return redirect(url_for(".show_experiment", experiment_id=experiment.id), 303)


@blueprint.get("/experiments/<int:experiment_id>")
@allows(Action.READ_EXPERIMENT)
def show_experiment(experiment_id):
    """Show the protocol of an experiment."""
    session = get_session()
    experiment = get_experiment(session, experiment_id)
    return render_template(
        "experiments/show_experiment.html",
        experiment=experiment,
        tab="protocol",
        protocol=describe_protocol(session, experiment, g.place.programme_id),
        variants=describe_variants(list_variants(session, experiment_id)),
        is_open=experiment.status in OPEN_STATUSES,
        labels=labels,
    )


@blueprint.route("/experiments/<int:experiment_id>/edit", methods=["GET", "POST"])
@allows(Action.WRITE_EXPERIMENT)
def edit_experiment(experiment_id):
    """Change the protocol of an experiment."""
    session = get_session()
    experiment = get_experiment(session, experiment_id)
    lab = services.check_changeable(session, experiment)
    values = services.read_values(session, experiment)
    form = ExperimentForm()
    form.offer(read_vocabulary(session, lab.programme_id), values)
    if request.method == "GET":
        form.fill(values)
        form.changed_at.data = services.find_moment(session, experiment).isoformat()
    command = _read_command(form, ExperimentCreate)
    if command is None:
        return _show_edit_page(experiment, form), _status_of(form)
    try:
        with transaction() as session:
            services.change_experiment(
                session,
                experiment_id,
                command,
                seen_at=_read_moment(form.changed_at.data),
                by=current_reader(),
                at=datetime.now(UTC),
            )
    except StaleError:
        return _show_conflict(experiment_id, form, command), StaleError.status
    flash(_("The protocol is saved."), "success")
    return redirect(url_for(".show_experiment", experiment_id=experiment_id), 303)


def _show_edit_page(experiment, form: ExperimentForm, **facts) -> str:
    return render_template(
        "experiments/edit_experiment.html",
        experiment=experiment,
        form=form,
        places=frame.describe_experiment(experiment).places,
        **facts,
    )


def _show_conflict(experiment_id: int, form: ExperimentForm, command: ExperimentCreate) -> str:
    """Show what somebody else saved beside what was typed, ready to be saved after all."""
    session = get_session()
    experiment = get_experiment(session, experiment_id)
    saved = services.read_values(session, experiment)
    form.changed_at.data = services.find_moment(session, experiment).isoformat()
    form.changed_at.raw_data = None
    versions = compare_versions(session, g.place.programme_id, saved, command.model_dump())
    edit = find_last_edit(session, experiment_id)
    return _show_edit_page(experiment, form, versions=versions, edit=edit)


@blueprint.route("/experiments/<int:experiment_id>/variants/new", methods=["GET", "POST"])
@allows(Action.WRITE_EXPERIMENT)
def new_variant(experiment_id):
    """Add a variant."""
    experiment = get_experiment(get_session(), experiment_id)
    lab = services.check_changeable(get_session(), experiment)
    form = _make_variant_form(lab, {})
    command = _read_command(form, VariantCreate)
    if command is not None and _save_variant(
        form, variant_services.add_variant, experiment_id, command
    ):
        flash(_("The variant is added."), "success")
        return redirect(_to_variants(experiment_id), 303)
    places = _places_below(experiment)
    page = render_template(
        "experiments/new_variant.html", experiment=experiment, form=form, places=places
    )
    return page, _status_of(form)


@blueprint.route("/variants/<int:variant_id>/edit", methods=["GET", "POST"])
@allows(Action.WRITE_EXPERIMENT)
def edit_variant(variant_id):
    """Change a variant."""
    session = get_session()
    variant = get_variant(session, variant_id)
    experiment = get_experiment(session, variant.experiment_id)
    lab = services.check_changeable(session, experiment)
    values = variant_services.read_values(session, variant)
    form = _make_variant_form(lab, values)
    if request.method == "GET":
        form.fill(values)
    command = _read_command(form, VariantCreate)
    if command is not None and _save_variant(
        form, variant_services.change_variant, variant_id, command
    ):
        flash(_("The variant is saved."), "success")
        return redirect(_to_variants(experiment.id), 303)
    page = render_template(
        "experiments/edit_variant.html",
        experiment=experiment,
        named=_find_named(variant),
        form=form,
        places=_places_below(experiment),
        is_counted=is_counted(session, variant_id),
    )
    return page, _status_of(form)


@blueprint.route("/variants/<int:variant_id>/remove", methods=["GET", "POST"])
@allows(Action.WRITE_EXPERIMENT)
def remove_variant(variant_id):
    """Remove a variant that has no counts, after asking."""
    variant = get_variant(get_session(), variant_id)
    experiment = get_experiment(get_session(), variant.experiment_id)
    services.check_changeable(get_session(), experiment)
    if request.method == "GET":
        return render_template(
            "experiments/remove_variant.html",
            experiment=experiment,
            named=_find_named(variant),
            places=_places_below(experiment),
        )
    with transaction() as session:
        variant_services.remove_variant(
            session, variant_id, by=current_reader(), at=datetime.now(UTC)
        )
    flash(_("The variant is removed."), "success")
    return redirect(_to_variants(experiment.id), 303)


@blueprint.route("/experiments/<int:experiment_id>/status", methods=["GET", "POST"])
@allows(Action.CHANGE_STATUS)
def change_status(experiment_id):
    """Take a step in the life of an experiment; a step back or out asks why."""
    experiment = get_experiment(get_session(), experiment_id)
    form = StatusForm()
    if request.method == "GET":
        form.to_status.data = request.args.get("to", "")
        return _show_step(experiment, form)
    command = _read_command(form, StatusChangeCreate)
    if command is None:
        return _show_step(experiment, form), 422
    try:
        with transaction() as session:
            status_services.change_status(
                session, experiment_id, command, by=current_reader(), at=datetime.now(UTC)
            )
    except ReasonMissingError as error:
        form.reason.errors = [str(error)]
        return _show_step(experiment, form), error.status
    flash(
        _("The experiment is now %(status)s.", status=labels.STATUSES[command.to_status]), "success"
    )
    return redirect(url_for(".show_experiment", experiment_id=experiment_id), 303)


def _show_step(experiment, form: StatusForm) -> str:
    """Show the page of one step, if there is such a step from here."""
    wanted = form.to_status.data
    target = ExperimentStatus(wanted) if wanted in set(ExperimentStatus) else None
    step = STEPS.get((experiment.status, target))
    if step is None:
        raise StepNotPossibleError(experiment)
    return render_template(
        "experiments/change_status.html",
        experiment=experiment,
        form=form,
        step=step,
        label=frame.label_step(step),
        places=_places_below(experiment),
    )


@blueprint.get("/experiments/<int:experiment_id>/log")
@allows(Action.READ_LOG)
def show_log(experiment_id):
    """Show what happened to an experiment."""
    session = get_session()
    experiment = get_experiment(session, experiment_id)
    return render_template(
        "experiments/show_log.html",
        experiment=experiment,
        tab="log",
        lines=build_log(session, experiment, g.place.programme_id),
        is_open=experiment.status in OPEN_STATUSES,
    )


def _read_command(form, command: type):
    """Return what a form asks for after both checks, or None when it must be shown (again)."""
    if not form.validate_on_submit():
        return None
    values = form.read_values() if hasattr(form, "read_values") else form.data
    try:
        return command.model_validate(values)
    except ValidationError as error:
        show_errors(form, error)
        return None


def _status_of(form) -> int:
    return 422 if form.errors else 200


def _read_moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _make_variant_form(lab, values: dict) -> VariantForm:
    session = get_session()
    axes = list_style_axes(session, lab.programme_id, with_retired=True)
    form = make_variant_form(axes, values.get("style_ids", []))
    channels = list_channels(session, lab.programme_id, with_retired=True)
    form.offer(channels, values.get("channel_id"))
    return form


def _save_variant(form: VariantForm, save, number: int, command: VariantCreate) -> bool:
    """Tell whether a variant could be saved; a second control is said beside its field."""
    try:
        with transaction() as session:
            save(session, number, command, by=current_reader(), at=datetime.now(UTC))
    except SecondControlError as error:
        form.is_control.errors = [str(error)]
        return False
    return True


def _find_named(variant):
    variants = list_variants(get_session(), variant.experiment_id)
    return next(named for named in variants if named.id == variant.id)


def _places_below(experiment) -> list[tuple[str, str | None]]:
    """Return the way down to a page below an experiment."""
    places = frame.describe_experiment(experiment).places
    return [
        *places[:-1],
        (experiment.title, url_for(".show_experiment", experiment_id=experiment.id)),
    ]


def _to_variants(experiment_id: int) -> str:
    return url_for(".show_experiment", experiment_id=experiment_id, _anchor="variants")
