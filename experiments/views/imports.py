"""Pages to import counts from a file."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from experiments import count_errors as errors
from experiments.count_files.writing import write_rows
from experiments.faults import UnreadableFileError
from experiments.forms.imports import ImportForm
from experiments.forms.observations import show_error
from experiments.labels import COUNT_METHODS, PROFILE_BASES
from experiments.messages import tell_problem
from experiments.models.experiments import Experiment
from experiments.models.imports import CountImport, ImportState
from experiments.queries import imports as queries
from experiments.queries.experiments import get_experiment
from experiments.services import imports as services
from experiments.services.imports import OfferedFile
from experiments.services.observations import check_may_record
from experiments.views import import_pages as pages
from experiments.views.count_pages import get_choices
from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.i18n import current_language
from lab.settings import MAXIMUM_UPLOAD

blueprint = Blueprint("imports", __name__)


@blueprint.route("/experiments/<int:experiment_id>/imports/new", methods=["GET", "POST"])
@allows(Action.IMPORT_COUNTS)
def add_import(experiment_id):
    """Offer a file of counts."""
    experiment = get_experiment(get_session(), experiment_id)
    check_may_record(experiment, pages.get_place(), current_reader())
    form = ImportForm()
    if not form.validate_on_submit():
        return show_form(experiment, form)
    if not request.files.get("file"):
        show_error(form, "file", tell_problem(UnreadableFileError("no_file")))
        return show_form(experiment, form)
    file = request.files["file"]
    offered = OfferedFile(file.filename or "", file.read(), form.has_repeats.data)
    try:
        found = _keep_preview(experiment_id, offered)
    except UnreadableFileError as problem:
        show_error(form, "file", tell_problem(problem))
    except errors.SameFileError as known:
        show_error(form, "file", str(known))
        return show_form(experiment, form, known.done)
    else:
        return redirect(url_for(".show_import", import_id=found.id), 303)
    return show_form(experiment, form)


def _keep_preview(experiment_id: int, offered: OfferedFile) -> CountImport:
    now, reader = datetime.now(UTC), current_reader()
    with transaction() as db:
        services.refuse_known_file(db, experiment_id, offered)
        frame = services.prepare_import(db, experiment_id, current_language(), by=reader, at=now)
    # Reading takes a while: nobody else has to wait for it with what they want to save.
    read = services.read_file(offered, frame)
    with transaction() as db:
        return services.keep_preview(db, experiment_id, offered, read, by=reader, at=now)


def show_form(experiment: Experiment, form: ImportForm, known: CountImport | None = None):
    """Return the page to offer a file."""
    choices = get_choices(get_session(), experiment.id)
    return render_template(
        "imports/add_import.html",
        experiment=experiment,
        form=form,
        known=known,
        limit=MAXIMUM_UPLOAD // (1024 * 1024),
        choices=choices,
        columns=pages.list_template_columns(),
        bases=PROFILE_BASES.values(),
        methods=COUNT_METHODS.values(),
    ), 422 if form.is_submitted() else 200


@blueprint.get("/imports/<int:import_id>")
@allows(Action.IMPORT_COUNTS)
def show_import(import_id):
    """Show what a file would add, and all that is wrong with it."""
    session = get_session()
    found = queries.get_import(session, import_id)
    return render_template(
        "imports/show_import.html",
        experiment=get_experiment(session, found.experiment_id),
        found=found,
        ImportState=ImportState,
        importer=queries.find_importer(session, found),
        preview=pages.build_preview(found, get_choices(session, found.experiment_id)),
    )


@blueprint.post("/imports/<int:import_id>/finish")
@allows(Action.IMPORT_COUNTS)
def finish_import(import_id):
    """Count all good rows of a file."""
    here = url_for(".show_import", import_id=import_id)
    try:
        with transaction() as db:
            found = services.finish_import(db, import_id, by=current_reader(), at=datetime.now(UTC))
    except errors.ImportOverError as over:
        # Whoever presses twice has what they wanted.
        flash(str(over), "info")
        return redirect(here, 303)
    if found.state is not ImportState.DONE:
        flash(
            _("The experiment changed since you looked. Some lines no longer fit. Look again."),
            "error",
        )
        return redirect(here, 303)
    count = found.good_count
    flash(ngettext("%(num)s line counted.", "%(num)s lines counted.", count), "success")
    return redirect(here, 303)


@blueprint.post("/imports/<int:import_id>/cancel")
@allows(Action.IMPORT_COUNTS)
def cancel_import(import_id):
    """Forget a file that was not counted."""
    with transaction() as db:
        found = services.cancel_import(db, import_id)
    flash(_("The import was cancelled. Nothing was counted."), "success")
    return redirect(
        url_for("observations.list_observations", experiment_id=found.experiment_id), 303
    )


@blueprint.get("/imports/<int:import_id>/faulty-rows.csv")
@allows(Action.IMPORT_COUNTS)
def download_faulty_rows(import_id):
    """Give the rows that were not counted as a file, with the reason for each."""
    found = queries.get_import(get_session(), import_id)
    text = write_rows(pages.list_faulty_lines(found), current_language())
    return Response(
        text,
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=proeftuin-import-{import_id}.csv"},
    )
