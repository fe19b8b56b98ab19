"""Designs with effects of their own: where they repeat, and only there."""

from itertools import combinations

import numpy as np
import pytest

from analysis.stats.pooled.criterion import find_slope
from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.designs import count_designs, count_freedom, find_designs
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.mode import find_mode, make_scales, start_effects
from analysis.stats.pooled.model import build_model
from analysis.stats.pooled.terms import MAIN, DropReason, Term
from tests.stats.pooled.programmes import draw_rows, row


def draw_designs(spread, repeats=4, channels="abcde", seed=1, profiles=2):
    """Return experiments of all pairs of channels, of which the designs differ."""
    draw = np.random.default_rng(seed)
    rows = []
    for pair in combinations(channels, 2):
        own = draw.normal(0, spread, 2)
        for repeat in range(repeats):
            for profile in range(profiles):
                level = draw.normal(-1.5, 0.4)
                for place, channel in enumerate(pair):
                    rate = 1 / (1 + np.exp(-level - own[place] - 0.1 * channels.index(channel)))
                    count = int(draw.binomial(800, rate))
                    name = f"{''.join(pair)}{repeat}"
                    rows.append(row(name, f"p{profile}", channel, 800, count))
    return rows


def dense_criterion(cells, stratum, sd):
    """Return the Laplace criterion by plain Newton steps on one dense matrix."""
    size = len(cells.variants)
    levels = {
        Term.CHANNEL: cells.variant,
        Term.PROFILE_CHANNEL: cells.profile * size + cells.variant,
        Term.EXPERIMENT_VARIANT: cells.experiment * size + cells.variant,
        Term.DESIGN_VARIANT: find_designs(cells) * size + cells.variant,
        Term.CELL: np.arange(cells.size),
    }
    hot = [np.eye(int(stratum.max()) + 1)[stratum]]
    for term, scale in sd.items():
        if term not in levels or not scale:
            continue
        held = np.eye(int(levels[term].max()) + 1)[levels[term]]
        if term == Term.CHANNEL:
            held = held @ np.linalg.svd(np.eye(size) - 1 / size)[0][:, : size - 1]
        hot.append(scale * held)
    design, free = np.hstack(hot), hot[0].shape[1]
    prior = np.r_[np.zeros(free), np.ones(design.shape[1] - free)]
    effects = np.zeros(design.shape[1])
    for _step in range(40):
        rate = 1 / (1 + np.exp(-design @ effects))
        weight = cells.nobs * rate * (1 - rate)
        hessian = design.T @ (weight[:, None] * design) + np.diag(prior)
        move = np.linalg.solve(
            hessian, design.T @ (cells.count - cells.nobs * rate) - prior * effects
        )
        effects += move * min(1.0, 2.0 / np.abs(move).max())
    logit = design @ effects
    joint = cells.count @ logit - cells.nobs @ np.logaddexp(0, logit) - 0.5 * prior @ effects**2
    return joint - 0.5 * np.linalg.slogdet(hessian)[1]


def standard_deviations(model, size=0.2):
    return dict.fromkeys(model.terms.random, size) | dict.fromkeys(MAIN, 1.0)


def fit(model, sd):
    return find_mode(model, make_scales(model, sd), start_effects(model), 1e-13)


def test_designs_that_repeat_have_effects_of_their_own():
    model = build_model(gather_cells(draw_designs(0.3)))
    assert model.terms.keeps(Term.DESIGN_VARIANT)
    counted = count_designs(model.cells)
    # Ten designs of two variants, five variants: ten contrasts less four.
    assert (counted.levels, counted.repeated, counted.freedom) == (20, 1.0, 6)


def test_criterion_with_designs_equals_dense_algebra():
    model = build_model(gather_cells(draw_designs(0.3, repeats=2, channels="abcd")))
    if not model.terms.keeps(Term.DESIGN_VARIANT):
        model = build_model(gather_cells(draw_designs(0.3, repeats=2)))
    sd = standard_deviations(model)
    expected = dense_criterion(model.cells, model.stratum, sd)
    assert fit(model, sd).log_marginal == pytest.approx(expected, abs=1e-6)


def test_gradient_with_designs_equals_differences():
    model = build_model(gather_cells(draw_designs(0.3, repeats=2)))
    terms, sd = model.terms.random, standard_deviations(model)
    gradient = find_slope(fit(model, sd), terms).gradient
    for place, term in enumerate(terms):
        ends = [
            fit(model, sd | {term: sd[term] * np.exp(step)}).log_marginal for step in (1e-4, -1e-4)
        ]
        assert gradient[place] == pytest.approx((ends[0] - ends[1]) / 2e-4, abs=1e-4)


def test_spread_of_designs_is_found():
    found = estimate_pooled(gather_cells(draw_designs(0.3)), PooledOptions())
    alike = estimate_pooled(gather_cells(draw_designs(0.0)), PooledOptions())
    design = found.terms[Term.DESIGN_VARIANT]
    assert 0.1 < design.lower < 0.3 < design.upper
    assert alike.terms[Term.DESIGN_VARIANT].sd < 0.15


def test_designs_held_once_are_experiments():
    dropped = build_model(gather_cells(draw_rows(2))).terms.dropped[Term.DESIGN_VARIANT]
    assert (dropped.reason, dropped.other) == (DropReason.SAME, Term.EXPERIMENT_VARIANT)


def test_few_designs_tell_too_little_to_differ():
    rows = draw_designs(0.3, channels="abc")
    dropped = build_model(gather_cells(rows)).terms.dropped[Term.DESIGN_VARIANT]
    assert dropped.reason == DropReason.FEW_DESIGNS


def test_loop_of_three_designs_has_one_contrast_to_spare():
    assert count_freedom(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 2, 0, 2])) == 1


def test_chain_of_designs_has_no_contrast_to_spare():
    assert count_freedom(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2])) == 0
