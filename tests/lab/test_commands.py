"""Commands that let the first people in."""

import re

import pytest
from click.testing import CliRunner
from sqlmodel import select

from lab.cli import main
from lab.models.labs import LivingLab
from lab.models.people import User
from tests.lab.people import PASSWORD, add_person, credentials
from tests.pages import Pages

ADD = ["administrator", "add", "--email", "noor@example.org", "--name", "Noor", "--lab", "Elst"]


@pytest.fixture
def run(settings, monkeypatch):
    """Run the command line on the test's installation."""
    monkeypatch.setenv("PROEFTUIN_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    return lambda arguments: CliRunner().invoke(main, arguments)


def test_link_of_the_command_makes_an_administrator(run, client, session):
    result = run([*ADD, "--municipality", "Overbetuwe", "--address", "https://lab.example/"])
    assert result.exit_code == 0, result.output
    link = re.search(r"https://lab\.example(/invitations/\S+)", result.output)[1]
    data = {"name": "Noor", "password": PASSWORD, "repeated": PASSWORD}
    Pages(client).submit(link, data)
    lab = session.exec(select(LivingLab)).one()
    session.commit()
    assert Pages(client).get(f"/labs/{lab.id}/people").status == 200


@pytest.mark.parametrize(("option", "value"), [("--municipality", " "), ("--email", "noor")])
def test_command_says_which_option_is_wrong(run, option, value):
    result = run([*ADD, "--municipality", "Overbetuwe", option, value])
    assert result.exit_code == 2
    assert f"{option}:" in result.output


def test_forgotten_password_is_replaced(run, client, build, session):
    person = add_person(build)
    result = run(["administrator", "password", "--email", person.email])
    new = result.output.splitlines()[0].rpartition(" ")[2]
    Pages(client).submit("/sign-in", credentials(person), status=422)
    assert Pages(client).submit("/sign-in", credentials(person, new)).location == "/work"
    assert session.exec(select(User.name)).one() in result.output


def test_unknown_address_gets_no_password(run):
    assert "Nobody signs in" in run(["administrator", "password", "--email", "x@y.nl"]).output
