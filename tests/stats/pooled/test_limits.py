"""The limits of the pooled model, and what must not change its contrasts."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.stats.pooled.data import CellRow, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.mode import find_mode, make_scales, start_effects
from analysis.stats.pooled.model import build_model
from analysis.stats.pooled.priors import FLAT_SD, PriorKind
from analysis.stats.pooled.terms import MAIN, Term
from tests.stats.pooled.programmes import draw_rows, row


def fit_general(rows, sd):
    """Return the model and its general effects, (profiles, variants), at standard deviations."""
    model = build_model(gather_cells(rows))
    scales = make_scales(model, dict.fromkeys(Term, 0.0) | sd)
    mode = find_mode(model, scales, start_effects(model), 1e-14)
    effects = model.grid.common.values @ (scales.common * mode.effects.common)
    return model, effects.reshape(model.grid.shape)


def fit_glm(model, levels):
    """Return coefficients of a binomial regression with free strata, for levels of each cell."""
    cells = model.cells
    columns = np.eye(levels.max() + 1)[levels][:, 1:]
    strata = np.eye(model.stratum.max() + 1)[model.stratum]
    counts = np.column_stack([cells.count, cells.nobs - cells.count])
    fitted = sm.GLM(counts, np.hstack([strata, columns]), sm.families.Binomial()).fit(tol=1e-14)
    return np.r_[0.0, fitted.params[strata.shape[1] :]]


def test_no_pooling_equals_the_regression_of_each_profile():
    rows = draw_rows(labs=1)
    sd = dict.fromkeys((*MAIN, Term.PROFILE_CHANNEL_STYLE), FLAT_SD)
    _model, effects = fit_general(rows, sd)
    for profile in range(3):
        own = [one for one in rows if one.profile == f"p{profile}"]
        model = build_model(gather_cells(own))
        expected = fit_glm(model, model.cells.variant)
        assert effects[profile] - effects[profile, 0] == pytest.approx(expected, abs=1e-6)


def test_complete_pooling_equals_the_additive_regression():
    model, effects = fit_general(draw_rows(labs=1), dict.fromkeys(MAIN, FLAT_SD))
    names = [(one.channel, one.values[0]) for one in model.cells.variants]
    channel = np.array([int(one[1:]) for one, _style in names])[model.cells.variant]
    style = np.array([int(one[1:]) for _channel, one in names])[model.cells.variant]
    cells = model.cells
    design = np.hstack(
        [
            np.eye(model.stratum.max() + 1)[model.stratum],
            np.eye(3)[channel][:, 1:],
            np.eye(2)[style][:, 1:],
        ]
    )
    counts = np.column_stack([cells.count, cells.nobs - cells.count])
    fitted = sm.GLM(counts, design, sm.families.Binomial()).fit(tol=1e-14)
    grid = [(one.channel, one.values[0]) for one in model.grid.variants]
    at = {name: place for place, name in enumerate(grid)}
    found = effects[0, at["c2", "s1"]] - effects[0, at["c0", "s0"]]
    assert found == pytest.approx(fitted.params[-2] + fitted.params[-1], abs=1e-6)
    assert effects == pytest.approx(np.tile(effects[0], (3, 1)), abs=1e-9)


def effects_by_name(rows, priors):
    found = estimate_pooled(gather_cells(rows), PooledOptions(priors=priors))
    return {
        (one.profile, one.variant.channel, one.variant.values): one.effect
        for one in found.estimates
    }


def rename(one):
    """Return a row whose profile and channel sort the other way round."""
    turn = {"c0": "z", "c1": "b", "c2": "a", "p0": "z", "p1": "m", "p2": "a"}
    return one._replace(channel=turn[one.channel], profile=turn[one.profile])


@pytest.mark.parametrize("priors", list(PriorKind))
def test_names_and_order_do_not_change_effects(priors):
    rows = draw_rows()
    plain = effects_by_name(rows, priors)
    turned = effects_by_name([rename(one) for one in reversed(rows)], priors)
    for one in rows:
        new = rename(one)
        assert turned[new.profile, new.channel, (one.style,)] == pytest.approx(
            plain[one.profile, one.channel, (one.style,)], abs=1e-6
        )


@pytest.mark.parametrize("priors", list(PriorKind))
def test_splitting_a_cell_does_not_change_effects(priors):
    rows = [one._replace(nobs=2 * one.nobs, count=2 * one.count) for one in draw_rows()]
    halves = [one._replace(nobs=one.nobs // 2, count=one.count // 2) for one in rows]
    assert effects_by_name(rows, priors) == effects_by_name([*halves, *halves], priors)


@pytest.mark.parametrize("priors", list(PriorKind))
def test_experiment_without_any_response_does_not_change_effects(priors):
    rows = draw_rows()
    empty = [row("nobody", "p0", f"c{channel}", 50, 0, "s0", "l0") for channel in range(2)]
    plain, added = effects_by_name(rows, priors), effects_by_name([*rows, *empty], priors)
    assert added == pytest.approx(plain, abs=1e-6)


def test_same_seed_gives_the_same_numbers():
    cells = gather_cells(draw_rows())
    first, second = (estimate_pooled(cells, PooledOptions(seed=7)) for _ in range(2))
    assert first.estimates == second.estimates
    assert first.claims == second.claims


def test_a_cell_row_is_added_to_the_one_with_the_same_keys():
    cells = gather_cells([CellRow("l", "e", "", "p", "c", "s", "", 10, one) for one in (1, 2)])
    assert cells.nobs.tolist() == [20]
    assert cells.count.tolist() == [3]
