"""Shares as people count them: so many of a round number, with limits rounded outwards."""

import math
from collections.abc import Callable, Iterable

from lab import formats

SMALL_RATE = 0.02
LARGEST_BASE = 100_000
# Below this a limit is called so many thousandths, and no more digits are told.
FINEST = 4
# What arithmetic on shares leaves behind where a whole number was meant.
NOISE = 1e-9


def choose_base(rates: Iterable[float | None]) -> int:
    """Return of how many a page counts: 100, or 1,000 and more when rates are below 2 %."""
    highest = max((rate for rate in rates if rate is not None), default=1.0)
    base = 100
    while 0 < highest * base < 100 * SMALL_RATE and base < LARGEST_BASE:
        base *= 10
    return base


def count_pair(rate: float, other: float, base: int) -> tuple[str, str]:
    """Return two rates out of the base, as finely as their difference asks."""
    decimals = _decimals_of_pair(rate * base, other * base)
    return formats.decimal(rate * base, decimals), formats.decimal(other * base, decimals)


def count_near(share: float, base: int) -> str:
    """Return a share out of the base: whole, or in tenths where it is no whole number."""
    count = share * base
    return formats.decimal(count, int(abs(count - round(count)) > NOISE))


def count_down(share: float, base: int) -> str:
    """Return a lower limit out of the base: in whole people, more finely below one."""
    return _count(share * base + NOISE, math.floor)


def count_up(share: float, base: int) -> str:
    """Return an upper limit out of the base: in whole people, more finely below one."""
    return _count(share * base - NOISE, math.ceil)


def count_out(share: float, base: int, rounding: Callable[[float], int]) -> str:
    """Return a limit that may lie on either side of 0, rounded outwards."""
    return formats.number(rounding(share * base))


def _decimals_of_pair(count: float, other: float) -> int:
    """Return 1 where whole numbers would hide a difference, or make one of nothing."""
    whole = round(count) - round(other)
    return int(abs(whole - (count - other)) > 0.5 or (whole == 0 and count != other))


def _count(count: float, rounding: Callable[[float], int]) -> str:
    if count <= 10.0**-FINEST or count >= 1:
        return formats.number(max(rounding(count), 0))
    decimals = math.ceil(-math.log10(count))
    shown = rounding(count * 10**decimals) / 10**decimals
    return formats.number(1) if shown == 1 else formats.decimal(shown, decimals)
