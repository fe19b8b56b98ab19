"""Forms on the people of a lab."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField
from wtforms.validators import DataRequired, InputRequired, Regexp

from lab.forms.account import FILL_IN
from lab.forms.fields import TextField, make_choices, strip
from lab.labels import ROLES


class RoleForm(FlaskForm):
    """What somebody does in a lab."""

    role = RadioField(
        _l("Role"),
        [InputRequired(_l("Choose one of the options."))],
        choices=make_choices(ROLES),
    )


class InvitationForm(RoleForm):
    """Who is invited, and as what."""

    name = TextField(_l("Name"), [DataRequired(FILL_IN)])
    email = EmailField(
        _l("E-mail address"),
        [
            DataRequired(FILL_IN),
            Regexp(r"^[^@\s]+@[^@\s]+$", message=_l("Enter an address like name@example.org.")),
        ],
        filters=[strip],
        description=_l("The person signs in with this address."),
    )
