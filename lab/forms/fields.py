"""Fields that read what people type the way they mean it."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import gettext as _
from wtforms import StringField, TextAreaField
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from lab.formats import current_style


def strip(text: str | None) -> str:
    """Return a text without the space around it, empty when there is none."""
    # No database takes the sign that other programs end a text with.
    return (text or "").replace("\0", "").strip()


class TextField(StringField):
    """One line of text, without the space around it."""

    def __init__(self, label=None, validators=None, filters=(strip,), **options):
        super().__init__(label, validators, filters, **options)


class LongTextField(TextAreaField):
    """Several lines of text, with line ends of one kind."""

    def process_formdata(self, valuelist):
        """Keep the text as it was typed, with plain line ends."""
        self.data = strip(valuelist[0] if valuelist else "").replace("\r\n", "\n")


def _read_share(text: str) -> float:
    try:
        percentage = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(_("Enter a number.")) from None
    if not 0 <= percentage <= 100:
        raise ValueError(_("Enter a percentage from 0 to 100."))
    # Nobody types more decimals than this, and dividing adds some.
    return round(percentage / 100, 10)


class PercentField(Field):
    """A share between 0 and 1 that people read and type as a percentage."""

    widget = TextInput()

    def __init__(self, label=None, validators=None, decimals=2, **options):
        super().__init__(label, validators, **options)
        self.decimals = decimals

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        if self.data is None:
            return ""
        text = f"{100 * self.data:.{self.decimals}f}"
        return text.rstrip("0").rstrip(".").translate(current_style().signs)

    def process_formdata(self, valuelist):
        """Read a percentage, with a comma or a point and with or without its sign."""
        text = valuelist[0].strip().removesuffix("%").strip() if valuelist else ""
        self.data = None
        if text:
            self.data = _read_share(text)


def make_choices(labels: Mapping[StrEnum, LazyString]) -> list[SelectChoice]:
    """Return the members of a closed set to choose from, by what they are called."""
    return [SelectChoice(member.value, label) for member, label in labels.items()]
