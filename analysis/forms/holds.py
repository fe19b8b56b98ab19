"""The form that asks whether advice holds for the residents of a place."""

from collections.abc import Sequence
from math import fsum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from analysis.pooled.residents import Residents
from lab.compositions import make_whole
from lab.formats import percent
from lab.forms.fields import PercentField
from lab.i18n import in_language
from lab.models.areas import ROUNDING, Area
from lab.models.segmentation import Profile

SHARE = "share_"


class HoldsForm(FlaskForm):
    """A municipality, some of its areas, or shares that somebody knows."""

    municipality = SelectField(_l("Municipality"), [Optional()], choices=[])
    area = SelectMultipleField(
        _l("Only these areas"),
        [Optional()],
        coerce=int,
        choices=[],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    unknown = PercentField(_l("Profile not known, in percent"), [Optional()])

    @property
    def shares(self) -> list[PercentField]:
        """Return the fields of the profiles, in the order of the model."""
        return [field for field in self if field.name.startswith(SHARE)]

    @property
    def has_own_shares(self) -> bool:
        """Tell whether somebody typed shares."""
        fields = [*self.shares, self.unknown]
        return any(field.raw_data and field.raw_data[0].strip() for field in fields)

    def read_residents(self) -> Residents | None:
        """Return the residents that were typed, or None with what is wrong beside its field."""
        if not self.validate():
            return None
        given = {field.name.removeprefix(SHARE): field.data or 0.0 for field in self.shares}
        unknown = self.unknown.data or 0.0
        total = fsum([unknown, *given.values()])
        if abs(total - 1) > ROUNDING:
            self.unknown.errors = [
                *self.unknown.errors,
                _(
                    "Together the shares are %(total)s. They should be 100%%: change a share, or "
                    "put the rest under “not known”.",
                    total=percent(total, 1),
                ),
            ]
            return None
        return Residents(*make_whole(given, unknown))


def make_form(
    profiles: Sequence[Profile], municipalities: Sequence[str], areas: Sequence[Area], values
) -> HoldsForm:
    """Return the form of a question, with a field for the share of each profile."""

    class FormOfProfiles(HoldsForm):
        pass

    for profile in profiles:
        label = in_language(profile, "name")
        setattr(FormOfProfiles, f"{SHARE}{profile.id}", PercentField(label, [Optional()]))
    form = FormOfProfiles(values, meta={"csrf": False})
    nothing = [("", _("Choose a municipality"))]
    form.municipality.choices = nothing + [(name, name) for name in municipalities]
    form.area.choices = [(area.id, area.name) for area in areas]
    return form
