"""Forms on segmentation models and profiles."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import DataRequired, InputRequired, Optional, Regexp

from lab.forms.account import FILL_IN
from lab.forms.fields import LongTextField, PercentField, TextField, make_choices
from lab.labels import MODEL_STATUSES
from lab.models.segmentation import ModelStatus

CODE_HELP = _l("Files with counts use this. It cannot change later.")
IS_CODE = Regexp(
    r"^[a-z0-9][a-z0-9_-]*$", message=_l("Use small letters, digits and _ only, such as my_model.")
)


class NamedForm(FlaskForm):
    """What models and profiles have alike."""

    name_nl = TextField(_l("Name in Dutch"), [DataRequired(FILL_IN)])
    name_en = TextField(_l("Name in English"), [DataRequired(FILL_IN)])
    description_nl = LongTextField(_l("Description in Dutch"), [Optional()])
    description_en = LongTextField(_l("Description in English"), [Optional()])
    source = LongTextField(
        _l("Source"),
        [Optional()],
        description=_l("Where this was found: one address or title on each line."),
    )


class ModelChangeForm(NamedForm):
    """What describes a segmentation model."""

    owner = TextField(
        _l("Owner"),
        [Optional()],
        description=_l("Who devised the model and may decide on its use."),
    )
    owner_note_nl = LongTextField(_l("Note on the owner in Dutch"), [Optional()])
    owner_note_en = LongTextField(_l("Note on the owner in English"), [Optional()])
    status = RadioField(
        _l("Status"),
        [InputRequired(_l("Choose one of the options."))],
        choices=make_choices(MODEL_STATUSES),
        default=ModelStatus.CONCEPT,
    )


class ModelForm(ModelChangeForm):
    """A new version of a segmentation model."""

    code = TextField(_l("Code"), [DataRequired(FILL_IN), IS_CODE], description=CODE_HELP)
    version = TextField(
        _l("Version"),
        [DataRequired(FILL_IN)],
        description=_l("For instance a year. A model that changes gets a new version."),
    )


class ProfileChangeForm(NamedForm):
    """What describes a profile."""

    share = PercentField(
        _l("Share of the residents, in percent"),
        [Optional()],
        description=_l("Leave it empty when it is not known."),
    )


class ProfileForm(ProfileChangeForm):
    """A new profile."""

    code = TextField(_l("Code"), [DataRequired(FILL_IN), IS_CODE], description=CODE_HELP)
