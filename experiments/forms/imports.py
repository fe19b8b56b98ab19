"""The form to offer a file of counts."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField


class ImportForm(FlaskForm):
    """A file, and how to read it."""

    file = FileField(_l("File"), description=_l("CSV, Excel (.xlsx) or OpenDocument (.ods)."))
    has_repeats = BooleanField(
        _l("Equal lines in this file are separate counts"),
        description=_l("For instance one line for each household. Else we ask about equal lines."),
    )
