"""Forms for telling what came of advice, and for answering that."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from analysis.feedback_labels import FOLLOWED, USEFULNESS
from analysis.models.feedback import TEXT_LENGTH
from lab.forms.fields import LongTextField, TextField, make_choices

CHOOSE = _l("Choose one of the options.")


def _empty_to_none(value):
    return value or None


class FollowUpForm(FlaskForm):
    """What happened with advice."""

    followed = RadioField(
        _l("Did you follow it?"),
        [Optional()],
        choices=make_choices(FOLLOWED),
        filters=[_empty_to_none],
    )
    text = LongTextField(
        _l("What happened?"),
        [Length(max=TEXT_LENGTH)],
        description=_l("No names, addresses or other things by which somebody can be known."),
        render_kw={"rows": 4},
    )
    offered = TextField(
        _l("To how many people or addresses did you send or say it?"),
        filters=[_empty_to_none],
        render_kw={"inputmode": "numeric"},
    )
    responded = TextField(
        _l("How many responded?"), filters=[_empty_to_none], render_kw={"inputmode": "numeric"}
    )
    # People do not see this; machines that fill in everything do.
    website = StringField(_l("Leave this empty"), render_kw={"autocomplete": "off"})

    def validate_website(self, field):
        """Refuse whoever fills in what people do not see."""
        if field.data:
            raise ValidationError(_("Leave this empty: then we know that you are no machine."))


class FeedbackForm(FollowUpForm):
    """Whether advice was useful, and what happened with it."""

    usefulness = RadioField(
        _l("Was this useful?"), [InputRequired(CHOOSE)], choices=make_choices(USEFULNESS)
    )


class AnswerForm(FlaskForm):
    """What a researcher answers."""

    answer = LongTextField(_l("Answer"), [Length(max=TEXT_LENGTH)], render_kw={"rows": 4})
    is_shown = BooleanField(_l("Everybody may read this message and the answer"))


class HideForm(FlaskForm):
    """Why a message is hidden."""

    reason = LongTextField(
        _l("Why is this hidden?"), [Length(max=TEXT_LENGTH)], render_kw={"rows": 2}
    )
