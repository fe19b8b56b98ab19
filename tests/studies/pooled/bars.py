"""What a study must show: bars, the figures held against them, and the table of both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# Scores of a study by name, one number per seed; "seed" is among them.
Columns = Mapping[str, np.ndarray]


class Measured(NamedTuple):
    """A figure with its standard error; exact figures have an error of 0."""

    value: float
    std_error: float


UNKNOWN = Measured(np.nan, np.nan)


def mean_of(name: str) -> Callable[[Columns], Measured]:
    """Return a measure: the mean of a score over the seeds."""
    return lambda columns: find_mean(columns[name])


def size_of(name: str) -> Callable[[Columns], Measured]:
    """Return a measure: how far the mean of a score is from 0, on whichever side."""

    def measure(columns: Columns) -> Measured:
        mean = find_mean(columns[name])
        return mean._replace(value=abs(mean.value))

    return measure


def largest_of(name: str) -> Callable[[Columns], Measured]:
    """Return a measure: the largest of a score, which is exact."""
    return lambda columns: Measured(float(np.max(columns[name])), 0.0)


def ratio_of(part: str, whole: str) -> Callable[[Columns], Measured]:
    """Return a measure: the sum of one score as a share of that of another (delta method)."""

    def measure(columns: Columns) -> Measured:
        parts, wholes = columns[part], columns[whole]
        if not wholes.sum():
            return Measured(0.0, 0.0)
        ratio = parts.sum() / wholes.sum()
        error = find_mean(parts - ratio * wholes).std_error * parts.size / wholes.sum()
        return Measured(float(ratio), float(error))

    return measure


def find_mean(values: np.ndarray) -> Measured:
    """Return the mean of numbers with its standard error, unknown for a single one."""
    error = values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else np.nan
    return Measured(float(np.mean(values)), float(error))


@dataclass(frozen=True)
class Bar:
    """A figure and its bounds; without bounds it is only shown.

    allowed: how many standard errors it may be beyond them. digits: how many are shown.
    """

    what: str
    measure: Callable[[Columns], Measured]
    least: float | None = None
    most: float | None = None
    allowed: float = 2.0
    digits: str = ".3f"

    @property
    def bounds(self) -> str:
        """The bounds as text."""
        if self.least is None:
            return "" if self.most is None else f"≤ {self.most:g}"
        return f"≥ {self.least:g}" if self.most is None else f"{self.least:g} to {self.most:g}"

    def judge(self, columns: Columns) -> "Finding":
        """Return the figure and whether it keeps within the bounds."""
        found = self.measure(columns)
        return Finding(self, found, columns["seed"].size)


class Finding(NamedTuple):
    """A bar, the figure held against it, from how many seeds that is, and how many broke."""

    bar: Bar
    measured: Measured
    seeds: int
    broken: int = 0

    @property
    def beyond(self) -> float:
        """How far the figure is outside its bounds; negative inside, unknown figures are out."""
        value, bar = self.measured.value, self.bar
        if not np.isfinite(value):
            return np.inf
        low = -np.inf if bar.least is None else bar.least - value
        high = -np.inf if bar.most is None else value - bar.most
        return max(low, high)

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its bounds, or no further out than chance allows."""
        chance = np.nan_to_num(self.bar.allowed * self.measured.std_error)
        return bool(self.beyond <= chance) and not self.broken

    @property
    def verdict(self) -> str:
        """Whether the bar is met, in a word."""
        if self.broken:
            return f"NO, {self.broken} broke"
        if not self.bar.bounds:
            return ""
        if self.beyond <= 0:
            return "yes"
        return f"within {self.bar.allowed:g} se" if self.is_met else "NO"

    @property
    def figure(self) -> str:
        """The figure as text, with its standard error if it has one."""
        value = format(self.measured.value, self.bar.digits)
        error = format(self.measured.std_error, self.bar.digits.lstrip("+"))
        return f"{value} ± {error}" if self.measured.std_error else value


def write_table(findings: list[Finding]) -> str:
    """Return findings as a Markdown table."""
    rows = [("what", "bar", "measured ± standard error", "seeds", "met")]
    rows += [
        (one.bar.what, one.bar.bounds, one.figure, str(one.seeds), one.verdict) for one in findings
    ]
    rows.insert(1, ("---",) * 5)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
