"""Commands that prepare an installation."""

import secrets
from datetime import UTC, datetime

import click
from pydantic import ValidationError

from lab import db, i18n, settings
from lab.access import Reader
from lab.errors import DomainError
from lab.forms.messages import translate_errors
from lab.models.labs import LivingLabCreate
from lab.models.people import InvitationCreate, Role
from lab.queries.people import find_user_by_email
from lab.services.accounts import change_password
from lab.services.invitations import NewInvitation, invite
from lab.services.labs import start_lab
from lab.services.passwords import hash_password
from lab.services.programmes import add_own_programme


@click.command()
def prepare() -> None:
    """Make the secret key and the database, or bring them up to date."""
    found = settings.read_settings()
    db.upgrade(found.database_url)
    with db.open_session(found.database_url) as session:
        add_own_programme(session)
    click.echo(f"{found.instance}: ready")


@click.group()
def administrator() -> None:
    """Add the administrator of a living lab, or give somebody a new password."""


@administrator.command()
@click.option("--email", required=True, help="The address that the administrator signs in with.")
@click.option("--name", required=True, help="The name of the administrator.")
@click.option("--lab", "lab_name", required=True, help="The name of the living lab.")
@click.option("--municipality", required=True, help="The municipality of the living lab.")
@click.option(
    "--address",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Where people find this installation.",
)
def add(email: str, name: str, lab_name: str, municipality: str, address: str) -> None:
    """Start a living lab, and print the link that makes its administrator's account."""
    now = datetime.now(UTC)
    try:
        with i18n.command_context("en"):
            lab = LivingLabCreate(name=lab_name, municipality=municipality)
            invitation = InvitationCreate(email=email, name=name, role=Role.ADMINISTRATOR)
            made = _invite_administrator(lab, invitation, now)
    except ValidationError as error:
        raise click.UsageError(_describe(error)) from None
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{lab.name} ({lab.municipality}) is ready. Hand this link to {invitation.name}:")
    click.echo(f"{address.rstrip('/')}/invitations/{made.token}")
    click.echo(f"It works once, until {made.invitation.expires_at:%Y-%m-%d}.")


@administrator.command()
@click.option("--email", required=True, help="The address of somebody who forgot the password.")
def password(email: str) -> None:
    """Give somebody a new password to start with, and end their sessions."""
    found, new = settings.read_settings(), secrets.token_urlsafe(12)
    db.upgrade(found.database_url)
    with db.open_session(found.database_url) as session:
        user = find_user_by_email(session, email)
        if user is None:
            raise click.ClickException(f"Nobody signs in with {email}.")
        by = Reader(user_id=user.id, name="proeftuin administrator password")
        change_password(session, hash_password(new), by=by, at=datetime.now(UTC))
    click.echo(f"{user.name} can sign in with {user.email} and the password {new}")
    click.echo("Change it after signing in: choose the name at the top of the page.")


def _invite_administrator(
    lab: LivingLabCreate, invitation: InvitationCreate, at: datetime
) -> NewInvitation:
    url = settings.read_settings().database_url
    db.upgrade(url)
    with db.open_session(url) as session:
        programme = add_own_programme(session)
        by = Reader(name="proeftuin administrator add")
        started = start_lab(session, programme.id, lab, by=by, at=at)
        return invite(session, started.id, invitation, by=by, at=at)


def _describe(error: ValidationError) -> str:
    with i18n.command_context("en"):
        return " ".join(f"--{field}: {message}" for field, message in translate_errors(error))
