"""The pooled estimator as runs use it: from cells as they are kept to a record and its draws."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.pooled.archive import write_archive
from analysis.pooled.describing import describe_estimate
from analysis.pooled.design import PooledDesign, PooledStep
from analysis.pooled.record import InfluenceRecord, PooledRecord
from analysis.pooled.turning import turn_record
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import CellRow, PooledCells, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.influence import (
    TOGETHER,
    AdviceChange,
    check_influence,
)
from analysis.stats.pooled.left_out import LeftOut
from analysis.stats.pooled.prediction import predict_new_lab
from analysis.stats.pooled.progress import part_of
from analysis.stats.pooled.results import PooledEstimate
from analysis.stats.pooled.threads import one_thread

# Takes the share that is done and what is being done; what it raises ends the work.
OnStep = Callable[[float, PooledStep], None]
# The name of the deviations of a new lab in the archive of draws.
NEW_LAB = "new_lab"
ESTIMATED, LABS_LEFT_OUT, ALL_LEFT_OUT = 0.70, 0.80, 0.95
# Which part of the estimating is the fit; the rest reads it and predicts.
FITTED = 0.7


@dataclass(frozen=True, slots=True)
class PooledAnswer:
    """The record of an estimate, and its joint draws as the bytes of an archive."""

    record: PooledRecord
    draws: bytes | None


def estimate_record(
    rows: Sequence[CellRow], design: PooledDesign, on_step: OnStep | None = None
) -> PooledAnswer:
    """Return what the cells tell; same cells and design, same answer.

    Where lower is better, the cells hold the people without the outcome.
    """
    estimate, record = estimate_both(rows, design, on_step)
    is_turned = design.direction == Direction.LOWER
    return PooledAnswer(record, _write_draws(estimate, record, is_turned))


def estimate_both(
    rows: Sequence[CellRow], design: PooledDesign, on_step: OnStep | None = None
) -> tuple[PooledEstimate, PooledRecord]:
    """Return the fit, in which more is always better, and its record, about the outcome itself."""
    with one_thread():
        cells = gather_cells(rows)
        biased = {
            (row.living_lab, row.experiment) for row in rows if row.experiment in design.biased
        }
        if biased:
            cells = cells.allow_bias(biased, design.bias_sd)
        return _estimate(cells, design, on_step or _ignore)


def _estimate(
    cells: PooledCells, design: PooledDesign, watch: OnStep
) -> tuple[PooledEstimate, PooledRecord]:
    options = PooledOptions(design.seed, design.priors, design.margin)

    def tell(share: float) -> None:
        watch(share * ESTIMATED, PooledStep.ESTIMATING)

    estimate = estimate_pooled(cells, options, part_of(tell, 0.0, FITTED))
    reading = part_of(tell, FITTED, 1.0)
    record = describe_estimate(estimate, cells, options, design.profiles, design.in_time, reading)
    if design.with_influence:
        record = replace(record, influence=_leave_out(estimate, cells, options, design, watch))
    if design.direction == Direction.LOWER:
        record = turn_record(record)
    return estimate, record


def _ignore(_share: float, _step: PooledStep) -> None:
    return None


def _leave_out(
    estimate: PooledEstimate,
    cells: PooledCells,
    options: PooledOptions,
    design: PooledDesign,
    watch: OnStep,
) -> tuple[InfluenceRecord, ...]:
    """Return how advice changes without each lab, and without each experiment."""
    place = {variant: number for number, variant in enumerate(estimate.variants)}
    names = [one for one in estimate.profiles if not design.profiles or one in design.profiles]
    # Where there is one profile, it is everyone.
    together = names if len(names) > 1 else ()
    found = []
    for left_out, step, start, end in (
        (LeftOut.LAB, PooledStep.LEAVING_OUT_LABS, ESTIMATED, LABS_LEFT_OUT),
        (LeftOut.EXPERIMENT, PooledStep.LEAVING_OUT_EXPERIMENTS, LABS_LEFT_OUT, ALL_LEFT_OUT),
    ):
        watch(start, step)
        if len(cells.labs if left_out == LeftOut.LAB else cells.experiments) < 2:
            continue

        def tell(share: float, step=step, start=start, end=end) -> None:
            watch(start + share * (end - start), step)

        changes = check_influence(cells, options, left_out, tell, estimate, together)
        found += [
            _describe_change(one, left_out, place)
            for one in changes
            if one.profile in (*names, TOGETHER)
        ]
    return tuple(found)


def _describe_change(change: AdviceChange, left_out: LeftOut, place: dict) -> InfluenceRecord:
    return InfluenceRecord(
        left_out=left_out.value,
        code=change.left_out,
        profile=None if change.profile == TOGETHER else change.profile,
        advised=place[change.advised],
        without=None if change.without is None else place[change.without],
    )


def _write_draws(estimate: PooledEstimate, record: PooledRecord, is_turned: bool) -> bytes | None:
    """Return the archive of the draws of general effects and of each profile's level."""
    effects = estimate.list_draws()
    if effects is None:
        return None
    sign = -1.0 if is_turned else 1.0
    # How one experiment in a new lab deviates: what an area may expect rests on all profiles at
    # once, so limits of each by itself do not tell it.
    deviations = predict_new_lab(estimate, record.seed) - effects
    return write_archive(
        {
            "draws": sign * effects,
            NEW_LAB: (sign * deviations).astype(np.float32),
            "level": sign * estimate.draws.level[:, :, 0],
            "profiles": np.array(estimate.profiles, dtype=str),
            "channels": np.array([channel for channel, _style in record.variants], dtype=str),
            "styles": np.array([style for _channel, style in record.variants], dtype=str),
        }
    )
