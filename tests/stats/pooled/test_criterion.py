"""The Laplace criterion against dense algebra, and its gradient against differences."""

import numpy as np
import pytest

from analysis.stats.pooled.criterion import find_slope
from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.mode import find_mode, make_scales, start_effects
from analysis.stats.pooled.model import build_model
from analysis.stats.pooled.terms import MAIN, Term
from tests.stats.pooled.programmes import draw_rows


def fit(model, sd):
    scales = make_scales(model, sd)
    return find_mode(model, scales, start_effects(model), 1e-13)


def standard_deviations(model, size=0.2):
    return dict.fromkeys(model.terms.random, size) | dict.fromkeys(MAIN, 1.0)


def dense_criterion(cells, sd, stratum):
    """Return the Laplace criterion by plain Newton steps on one dense matrix."""
    names = [(v.channel, v.values[0]) for v in cells.variants]
    channel = np.unique([one for one, _ in names], return_inverse=True)[1][cells.variant]
    style = np.unique([one for _, one in names], return_inverse=True)[1][cells.variant]
    levels = {
        Term.CHANNEL: channel,
        Term.STYLE: style,
        Term.CHANNEL_STYLE: cells.variant,
        Term.PROFILE_CHANNEL: cells.profile * 10 + channel,
        Term.PROFILE_STYLE: cells.profile * 10 + style,
        Term.PROFILE_CHANNEL_STYLE: cells.profile * 10 + cells.variant,
        Term.LAB_CHANNEL: cells.lab * 10 + channel,
        Term.LAB_STYLE: cells.lab * 10 + style,
        Term.LAB_PROFILE_CHANNEL: (cells.lab * 10 + cells.profile) * 10 + channel,
        Term.EXPERIMENT_VARIANT: cells.experiment * 10 + cells.variant,
        Term.CLUSTER: cells.experiment * 1000 + cells.cluster,
        Term.CELL: np.arange(cells.size),
    }
    blocks = [one_hot(stratum)] + [sd[t] * one_hot(levels[t]) for t in sd if sd[t] > 0]
    bias = cells.experiment_bias[cells.experiment]
    blocks.append(bias[:, None] * one_hot(levels[Term.EXPERIMENT_VARIANT]))
    design = np.hstack(blocks)
    free = blocks[0].shape[1]
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
    joint = cells.count @ logit - cells.nobs @ np.logaddexp(0, logit)
    joint -= 0.5 * (prior * effects**2).sum()
    return joint - 0.5 * np.linalg.slogdet(hessian)[1]


def one_hot(codes):
    return np.eye(codes.max() + 1)[codes][:, np.unique(codes)]


@pytest.mark.parametrize("clusters", [0, 2])
def test_criterion_equals_that_of_one_dense_matrix(clusters):
    model = build_model(gather_cells(draw_rows(labs=3, clusters=clusters)))
    sd = standard_deviations(model)
    mode = fit(model, sd)
    dense = dense_criterion(model.cells, sd, model.stratum)
    assert mode.log_marginal == pytest.approx(dense, abs=1e-6)


@pytest.mark.parametrize("clusters", [0, 2])
def test_gradient_equals_differences_of_the_criterion(clusters):
    model = build_model(gather_cells(draw_rows(clusters=clusters)))
    sd = standard_deviations(model, 0.15)
    slope = find_slope(fit(model, sd), model.terms.random).gradient
    step = 1e-3
    for term, found in zip(model.terms.random, slope, strict=True):
        values = [
            fit(model, sd | {term: sd[term] * np.exp(sign * step)}).log_marginal for sign in (1, -1)
        ]
        assert found == pytest.approx((values[0] - values[1]) / (2 * step), abs=1e-4)


def test_blocks_of_experiments_do_not_change_the_criterion(monkeypatch):
    cells = gather_cells(draw_rows(experiments=9))
    whole = build_model(cells)
    monkeypatch.setattr("analysis.stats.pooled.layout.MOST_NUMBERS", 200)
    split = build_model(cells)
    sd = standard_deviations(whole)
    assert len(split.blocks) > len(whole.blocks)
    assert fit(split, sd).log_marginal == pytest.approx(fit(whole, sd).log_marginal, abs=1e-8)
