"""How much the advice rests on one lab or one experiment: what it is without each of them."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import PooledCells, Variant
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.progress import OnProgress, part_of
from analysis.stats.pooled.results import PooledEstimate


class LeftOut(StrEnum):
    """What is left out at a time."""

    LAB = "lab"
    EXPERIMENT = "experiment"


class AdviceChange(NamedTuple):
    """Advice for a profile that differs when a lab or experiment is left out.

    without: the advice then, None when there is none.
    """

    left_out: str
    profile: str
    advised: Variant
    without: Variant | None


def check_influence(
    cells: PooledCells,
    options: PooledOptions,
    left_out: LeftOut,
    on_progress: OnProgress | None = None,
    estimate: PooledEstimate | None = None,
) -> tuple[AdviceChange, ...]:
    """Return every change of advice when one lab or experiment at a time is left out.

    on_progress: takes the share that is done; what it raises ends the check. estimate: that of
    all cells, where it was made already.
    """
    whole = find_advice(estimate or estimate_pooled(cells, options))
    codes = cells.lab if left_out == LeftOut.LAB else cells.experiment
    names = cells.labs if left_out == LeftOut.LAB else cells.experiments
    changes = []
    held = np.unique(codes).tolist()
    for place, code in enumerate(held):
        telling = part_of(on_progress, place / len(held), (place + 1) / len(held))
        rest = find_advice(estimate_pooled(cells.select(codes != code), options, telling))
        changes += [
            AdviceChange(names[code], profile, advised, rest.get(profile))
            for profile, advised in whole.items()
            if rest.get(profile) != advised
        ]
        if on_progress:
            on_progress((place + 1) / len(held))
    return tuple(changes)


def find_advice(estimate: PooledEstimate) -> dict[str, Variant]:
    """Return the advised variant of each profile that has one."""
    return {one.profile: one.variant for one in estimate.estimates if one.is_advised}
