"""Pages on the people of a lab and their invitations."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.errors import DomainError
from lab.forms.commands import make_command, show_refusal, status_of
from lab.forms.people import InvitationForm, RoleForm
from lab.labels import ROLE_HINTS, ROLES
from lab.models.people import InvitationCreate, Role
from lab.queries import labs, people
from lab.services import invitations, members
from lab.views.addresses import WORK, own_address

blueprint = Blueprint("people", __name__)
NEW_LINK = "new_invitation_link"


@blueprint.get("/labs/<int:living_lab_id>/people")
@allows(Action.MANAGE_PEOPLE)
def list_people(living_lab_id):
    """Show who works in a lab and who is invited."""
    db = get_session()
    return render_template(
        "people/list_people.html",
        lab=labs.get_lab(db, living_lab_id),
        members=people.list_members(db, living_lab_id),
        invitations=people.list_invitations(db, living_lab_id),
        roles=ROLES,
        now=datetime.now(UTC),
        # Shown once: only its hash is kept.
        new_link=session.pop(NEW_LINK, None),
    )


@blueprint.route("/labs/<int:living_lab_id>/people/invite", methods=["GET", "POST"])
@allows(Action.MANAGE_PEOPLE)
def invite_person(living_lab_id):
    """Invite somebody to a lab."""
    form = InvitationForm()
    command = make_command(form, InvitationCreate)
    if command and _invite(form, command, living_lab_id):
        return redirect(url_for(".list_people", living_lab_id=living_lab_id), 303)
    lab = labs.get_lab(get_session(), living_lab_id)
    page = render_template("people/invite_person.html", form=form, lab=lab, hints=ROLE_HINTS)
    return page, status_of(form)


def _invite(form: InvitationForm, command: InvitationCreate, living_lab_id: int) -> bool:
    try:
        with transaction() as db:
            made = invitations.invite(
                db, living_lab_id, command, by=current_reader(), at=datetime.now(UTC)
            )
    except (members.AlreadyMemberError, members.DemonstrationOnlyError) as error:
        show_refusal(form, error, "email")
        return False
    url = url_for("account.accept_invitation", token=made.token, _external=True)
    session[NEW_LINK] = {"name": command.name, "url": url}
    return True


@blueprint.route("/memberships/<int:membership_id>/edit", methods=["GET", "POST"])
@allows(Action.MANAGE_PEOPLE)
def change_role(membership_id):
    """Give somebody another role in a lab."""
    member = people.get_member(get_session(), membership_id)
    form = RoleForm(obj=member.membership)
    lab = labs.get_lab(get_session(), member.membership.living_lab_id)
    if form.validate_on_submit() and _change_role(form, membership_id):
        flash(_("The role of %(name)s has changed.", name=member.user.name), "success")
        return redirect(url_for(".list_people", living_lab_id=lab.id), 303)
    page = render_template(
        "people/change_role.html", form=form, lab=lab, member=member, hints=ROLE_HINTS
    )
    return page, status_of(form)


def _change_role(form: RoleForm, membership_id: int) -> bool:
    try:
        with transaction() as db:
            members.change_role(
                db,
                membership_id,
                Role(form.role.data),
                by=current_reader(),
                at=datetime.now(UTC),
            )
    except DomainError as error:
        show_refusal(form, error, "role")
        return False
    return True


@blueprint.route("/memberships/<int:membership_id>/end", methods=["GET", "POST"])
@allows(Action.MANAGE_PEOPLE)
def end_membership(membership_id):
    """Ask whether somebody's role should end, and end it."""
    member = people.get_member(get_session(), membership_id)
    lab = labs.get_lab(get_session(), member.membership.living_lab_id)
    if request.method == "GET":
        return render_template("people/end_membership.html", lab=lab, member=member)
    with transaction() as db:
        members.end_membership(db, membership_id, by=current_reader(), at=datetime.now(UTC))
    flash(_("%(name)s no longer works in this lab.", name=member.user.name), "success")
    if member.user.id == current_reader().user_id:
        return redirect(own_address(None, WORK), 303)
    return redirect(url_for(".list_people", living_lab_id=lab.id), 303)


@blueprint.post("/invitations/<int:invitation_id>/revoke")
@allows(Action.MANAGE_PEOPLE)
def revoke_invitation(invitation_id):
    """Take back an invitation."""
    with transaction() as db:
        invitation = invitations.revoke_invitation(
            db, invitation_id, by=current_reader(), at=datetime.now(UTC)
        )
    flash(_("The invitation for %(name)s is withdrawn.", name=invitation.name), "success")
    return redirect(url_for(".list_people", living_lab_id=invitation.living_lab_id), 303)
