"""What must hold to 1e-6: limits of the model, and what may not change its contrasts.

Each function takes a seed, makes a small programme of it and returns the largest difference.
"""

import numpy as np
import statsmodels.api as sm

from analysis.stats.pooled.data import CellRow, PooledCells, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.mode import find_mode, make_scales, start_effects
from analysis.stats.pooled.model import build_model
from analysis.stats.pooled.priors import FLAT_SD, PriorKind
from analysis.stats.pooled.terms import MAIN, Term

CHANNELS, STYLES, PROFILES = 3, 2, 3
EXACT = 1e-14


def draw_rows(seed: int) -> list[CellRow]:
    """Return rows of twelve experiments in three labs, of one or two waves each."""
    draw = np.random.default_rng(seed)
    effect = draw.normal(0, 0.4, (CHANNELS, STYLES)) + draw.normal(
        0, 0.2, (PROFILES, CHANNELS, STYLES)
    )
    rows = []
    for experiment in range(12):
        whole = [(c, s) for c in range(CHANNELS) for s in range(STYLES)]
        chosen = draw.permutation(whole)[: int(draw.integers(2, 5))].tolist()
        own = draw.normal(-1.5, 0.5)
        for wave in range(int(draw.integers(1, 3))):
            for profile in range(PROFILES):
                for c, s in chosen:
                    logit = own + 0.1 * wave + effect[profile, c, s] + draw.normal(0, 0.15)
                    nobs = int(draw.integers(80, 400))
                    count = int(draw.binomial(nobs, 1 / (1 + np.exp(-logit))))
                    names = f"l{experiment % 3}", f"e{experiment:02d}", f"w{wave}", f"p{profile}"
                    rows.append(CellRow(*names, f"c{c}", f"s{s}", "", nobs, count))
    return rows


def fit_fixed(cells: PooledCells, sd: dict[Term, float]) -> np.ndarray:
    """Return general effects, (profiles, variants), at given standard deviations, others 0."""
    model = build_model(cells)
    scales = make_scales(model, dict.fromkeys(Term, 0.0) | sd)
    mode = find_mode(model, scales, start_effects(model), EXACT)
    effects = model.grid.common.values @ (scales.common * mode.effects.common)
    return effects.reshape(model.grid.shape)


def fit_regression(cells: PooledCells, columns: np.ndarray) -> np.ndarray:
    """Return the coefficients of columns beside free strata, by statsmodels."""
    strata = np.column_stack([cells.experiment, cells.profile, cells.wave])
    code = np.unique(strata, axis=0, return_inverse=True)[1].ravel()
    design = np.hstack([np.eye(code.max() + 1)[code], columns])
    counts = np.column_stack([cells.count, cells.nobs - cells.count])
    fitted = sm.GLM(counts, design, sm.families.Binomial()).fit(tol=EXACT)
    return np.asarray(fitted.params)[-columns.shape[1] :]


def miss_no_pooling(seed: int) -> float:
    """With profiles free of each other, effects are those of a regression of each profile."""
    rows = draw_rows(seed)
    cells = gather_cells(rows)
    effects = fit_fixed(cells, dict.fromkeys((*MAIN, Term.PROFILE_CHANNEL_STYLE), FLAT_SD))
    missed = []
    for profile, name in enumerate(cells.profiles):
        own = gather_cells([one for one in rows if one.profile == name])
        marks = np.eye(len(own.variants))[own.variant][:, 1:]
        missed.append(effects[profile, 1:] - effects[profile, 0] - fit_regression(own, marks))
    return float(np.abs(missed).max())


def miss_complete_pooling(seed: int) -> float:
    """Without any deviation, effects are those of one regression that adds channel and style."""
    cells = gather_cells(draw_rows(seed))
    effects = fit_fixed(cells, dict.fromkeys(MAIN, FLAT_SD))
    at = np.array([[int(one.channel[1:]), int(one.values[0][1:])] for one in cells.variants])
    marks = np.hstack([np.eye(CHANNELS)[at[:, 0]][:, 1:], np.eye(STYLES)[at[:, 1]][:, 1:]])
    slopes = fit_regression(cells, marks[cells.variant])
    expected = marks @ slopes
    return float(np.abs(effects - effects[:, :1] - (expected - expected[0])).max())


def list_effects(rows: list[CellRow], priors: PriorKind) -> dict[tuple, float]:
    """Return effect per profile, channel and style, of a whole estimate."""
    found = estimate_pooled(gather_cells(rows), PooledOptions(priors=priors))
    return {
        (one.profile, one.variant.channel, one.variant.values[0]): one.effect
        for one in found.estimates
    }


def make_names(seed: int) -> dict[str, str]:
    """Return another name for each lab, experiment, wave, profile, channel and style, by lot."""
    draw = np.random.default_rng([seed, 2])
    found = {}
    for letter in "lewpcs":
        places = draw.permutation(20).tolist()
        old = [
            f"{letter}{place:02d}" if letter == "e" else f"{letter}{place}" for place in range(20)
        ]
        found |= {one: f"n{places[place]:02d}" for place, one in enumerate(old)}
    return found


def rename(one: CellRow, names: dict[str, str]) -> CellRow:
    """Return a row with other names."""
    return CellRow(*(names.get(part, part) for part in one))


def miss_relabelled(priors: PriorKind, seed: int) -> float:
    """Other names, and rows in another order, change no effect."""
    rows, names = draw_rows(seed), make_names(seed)
    plain = list_effects(rows, priors)
    turned = list_effects([rename(one, names) for one in reversed(rows)], priors)
    return max(abs(turned[tuple(names[part] for part in key)] - plain[key]) for key in plain)


def miss_split(seed: int) -> float:
    """Without noise of cells, a cell counted in two halves is as good as the whole."""
    rows = [
        one._replace(cluster=f"{place}", nobs=2 * one.nobs, count=2 * one.count)
        for place, one in enumerate(draw_rows(seed))
    ]
    halves = [
        one._replace(cluster=f"{half}{one.cluster}", nobs=one.nobs // 2, count=one.count // 2)
        for one in rows
        for half in "ab"
    ]
    whole, split = gather_cells(rows), gather_cells(halves)
    sd = dict.fromkeys(build_model(whole).terms.random, 0.2) | dict.fromkeys(MAIN, 1.0)
    sd |= dict.fromkeys((Term.CLUSTER, Term.CELL), 0.0)
    return float(np.abs(fit_fixed(whole, sd) - fit_fixed(split, sd)).max())


def miss_split_rows(priors: PriorKind, seed: int) -> float:
    """Rows with the same keys are added before anything else happens."""
    rows = [one._replace(nobs=2 * one.nobs, count=2 * one.count) for one in draw_rows(seed)]
    halves = [one._replace(nobs=one.nobs // 2, count=one.count // 2) for one in rows]
    return _miss(list_effects(rows, priors), list_effects([*halves, *halves], priors))


def miss_double_zero(priors: PriorKind, seed: int) -> float:
    """An experiment in which nobody responds, and one in which everybody does, change nothing."""
    rows = draw_rows(seed)
    added = [
        CellRow("l0", name, "w0", "p0", f"c{channel}", "s0", "", 50, count)
        for name, count in (("none", 0), ("all", 50))
        for channel in range(2)
    ]
    return _miss(list_effects(rows, priors), list_effects([*rows, *added], priors))


def _miss(plain: dict[tuple, float], other: dict[tuple, float]) -> float:
    return max(abs(other[key] - plain[key]) for key in plain)
