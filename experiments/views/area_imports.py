"""Pages to import who lives where from a file."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from experiments.area_files import AreaFile, read_areas
from experiments.area_messages import tell_area_fault, tell_area_note, tell_area_problem
from experiments.count_files.writing import write_rows
from experiments.faults import Fault, UnreadableFileError
from experiments.forms.area_imports import AreaImportForm
from experiments.forms.observations import show_error
from experiments.queries import area_imports as queries
from experiments.services import area_imports as services
from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.i18n import current_language, in_language
from lab.labels import AREA_KINDS
from lab.models.areas import AreaImport, AreaImportState, CompositionSource
from lab.queries.segmentation import get_model, list_models, list_profiles
from lab.settings import MAXIMUM_UPLOAD

blueprint = Blueprint("area_imports", __name__)

MOST_SHOWN = 100
# What the template begins with, in both languages.
HEADING = {
    "nl": ("gebied", "naam", "inwoners", "huishoudens"),
    "en": ("area", "name", "residents", "households"),
}
UNKNOWN = {"nl": "onbekend", "en": "unknown"}


@blueprint.route("/programmes/<int:programme_id>/areas/import", methods=["GET", "POST"])
@allows(Action.WRITE_AREAS)
def add_import(programme_id):
    """Offer a file of who lives where."""
    session = get_session()
    models = list_models(session, programme_id)
    form = AreaImportForm()
    form.model.choices = [(model.id, in_language(model, "name")) for model in models]
    if form.validate_on_submit():
        found = _offer(programme_id, form)
        if found:
            return redirect(url_for(".show_import", area_import_id=found.id), 303)
    page = render_template(
        "areas/add_import.html",
        form=form,
        programme_id=programme_id,
        models=[(model, list_profiles(session, model.id)) for model in models],
        limit=MAXIMUM_UPLOAD // (1024 * 1024),
    )
    return page, 422 if form.is_submitted() else 200


def _offer(programme_id: int, form: AreaImportForm) -> AreaImport | None:
    """Return the preview of a file, or None with why there is none on the form."""
    file = request.files.get("file")
    if not file:
        show_error(form, "file", tell_area_problem(UnreadableFileError("no_file")))
        return None
    try:
        read = _read(form, file.read(), file.filename or "")
    except UnreadableFileError as problem:
        show_error(form, "file", tell_area_problem(problem))
        return None
    source = CompositionSource(
        reference_date=form.reference_date.data,
        source=form.source.data,
        licence_note=form.licence_note.data,
    )
    with transaction() as db:
        return services.keep_preview(
            db, programme_id, form.model.data, source, file.filename or "", read,
            by=current_reader(), at=datetime.now(UTC),
        )  # fmt: skip


def _read(form: AreaImportForm, data: bytes, name: str) -> AreaFile:
    defaults = {"municipality": form.municipality.data, "kind": form.kind.data}
    return read_areas(data, name, list_profiles(get_session(), form.model.data), defaults)


@blueprint.get("/area-imports/<int:area_import_id>")
@allows(Action.WRITE_AREAS)
def show_import(area_import_id):
    """Show what a file would add, and all that is wrong with it."""
    session = get_session()
    found = queries.get_import(session, area_import_id)
    profiles = list_profiles(session, found.segmentation_model_id)
    return render_template(
        "areas/show_import.html",
        found=found,
        State=AreaImportState,
        model=get_model(session, found.segmentation_model_id),
        notes=[tell_area_note(code, details) for code, details in found.notes],
        kinds={kind.value: label for kind, label in AREA_KINDS.items()},
        profiles=profiles,
        good=found.good_rows[:MOST_SHOWN],
        faulty=[
            (row["line"], list(_list_faults(found, row))) for row in found.faulty_rows[:MOST_SHOWN]
        ],
    )


@blueprint.post("/area-imports/<int:area_import_id>/finish")
@allows(Action.WRITE_AREAS)
def finish_import(area_import_id):
    """Keep all good areas of a file."""
    with transaction() as db:
        found = services.finish_import(
            db, area_import_id, by=current_reader(), at=datetime.now(UTC)
        )
    count = found.good_count
    flash(ngettext("%(num)s area added.", "%(num)s areas added.", count), "success")
    return redirect(url_for(".show_import", area_import_id=area_import_id), 303)


@blueprint.post("/area-imports/<int:area_import_id>/cancel")
@allows(Action.WRITE_AREAS)
def cancel_import(area_import_id):
    """Forget a file that was not kept."""
    with transaction() as db:
        services.cancel_import(db, area_import_id)
    flash(_("The import was cancelled. Nothing was added."), "success")
    return redirect(url_for(".show_import", area_import_id=area_import_id), 303)


@blueprint.get("/area-imports/<int:area_import_id>/faulty-rows.csv")
@allows(Action.WRITE_AREAS)
def download_faulty_rows(area_import_id):
    """Give the areas that were not added as a file, with the reason for each."""
    found = queries.get_import(get_session(), area_import_id)
    return _send(_list_faulty(found), f"proeftuin-areas-{area_import_id}.csv")


@blueprint.get("/segmentation-models/<int:segmentation_model_id>/areas-template.csv")
@allows(Action.READ_SEGMENTATION)
def download_template(segmentation_model_id):
    """Give an empty file of areas, with a column for each profile."""
    language = current_language()
    profiles = list_profiles(get_session(), segmentation_model_id)
    names = [in_language(profile, "name") for profile in profiles] or abort(404)
    return _send([[*HEADING[language], *names, UNKNOWN[language]]], "proeftuin-areas.csv")


def _send(rows, name: str) -> Response:
    text = write_rows(rows, current_language())
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text, mimetype="text/csv", headers=headers)


def _list_faults(found: AreaImport, row: dict) -> Iterator[tuple[str, str]]:
    """Give the column and the reason of each fault of an area."""
    for column, code, details in row["faults"]:
        name = found.header[int(column)] if column.isdecimal() else ""
        yield name, tell_area_fault(Fault(column, code, details))


def _list_faulty(found: AreaImport) -> Iterator[list[str]]:
    yield [*found.header, _("reason")]
    for row in found.faulty_rows:
        reasons = (
            f"{name}: {reason}" if name else reason for name, reason in _list_faults(found, row)
        )
        yield [*row["cells"], " ".join(reasons)]
