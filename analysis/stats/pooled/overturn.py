"""Which result of a next experiment would turn an advice, with whichever rival asks the least.

A next experiment holds the advised variant beside its rival, in a new lab. Its difference of logits
is worth the sampling variance of both rates and what experiments and labs differ. The joint draws
are moved as a normal update with that result would move them: the difference by the gain times the
surprise and closer together, the other variants by their regression on it (the square-root form of
an ensemble update; Whitaker & Hamill 2002, Mon Weather Rev 130:1913). How far experiments lie
apart is not known for sure: a surprising result makes a large spread likelier; it counts for less
then, and so do those before it. So the update is a mixture over likely spreads, weighed by how well
each foretells the result. The answer is as exact as "about"; the tests hold it beside fits of the
counts with such a result.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from analysis.stats.pooled.data import Array

# No experiment shows a larger difference of logits.
FARTHEST = 4.0
STRIDES, STEPS = 50, 12
SURE_ENOUGH = 0.9
# Of a two-sided interval of 95 %.
SURELY_BETTER = 0.975
# A small spread leaves at least this part of the variance: what chance brought about.
LEAST_PART = 0.2


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
class Spread:
    """How far contrasts lie apart between experiments and labs, for J equally likely cases.

    Variances on the logit scale, each (J,). of_result: of the result of one new experiment.
    of_mean: how much of that is in the general difference of those so far.
    """

    of_result: Array
    of_mean: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Update:
    """What a result does to draws of the logits (D, V).

    centred: (D,) the difference less its mean; held: its variance. variance: (J,) that variance
    for each likely spread, and noise: (J,) the variance of a result about the general difference.
    slope: (V,) how each variant moves with the difference. middle: the level of both rates.
    """

    logits: Array
    centred: Array
    expected: float
    held: float
    variance: Array
    noise: Array
    slope: Array
    middle: float
    margin: float
    leader: int
    rival: int

    def move(self, result: float) -> Array:
        total, surprise = self.variance + self.noise, result - self.expected
        log_weight = -0.5 * (np.log(total) + surprise**2 / total)
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        shift = float(weight @ (self.variance / total)) * surprise
        left = float(weight @ (self.variance * self.noise / total))
        narrowed = np.sqrt(left / self.held) - 1.0
        return self.logits + np.outer(narrowed * self.centred + shift, self.slope)

    def best(self, result: float) -> int:
        return int(np.argmax(expit(self.move(result)).mean(axis=0)))

    def is_turned(self, result: float) -> bool:
        return self.best(result) != self.leader

    def is_weak(self, result: float) -> bool:
        return self._is_unsure(self.move(result))

    def is_settled(self, result: float) -> bool:
        moved = self.move(result)
        is_better = (moved[:, self.leader] > moved[:, self.rival]).mean() >= SURELY_BETTER
        return is_better and not self._is_unsure(moved)

    def _is_unsure(self, moved: Array) -> bool:
        rates = expit(moved)
        gap = rates.max(axis=1) - rates[:, self.leader]
        return gap.mean() >= self.margin or (gap <= self.margin).mean() < SURE_ENOUGH

    def fall(self, result: float) -> float:
        """Return how far a result lies below what is expected, as a share."""
        return self.share(self.expected) - self.share(result)

    def reach(self, fall: float) -> float:
        """Return a result at least so far below what is expected, or the farthest there is."""
        grid = np.linspace(self.expected, -FARTHEST, STRIDES + 1).tolist()
        return next((one for one in grid if self.fall(one) >= fall), -FARTHEST)

    def share(self, result: float | None) -> float | None:
        if result is None:
            return None
        half = result / 2
        return float(expit(self.middle + half) - expit(self.middle - half))


def find_least(
    logits: Array, leader: int, people: Mapping[int, int], spread: Spread, margin: float
) -> int | None:
    """Return the rival with which the smallest result turns an advice, None where none does.

    people: how many get each of two variants, by place of the rival in V. The smallest result is
    the one that lies least below what is expected of the two, as a share. The other parameters are
    those of `find_turning`.
    """
    least, found = math.inf, None
    for rival, size in people.items():
        known = _update(logits, leader, rival, size, spread, margin)
        # Farther off than what turned it with another rival this one is not the smallest.
        turns = _search(known.is_turned, known.expected, known.reach(least))
        if turns is not None and known.fall(turns) < least:
            least, found = known.fall(turns), rival
    return found


def find_turning(
    logits: Array, leader: int, rival: int, people: int, spread: Spread, margin: float
) -> Turning:
    """Return which results of a next experiment would turn an advice.

    logits: (D, V) joint draws of the variants, more is better. leader, rival: places in V. people:
    how many get each of the two. spread: standard deviation of a contrast between experiments and
    labs, on the logit scale. margin: smallest difference that matters, as a share.
    """
    known = _update(logits, leader, rival, people, spread, margin)
    expected = known.expected
    turns = _search(known.is_turned, expected, -FARTHEST)
    becomes = None if turns is None else known.best(turns)
    return Turning(
        known.share(turns),
        known.share(_search(known.is_weak, expected, -FARTHEST)),
        known.share(_search(known.is_settled, expected, FARTHEST)),
        becomes,
    )


def _update(
    logits: Array, leader: int, rival: int, people: int, spread: Spread, margin: float
) -> _Update:
    difference = logits[:, leader] - logits[:, rival]
    centred = difference - difference.mean()
    held = float(centred @ centred) / len(centred)
    rates = expit(logits[:, [leader, rival]]).mean(axis=0)
    chance = float((1.0 / (people * rates * (1.0 - rates))).sum())
    return _Update(
        logits=logits,
        centred=centred,
        expected=float(difference.mean()),
        held=held,
        variance=np.maximum(held + spread.of_mean - spread.of_mean.mean(), held * LEAST_PART),
        noise=chance + spread.of_result,
        slope=(logits - logits.mean(axis=0)).T @ centred / (len(centred) * held),
        middle=float(logits[:, [leader, rival]].mean()),
        margin=margin,
        leader=leader,
        rival=rival,
    )


def _search(holds: Callable[[float], bool], start: float, end: float) -> float | None:
    """Return the result nearest to a start for which something holds, None when none does."""
    if holds(start):
        return start
    # Farther on it may hold no more: what is too strange hardly counts.
    grid = np.linspace(start, end, STRIDES + 1)[1:].tolist()
    far = next((one for one in grid if holds(one)), None)
    if far is None:
        return None
    near = far - (end - start) / STRIDES
    for _step in range(STEPS):
        middle = (near + far) / 2
        near, far = (near, middle) if holds(middle) else (middle, far)
    return far
