"""Pages on the labels of a programme."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.forms.commands import make_command, show_refusal, status_of
from lab.forms.labels import form_for_change, form_for_new
from lab.i18n import LANGUAGES, current_language, in_language
from lab.labels import CHANNEL_MODES, CHANNEL_ROUTES, DENOMINATOR_KINDS
from lab.models.labels import ChannelCreate, Label, LabelCreate, StyleAxis
from lab.queries import labels as label_queries
from lab.queries.labels import LabelKind
from lab.services import labels as label_services
from lab.services.codes import NameTakenError

blueprint = Blueprint("labels", __name__)
KINDS = {
    LabelKind.CHANNELS: (_l("Channels"), _l("Add a channel")),
    LabelKind.STYLE_AXES: (_l("Style axes"), _l("Add a style axis")),
    LabelKind.STYLES: (_l("Styles"), _l("Add a style")),
    LabelKind.PHASES: (_l("Phases"), _l("Add a phase")),
    LabelKind.ISSUE_TYPES: (_l("Issue types"), _l("Add an issue type")),
    LabelKind.THEMES: (_l("Themes"), _l("Add a theme")),
    LabelKind.PRINCIPLES: (_l("Design principles"), _l("Add a design principle")),
}


@blueprint.get("/programmes/<int:programme_id>/labels")
@allows(Action.READ_LABELS)
def list_labels(programme_id):
    """Show all labels of a programme."""
    db = get_session()
    plain = [LabelKind.PHASES, LabelKind.ISSUE_TYPES, LabelKind.THEMES]
    return render_template(
        "labels/list_labels.html",
        programme_id=programme_id,
        other=next(code for code in LANGUAGES if code != current_language()),
        channels=label_queries.list_channels(db, programme_id, with_retired=True),
        axes=label_queries.list_style_axes(db, programme_id, with_retired=True),
        lists=[
            (kind, label_queries.list_labels(db, kind, programme_id, with_retired=True))
            for kind in plain
        ],
        kinds=KINDS,
        modes=CHANNEL_MODES,
        routes=CHANNEL_ROUTES,
        denominator_kinds=DENOMINATOR_KINDS,
    )


@blueprint.route("/programmes/<int:programme_id>/labels/<kind>/new", methods=["GET", "POST"])
@allows(Action.WRITE_LABELS)
def add_label(programme_id, kind):
    """Add a label to a programme."""
    kind = _kind(kind)
    axis = _axis(programme_id) if kind is LabelKind.STYLES else None
    form = form_for_new(kind)
    command = make_command(form, _command_type(kind))
    if command and _add(form, kind, programme_id, command, axis):
        flash(_("Added."), "success")
        return redirect(_list_address(programme_id, kind), 303)
    page = render_template(
        "labels/add_label.html",
        form=form,
        programme_id=programme_id,
        title=KINDS[kind][1],
        axis=axis,
    )
    return page, status_of(form)


def _add(form, kind: LabelKind, programme_id: int, command, axis: StyleAxis | None) -> bool:
    parent = {"style_axis_id": axis.id} if axis else {}
    try:
        with transaction() as db:
            label_services.add_label(db, kind, programme_id, command, **_who_and_when(), **parent)
    except NameTakenError as error:
        show_refusal(form, error)
        return False
    return True


@blueprint.route("/programmes/<int:programme_id>/labels/<kind>/<code>", methods=["GET", "POST"])
@allows(Action.WRITE_LABELS)
def change_label(programme_id, kind, code):
    """Rename a label or give it another place."""
    kind = _kind(kind)
    label = _label(kind, programme_id, code)
    others = label_services.list_others(get_session(), kind, label)
    form = form_for_change(kind, label)
    form.offer_places(label, others)
    command = make_command(form, _command_type(kind))
    if command and _change(form, kind, label, command):
        flash(_("Saved."), "success")
        return redirect(_list_address(programme_id, kind), 303)
    page = render_template(
        "labels/change_label.html",
        form=form,
        programme_id=programme_id,
        kind=kind,
        kind_name=KINDS[kind][0],
        label=label,
    )
    return page, status_of(form)


def _change(form, kind: LabelKind, label: Label, command) -> bool:
    try:
        with transaction() as db:
            label_services.change_label(
                db, kind, label, command, form.after.data, **_who_and_when()
            )
    except NameTakenError as error:
        show_refusal(form, error)
        return False
    return True


@blueprint.post("/programmes/<int:programme_id>/labels/<kind>/<code>/retire")
@allows(Action.WRITE_LABELS)
def retire_label(programme_id, kind, code):
    """Stop offering a label."""
    kind = _kind(kind)
    label = _label(kind, programme_id, code)
    with transaction() as db:
        label_services.retire_label(db, kind, label, **_who_and_when())
    name = in_language(label, "name")
    flash(_("“%(name)s” is no longer offered. Where it is used, it stays.", name=name), "success")
    return redirect(_list_address(programme_id, kind), 303)


@blueprint.post("/programmes/<int:programme_id>/labels/<kind>/<code>/restore")
@allows(Action.WRITE_LABELS)
def restore_label(programme_id, kind, code):
    """Offer a retired label again."""
    kind = _kind(kind)
    label = _label(kind, programme_id, code)
    with transaction() as db:
        label_services.restore_label(db, kind, label, **_who_and_when())
    flash(_("“%(name)s” is offered again.", name=in_language(label, "name")), "success")
    return redirect(_list_address(programme_id, kind), 303)


def _kind(text: str) -> LabelKind:
    return LabelKind(text) if text in set(LabelKind) else abort(404)


def _label(kind: LabelKind, programme_id: int, code: str) -> Label:
    return label_queries.find_label(get_session(), kind, programme_id, code) or abort(404)


def _axis(programme_id: int) -> StyleAxis:
    code = request.args.get("axis", "")
    return _label(LabelKind.STYLE_AXES, programme_id, code)


def _command_type(kind: LabelKind) -> type[LabelCreate]:
    return ChannelCreate if kind is LabelKind.CHANNELS else LabelCreate


def _list_address(programme_id: int, kind: LabelKind) -> str:
    section = LabelKind.STYLE_AXES if kind is LabelKind.STYLES else kind
    return url_for(".list_labels", programme_id=programme_id, _anchor=section)


def _who_and_when() -> dict:
    return {"by": current_reader(), "at": datetime.now(UTC)}
