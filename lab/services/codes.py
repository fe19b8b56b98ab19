"""Codes: the stable short names by which files mention labels and profiles."""

import re
import unicodedata
from collections.abc import Container
from itertools import count

from flask_babel import gettext as _

from lab.errors import DomainError

LONGEST = 50


class NameTakenError(DomainError):
    """A name or code that something else of the same kind has already."""

    def __init__(self, field: str, value: str):
        super().__init__(_("“%(value)s” exists already. Choose another one.", value=value))
        self.field = field


def make_code(name: str, taken: Container[str]) -> str:
    """Return a code made of a name that nothing else has yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST].strip("_") or "label"
    if code not in taken:
        return code
    return next(f"{code}_{number}" for number in count(2) if f"{code}_{number}" not in taken)


def check_names(thing: object, others: list) -> None:
    """Refuse a name that another one has already, in either language."""
    for field in ("name_nl", "name_en"):
        value = getattr(thing, field)
        if value.casefold() in {getattr(other, field).casefold() for other in others}:
            raise NameTakenError(field, value)
