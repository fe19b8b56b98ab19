"""Which result of a next experiment would turn an advice.

A next experiment holds the advised variant beside its rival, in a new lab. Its difference of logits
is worth the sampling variance of both rates and what experiments and labs differ. The joint draws
are moved as a normal update with that result would move them: their mean by the gain times the
surprise, their covariance by the square-root form of Potter (Bierman 1977, Factorization Methods,
§II.5; the ensemble form is Whitaker & Hamill 2002, Mon Weather Rev 130:1913). All variants move
with the two, as far as they are correlated. The spread between experiments is taken as known, so
the answer is as exact as "about". The tests hold it beside fits of the counts with such a result.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from analysis.stats.pooled.data import Array

# No experiment shows a larger difference of logits.
FARTHEST = 6.0
STEPS = 24
SURE_ENOUGH = 0.9
# Of a two-sided interval of 95 %.
SURELY_BETTER = 0.975


@dataclass(frozen=True, slots=True)
class Turning:
    """Results of a next experiment, as shares: the advised variant's less the rival's.

    turns_below: another variant is advised from here on down. weakens_below: the advice is near
    the best no more surely. settles_above: the advised one is surely better from here on up. None
    where no result of this size does so. becomes: which variant is advised then, (V,) place.
    """

    turns_below: float | None
    weakens_below: float | None
    settles_above: float | None
    becomes: int | None


@dataclass(frozen=True, slots=True, eq=False)
class _Update:
    """Draws after a result: logits (D, V) = base + result x gain, and the level of both rates."""

    base: Array
    gain: Array
    middle: float
    margin: float
    leader: int
    rival: int

    def rates(self, result: float) -> Array:
        return expit(self.base + result * self.gain)

    def best(self, result: float) -> int:
        return int(np.argmax(self.rates(result).mean(axis=0)))

    def is_turned(self, result: float) -> bool:
        return self.best(result) != self.leader

    def is_weak(self, result: float) -> bool:
        rates = self.rates(result)
        gap = rates.max(axis=1) - rates[:, self.leader]
        return gap.mean() >= self.margin or (gap <= self.margin).mean() < SURE_ENOUGH

    def is_settled(self, result: float) -> bool:
        moved = self.base + result * self.gain
        is_better = (moved[:, self.leader] > moved[:, self.rival]).mean() >= SURELY_BETTER
        return is_better and not self.is_weak(result)

    def share(self, result: float | None) -> float | None:
        if result is None:
            return None
        half = result / 2
        return float(expit(self.middle + half) - expit(self.middle - half))


def find_turning(
    logits: Array, leader: int, rival: int, people: int, spread: float, margin: float
) -> Turning:
    """Return which results of a next experiment would turn an advice.

    logits: (D, V) joint draws of the variants, more is better. leader, rival: places in V. people:
    how many get each of the two. spread: standard deviation of a contrast between experiments and
    labs, on the logit scale. margin: smallest difference that matters, as a share.
    """
    known = _update(logits, leader, rival, people, spread, margin)
    expected = float((logits[:, leader] - logits[:, rival]).mean())
    turns = _search(known.is_turned, expected, -FARTHEST)
    becomes = None if turns is None else known.best(turns)
    return Turning(
        known.share(turns),
        known.share(_search(known.is_weak, expected, -FARTHEST)),
        known.share(_search(known.is_settled, expected, FARTHEST)),
        becomes,
    )


def _update(
    logits: Array, leader: int, rival: int, people: int, spread: float, margin: float
) -> _Update:
    difference = logits[:, leader] - logits[:, rival]
    centred = difference - difference.mean()
    rates = expit(logits[:, [leader, rival]]).mean(axis=0)
    noise = float((1.0 / (people * rates * (1.0 - rates))).sum()) + spread**2
    known = float(centred @ centred) / len(centred)
    total = known + noise
    gain = (logits - logits.mean(axis=0)).T @ centred / len(centred) / total
    shrink = 1.0 / (1.0 + np.sqrt(noise / total))
    base = logits - np.outer(shrink * centred + difference.mean(), gain)
    middle = float(logits[:, [leader, rival]].mean())
    return _Update(base, gain, middle, margin, leader, rival)


def _search(holds: Callable[[float], bool], start: float, end: float) -> float | None:
    """Return the result nearest to a start for which something holds, None when none does."""
    if holds(start):
        return start
    if not holds(end):
        return None
    near, far = start, end
    for _step in range(STEPS):
        middle = (near + far) / 2
        near, far = (near, middle) if holds(middle) else (middle, far)
    return far
