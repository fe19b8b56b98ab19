"""Forms on the labels of a programme."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired

from lab.forms.account import FILL_IN
from lab.forms.fields import TextField, make_choices
from lab.i18n import in_language
from lab.labels import CHANNEL_MODES, CHANNEL_ROUTES, DENOMINATOR_KINDS
from lab.models.labels import Label
from lab.queries.labels import LabelKind

CHOOSE = _l("Choose one of the options.")


class LabelForm(FlaskForm):
    """The names of a label."""

    name_nl = TextField(_l("Name in Dutch"), [DataRequired(FILL_IN)])
    name_en = TextField(_l("Name in English"), [DataRequired(FILL_IN)])


class ChannelForm(LabelForm):
    """The names of a channel and how it works."""

    mode = RadioField(
        _l("Does it work on a screen?"),
        [InputRequired(CHOOSE)],
        choices=make_choices(CHANNEL_MODES),
    )
    route = RadioField(
        _l("Which way does it go?"), [InputRequired(CHOOSE)], choices=make_choices(CHANNEL_ROUTES)
    )
    denominator_kind = SelectField(
        _l("What do you count as offered?"),
        [InputRequired(CHOOSE)],
        choices=make_choices(DENOMINATOR_KINDS),
        description=_l("An experiment can choose something else."),
    )


class OrderForm(FlaskForm):
    """Where a label stands in its list."""

    after = SelectField(_l("Place in the list"))

    def offer_places(self, label: Label, others: list[Label]) -> None:
        """Offer the first place and a place after each other label; it is where it is."""
        self.after.choices = [SelectChoice("", _("first"))] + [
            SelectChoice(other.code, _("after “%(name)s”", name=in_language(other, "name")))
            for other in others
        ]
        if not self.is_submitted():
            before = [other.code for other in others if other.position < label.position]
            self.after.data = before[-1] if before else ""


class LabelChangeForm(LabelForm, OrderForm):
    """The names and the place of a label."""


class ChannelChangeForm(ChannelForm, OrderForm):
    """The names and the place of a channel, and how it works."""


def form_for_new(kind: LabelKind) -> FlaskForm:
    """Return the form for a new label of a kind."""
    return ChannelForm() if kind is LabelKind.CHANNELS else LabelForm()


def form_for_change(kind: LabelKind, label: object) -> LabelChangeForm | ChannelChangeForm:
    """Return the form for changing a label of a kind."""
    form_type = ChannelChangeForm if kind is LabelKind.CHANNELS else LabelChangeForm
    return form_type(obj=label)
