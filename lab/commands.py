"""Commands that prepare an installation."""

import click

from lab import db, settings
from lab.services.programmes import add_own_programme


@click.command()
def prepare() -> None:
    """Make the secret key and the database, or bring them up to date."""
    found = settings.read_settings()
    db.upgrade(found.database_url)
    with db.open_session(found.database_url) as session:
        add_own_programme(session)
    click.echo(f"{found.instance}: ready")
