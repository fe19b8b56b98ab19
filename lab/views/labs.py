"""Pages on living labs and their partners."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session, transaction
from lab.forms.commands import make_command, status_of
from lab.forms.labs import LivingLabForm, PartnerForm
from lab.models.labs import LivingLabCreate, PartnerCreate
from lab.queries import labs as lab_queries
from lab.queries.programmes import find_programme
from lab.services import labs as lab_services
from lab.views.programmes import choose_programme, link_programmes

blueprint = Blueprint("labs", __name__)


@blueprint.get("/labs")
@allows(Action.LIST_LABS)
def list_labs():
    """Show the living labs of a programme."""
    shown, reader = choose_programme(), current_reader()
    return render_template(
        "labs/list_labs.html",
        shown=shown,
        programme_links=link_programmes("labs.list_labs"),
        labs=lab_queries.list_labs_with_people(get_session(), reader, shown.id),
        may_start=may(reader, Action.START_LAB, Place(shown.id)),
        may_read_labels=may(reader, Action.READ_LABELS, Place(shown.id)),
    )


@blueprint.route("/programmes/<int:programme_id>/labs/new", methods=["GET", "POST"])
@allows(Action.START_LAB)
def start_lab(programme_id):
    """Start a living lab."""
    form = LivingLabForm()
    command = make_command(form, LivingLabCreate)
    if command:
        with transaction() as db:
            lab = lab_services.start_lab(db, programme_id, command, **_who_and_when())
        flash(_("The lab is there. You are its administrator: invite your team."), "success")
        return redirect(url_for(".show_lab", living_lab_id=lab.id), 303)
    return render_template("labs/start_lab.html", form=form), status_of(form)


@blueprint.get("/labs/<int:living_lab_id>")
@allows(Action.READ_LAB)
def show_lab(living_lab_id):
    """Show one living lab."""
    db = get_session()
    lab = lab_queries.get_lab(db, living_lab_id)
    return render_template(
        "labs/show_lab.html",
        lab=lab,
        shown=find_programme(db, lab.programme_id),
        partners=lab_queries.list_partners(db, lab.id),
        people_count=lab_queries.count_people(db, [lab.id]).get(lab.id, 0),
    )


@blueprint.route("/labs/<int:living_lab_id>/edit", methods=["GET", "POST"])
@allows(Action.WRITE_LAB)
def change_lab(living_lab_id):
    """Change what describes a living lab."""
    lab = lab_queries.get_lab(get_session(), living_lab_id)
    lab_services.check_open(lab)
    form = LivingLabForm(obj=lab)
    command = make_command(form, LivingLabCreate)
    if command:
        with transaction() as db:
            lab_services.change_lab(db, lab.id, command, **_who_and_when())
        flash(_("Saved."), "success")
        return redirect(url_for(".show_lab", living_lab_id=lab.id), 303)
    return render_template("labs/change_lab.html", form=form, lab=lab), status_of(form)


@blueprint.route("/labs/<int:living_lab_id>/archive", methods=["GET", "POST"])
@allows(Action.WRITE_LAB)
def archive_lab(living_lab_id):
    """Ask whether a living lab should be frozen, and freeze it."""
    lab = lab_queries.get_lab(get_session(), living_lab_id)
    lab_services.check_open(lab)
    if request.method == "GET":
        return render_template("labs/archive_lab.html", lab=lab)
    with transaction() as db:
        lab_services.archive_lab(db, lab.id, **_who_and_when())
    flash(_("The lab is archived."), "success")
    return redirect(url_for(".show_lab", living_lab_id=lab.id), 303)


@blueprint.post("/labs/<int:living_lab_id>/reopen")
@allows(Action.WRITE_LAB)
def reopen_lab(living_lab_id):
    """Let an archived living lab go on."""
    with transaction() as db:
        lab_services.reopen_lab(db, living_lab_id, **_who_and_when())
    flash(_("The lab is open again."), "success")
    return redirect(url_for(".show_lab", living_lab_id=living_lab_id), 303)


@blueprint.route("/labs/<int:living_lab_id>/partners/new", methods=["GET", "POST"])
@allows(Action.WRITE_LAB)
def add_partner(living_lab_id):
    """Add a partner to a living lab."""
    lab = lab_queries.get_lab(get_session(), living_lab_id)
    lab_services.check_open(lab)
    form = PartnerForm()
    command = make_command(form, PartnerCreate)
    if command:
        with transaction() as db:
            lab_services.add_partner(db, lab.id, command, **_who_and_when())
        return redirect(url_for(".show_lab", living_lab_id=lab.id), 303)
    return render_template("labs/add_partner.html", form=form, lab=lab), status_of(form)


@blueprint.route("/partners/<int:partner_id>/edit", methods=["GET", "POST"])
@allows(Action.WRITE_LAB)
def change_partner(partner_id):
    """Change the name or the part of a partner."""
    partner = lab_queries.get_partner(get_session(), partner_id)
    lab = lab_queries.get_lab(get_session(), partner.living_lab_id)
    lab_services.check_open(lab)
    form = PartnerForm(obj=partner)
    command = make_command(form, PartnerCreate)
    if command:
        with transaction() as db:
            lab_services.change_partner(db, partner.id, command, **_who_and_when())
        return redirect(url_for(".show_lab", living_lab_id=lab.id), 303)
    page = render_template("labs/change_partner.html", form=form, lab=lab, partner=partner)
    return page, status_of(form)


@blueprint.post("/partners/<int:partner_id>/remove")
@allows(Action.WRITE_LAB)
def remove_partner(partner_id):
    """Take a partner off the list of a living lab."""
    with transaction() as db:
        lab = lab_services.remove_partner(db, partner_id, **_who_and_when())
    flash(_("The partner is removed."), "success")
    return redirect(url_for(".show_lab", living_lab_id=lab.id), 303)


def _who_and_when() -> dict:
    return {"by": current_reader(), "at": datetime.now(UTC)}
