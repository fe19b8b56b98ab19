"""Fields that read what people type the way they mean it."""

from flask_babel import gettext as _
from wtforms import StringField, TextAreaField
from wtforms.fields import Field
from wtforms.widgets import TextInput

from lab.formats import current_style


def strip(text: str | None) -> str | None:
    """Return a text without the space around it."""
    return text.strip() if isinstance(text, str) else text


class TextField(StringField):
    """One line of text, without the space around it."""

    def __init__(self, label=None, validators=None, filters=(strip,), **options):
        super().__init__(label, validators, filters, **options)


class LongTextField(TextAreaField):
    """Several lines of text, with line ends of one kind."""

    def process_formdata(self, valuelist):
        """Keep the text as it was typed, with plain line ends."""
        if valuelist:
            self.data = valuelist[0].replace("\r\n", "\n").strip()


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
            try:
                self.data = round(float(text.replace(",", ".")) / 100, 10)
            except ValueError:
                raise ValueError(_("Enter a number.")) from None
