"""Reading a fit: estimates per profile and variant, claims and main effects."""

from typing import Protocol

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells
from analysis.stats.pooled.decisions import (
    Decision,
    PairTable,
    compare_pairs,
    decide,
    find_claims,
    judge_against_best,
)
from analysis.stats.pooled.design import list_variants
from analysis.stats.pooled.draws import JointDraws
from analysis.stats.pooled.mode import Mode
from analysis.stats.pooled.model import PooledModel
from analysis.stats.pooled.results import Claim, MainEffect, VariantEstimate
from analysis.stats.pooled.terms import MAIN, Term
from analysis.stats.results import Status

TAILS = (0.025, 0.975)
# Beyond these a logit stands for no rate that counts could show.
FARTHEST, LOOSEST = 12.0, 50.0


class Options(Protocol):
    """What reading needs to know: the smallest difference that matters, as a share."""

    margin: float


def list_estimates(
    cells: PooledCells,
    model: PooledModel | None,
    draws: JointDraws | None,
    parts: Codes,
    options: Options,
) -> tuple[VariantEstimate, ...]:
    """Return a row per profile × variant that was tried or can be predicted."""
    if model is None or draws is None:
        return _list_undefined(cells)
    found: list[VariantEstimate] = []
    tried = _find_tried(cells, model)
    scarce = _find_scarce(model)
    for profile in range(len(cells.profiles)):
        rows: dict[int, VariantEstimate] = {}
        for members in list_parts(draws, profile, parts):
            rows |= _read_part(model, draws, profile, members, tried, scarce, parts, options)
        for place, variant in enumerate(model.grid.variants):
            missing = VariantEstimate(
                cells.profiles[profile],
                variant,
                Status.UNDEFINED,
                bool(tried[profile, place]),
                int(parts[place]),
            )
            found.append(rows.get(place, missing))
    return tuple(found)


def list_parts(draws: JointDraws, profile: int, parts: Codes) -> list[Codes]:
    """Return the variants of each connected part of at least two that can be estimated."""
    effects = draws.effects[:, profile]
    mean, spread = effects.mean(axis=0), effects.std(axis=0)
    found = []
    for part in range(parts.max(initial=-1) + 1):
        members = np.flatnonzero(parts == part)
        middle = np.median(mean[members])
        is_known = (np.abs(mean[members] - middle) < FARTHEST) & np.isfinite(spread[members])
        is_known &= (effects[:, members] - effects[:, members].mean(axis=1, keepdims=True)).std(
            axis=0
        ) < LOOSEST
        if is_known.sum() > 1:
            found.append(members[is_known])
    return found


def list_claims(model: PooledModel, draws: JointDraws, parts: Codes) -> tuple[Claim, ...]:
    """Return all claims, profile by profile, simultaneous within each."""
    found = []
    variants = model.grid.variants
    for profile, name in enumerate(model.grid.profiles):
        for members in list_parts(draws, profile, parts):
            pairs = compare_pairs(draws.effects[:, profile, members])
            for better, worse in np.argwhere(find_claims(pairs)).tolist():
                chance = float(pairs.better[better, worse])
                found.append(
                    Claim(name, variants[members[better]], variants[members[worse]], chance)
                )
    return tuple(found)


def list_main_effects(model: PooledModel, mode: Mode) -> tuple[MainEffect, ...]:
    """Return channel and style effects at the mode with their standard errors."""
    common = model.grid.common
    scale = mode.system.scales.common
    values = scale * mode.effects.common
    covariance = np.linalg.inv(mode.system.core.hessian) * np.outer(scale, scale)
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


def _read_part(
    model: PooledModel,
    draws: JointDraws,
    profile: int,
    members: Codes,
    tried: Array,
    scarce: Array,
    parts: Codes,
    options: Options,
) -> dict[int, VariantEstimate]:
    level = draws.level[:, profile, None]
    has_level = bool(np.isfinite(level).all())
    effects = draws.effects[:, profile, members]
    centred = effects - effects.mean(axis=1, keepdims=True)
    rates = 1.0 / (1.0 + np.exp(-(effects + (level if has_level else 0.0))))
    decision = decide(rates, options.margin)
    pairs = compare_pairs(rates)
    verdicts, other = judge_against_best(pairs, decision.regret, options.margin)
    summary = _summarise(centred, rates)
    found = {}
    for place, member in enumerate(members.tolist()):
        is_scarce = bool(scarce[member]) or not has_level
        found[member] = VariantEstimate(
            profile=model.grid.profiles[profile],
            variant=model.grid.variants[member],
            status=Status.TOO_LITTLE if is_scarce else Status.OK,
            is_tried=bool(tried[profile, member]),
            part=int(parts[member]),
            **_pick(summary, place, has_level),
            **_pick_decision(decision, place, has_level),
            is_advised=has_level and place == decision.advised and parts[member] == 0,
            verdict=verdicts[place] if has_level else None,
            against=model.grid.variants[members[other[place]]] if has_level else None,
            **_pick_difference(pairs, place, int(other[place]), has_level),
        )
    return found


def _summarise(centred: Array, rates: Array) -> dict[str, Array]:
    return {
        "effect": centred.mean(axis=0),
        "effect_std_error": centred.std(axis=0, ddof=1),
        "effect_ci": np.quantile(centred, TAILS, axis=0),
        "rate": rates.mean(axis=0),
        "rate_ci": np.quantile(rates, TAILS, axis=0),
    }


def _pick(summary: dict[str, Array], place: int, has_level: bool) -> dict:
    found = {}
    for name, values in summary.items():
        if name.startswith("rate") and not has_level:
            continue
        is_interval = values.ndim == 2
        found[name] = tuple(values[:, place].tolist()) if is_interval else float(values[place])
    return found


def _pick_decision(decision: Decision, place: int, has_level: bool) -> dict:
    found = {
        "p_best": float(decision.p_best[place]),
        "rank_ci": (int(decision.rank_lower[place]), int(decision.rank_upper[place])),
    }
    if has_level:
        found["p_within_margin"] = float(decision.p_within_margin[place])
        found["expected_regret"] = float(decision.regret[place])
    return found


def _pick_difference(pairs: PairTable, place: int, other: int, has_level: bool) -> dict:
    if not has_level:
        return {}
    limits = (float(pairs.lower[place, other]), float(pairs.upper[place, other]))
    return {"difference": float(pairs.difference[place, other]), "difference_ci": limits}


def _list_undefined(cells: PooledCells) -> tuple[VariantEstimate, ...]:
    variants, place = list_variants(cells) if cells.size else ((), None)
    held = {
        (profile, int(place[variant]))
        for profile, variant in zip(cells.profile.tolist(), cells.variant.tolist(), strict=True)
    }
    return tuple(
        VariantEstimate(name, variant, Status.UNDEFINED, (profile, at) in held, -1)
        for profile, name in enumerate(cells.profiles)
        for at, variant in enumerate(variants)
        if (profile, at) in held
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
