"""Do stated probabilities come true? Forecasts held against what was seen, clustered by source.

Forecasts about one experiment share its people, so they do not count as independent: every interval
here follows the variance between groups, with Student's t on groups less one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from analysis.stats.proportions import wilson_limits

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
CONFIDENCE_LEVEL = 0.95
# With fewer groups their spread says next to nothing.
LEAST_GROUPS = 3
# How far stated and seen may lie apart on average and still be called alike.
TOLERANCE = 0.05


class CalibrationAnswer(StrEnum):
    """Whether what was stated came true as often as was stated."""

    CALIBRATED = "calibrated"
    OVERCONFIDENT = "overconfident"
    UNDERCONFIDENT = "underconfident"
    TOO_LITTLE = "too_little"


class Share(NamedTuple):
    """A share with its interval, None where too few groups say how much it varies."""

    number: int
    groups: int
    share: float | None = None
    lower: float | None = None
    upper: float | None = None


class Average(NamedTuple):
    """A mean with its interval, None where it is not known."""

    mean: float | None = None
    lower: float | None = None
    upper: float | None = None


class Bin(NamedTuple):
    """Forecasts that were stated about as surely: between which limits, their mean, and how often
    they came true."""

    lowest: float
    highest: float
    stated: float | None
    seen: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """How stated probabilities compare with what was seen.

    seen: how often it came true. gap: stated less seen. excess: how much surer than right, each
    forecast read from the side that it favours; above 0 is over-confident. brier: mean squared
    error, beside that of always saying one half and of always saying the share that came true.
    """

    forecasts: int
    groups: int
    answer: CalibrationAnswer
    stated: float | None
    seen: Share
    gap: Average
    excess: Average
    brier: float | None
    brier_half: float | None
    brier_base: float | None
    bins: tuple[Bin, ...]


def check_calibration(stated: ArrayLike, seen: ArrayLike, group: ArrayLike) -> Calibration:
    """Return how well probabilities were stated.

    stated: (n,) probabilities; seen: (n,) 1 where it came true, 0 where not, 0.5 for a tie; group:
    (n,) which forecasts share a source. The answer: `calibrated` when the interval of the excess
    lies within 0.05 of 0, over- or under-confident when it lies on one side of 0, else too little.
    Sources: Brier 1950, Mon Weather Rev 78:1; Dawid 1982, JASA 77:605 (calibration).
    """
    stated, seen = np.asarray(stated, dtype=float), np.asarray(seen, dtype=float)
    group = _code(group)
    groups = int(group.max(initial=-1)) + 1
    if not stated.size:
        nothing = Share(0, 0)
        return Calibration(
            0, 0, CalibrationAnswer.TOO_LITTLE, None, nothing, Average(), Average(), *[None] * 3, ()
        )
    excess = average_by_group(np.where(stated < 0.5, -1.0, 1.0) * (stated - seen), group)
    return Calibration(
        forecasts=stated.size,
        groups=groups,
        answer=_judge(excess),
        stated=float(stated.mean()),
        seen=find_share(seen, group),
        gap=average_by_group(stated - seen, group),
        excess=excess,
        brier=_square(stated - seen),
        brier_half=_square(0.5 - seen),
        brier_base=_square(seen.mean() - seen),
        bins=tuple(_list_bins(stated, seen, group)),
    )


def find_share(seen: ArrayLike, group: ArrayLike) -> Share:
    """Return the mean of zeros, ones and halves with Wilson's interval for clustered data.

    The number of observations is divided by the design effect, the variance between groups over
    that of independent ones (Kish 1965; Rao and Scott 1992, Biometrics 48:577), never taken below
    1. Where all are alike nothing tells how much groups differ, and each group counts once.
    """
    seen, group = np.asarray(seen, dtype=float), _code(group)
    number, groups = seen.size, int(group.max(initial=-1)) + 1
    if not number:
        return Share(0, 0)
    mean = float(seen.mean())
    if groups < LEAST_GROUPS:
        return Share(number, groups, mean)
    between = _find_variance(seen, group)
    plain = mean * (1 - mean) / number
    effective = groups if between <= 0 or plain <= 0 else number / max(1.0, between / plain)
    quantile = float(stdtrit(groups - 1, 0.5 + CONFIDENCE_LEVEL / 2))
    lower, upper = wilson_limits(mean * effective, effective, quantile)
    return Share(number, groups, mean, float(lower), float(upper))


def average_by_group(values: ArrayLike, group: ArrayLike) -> Average:
    """Return the mean of values with an interval that follows the groups they come in (t)."""
    values, group = np.asarray(values, dtype=float), _code(group)
    if not values.size:
        return Average()
    mean, groups = float(values.mean()), int(group.max()) + 1
    if groups < LEAST_GROUPS:
        return Average(mean)
    half = float(stdtrit(groups - 1, 0.5 + CONFIDENCE_LEVEL / 2))
    half *= float(np.sqrt(_find_variance(values, group)))
    return Average(mean, mean - half, mean + half)


def _find_variance(values: Array, group: Codes) -> float:
    """Return the variance of the mean: of sums of groups, linearised, with G/(G-1)."""
    sums = np.bincount(group, weights=values - values.mean())
    return float((sums**2).sum()) / values.size**2 * sums.size / (sums.size - 1)


def _judge(excess: Average) -> CalibrationAnswer:
    if excess.lower is None:
        return CalibrationAnswer.TOO_LITTLE
    if excess.lower >= -TOLERANCE and excess.upper <= TOLERANCE:
        return CalibrationAnswer.CALIBRATED
    if excess.lower > 0:
        return CalibrationAnswer.OVERCONFIDENT
    if excess.upper < 0:
        return CalibrationAnswer.UNDERCONFIDENT
    return CalibrationAnswer.TOO_LITTLE


def _list_bins(stated: Array, seen: Array, group: Codes):
    place = np.clip(np.searchsorted(EDGES, stated, side="right") - 1, 0, len(EDGES) - 2)
    for number, (lowest, highest) in enumerate(zip(EDGES, EDGES[1:], strict=False)):
        held = place == number
        mean = float(stated[held].mean()) if held.any() else None
        yield Bin(lowest, highest, mean, find_share(seen[held], group[held]))


def _code(group: ArrayLike) -> Codes:
    return np.unique(np.asarray(group), return_inverse=True)[1].ravel()


def _square(error: Array) -> float:
    return float((error**2).mean())
