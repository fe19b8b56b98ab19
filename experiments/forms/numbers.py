"""Fields for numbers as people type them: with a comma or a point, and their sign."""

import re
from decimal import Decimal, InvalidOperation

import wtforms
from flask_babel import gettext as _

from lab.formats import current_style

SIGNS = re.compile(r"[\s\u00a0\u202f%€]")


class DecimalField(wtforms.DecimalField):
    """A number with a decimal comma or point; a percent or euro sign does no harm."""

    def process_formdata(self, valuelist):
        """Read what somebody typed."""
        typed = SIGNS.sub("", valuelist[0]) if valuelist else ""
        if not typed:
            self.data = None
            return
        try:
            self.data = Decimal(plain_number(typed))
        except InvalidOperation:
            self.data = None
            raise ValueError(_("Enter a number, such as 2 or 2,5.")) from None
        if not self.data.is_finite():
            self.data = None
            raise ValueError(_("Enter a number, such as 2 or 2,5."))

    def _value(self):
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else write_number(self.data)


class Above:
    """Refuse a number that is not above one limit, or that is beyond another one."""

    def __init__(self, lower: int, upper: int | None = None, *, message: object):
        self.lower, self.upper, self.message = lower, upper, message

    def __call__(self, form, field):
        """Check a number that could be read at all."""
        number = field.data
        if number is None:
            return
        if number <= self.lower or (self.upper is not None and number > self.upper):
            raise wtforms.ValidationError(self.message)


def plain_number(typed: str) -> str:
    """Return a typed number with a point for its decimals and nothing between its thousands."""
    if "," in typed and "." in typed:
        thousands = min(",.", key=typed.rindex)
        typed = typed.replace(thousands, "")
    return typed.replace(",", ".")


def write_number(value: Decimal) -> str:
    """Return a number without zeros at its end, as the reader's language writes it."""
    places = max(0, -Decimal(value).normalize().as_tuple().exponent)
    return current_style().write(float(value), places).replace("\u2212", "-")
