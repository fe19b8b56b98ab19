"""How much better advised variants did than others in later experiments, on average."""

from collections import defaultdict
from collections.abc import Iterable
from math import hypot, sqrt
from typing import NamedTuple

from analysis.pooled.backtest.later import Seen
from analysis.pooled.backtest.record import ExperimentGain, Gain
from analysis.stats.results import Verdict
from analysis.stats.synthesis import estimate_mean_effect
from analysis.stats.verdicts import judge_pair


class PartGain(NamedTuple):
    """What the advised variant gained in one profile of an experiment, and the people behind it."""

    experiment: str
    people: int
    gain: float
    std_error: float


def gain_over(experiment: str, people: int, seen: Iterable[Seen]) -> PartGain | None:
    """Return the mean gain over other variants in one profile, None where there were none.

    The pairs share the advised variant, so their mean is taken to vary as much as its pairs do on
    average: never less than is true.
    """
    held = list(seen)
    if not held:
        return None
    gain = sum(one.difference for one in held) / len(held)
    error = sqrt(sum(one.std_error**2 for one in held) / len(held))
    return PartGain(experiment, people, gain, error)


def judge_gains(parts: Iterable[PartGain], margin: float) -> Gain:
    """Return the mean gain over experiments with its verdict.

    Profiles of one experiment are averaged by their people; experiments differ in truth.
    """
    by_experiment: dict[str, list[PartGain]] = defaultdict(list)
    for one in parts:
        by_experiment[one.experiment].append(one)
    found = tuple(_average(name, held) for name, held in by_experiment.items())
    mean = estimate_mean_effect([one.gain for one in found], [one.std_error for one in found])
    if mean.lower is None:
        return Gain(Verdict.NOT_ENOUGH_DATA, 0, mean, found)
    verdict, side = judge_pair(mean.lower, mean.upper, mean.probability_above, margin, mean.mean)
    return Gain(verdict, side, mean, found)


def _average(name: str, held: list[PartGain]) -> ExperimentGain:
    people = sum(one.people for one in held)
    gain = sum(one.people * one.gain for one in held) / people
    return ExperimentGain(name, gain, hypot(*(one.people * one.std_error for one in held)) / people)
