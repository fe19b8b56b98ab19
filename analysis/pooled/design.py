"""What a pooled run is told besides its cells; kept with the run, so that it can be made again."""

from dataclasses import dataclass
from enum import StrEnum

from analysis.stats.cells import Direction
from analysis.stats.pooled.priors import PriorKind


@dataclass(frozen=True, slots=True)
class PooledDesign:
    """How to estimate.

    margin: smallest difference that matters, as a share. profiles: those answered for, all when
    empty; the others only tell about channels and styles. direction: which way is good.
    in_time: the experiments by lottery of which it is known when they were over, in that order.
    biased: those that may be off by more than chance, each variant by this standard deviation
    (logit).
    """

    margin: float
    profiles: tuple[str, ...] = ()
    direction: Direction = Direction.HIGHER
    seed: int = 1
    priors: PriorKind = PriorKind.DEFAULT
    with_influence: bool = False
    in_time: tuple[str, ...] = ()
    biased: tuple[str, ...] = ()
    bias_sd: float = 0.0


class PooledStep(StrEnum):
    """What a pooled run is busy with."""

    GATHERING = "gathering"
    ESTIMATING = "estimating"
    LEAVING_OUT_LABS = "leaving_out_labs"
    LEAVING_OUT_EXPERIMENTS = "leaving_out_experiments"
    KEEPING = "keeping"
