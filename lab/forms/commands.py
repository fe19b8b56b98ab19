"""From a form to a command that the services take."""

from typing import TypeVar

from flask_wtf import FlaskForm
from pydantic import ValidationError
from sqlmodel import SQLModel

from lab.errors import DomainError
from lab.forms.messages import show_errors

Command = TypeVar("Command", bound=SQLModel)


def make_command(form: FlaskForm, command_type: type[Command], **values) -> Command | None:
    """Return what a form asks for, or None with the mistakes put on the form."""
    if not form.validate_on_submit():
        return None
    answers = {name: form[name].data for name in command_type.model_fields if name in form}
    try:
        return command_type(**answers | values)
    except ValidationError as error:
        show_errors(form, error)
        return None


def show_refusal(form: FlaskForm, error: DomainError, field: str | None = None) -> None:
    """Put why something was refused beside the field that it is about, or above all fields."""
    name = field or getattr(error, "field", None)
    errors = form[name].errors if name in form else form.form_errors
    errors.append(str(error))


def status_of(form: FlaskForm) -> int:
    """Return the status of a page with a form: refused when it was sent, else fine."""
    return 422 if form.is_submitted() else 200
