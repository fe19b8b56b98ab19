"""Numbers and dates as people read them, in the reader's language."""

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import get_currency_symbol
from flask import Flask, g
from flask_babel import get_locale

NOTHING = "—"
MINUS = "\u2212"
NO_BREAK_SPACE = "\u00a0"
DEFAULT_LANGUAGE = "nl"
HOME_ZONE = ZoneInfo("Europe/Amsterdam")
SMALLEST_PVALUE = 0.001
RANGE_WORDS = {"nl": "tot", "en": "to"}


class Unit(StrEnum):
    """What the ends of an interval are shares of."""

    PERCENT = "percent"
    POINTS = "points"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How one language writes numbers."""

    language: str
    signs: dict[int, str]
    percent_sign: str
    money_sign: str
    range_word: str

    def write(self, value: float, decimals: int) -> str:
        """Return a number with this language's signs, and never a negative zero."""
        return f"{value:z,.{decimals}f}".translate(self.signs)


@lru_cache
def number_style(language: str) -> NumberStyle:
    """Return how a language writes numbers, read from Babel once."""
    locale = Locale.parse(language)
    symbols = locale.number_symbols["latn"]
    signs = {",": symbols["group"], ".": symbols["decimal"], "-": MINUS}
    before = locale.currency_formats["standard"].prefix[0]
    return NumberStyle(
        language=language,
        signs=str.maketrans(signs),
        percent_sign=locale.percent_formats[None].suffix[0],
        money_sign=before.replace("¤", get_currency_symbol("EUR", locale)),
        range_word=RANGE_WORDS.get(language, RANGE_WORDS["en"]),
    )


def current_style() -> NumberStyle:
    """Return how the reader's language writes numbers."""
    # A report asks this some 500 times, and get_locale() alone would cost it two milliseconds.
    try:
        locale = g._get_current_object()._flask_babel.babel_locale or get_locale()
    except (AttributeError, RuntimeError):
        locale = get_locale()
    return number_style(locale.language if locale else DEFAULT_LANGUAGE)


def is_nothing(value: float | None) -> bool:
    """Return whether there is no number to show."""
    return value is None or not math.isfinite(value)


def nothing(value: object) -> object:
    """Return the value, or a dash where there is none."""
    return NOTHING if value is None or value == "" else value


def decimal(value: float | None, decimals: int = 2) -> str:
    """Return a number with a fixed count of decimals."""
    return NOTHING if is_nothing(value) else current_style().write(value, decimals)


def number(value: float | None) -> str:
    """Return a whole number with its thousands apart."""
    return decimal(value, 0)


def percent(rate: float | None, decimals: int = 1) -> str:
    """Return a rate between 0 and 1 as a percentage."""
    if is_nothing(rate):
        return NOTHING
    style = current_style()
    return style.write(rate * 100, decimals) + style.percent_sign


def points(difference: float | None, decimals: int = 1, plus: bool = True) -> str:
    """Return a difference between two rates in percentage points, with its sign."""
    if is_nothing(difference):
        return NOTHING
    text = current_style().write(difference * 100, decimals)
    return f"+{text}" if plus and text[0] != MINUS and text.strip("0.,") else text


def interval(
    lower: float | None, upper: float | None, unit: str = Unit.PERCENT, decimals: int = 1
) -> str:
    """Return both ends of an interval without their unit, the lower one first."""
    if is_nothing(lower) or is_nothing(upper):
        return NOTHING
    style = current_style()
    if unit == Unit.POINTS:
        return f"{points(lower, decimals)} {style.range_word} {points(upper, decimals)}"
    factor = 100 if unit == Unit.PERCENT else 1
    low, high = (style.write(end * factor, decimals) for end in (lower, upper))
    return f"{low} {style.range_word} {high}" if MINUS in low + high else f"{low}–{high}"


def money(cents: int | None) -> str:
    """Return an amount of eurocents as euros."""
    if is_nothing(cents):
        return NOTHING
    style = current_style()
    sign = MINUS if cents < 0 else ""
    return f"{style.money_sign}{sign}{style.write(abs(cents) / 100, 2)}"


def pvalue(value: float | None) -> str:
    """Return a p-value in three decimals, or that it is smaller than those can show."""
    if is_nothing(value):
        return NOTHING
    if value < SMALLEST_PVALUE:
        return f"<{NO_BREAK_SPACE}{decimal(SMALLEST_PVALUE, 3)}"
    return decimal(value, 3)


@lru_cache(maxsize=4096)
def _write_date(day: dt.date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=language)


def date(day: dt.date | None) -> str:
    """Return a day with its month in letters."""
    if day is None:
        return NOTHING
    return _write_date(_day_of(day), "d MMMM y", current_style().language)


def month(day: dt.date | None) -> str:
    """Return the month and the year of a day."""
    if day is None:
        return NOTHING
    return _write_date(_day_of(day), "MMMM y", current_style().language)


@lru_cache(maxsize=4096)
def _write_period(first: dt.date, last: dt.date, language: str) -> str:
    # As in `date`, the day stands before the month in every language.
    locale = "en_GB" if language == "en" else language
    return format_interval(first, last, "yMMMd", locale=locale)


def period(first: dt.date | None, last: dt.date | None) -> str:
    """Return the days from a first to a last one, with what they share written once."""
    if first is None or last is None:
        return NOTHING
    return _write_period(_day_of(first), _day_of(last), current_style().language)


def datetime_local(at: dt.datetime | None) -> str:
    """Return a moment by the clock of the Netherlands."""
    if at is None:
        return NOTHING
    local = at.astimezone(HOME_ZONE)
    day = _write_date(local.date(), "d MMMM y", current_style().language)
    return f"{day} {local:%H:%M}"


def _day_of(day: dt.date) -> dt.date:
    return day.astimezone(HOME_ZONE).date() if isinstance(day, dt.datetime) else day


FILTERS: tuple[Callable[..., object], ...] = (
    date,
    datetime_local,
    decimal,
    interval,
    money,
    month,
    nothing,
    number,
    percent,
    points,
    pvalue,
)


def init_app(app: Flask) -> None:
    """Make the formats known to every template: as filters, and `interval` as a function too."""
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS})
    app.jinja_env.globals["interval"] = interval
