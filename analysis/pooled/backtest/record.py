"""What a back-test is told, and what is kept of it: plain values, for pages and files to read.

Codes are those of the cells. Differences are in the good direction: above 0 the advised variant did
better, also where less of the outcome is better.
"""

from dataclasses import dataclass
from datetime import date

from analysis.pooled.record import Interval
from analysis.pooled.scope import Scope
from analysis.pooled.selection import Names
from analysis.stats.calibration import Calibration, Share
from analysis.stats.results import Verdict
from analysis.stats.synthesis import MeanEffect

# Raise it whenever the same cells give other numbers.
METHOD_VERSION = "1"

# A channel and its styles, as text.
VariantCode = tuple[str, str]


@dataclass(frozen=True, slots=True)
class BacktestDesign:
    """What to hold against what.

    asked: codes of the profiles. ends: of each experiment the last day of its field work. days: on
    which the rules are asked what they would advise. controls: of each experiment that has one,
    the variant that is done as usual.
    """

    scope: Scope
    names: Names
    asked: tuple[str, ...]
    ends: tuple[tuple[str, date], ...]
    days: tuple[date, ...]
    controls: tuple[tuple[str, VariantCode], ...] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True)
class AdviceThen:
    """What the rules would have advised for a profile, None for everyone; or nothing."""

    profile: str | None
    state: str
    variant: VariantCode | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A past day: the experiments that were over, the advice then, and what came after.

    compared, ahead: over all later experiments, how often the advised variant was held against
    another, and how often it was ahead; a tie counts half.
    """

    day: date
    experiments: int
    later: int
    advice: tuple[AdviceThen, ...]
    compared: int
    ahead: float


@dataclass(frozen=True, slots=True)
class LaterComparison:
    """An advised variant against another one in one profile of a later experiment.

    moment: place of the day, the last one before the field work was over. ahead: 1, 0, or 0.5 for a
    tie. probability: as stated then of being ahead, None where nothing could be stated. predicted:
    the limits for the difference as stated then. is_new_lab: no experiment of the lab was over.
    """

    moment: int
    experiment: str
    living_lab: str
    profile: str
    advised: VariantCode
    other: VariantCode
    state: str
    is_control: bool
    difference: float
    difference_ci: Interval | None
    ahead: float
    probability: float | None = None
    predicted: Interval | None = None
    is_new_lab: bool = False


@dataclass(frozen=True, slots=True)
class ExperimentGain:
    """How much better the advised variants did in one later experiment, over its profiles."""

    experiment: str
    gain: float
    std_error: float


@dataclass(frozen=True, slots=True)
class Gain:
    """How much better advised variants did than others, on average over later experiments."""

    verdict: Verdict
    side: int
    mean: MeanEffect
    experiments: tuple[ExperimentGain, ...] = ()


@dataclass(frozen=True, slots=True)
class BacktestRecord:
    """Everything that is kept of a back-test.

    over_chance: against the other variants of the same experiment, each as likely. over_usual:
    against the control. covered, covered_new_labs: how often a difference lay between the limits
    that were stated for it.
    """

    method_version: str
    seed: int
    margin: float
    moments: tuple[Moment, ...]
    comparisons: tuple[LaterComparison, ...]
    hits: Share
    hits_over_usual: Share
    over_chance: Gain
    over_usual: Gain
    calibration: Calibration
    covered: Share
    covered_new_labs: Share
