"""Forms on living labs and their partners."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.validators import DataRequired, Optional

from lab.forms.account import FILL_IN
from lab.forms.fields import LongTextField, TextField


class LivingLabForm(FlaskForm):
    """What describes a living lab."""

    name = TextField(
        _l("Name"),
        [DataRequired(FILL_IN)],
        description=_l("Short and recognisable, such as a neighbourhood and a subject."),
    )
    municipality = TextField(_l("Municipality"), [DataRequired(FILL_IN)])
    question = LongTextField(
        _l("Question"), [Optional()], description=_l("What do you want to know together?")
    )
    description = LongTextField(
        _l("Description"),
        [Optional()],
        description=_l("What the lab is about, for somebody who does not know it."),
    )
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])


class PartnerForm(FlaskForm):
    """What describes a partner of a lab."""

    name = TextField(_l("Organisation"), [DataRequired(FILL_IN)])
    role = TextField(
        _l("Part in the lab"),
        [DataRequired(FILL_IN)],
        description=_l("For instance: client, research, students, printing."),
    )
