"""The form to offer a file of who lives where."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField
from wtforms.validators import DataRequired, InputRequired

from lab.forms.account import FILL_IN
from lab.forms.areas import SourceForm
from lab.forms.fields import TextField, make_choices
from lab.labels import AREA_KINDS
from lab.models.areas import AreaKind

CHOOSE = _l("Choose one of the options.")


class AreaImportForm(SourceForm):
    """A file of areas, by which profiles, and where it is from."""

    file = FileField(_l("File"), description=_l("CSV, Excel (.xlsx) or OpenDocument (.ods)."))
    model = RadioField(_l("Segmentation model"), [InputRequired(CHOOSE)], coerce=int)
    municipality = TextField(
        _l("Municipality"),
        [DataRequired(FILL_IN)],
        description=_l("Where the file has no column for it."),
    )
    kind = RadioField(
        _l("Kind of area"),
        [InputRequired(CHOOSE)],
        choices=make_choices(AREA_KINDS),
        default=AreaKind.NEIGHBOURHOOD,
        coerce=AreaKind,
    )
