"""The form that makes a link to a report."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice

PERIODS = (("30", _l("30 days")), ("90", _l("90 days")), ("365", _l("a year")))


class ShareForm(FlaskForm):
    """How long a link works."""

    days = RadioField(
        _l("How long does it work?"),
        choices=lambda: [SelectChoice(*one) for one in PERIODS],
        default="30",
    )
