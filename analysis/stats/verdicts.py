"""The four verdicts on a pair of variants."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats.cells import Direction
from analysis.stats.results import Verdict

PROBABLY = 0.90

_ORDER = (
    Verdict.NO_DIFFERENCE,
    Verdict.CLEARLY_BETTER,
    Verdict.PROBABLY_BETTER,
    Verdict.NOT_ENOUGH_DATA,
)


def judge_pairs(
    lower: ArrayLike,
    upper: ArrayLike,
    probability_better: ArrayLike,
    margin: ArrayLike,
    difference: ArrayLike,
    is_lower_better: ArrayLike = False,
) -> tuple[list[Verdict], NDArray[np.int64]]:
    """Return each pair's verdict, and which side does better: 1, -1, or 0 when equal or unknown.

    lower, upper: simultaneous limits of variant minus reference on the outcome's scale, NaN when
    unknown. probability_better: P(variant better than reference) in the good direction. margin:
    smallest difference that matters. The verdict is read from the side that does better; the first
    that fits counts: no difference when both limits lie within the margin; clearly better when the
    worse limit is above 0; probably better when P >= 0.90; else not enough data.
    """
    sign = np.where(is_lower_better, -1.0, 1.0)
    side = np.nan_to_num(np.sign(np.asarray(difference, dtype=float) * sign))
    turn = np.where(side < 0, -sign, sign)
    low = np.where(turn < 0, -np.asarray(upper, dtype=float), lower)
    high = np.where(turn < 0, -np.asarray(lower, dtype=float), upper)
    probability = np.asarray(probability_better, dtype=float)
    probability = np.where(side < 0, 1 - probability, probability)
    is_small = (-np.asarray(margin) < low) & (high < margin)
    codes = np.select([is_small, low > 0, probability >= PROBABLY], [0, 1, 2], 3)
    return [_ORDER[code] for code in np.atleast_1d(codes).tolist()], side.astype(int)


def judge_pair(
    lower: float | None,
    upper: float | None,
    probability_better: float | None,
    margin: float,
    difference: float | None,
    direction: Direction = Direction.HIGHER,
) -> tuple[Verdict, int]:
    """Return the verdict on one pair and which side does better; None means unknown."""
    known = [
        np.nan if one is None else one for one in (lower, upper, probability_better, difference)
    ]
    verdicts, side = judge_pairs(*known[:3], margin, known[3], direction == Direction.LOWER)
    return verdicts[0], int(side)
