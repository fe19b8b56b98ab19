"""What people read when the second, authoritative check of a form finds something wrong."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from pydantic import ValidationError
from wtforms import Form

from lab.formats import decimal

# The kinds of mistakes that pydantic names, in the words of somebody who fills in a form.
MESSAGES = {
    "missing": lazy_gettext("Fill this in."),
    "string_too_short": lazy_gettext("Fill this in."),
    "string_too_long": lazy_gettext("This is too long: at most %(max_length)s characters."),
    "string_pattern_mismatch": lazy_gettext("This is not written as it should be."),
    "string_type": lazy_gettext("Fill this in."),
    "enum": lazy_gettext("Choose one of the options."),
    "int_parsing": lazy_gettext("Enter a whole number."),
    "int_type": lazy_gettext("Enter a whole number."),
    "int_from_float": lazy_gettext("Enter a whole number."),
    "int_parsing_size": lazy_gettext("This number is too large."),
    "float_parsing": lazy_gettext("Enter a number."),
    "float_type": lazy_gettext("Enter a number."),
    "decimal_parsing": lazy_gettext("Enter a number."),
    "decimal_type": lazy_gettext("Enter a number."),
    "finite_number": lazy_gettext("Enter a number."),
    "decimal_max_digits": lazy_gettext("This number is too large."),
    "decimal_whole_digits": lazy_gettext("This number is too large."),
    "decimal_max_places": lazy_gettext("Use at most %(decimal_places)s decimals."),
    "greater_than": lazy_gettext("Enter a number above %(gt)s."),
    "greater_than_equal": lazy_gettext("Enter %(ge)s or more."),
    "less_than": lazy_gettext("Enter a number below %(lt)s."),
    "less_than_equal": lazy_gettext("Enter %(le)s or less."),
    "date_type": lazy_gettext("Enter a date."),
    "date_parsing": lazy_gettext("Enter a date."),
    "date_from_datetime_parsing": lazy_gettext("Enter a date."),
    "full_postcode": lazy_gettext(
        "“%(found)s” is a full postcode: that is about twenty addresses, which says too much about "
        "people. Use the four digits, the neighbourhood or the district."
    ),
    "not_four_digits": lazy_gettext("The code of a postcode area is four digits, such as 6661."),
    "shares_do_not_add_up": lazy_gettext(
        "Together the shares are %(total)s percent. They should be 100: change a share, or put the "
        "rest under “not known”."
    ),
}


def translate_errors(
    error: ValidationError, messages: dict[str, object] | None = None
) -> list[tuple[str, str]]:
    """Return each mistake as a field, empty for the whole, and what to do about it."""
    known = MESSAGES | (messages or {})
    return [(_field_of(found), _message_of(found, known)) for found in error.errors()]


def show_errors(
    form: Form, error: ValidationError, messages: dict[str, object] | None = None
) -> None:
    """Put each mistake beside its field on a form, or above all fields."""
    for name, message in translate_errors(error, messages):
        errors = form[name].errors if name in form else form.form_errors
        # A field that was never checked has a tuple here.
        if isinstance(errors, tuple):
            form[name].errors = errors = list(errors)
        if message not in errors:
            errors.append(message)


def _field_of(found: dict) -> str:
    # A check of the whole can name the field where people should look.
    named = found.get("ctx", {}).get("field")
    return named or "-".join(str(part) for part in found["loc"])


def _message_of(found: dict, known: dict[str, object]) -> str:
    if found["type"] in known:
        values = {name: _plain(value) for name, value in found.get("ctx", {}).items()}
        message = str(known[found["type"]])
        return message % values if "%(" in message else message
    # The product's own checks say in English what is wrong; that is what gets translated.
    english = found["msg"]
    return _(english)


def _plain(value: object) -> object:
    return decimal(value, 0 if value == int(value) else 2) if isinstance(value, float) else value
