"""Forms for what people say they want: one at a time, or a file."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from analysis.models.preferences import FEWEST
from lab.forms.account import FILL_IN
from lab.forms.fields import LongTextField, PercentField, TextField
from lab.i18n import in_language

CHOOSE = _l("Choose one of the options.")


def _number_or_none(value):
    return int(value) if value else None


def _empty_to_none(value):
    return value or None


def _offer(labels, empty: object) -> list[SelectChoice]:
    return [
        SelectChoice("", str(empty)),
        *(SelectChoice(str(one.id), in_language(one, "name")) for one in labels),
    ]


class PreferenceForm(FlaskForm):
    """What one group said in one survey about one channel."""

    profile_id = SelectField(_l("Who said it?"), coerce=_number_or_none)
    channel_id = SelectField(_l("Channel"), [InputRequired(CHOOSE)], coerce=_number_or_none)
    style_id = SelectField(_l("Style"), coerce=_number_or_none)
    issue_type_id = SelectField(_l("Kind of matter"), coerce=_number_or_none)
    phase_id = SelectField(_l("Phase"), coerce=_number_or_none)
    share = PercentField(
        _l("Which part prefers it, in percent?"),
        description=_l("Fill in this, its place in their order, or both."),
    )
    rank = TextField(
        _l("Its place in their order (1 is most wanted)"),
        filters=[_empty_to_none],
        render_kw={"inputmode": "numeric"},
    )
    respondents = TextField(
        _l("How many people answered?"), [DataRequired(FILL_IN)], render_kw={"inputmode": "numeric"}
    )
    source = TextField(
        _l("Source"),
        [DataRequired(FILL_IN)],
        description=_l("Who asked, and where it can be read."),
    )
    year = TextField(_l("Year"), [DataRequired(FILL_IN)], render_kw={"inputmode": "numeric"})
    reasons = LongTextField(
        _l("Their reasons"),
        description=_l("Motives, barriers or expectations in a few words."),
        render_kw={"rows": 2},
    )

    def offer(self, profiles, channels, styles, issue_types, phases) -> None:
        """Offer the labels of a programme."""
        self.profile_id.choices = _offer(profiles, _("Everyone"))
        self.channel_id.choices = _offer(channels, _("Choose"))
        self.style_id.choices = _offer(styles, _("Not said"))
        self.issue_type_id.choices = _offer(issue_types, _("Not said"))
        self.phase_id.choices = _offer(phases, _("Not said"))
        self.respondents.description = _("At least %(fewest)s.", fewest=FEWEST)


class PreferenceFileForm(FlaskForm):
    """A file of preferences, or its good rows once they were looked at."""

    file = FileField(_l("File"))
    rows = HiddenField()
    save = SubmitField(_l("Keep"))
