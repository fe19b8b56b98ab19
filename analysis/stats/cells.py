"""What the statistics of one experiment take in: count cells and the facts of the design."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Denominator(StrEnum):
    """What a rate is a share of."""

    OFFERED = "offered"
    REACHED = "reached"


class Direction(StrEnum):
    """Which way of the outcome is the good one."""

    HIGHER = "higher"
    LOWER = "lower"


class Family(StrEnum):
    """Which comparisons share one error rate.

    `all_profiles`: those of all profiles of the experiment together. `within_profile`: those of
    each profile apart. The totals are always a family of their own.
    """

    ALL_PROFILES = "all_profiles"
    WITHIN_PROFILE = "within_profile"


class ImpossibleCountsError(ValueError):
    """Counts are negative, or the numerator is above the denominator."""


class Cell(NamedTuple):
    """Summed counts of one profile, variant, wave and cluster.

    profile: its key, None when it is unknown. variant: index in the design. wave: key of the
    period with fixed shares. cluster: key of the street, bundle or household that was assigned as
    a whole, None when not recorded. offered, reached: people, None when unknown. numerator: people
    with the registered outcome.
    """

    profile: str | None
    variant: int
    wave: str
    cluster: str | None
    offered: int | None
    reached: int | None
    numerator: int


class Assignment(NamedTuple):
    """Assignment units per variant in one wave, with the shares that the design promised them."""

    units: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ExperimentDesign:
    """The facts of a design that its analysis rests on; hashable.

    variant_count: how many variants there are (their index runs from 0).
    control: index of the control, None when all pairs are compared.
    margin: smallest difference that matters, as a share (0.02 is 2 percentage points).
    denominator: forces `offered` or `reached`; None lets the cells decide.
    is_cluster_assigned: the unit of assignment is bigger than what is counted.
    assignment_unit: code of that unit, for the wording of warnings.
    assignments: one per wave; empty when units or shares are unknown.
    exploratory_profiles: keys of profiles that are known only through the response.
    is_reach_estimated: the denominator was estimated or reported by a platform, not counted.
    difference_method: `miettinen_nurminen` or `newcombe`, for pairs without clusters.
    """

    variant_count: int
    control: int | None = None
    margin: float = 0.02
    direction: Direction = Direction.HIGHER
    family: Family = Family.ALL_PROFILES
    denominator: Denominator | None = None
    confidence_level: float = 0.95
    difference_method: str = "miettinen_nurminen"
    is_cluster_assigned: bool = False
    assignment_unit: str | None = None
    assignments: tuple[Assignment, ...] = ()
    exploratory_profiles: frozenset[str] = frozenset()
    is_reach_estimated: bool = False

    def __post_init__(self) -> None:
        if self.control is not None and not 0 <= self.control < self.variant_count:
            raise ValueError(f"There is no variant {self.control} to be the control.")
        if not 0 < self.margin < 1:
            raise ValueError(f"The margin must lie between 0 and 1, not {self.margin}.")
        if not 0 < self.confidence_level < 1:
            raise ValueError("The confidence level must lie between 0 and 1.")
        if self.difference_method not in ("miettinen_nurminen", "newcombe"):
            raise ValueError(f"Unknown method: {self.difference_method}.")


def sum_cells(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return cells with equal keys added together, in the order of their keys.

    A count that is unknown in one of them is unknown in the sum.
    """
    sums: dict[tuple, list] = {}
    for cell in cells:
        held = sums.setdefault(cell[:4], [0, 0, 0])
        for place, count in enumerate(cell[4:]):
            held[place] = None if count is None or held[place] is None else held[place] + count
    return tuple(Cell(*key, *sums[key]) for key in sorted(sums, key=_order))


def _order(key: tuple) -> tuple:
    return tuple((part is not None, 0 if part is None else part) for part in key)
