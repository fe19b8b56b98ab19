"""How much the advice rests on one lab or one experiment: what it is without each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.connected import find_parts
from analysis.stats.pooled.data import Array, Codes, PooledCells, Variant
from analysis.stats.pooled.draws import draw_effects
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.left_out import LeftOut
from analysis.stats.pooled.model import PooledModel, build_model
from analysis.stats.pooled.part import find_rates
from analysis.stats.pooled.progress import OnProgress
from analysis.stats.pooled.results import PooledEstimate
from analysis.stats.pooled.threads import one_thread
from analysis.stats.pooled.together import find_main, summarise_together
from analysis.stats.pooled.variances import Criterion, Draw, Point

# Stands for all profiles together, as in their figures.
TOGETHER = ""
# With fewer cells one experiment sways the standard deviations, and a whole fit is quick.
FEW_CELLS = 1_000
DRAWS = 1_000


class AdviceChange(NamedTuple):
    """Advice for a profile that differs when a lab or experiment is left out.

    profile: empty for several together. without: the advice then, None when there is none.
    """

    left_out: str
    profile: str
    advised: Variant
    without: Variant | None


# From which cells are kept to the advice per profile.
Refit = Callable[[Array], dict[str, Variant]]


def check_influence(
    cells: PooledCells,
    options: PooledOptions,
    left_out: LeftOut,
    on_progress: OnProgress | None = None,
    estimate: PooledEstimate | None = None,
    together: Sequence[str] = (),
) -> tuple[AdviceChange, ...]:
    """Return every change of advice when one lab or experiment at a time is left out.

    In a large programme the standard deviations are kept as they were with all cells. on_progress:
    takes the share that is done; what it raises ends the check. estimate: that of all cells, where
    it was made already. together: the profiles for which advice for all of them is looked at too.
    """
    estimate = estimate or estimate_pooled(cells, options)
    whole = find_advice(estimate, options.margin, together)
    codes = cells.lab if left_out == LeftOut.LAB else cells.experiment
    names = cells.labs if left_out == LeftOut.LAB else cells.experiments
    refit = _choose_refit(cells, options, estimate, tuple(together))
    changes = []
    held = np.unique(codes).tolist()
    for place, code in enumerate(held):
        rest = refit(codes != code)
        changes += [
            AdviceChange(names[code], profile, advised, rest.get(profile))
            for profile, advised in whole.items()
            if rest.get(profile) != advised
        ]
        if on_progress:
            on_progress((place + 1) / len(held))
    return tuple(changes)


def find_advice(
    estimate: PooledEstimate, margin: float, together: Sequence[str] = ()
) -> dict[str, Variant]:
    """Return the advised variant of each profile that has one, and of several together."""
    found = {one.profile: one.variant for one in estimate.estimates if one.is_advised}
    all_of_them = summarise_together(estimate, margin, together) if together else None
    if all_of_them:
        found[TOGETHER] = next(one.variant for one in all_of_them.estimates if one.is_advised)
    return found


def _choose_refit(
    cells: PooledCells, options: PooledOptions, estimate: PooledEstimate, together: tuple[str, ...]
) -> Refit:
    if estimate.cells_used > FEW_CELLS:
        return _Whole.of(cells, options, estimate, together).refit
    return lambda kept: find_advice(
        estimate_pooled(cells.select(kept), options), options.margin, together
    )


class _Expected(NamedTuple):
    """Expected rates (profiles, variants), NaN where there are none; the part of each profile in
    which there is advice; and the people counted, (profiles, variants)."""

    rates: Array
    main: Codes
    nobs: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """The fit of all cells, from which fits without some of them start.

    point: at one set of standard deviations. share: (profiles, variants) the rates that the whole
    estimate expects over those at the point alone, NaN where there are none.
    """

    cells: PooledCells
    model: PooledModel
    point: Point
    options: PooledOptions
    share: Array
    together: tuple[str, ...]

    @classmethod
    def of(
        cls,
        cells: PooledCells,
        options: PooledOptions,
        estimate: PooledEstimate,
        together: tuple[str, ...],
    ) -> "_Whole":
        """Return the fit at the standard deviations of an estimate."""
        with one_thread():
            model = build_model(cells)
            log_sd = np.log([estimate.terms[term].sd for term in model.terms.random])
            point = Criterion.of(model, options.priors).evaluate(log_sd, with_gradient=False)
            rates = [np.nan if one.rate is None else one.rate for one in estimate.estimates]
            expected = _expect_rates(model, cells, point, estimate.parts, options.seed)
        share = np.array(rates).reshape(model.grid.shape) / expected.rates
        return cls(cells, model, point, options, share, together)

    def refit(self, kept: Array) -> dict[str, Variant]:
        """Return the advice per profile with the kept cells only."""
        used = np.isin(self.model.cells.experiment, np.unique(self.cells.experiment[kept]))
        if not used.any():
            return {}
        with one_thread():
            model = _silence(self.model, used)
            effects, scales = self.point.mode.effects, self.point.mode.system.scales
            criterion = Criterion(model, self.options.priors, effects, scales)
            point = criterion.evaluate(self.point.log_sd, with_gradient=False)
            parts = _find_parts(self.model, used)
            rest = self.cells.select(kept)
            found = _expect_rates(model, rest, point, parts, self.options.seed)
        is_ranked = parts == found.main[:, None]
        found = found._replace(rates=np.where(is_ranked, self.share * found.rates, np.nan))
        grid = self.model.grid
        rated = np.flatnonzero(np.isfinite(found.rates).any(axis=1)).tolist()
        means = {grid.profiles[place]: found.rates[place] for place in rated}
        asked = [place for place in rated if grid.profiles[place] in self.together]
        if asked:
            means[TOGETHER] = _average(found, parts, asked)
        return {
            name: grid.variants[int(np.nanargmax(mean))]
            for name, mean in means.items()
            if np.isfinite(mean).any()
        }


def _average(found: _Expected, parts: Codes, profiles: list[int]) -> Array:
    """Return the rates of some profiles together, (variants,), by the people counted in each."""
    part, own = find_main(found.nobs, found.main, profiles)
    people = found.nobs[own][:, parts == part].sum(axis=1)
    return people @ found.rates[own] / people.sum()


def _silence(model: PooledModel, used: Array) -> PooledModel:
    """Return the model without the counts of cells that are not used: they then tell nothing."""
    return replace(
        model,
        blocks=[
            replace(one, count=one.count * used[one.rows], nobs=one.nobs * used[one.rows])
            for one in model.blocks
        ],
    )


def _find_parts(model: PooledModel, used: Array) -> Codes:
    stratum = np.unique(model.stratum[used], return_inverse=True)[1].ravel()
    return find_parts(model.cells.select(used), stratum, model.grid.variants)


def _expect_rates(
    model: PooledModel, cells: PooledCells, point: Point, parts: Codes, seed: int
) -> _Expected:
    """Return the expected rates at one set of standard deviations."""
    generator = np.random.default_rng(seed)
    held = [Draw.of(point)]
    draws = draw_effects(model, cells, parts, held, point.mode, DRAWS, generator, False)
    level = draws.level[:, :, np.maximum(parts, 0)]
    rates = find_rates(draws.effects, np.where(np.isfinite(level), level, np.nan)).mean(axis=0)
    rates = np.where(parts >= 0, rates, np.nan)
    return _Expected(rates, draws.main_parts, draws.situation.everywhere.nobs)
