"""Pages on what people say they want."""

import csv
import io
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.forms.preferences import PreferenceFileForm, PreferenceForm
from analysis.models.preferences import PreferenceCreate
from analysis.preference_files.messages import list_faults, name_column, tell_missing
from analysis.preference_files.names import LabelNames, PreferenceNames
from analysis.preference_files.rows import (
    COLUMNS,
    NEEDED,
    MissingColumnsError,
    ReadPreferences,
    read_preferences,
)
from analysis.queries import preferences as queries
from analysis.reports.stated import write_line
from analysis.services import preferences as services
from experiments.count_files.reading import read_sheet
from experiments.faults import UnreadableFileError
from experiments.messages import tell_problem
from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session, transaction
from lab.forms.commands import make_command, status_of
from lab.models.programmes import Programme
from lab.queries import labels
from lab.queries.programmes import find_programme
from lab.queries.segmentation import list_models, list_profiles
from lab.views.programmes import choose_programme, link_programmes

blueprint = Blueprint("preferences", __name__)


@blueprint.get("/advice/preferences")
@allows(Action.READ_ADVICE)
def list_preferences():
    """List what people said they want, with where that was asked."""
    programme = choose_programme()
    found = queries.list_preferences(get_session(), programme.id)
    return render_template(
        "preferences/list_preferences.html",
        chosen=programme,
        programmes=link_programmes(".list_preferences"),
        lines=[write_line(one) for one in found],
        may_write=may(current_reader(), Action.WRITE_PREFERENCES, Place(programme.id)),
    )


@blueprint.route("/programmes/<int:programme_id>/preferences/new", methods=["GET", "POST"])
@allows(Action.WRITE_PREFERENCES)
def add_preference(programme_id):
    """Write down what one group said about one channel."""
    programme = _programme(programme_id)
    form = PreferenceForm()
    form.offer(**_list_labels(programme_id))
    command = make_command(form, PreferenceCreate)
    if command:
        return _keep(programme, [command])
    page = render_template("preferences/add_preference.html", chosen=programme, form=form)
    return page, status_of(form)


@blueprint.route("/programmes/<int:programme_id>/preferences/import", methods=["GET", "POST"])
@allows(Action.WRITE_PREFERENCES)
def import_preferences(programme_id):
    """Read a file of preferences, show what it says line by line, and keep what is good."""
    programme = _programme(programme_id)
    form = PreferenceFileForm()
    read = _read_offered(programme_id, form) if form.validate_on_submit() else None
    if read and form.save.data and read.good:
        return _keep(programme, [row.command for row in read.good])
    page = render_template(
        "preferences/import_preferences.html",
        chosen=programme,
        form=form,
        read=read,
        faulty=[(row.line, list(list_faults(row))) for row in read.faulty] if read else [],
        rows=_write_good(read) if read else "",
        columns=[(name_column(name), name in NEEDED) for name in COLUMNS],
    )
    return page, 422 if form.is_submitted() and read is None else 200


@blueprint.post("/preferences/<int:preference_id>/withdraw")
@allows(Action.WRITE_PREFERENCES)
def withdraw_preference(preference_id):
    """Take back a preference that was wrong."""
    with transaction() as db:
        found = services.withdraw_preference(
            db, preference_id, by=current_reader(), at=datetime.now(UTC)
        )
    flash(_("Withdrawn. It is kept in the log, and no longer shown."), "success")
    return _to_list(_programme(found.programme_id))


def _programme(programme_id: int) -> Programme:
    g.programme = find_programme(get_session(), programme_id) or abort(404)
    g.section = "advice"
    return g.programme


def _keep(programme: Programme, commands: list[PreferenceCreate]):
    with transaction() as db:
        kept = services.add_preferences(
            db, programme.id, commands, by=current_reader(), at=datetime.now(UTC)
        )
    flash(
        ngettext("%(num)s preference kept.", "%(num)s preferences kept.", len(kept))
        + (" " + _("The others were known already.") if len(kept) < len(commands) else ""),
        "success",
    )
    return _to_list(programme)


def _to_list(programme: Programme):
    return redirect(url_for(".list_preferences", programme=programme.code), 303)


def _list_labels(programme_id: int) -> dict[str, list]:
    session = get_session()
    return {
        "profiles": [
            profile
            for model in list_models(session, programme_id)
            for profile in list_profiles(session, model.id)
        ],
        "channels": labels.list_channels(session, programme_id),
        "styles": labels.list_styles(session, programme_id),
        "issue_types": labels.list_issue_types(session, programme_id),
        "phases": labels.list_phases(session, programme_id),
    }


def _read_offered(programme_id: int, form: PreferenceFileForm) -> ReadPreferences | None:
    """Return the rows of the file that is offered, or None with what is wrong on the form."""
    file = request.files.get("file")
    data, name = (form.rows.data or "").encode(), "rows.csv"
    if not form.save.data or not data:
        data, name = (file.read(), file.filename or "") if file else (b"", "")
    known = {kind: LabelNames.of(found) for kind, found in _list_labels(programme_id).items()}
    names = PreferenceNames(*(known[f"{kind}s"] for kind in PreferenceNames.__slots__))
    try:
        return read_preferences(read_sheet(data, name), names)
    except UnreadableFileError as problem:
        form.file.errors = [tell_problem(problem)]
    except MissingColumnsError as error:
        form.file.errors = [tell_missing(error)]
    return None


def _write_good(read: ReadPreferences) -> str:
    """Return the good rows as they stood in the file, to be sent again when somebody keeps them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(read.header)
    # A line of a file is a line: a cell that goes over several lines would break it.
    writer.writerows([" ".join(cell.split()) for cell in row.cells] for row in read.good)
    return text.getvalue()
