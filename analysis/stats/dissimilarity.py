"""How far a group of people is made up differently from those it comes from."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.stats.proportions import normal_quantile, wilson_limits


class Dissimilarity(NamedTuple):
    """The index of dissimilarity with limits, and per group its share with limits.

    index: the part that would have to be of another group for both to be alike, from 0 to 1.
    limits: of each share; these hold for all groups at once.
    """

    index: float
    lower: float
    upper: float
    shares: tuple[float, ...]
    limits: tuple[tuple[float, float], ...]


def estimate_dissimilarity(
    counts: Sequence[float], expected: Sequence[float], confidence_level: float = 0.95
) -> Dissimilarity | None:
    """Return how far the make-up of counted people lies from an expected one that is known.

    counts: people per group; expected: shares that add up to 1. None where nobody was counted or
    there are fewer than two groups. The index is half the sum of the absolute differences. The
    shares get Wilson limits at a level that holds for all of them together (Bonferroni); the index
    is at least what these limits force it to be, and at most what they allow. Since it is never
    below 0, a small sample has a large index by chance alone: then the lower limit is 0. Source:
    Duncan and Duncan 1955, Am Sociol Rev 20:210; Goodman 1965, Technometrics 7:247.
    """
    people, wanted = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    total = people.sum()
    if people.size < 2 or total <= 0:
        return None
    shares = people / total
    level = 1 - (1 - confidence_level) / people.size
    lower, upper = wilson_limits(people, total, normal_quantile(level))
    above, below = np.maximum(lower - wanted, 0.0), np.maximum(wanted - upper, 0.0)
    most_above, most_below = np.maximum(upper - wanted, 0.0), np.maximum(wanted - lower, 0.0)
    return Dissimilarity(
        index=float(np.abs(shares - wanted).sum() / 2),
        lower=float(max(above.sum(), below.sum())),
        upper=float(min(most_above.sum(), most_below.sum(), 1.0)),
        shares=tuple(map(float, shares)),
        limits=tuple(zip(map(float, lower), map(float, upper), strict=True)),
    )
