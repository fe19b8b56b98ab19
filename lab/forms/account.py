"""Forms for signing in and for one's own account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import DataRequired, EqualTo, InputRequired

from lab.forms.fields import TextField, strip
from lab.services.passwords import SHORTEST

FILL_IN = _l("Fill this in.")
PASSWORD_HELP = _l(
    "At least %(number)s characters, without your own name. Three or four words work well.",
    number=SHORTEST,
)
NOT_THE_SAME = _l("The two passwords are not the same.")


class SignInForm(FlaskForm):
    """What somebody shows to come in."""

    email = EmailField(
        _l("E-mail address"),
        [DataRequired(FILL_IN)],
        filters=[strip],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"), [InputRequired(FILL_IN)], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class NameForm(FlaskForm):
    """How somebody is called."""

    name = TextField(
        _l("Your name"),
        [DataRequired(FILL_IN)],
        description=_l("Your colleagues in the lab see this name."),
        render_kw={"autocomplete": "name"},
    )


class NewPasswordForm(FlaskForm):
    """A new password, typed twice."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(FILL_IN)],
        description=PASSWORD_HELP,
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        _l("The same password once more"),
        [InputRequired(FILL_IN), EqualTo("password", NOT_THE_SAME)],
        render_kw={"autocomplete": "new-password"},
    )


class NewAccountForm(NameForm, NewPasswordForm):
    """What somebody who was invited chooses."""


class ChangePasswordForm(NewPasswordForm):
    """The password somebody has, and the one they want."""

    current = PasswordField(
        _l("Your password now"),
        [InputRequired(FILL_IN)],
        render_kw={"autocomplete": "current-password"},
    )
