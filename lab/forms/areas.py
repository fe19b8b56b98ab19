"""Forms on areas and who lives there."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField
from wtforms.validators import DataRequired, InputRequired, Optional

from lab.forms.account import FILL_IN
from lab.forms.fields import LongTextField, PercentField, TextField, make_choices
from lab.i18n import in_language
from lab.labels import AREA_KINDS
from lab.models.areas import AreaKind
from lab.models.segmentation import Profile

SHARE = "share_"


class AreaNameForm(FlaskForm):
    """What an area is called."""

    name = TextField(_l("Name"), [DataRequired(FILL_IN)])


class AreaForm(AreaNameForm):
    """A new area."""

    municipality = TextField(
        _l("Municipality"),
        [DataRequired(FILL_IN)],
        description=_l("Written as in the living lab, so that counts find their area."),
    )
    kind = RadioField(
        _l("Kind of area"),
        [InputRequired(_l("Choose one of the options."))],
        choices=make_choices(AREA_KINDS),
        default=AreaKind.NEIGHBOURHOOD,
    )
    code = TextField(
        _l("Code"),
        [DataRequired(FILL_IN)],
        description=_l("As in your files: four digits of a postcode, or the code of Statistics "
                       "Netherlands. Never a full postcode."),
    )  # fmt: skip


class SourceForm(FlaskForm):
    """Where a composition is from."""

    reference_date = DateField(
        _l("Reference date"),
        [DataRequired(FILL_IN)],
        description=_l("The day on which it was like this."),
    )
    source = LongTextField(_l("Source"), [DataRequired(FILL_IN)])
    licence_note = LongTextField(
        _l("Licence"),
        [DataRequired(FILL_IN)],
        description=_l("Who may use this for what. Only people of this programme see the shares."),
    )


class CompositionForm(SourceForm):
    """Who lives in an area; the shares are fields of the profiles."""

    residents = IntegerField(_l("Residents"), [Optional()])
    households = IntegerField(_l("Households"), [Optional()])
    unknown_share = PercentField(_l("Profile not known, in percent"), [Optional()])

    @property
    def share_fields(self) -> list[PercentField]:
        """Return the fields of the profiles, in the order of the model."""
        return [field for field in self if field.name.startswith(SHARE)]

    @property
    def shares(self) -> dict[int, float]:
        """Return the shares that were filled in, by the number of the profile; empty is 0."""
        return {
            int(field.name.removeprefix(SHARE)): field.data or 0.0 for field in self.share_fields
        }


class WithdrawalForm(FlaskForm):
    """Why a composition no longer counts."""

    reason = LongTextField(_l("Reason"), [DataRequired(FILL_IN)])


def make_composition_form(profiles: Sequence[Profile]) -> CompositionForm:
    """Return the form of a model, with a field for the share of each profile."""

    class FormOfProfiles(CompositionForm):
        pass

    for profile in profiles:
        label = in_language(profile, "name")
        setattr(FormOfProfiles, f"{SHARE}{profile.id}", PercentField(label, [Optional()]))
    return FormOfProfiles()
