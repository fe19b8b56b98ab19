"""Reading a fit: estimates per profile and variant, claims and main effects."""

import numpy as np

from analysis.stats.pooled.data import Array, PooledCells
from analysis.stats.pooled.draws import JointDraws
from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.part import list_parts, read_part
from analysis.stats.pooled.progress import OnProgress
from analysis.stats.pooled.results import Claim, MainEffect, VariantEstimate
from analysis.stats.pooled.terms import MAIN, Term
from analysis.stats.results import Status


def read_fit(
    cells: PooledCells,
    model: PooledModel,
    draws: JointDraws,
    margin: float,
    on_progress: OnProgress | None = None,
) -> tuple[tuple[VariantEstimate, ...], tuple[Claim, ...]]:
    """Return a row per profile × variant that was tried or can be predicted, and all claims.

    margin: smallest difference that matters, as a share. Claims are simultaneous within a profile.
    """
    estimates: list[VariantEstimate] = []
    claims: list[Claim] = []
    tried, scarce = _find_tried(cells, model), _find_scarce(model)
    main = draws.main_parts
    for profile, name in enumerate(model.grid.profiles):
        rows: dict[int, VariantEstimate] = {}
        for members in list_parts(draws, profile):
            part = read_part(model.grid, draws, profile, members, margin)
            rows |= part.list_rows(tried[profile], scarce, part.part == main[profile])
            claims += part.list_claims()
        for place, variant in enumerate(model.grid.variants):
            was_tried, own = bool(tried[profile, place]), int(draws.parts[place])
            missing = VariantEstimate(name, variant, Status.UNDEFINED, was_tried, own)
            estimates.append(rows.get(place, missing))
        if on_progress:
            on_progress((profile + 1) / len(model.grid.profiles))
    return tuple(estimates), tuple(claims)


def list_main_effects(model: PooledModel, mode: Mode) -> tuple[MainEffect, ...]:
    """Return channel and style effects at the mode with their standard errors."""
    common = model.grid.common
    general = slice(len(common.terms))
    scale = mode.system.scales.common[general]
    values = scale * mode.effects.common[general]
    covariance = np.linalg.inv(mode.system.core.hessian)[general, general] * np.outer(scale, scale)
    found = []
    for term in MAIN:
        columns = [place for place, name in enumerate(common.terms) if name == term]
        for axis, (name, levels) in enumerate(_list_levels(model, term)):
            for level, row in levels.items():
                own = common.values[row, columns]
                if len(levels) > 1 and term == Term.STYLE and len(model.cells.axes) > 1:
                    own = own * _of_axis(model, axis, len(columns))
                effect = float(own @ values[columns])
                error = float(np.sqrt(max(own @ covariance[np.ix_(columns, columns)] @ own, 0.0)))
                if columns and len(levels) > 1:
                    found.append(MainEffect(term, name, level, effect, error))
    return tuple(found)


def _of_axis(model: PooledModel, axis: int, columns: int) -> Array:
    """Return which style columns belong to an axis; they stand in the order of the axes."""
    sizes = [
        len({one.values[place] for one in model.grid.variants}) - 1
        for place in range(len(model.cells.axes))
    ]
    start = sum(sizes[:axis])
    return ((np.arange(columns) >= start) & (np.arange(columns) < start + sizes[axis])) * 1.0


def _list_levels(model: PooledModel, term: Term) -> list[tuple[str, dict[str, int]]]:
    """Return per axis its name and one row of the grid for each of its levels."""
    variants = model.grid.variants
    if term == Term.CHANNEL:
        return [("", {one.channel: row for row, one in enumerate(variants)})]
    return [
        (name, {one.values[axis]: row for row, one in enumerate(variants)})
        for axis, name in enumerate(model.cells.axes)
    ]


def list_undefined(cells: PooledCells) -> tuple[VariantEstimate, ...]:
    """Return a row without figures for each profile × variant that the cells hold."""
    held = np.unique(np.column_stack([cells.profile, cells.variant]), axis=0)
    return tuple(
        VariantEstimate(
            cells.profiles[profile], cells.variants[variant], Status.UNDEFINED, True, -1
        )
        for profile, variant in held.tolist()
    )


def _find_tried(cells: PooledCells, model: PooledModel) -> Array:
    """Return which profile × variant holds people in the cells, compared or not."""
    place = {variant: at for at, variant in enumerate(model.grid.variants)}
    at = np.array([place.get(one, -1) for one in cells.variants], dtype=np.int64)[cells.variant]
    tried = np.zeros(model.grid.shape, dtype=bool)
    rows = (at >= 0) & (cells.nobs > 0)
    tried[cells.profile[rows], at[rows]] = True
    return tried


def _find_scarce(model: PooledModel) -> Array:
    """Return the variants whose channel or a style value never, or always, got a response."""
    cells = model.cells
    scarce = np.zeros(len(model.grid.variants), dtype=bool)
    of_cells = [(one.channel, *one.values) for one in cells.variants]
    of_grid = [(one.channel, *one.values) for one in model.grid.variants]
    for column in range(len(of_grid[0])):
        names = np.array([one[column] for one in of_cells])[cells.variant]
        for name in {one[column] for one in of_grid}:
            rows = names == name
            count, nobs = cells.count[rows].sum(), cells.nobs[rows].sum()
            if count in (0, nobs):
                scarce |= np.array([one[column] == name for one in of_grid])
    return scarce
