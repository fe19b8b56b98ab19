"""The pooled estimator: from count cells of all experiments to what works best for whom."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.connected import find_parts
from analysis.stats.pooled.data import Codes, PooledCells
from analysis.stats.pooled.draws import JointDraws, draw_effects
from analysis.stats.pooled.marginal import find_log_marginal
from analysis.stats.pooled.model import NothingToCompareError, PooledModel, build_model
from analysis.stats.pooled.priors import PriorKind, is_from_prior
from analysis.stats.pooled.progress import OnProgress, part_of
from analysis.stats.pooled.reading import list_main_effects, list_undefined, read_fit
from analysis.stats.pooled.results import PooledEstimate, TermEstimate, UnusedReason
from analysis.stats.pooled.terms import Dropped, DropReason, Term
from analysis.stats.pooled.threads import one_thread
from analysis.stats.pooled.variances import (
    Criterion,
    Draw,
    Point,
    count_effective,
    draw_variances,
    find_peak,
    find_shape,
)

DRAWS = 4000
COMPONENTS = 48
# Large programmes know their standard deviations well enough for fewer draws of them.
FEWER_COMPONENTS, MANY_CELLS = 24, 3_000
LEAST_EFFECTIVE = 8.0
# Which part of the work the fit is, and how many evaluations its climb takes about.
FITTING = (0.05, 0.85)
EVALUATIONS_TO_PEAK = 12


@dataclass(frozen=True, slots=True)
class PooledOptions:
    """How to fit: the seed, the priors, and the smallest difference that matters, as a share."""

    seed: int = 1
    priors: PriorKind = PriorKind.DEFAULT
    margin: float = 0.005


def estimate_pooled(
    cells: PooledCells, options: PooledOptions, on_progress: OnProgress | None = None
) -> PooledEstimate:
    """Estimate every profile × variant from all cells; same seed, same answer.

    on_progress: takes the share that is done; what it raises ends the fit.
    """
    with one_thread():
        try:
            model = build_model(cells)
        except NothingToCompareError:
            return _nothing(cells, options)
        generator = np.random.default_rng(options.seed)
        criterion = Criterion.of(model, options.priors)
        criterion.on_evaluation = _watch(criterion, part_of(on_progress, *FITTING))
        peak = find_peak(criterion)
        components = _draw_components(criterion, peak, generator)
        parts = find_parts(model.cells, model.stratum, model.grid.variants)
        is_proper = options.priors == PriorKind.DEFAULT
        draws = draw_effects(
            model, cells, parts, components, peak.mode, DRAWS, generator, is_proper
        )
        reading = part_of(on_progress, FITTING[1], 1.0)
        return _summarise(cells, model, criterion, peak, components, draws, options, reading)


def _watch(criterion: Criterion, on_progress: OnProgress | None) -> Callable[[], None] | None:
    """Return what tells after each evaluation how far the fit is, of about as many as it takes."""
    if on_progress is None:
        return None
    expected = EVALUATIONS_TO_PEAK + 3 * len(criterion.model.terms.random)
    expected += _count_components(criterion)
    return lambda: on_progress(min(criterion.evaluations / expected, 1.0))


def _draw_components(
    criterion: Criterion, peak: Point, generator: np.random.Generator
) -> list[Draw]:
    """Return weighted standard deviations: the peak alone when they are plugged in."""
    if criterion.kind == PriorKind.NONE or not peak.log_sd.size:
        return [Draw.of(peak)]
    shape = find_shape(criterion, peak)
    count = _count_components(criterion)
    draws = draw_variances(criterion, shape, count, generator)
    if count_effective(draws) < LEAST_EFFECTIVE:
        draws = draw_variances(criterion, shape, 4 * count, generator)
    return draws


def _count_components(criterion: Criterion) -> int:
    return FEWER_COMPONENTS if criterion.model.cells.size > MANY_CELLS else COMPONENTS


def _summarise(
    cells: PooledCells,
    model: PooledModel,
    criterion: Criterion,
    peak: Point,
    components: list[Draw],
    draws: JointDraws,
    options: PooledOptions,
    on_progress: OnProgress | None,
) -> PooledEstimate:
    estimates, claims = read_fit(cells, model, draws, options.margin, on_progress)
    return PooledEstimate(
        estimates=estimates,
        claims=claims,
        terms=_list_terms(model, peak, draws, options.priors),
        dropped=model.terms.dropped,
        main_effects=list_main_effects(model, peak.mode),
        labs=tuple(cells.labs[code] for code in np.unique(model.cells.lab)),
        profiles=cells.profiles,
        variants=model.grid.variants,
        axes=cells.axes,
        parts=draws.parts,
        grid=model.grid,
        draws=draws,
        log_marginal=find_log_marginal(peak.mode, options.priors),
        cells=cells.size,
        cells_used=model.cells.size,
        experiments=len(cells.experiments),
        not_used=_list_not_used(cells, model.cells.experiment),
        priors=options.priors,
        evaluations=criterion.evaluations,
        effective_components=count_effective(components),
        mode=peak.mode,
    )


def _list_terms(
    model: PooledModel, peak: Point, draws: JointDraws, kind: PriorKind
) -> dict[Term, TermEstimate]:
    found = {}
    for place, term in enumerate(model.terms.random):
        if kind == PriorKind.NONE:
            found[term] = TermEstimate(float(np.exp(peak.log_sd[place])), None, None)
            continue
        middle, low, high = np.quantile(draws.sd[term], [0.5, 0.025, 0.975])
        found[term] = TermEstimate(
            float(middle), float(low), float(high), is_from_prior(term, model.labs)
        )
    return found


def _list_not_used(cells: PooledCells, used: Codes) -> dict[str, UnusedReason]:
    is_used = np.isin(np.arange(len(cells.experiments)), used)
    held = Counter(cells.experiments)
    found = {}
    for place in np.flatnonzero(~is_used):
        rows = cells.experiment == place
        count, nobs = cells.count[rows].sum(), cells.nobs[rows].sum()
        reason = UnusedReason.NO_RESPONSE if count in (0, nobs) else UnusedReason.ONE_VARIANT
        name = cells.experiments[place]
        # Labs may call their experiments the same.
        lab = cells.labs[cells.experiment_lab[place]]
        found[name if held[name] == 1 else f"{lab}: {name}"] = reason
    return found


def _nothing(cells: PooledCells, options: PooledOptions) -> PooledEstimate:
    """Return what can be said when no two variants were ever compared."""
    return PooledEstimate(
        estimates=list_undefined(cells),
        claims=(),
        terms={},
        dropped={term: Dropped(DropReason.NO_FREEDOM) for term in Term},
        main_effects=(),
        labs=(),
        profiles=cells.profiles,
        variants=cells.variants,
        axes=cells.axes,
        parts=np.full(len(cells.variants), -1),
        grid=None,
        draws=None,
        log_marginal=None,
        cells=cells.size,
        cells_used=0,
        experiments=len(cells.experiments),
        not_used=_list_not_used(cells, np.zeros(0, dtype=np.int64)),
        priors=options.priors,
        evaluations=0,
        effective_components=None,
    )
