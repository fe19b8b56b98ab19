"""A known bias in some experiments: against dense algebra, differences, and metafor."""

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.stats.pooled.consistency import check_consistency
from analysis.stats.pooled.criterion import find_slope
from analysis.stats.pooled.data import BIAS_SD, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.influence import check_influence
from analysis.stats.pooled.left_out import LeftOut
from analysis.stats.pooled.model import build_model
from analysis.stats.pooled.prediction import list_predictions
from analysis.stats.pooled.priors import PriorKind
from analysis.stats.pooled.splits import Splitter
from analysis.stats.pooled.tangents import find_tangents
from analysis.stats.pooled.terms import Term
from tests.stats.pooled.programmes import draw_rows, row
from tests.stats.pooled.test_criterion import dense_criterion, fit, standard_deviations

REFERENCE = Path(__file__).parents[2] / "reference"
BIASED = {("l0", "e0"), ("l1", "e3"), ("l0", "e6")}


def biased_model(**how):
    return build_model(gather_cells(draw_rows(**how)).allow_bias(BIASED))


@pytest.mark.parametrize("clusters", [0, 2])
@pytest.mark.parametrize("is_spread", [True, False])
def test_criterion_with_bias_equals_that_of_dense_algebra(clusters, is_spread):
    model = biased_model(clusters=clusters)
    sd = standard_deviations(model)
    if not is_spread:
        sd[Term.EXPERIMENT_VARIANT] = 0.0
    dense = dense_criterion(model.cells, sd, model.stratum)
    assert fit(model, sd).log_marginal == pytest.approx(dense, abs=1e-6)


@pytest.mark.parametrize("clusters", [0, 2])
@pytest.mark.parametrize("size", [0.03, 0.4])
def test_gradient_with_bias_equals_differences(clusters, size):
    model = biased_model(clusters=clusters)
    sd = standard_deviations(model, size)
    slope = find_slope(fit(model, sd), model.terms.random).gradient
    step = 1e-3
    for term, found in zip(model.terms.random, slope, strict=True):
        up, down = (fit(model, sd | {term: sd[term] * np.exp(e)}) for e in (step, -step))
        expected = (up.log_marginal - down.log_marginal) / (2 * step)
        assert found == pytest.approx(expected, abs=1e-4), term


def test_tangent_with_bias_leads_to_the_mode_nearby():
    model = biased_model()
    sd, term, step = standard_deviations(model), Term.EXPERIMENT_VARIANT, 1e-3
    start, there = fit(model, sd), fit(model, sd | {term: sd[term] * np.exp(step)})
    place = model.terms.random.index(term)
    log_sd = np.log([sd[one] for one in model.terms.random])
    moved = log_sd + step * np.eye(log_sd.size)[place]
    tangents = find_tangents(start, model.terms.random, log_sd)
    found = tangents.extrapolate(moved, there.system.scales)
    assert found.common == pytest.approx(there.effects.common, abs=1e-5)
    for one, other in zip(found.locals, there.effects.locals, strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_biased_trials_equal_known_extra_variance_in_metafor():
    kept = json.loads((REFERENCE / "bcg_bias.json").read_text())
    rows = [
        row(one["trial"], "all", arm, one[f"n_{arm}"] * kept["times"], one[arm] * kept["times"])
        for one in kept["trials"]
        for arm in ("vaccine", "control")
    ]
    biased = {("l", one["trial"]) for one in kept["trials"] if one["biased"]}
    cells = gather_cells(rows)
    for bias_sd, expected in (
        (0.0, kept["without_bias"]),
        (kept["bias_sd"], kept["with_bias"]),
    ):
        found = estimate_pooled(
            cells.allow_bias(biased, bias_sd), PooledOptions(priors=PriorKind.NONE)
        )
        effects = {one.level: one for one in found.main_effects}
        difference = effects["vaccine"].effect - effects["control"].effect
        # Centred over two channels, each has half the difference.
        error = 2 * effects["vaccine"].std_error
        assert difference == pytest.approx(expected["estimate"], abs=1e-3)
        assert error == pytest.approx(expected["std_error"], rel=2e-3)
        tau = np.sqrt(2) * found.terms[Term.EXPERIMENT_VARIANT].sd
        assert tau == pytest.approx(expected["tau"], abs=2e-3)


def test_contrast_of_one_biased_experiment_has_its_bias_as_error():
    rows = [row("e", "all", "a", 10**7, 2 * 10**6), row("e", "all", "b", 10**7, 10**6)]
    options = PooledOptions(priors=PriorKind.NONE)
    found = estimate_pooled(gather_cells(rows).allow_bias({("l", "e")}), options)
    error = 2 * found.main_effects[0].std_error
    assert error >= np.sqrt(2) * BIAS_SD - 1e-3


def test_no_biased_experiment_changes_nothing_at_all():
    cells = gather_cells(draw_rows())
    plain, allowed = (
        estimate_pooled(one, PooledOptions()) for one in (cells, cells.allow_bias(()))
    )
    assert np.array_equal(plain.draws.effects, allowed.draws.effects)
    assert plain.estimates == allowed.estimates


def test_selected_cells_keep_the_bias_of_experiments():
    cells = gather_cells(draw_rows()).allow_bias(BIASED)
    kept = cells.select(cells.profile == 0)
    assert kept.experiment_bias.tolist() == cells.experiment_bias.tolist()
    assert sum(cells.experiment_bias > 0) == len(BIASED)


def test_bias_widens_intervals_and_lowers_the_spread_of_experiments():
    cells = gather_cells(draw_rows(experiments=12))
    labs = [cells.labs[lab] for lab in cells.experiment_lab]
    whole = set(zip(labs, cells.experiments, strict=True))
    plain, biased = (
        estimate_pooled(one, PooledOptions()) for one in (cells, cells.allow_bias(whole))
    )
    width = [
        np.mean([one.effect_std_error for one in found.estimates if one.effect_std_error])
        for found in (plain, biased)
    ]
    assert width[1] > width[0]
    term = Term.EXPERIMENT_VARIANT
    assert biased.terms[term].sd < plain.terms[term].sd


def test_direct_evidence_of_one_biased_experiment_is_as_wide_as_bias():
    rows = [row("e", "all", "a", 10**6, 200_000), row("e", "all", "b", 10**6, 190_000)]
    for number, other in enumerate("abab"):
        rows += [row(f"r{number}", "all", "c", 10**6, 150_000)]
        rows += [row(f"r{number}", "all", other, 10**6, 195_000 + 1_000 * number)]
    options = PooledOptions(priors=PriorKind.NONE)
    found = estimate_pooled(gather_cells(rows).allow_bias({("l", "e")}), options)
    split = Splitter(found.mode).split((0,), 0, (1,))[0]
    own = found.terms[Term.EXPERIMENT_VARIANT].sd
    expected = 1.96 * np.sqrt(2 * (BIAS_SD**2 + own**2))
    assert (split.direct.upper - split.direct.lower) / 2 == pytest.approx(expected, rel=0.02)
    assert split.indirect.upper - split.indirect.lower < split.direct.upper - split.direct.lower


def test_consistency_test_knows_that_biased_experiments_may_be_off():
    rows = [row("e", "all", "a", 10**6, 300_000), row("e", "all", "b", 10**6, 200_000)]
    for name in "ab":
        rows += [row(f"r{name}", "all", one, 10**6, 200_000) for one in (name, "c")]
    gap = np.log(0.3 / 0.7) - np.log(0.2 / 0.8)
    cells = gather_cells(rows).allow_bias({("l", "e")})
    mode = estimate_pooled(cells, PooledOptions(priors=PriorKind.NONE)).mode
    found = check_consistency(mode, with_heterogeneity=False)
    assert found.freedom == 1
    assert found.statistic == pytest.approx(gap**2 / (2 * BIAS_SD**2), rel=0.01)


def test_influence_and_predictions_stand_beside_bias():
    cells = gather_cells(draw_rows(experiments=6, profiles=2)).allow_bias(BIASED)
    options = PooledOptions()
    estimate = estimate_pooled(cells, options)
    for one in check_influence(cells, options, LeftOut.EXPERIMENT, None, estimate):
        assert one.without != one.advised
    assert all(np.isfinite(one.rate_ci).all() for one in list_predictions(estimate, 1))
