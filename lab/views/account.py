"""Signing in and out, invitations and the choice of language."""

from datetime import UTC, datetime

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import login_user

from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.forms.account import ChangePasswordForm, NewAccountForm, SignInForm
from lab.forms.commands import make_command, show_refusal, status_of
from lab.i18n import COOKIE, LANGUAGES
from lab.identity import SignedIn, comes_from_this_machine, find_network, may_sign_in_here
from lab.models.people import Invitation, User, UserCreate
from lab.queries import labs, people
from lab.services import accounts, invitations, passwords
from lab.services import sign_in as attempts
from lab.services.passwords import WeakPasswordError
from lab.views.addresses import HOME, WORK, own_address

blueprint = Blueprint("account", __name__)
A_YEAR = 365 * 24 * 60 * 60


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allows(Action.READ_PUBLIC)
def sign_in():
    """Let somebody in who has an account."""
    wanted = own_address(request.values.get("next"), WORK)
    if request.method == "GET" and current_reader().is_signed_in:
        return redirect(wanted)
    form = SignInForm(next=request.args.get("next"))
    if not form.validate_on_submit():
        return render_template("account/sign_in.html", form=form), status_of(form)
    user, refusal, status = _recognise(form.email.data, form.password.data)
    if user is None:
        form.form_errors.append(refusal)
        return render_template("account/sign_in.html", form=form), status
    with transaction() as db:
        attempts.start_visit(db, user.id, datetime.now(UTC))
    _start_session(user)
    return redirect(wanted, 303)


def _recognise(email: str, password: str) -> tuple[User | None, str, int]:
    """Return whose address and password these are, or why nobody is let in with a status."""
    now = datetime.now(UTC)
    keys = attempts.make_keys(current_app.secret_key, email, find_network())
    with transaction() as db:
        wait = attempts.begin_attempt(db, keys, now)
        user = people.find_user_by_email(db, email)
    if wait:
        return None, _("Too many attempts.") + " " + attempts.describe_wait(wait), 429
    # Outside a transaction: checking a password takes long on purpose.
    fits = passwords.fits(user.password_hash if user else None, password)
    if not fits or not user.is_active:
        return None, _("This e-mail address and password do not go together."), 422
    if not may_sign_in_here(user):
        return None, _refuse_demonstration(), 403
    with transaction() as db:
        return attempts.end_attempts(db, user.id, keys, password), "", 200


def _refuse_demonstration() -> str:
    return _("Demonstration accounts only work on the computer that Proeftuin runs on.")


def _start_session(user: User) -> None:
    # What was in the session before somebody signed in may be known to others.
    session.clear()
    session.permanent = True
    login_user(SignedIn(user))


@blueprint.post("/sign-out")
@allows(Action.SIGN_OUT)
def sign_out():
    """End a session."""
    session.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("account.sign_in"), 303)


@blueprint.post("/language")
@allows(Action.READ_PUBLIC)
def choose_language():
    """Remember which language a reader wants."""
    language = request.form.get("language")
    if language not in LANGUAGES:
        abort(400)
    answer = redirect(own_address(request.form.get("next"), HOME), 303)
    answer.set_cookie(
        COOKIE,
        language,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


@blueprint.route("/account/password", methods=["GET", "POST"])
@allows(Action.SEE_WORK)
def change_password():
    """Let somebody choose another password."""
    form = ChangePasswordForm()
    if form.validate_on_submit() and _change_password(form):
        flash(_("Your password has changed. You are signed out on all other devices."), "success")
        return redirect(own_address(None, WORK), 303)
    return render_template("account/change_password.html", form=form), status_of(form)


def _change_password(form: ChangePasswordForm) -> bool:
    reader = current_reader()
    user, refusal, _status = _recognise(reader.email, form.current.data)
    if user is None:
        form.current.errors.append(refusal)
        return False
    try:
        kept = passwords.hash_new_password(form.password.data, reader.name, reader.email)
    except WeakPasswordError as error:
        show_refusal(form, error, "password")
        return False
    with transaction() as db:
        user = accounts.change_password(db, kept, by=reader, at=datetime.now(UTC))
    _start_session(user)
    return True


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@allows(Action.READ_PUBLIC)
def accept_invitation(token):
    """Let somebody in who was invited."""
    invitation = people.find_invitation(get_session(), invitations.hash_token(token)) or abort(404)
    if not invitations.is_open(invitation, datetime.now(UTC)):
        raise invitations.InvitationClosedError
    reader = current_reader()
    if reader.is_signed_in and reader.email != invitation.email:
        raise invitations.OtherInviteeError(invitation)
    if people.find_user_by_email(get_session(), invitation.email):
        return _accept_as_known(invitation, token)
    return _accept_as_new(invitation, token)


def _accept_as_known(invitation: Invitation, token: str):
    reader = current_reader()
    if request.method == "POST" and reader.is_signed_in:
        with transaction() as db:
            invitations.accept_as_known(db, token, by=reader, at=datetime.now(UTC))
        flash(_("You have joined the lab."), "success")
        return redirect(url_for("labs.show_lab", living_lab_id=invitation.living_lab_id), 303)
    lab = labs.get_lab(get_session(), invitation.living_lab_id)
    return render_template("account/accept_as_known.html", invitation=invitation, lab=lab)


def _accept_as_new(invitation: Invitation, token: str):
    is_demonstration = invitations.is_for_demonstration(get_session(), invitation)
    if is_demonstration and not comes_from_this_machine():
        return render_template("errors/refused.html", message=_refuse_demonstration()), 403
    form = NewAccountForm(name=invitation.name)
    command = make_command(form, UserCreate, email=invitation.email)
    user = _make_account(form, command, token) if command else None
    if user:
        _start_session(user)
        flash(_("Welcome! Your account is ready."), "success")
        return redirect(own_address(None, WORK), 303)
    lab = labs.get_lab(get_session(), invitation.living_lab_id)
    page = render_template(
        "account/accept_invitation.html", form=form, invitation=invitation, lab=lab
    )
    return page, status_of(form)


def _make_account(form: NewAccountForm, command: UserCreate, token: str) -> User | None:
    try:
        kept = passwords.hash_new_password(form.password.data, command.name, command.email)
    except WeakPasswordError as error:
        show_refusal(form, error, "password")
        return None
    with transaction() as db:
        return invitations.accept_as_new(db, token, command, kept, at=datetime.now(UTC))
