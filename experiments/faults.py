"""What can be wrong with counts, as codes: the words are made when somebody reads them."""

from typing import Any, NamedTuple


class Fault(NamedTuple):
    """Something wrong in one field of a record; an empty field means the record as a whole."""

    field: str
    code: str
    details: dict[str, Any] = {}


class UnreadableFileError(Exception):
    """A file from which no rows can be read: a code that says why, with details."""

    def __init__(self, code: str, **details: Any):
        super().__init__(code)
        self.code = code
        self.details = details
