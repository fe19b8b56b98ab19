"""How alike two results are: the same, almost the same, or something else."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from analysis.pooled.archive import read_archive

# What a calculation cost, which is no part of what it says.
COSTS = {"evaluations"}


class Likeness(NamedTuple):
    """The largest difference between numbers; infinite where anything but a number differs.

    are_same: whether they are equal to the last byte. where: which number or text differs most.
    """

    are_same: bool
    largest: float = 0.0
    where: str = ""


def compare_results(one: Any, other: Any) -> Likeness:
    """Return how alike two results are as they are written down."""
    if one == other:
        return Likeness(True)
    largest, where = max(_list_differences(one, other, ""), default=(0.0, ""))
    return Likeness(False, largest, where)


def compare_draws(one: bytes | None, other: bytes | None) -> Likeness:
    """Return how alike two archives of draws are."""
    if one == other:
        return Likeness(True)
    if one is None or other is None:
        return Likeness(False, np.inf, "draws")
    first, second = read_archive(one), read_archive(other)
    if first.keys() != second.keys():
        return Likeness(False, np.inf, "draws")
    largest, where = max((_compare_arrays(first[name], second[name]), name) for name in first)
    return Likeness(False, largest, where)


def _list_differences(one: Any, other: Any, where: str) -> Iterator[tuple[float, str]]:
    """Give every difference between values, relative for numbers above 1, with its place."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one.keys() - COSTS:
            yield from _list_differences(one[name], other[name], f"{where}.{name}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from _list_differences(*pair, f"{where}[{place}]")
    elif _is_number(one) and _is_number(other):
        yield abs(one - other) / max(1.0, abs(one)), where
    elif one != other:
        yield np.inf, where


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compare_arrays(one: np.ndarray, other: np.ndarray) -> float:
    if one.shape != other.shape:
        return np.inf
    if one.dtype.kind != "f" or other.dtype.kind != "f":
        return 0.0 if np.array_equal(one, other) else np.inf
    is_odd = ~(np.isfinite(one) & np.isfinite(other))
    if not np.array_equal(one[is_odd], other[is_odd], equal_nan=True):
        return np.inf
    gap = np.abs(one - other)[~is_odd] / np.maximum(1.0, np.abs(one[~is_odd]))
    return float(gap.max(initial=0.0))
