"""What changed in a record, for the log."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal


def compare_values(before: Mapping, after: Mapping) -> dict[str, list]:
    """Return the fields that differ, each with its old and new value as JSON can hold them."""
    return {
        name: [_plain(before.get(name)), _plain(value)]
        for name, value in after.items()
        if _plain(before.get(name)) != _plain(value)
    }


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (list, tuple)):
        return sorted(value)
    return value
