"""What an experiment is worth, against closed forms and against holding it many times over."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, gammaln
from scipy.stats import norm

from analysis.stats.pooled.information import Design, Deviations, Outlook

DRAWS = 4000
EXACT = Deviations()


def normal_draws(mean, covariance, seed=3, exact=True) -> np.ndarray:
    """Return draws (D, 1, V) of logits in antithetic pairs, with just this mean and covariance."""
    root = np.linalg.cholesky(np.asarray(covariance) + 1e-14 * np.eye(len(mean)))
    half = np.random.default_rng(seed).standard_normal((DRAWS // 2, len(mean)))
    if exact:
        half = half @ np.linalg.inv(np.linalg.cholesky(half.T @ half / len(half))).T
    points = np.stack([half, -half], axis=1).reshape(DRAWS, -1)
    return (np.asarray(mean) + points @ root.T)[:, None, :]


def look(logits, level=0.0, deviations=EXACT, allowed=None, weights=None) -> Outlook:
    """Return the outlook of draws of logits (D, P, V)."""
    _count, profiles, variants = logits.shape
    return Outlook.of(
        logits,
        expit(logits + level),
        np.ones((profiles, variants), dtype=bool) if allowed is None else allowed,
        np.ones(profiles) if weights is None else np.asarray(weights, dtype=float),
        np.arange(variants),
        np.full((variants, 1), -1),
        deviations,
    )


def pair(people, labs=1) -> Design:
    """Return an experiment with the first two variants in the first profile."""
    return Design((0, 1), (0,), people, (1.0,), labs)


def unit_loss(gap, spread) -> float:
    """Return E[max(0, N(-gap, spread²))]: the known value of a normal that may overtake."""
    return spread * norm.pdf(gap / spread) - gap * norm.cdf(-gap / spread)


@pytest.mark.parametrize("people", [20, 100, 1000])
@pytest.mark.parametrize("between", [0.0, 0.05])
def test_two_independent_normals_have_the_known_value(people, between):
    # So close to one half that a rate is a quarter of its logit.
    sd, gap = 0.04, 0.02
    draws = normal_draws([gap, 0.0], np.diag([sd**2, sd**2]))
    found = look(draws, deviations=Deviations(experiment=between**2)).value(pair(people))
    prior, chance = 2 * sd**2, 2 * (4 / people + between**2)
    moves = prior / np.sqrt(prior + chance)
    assert found.gain == pytest.approx(unit_loss(gap, moves) / 4, rel=0.02, abs=1e-7)


def test_chance_to_overturn_is_that_of_the_normal_that_overtakes():
    sd, gap, people = 0.04, 0.02, 800
    found = look(normal_draws([gap, 0.0], np.diag([sd**2, sd**2]))).value(pair(people))
    moves = 2 * sd**2 / np.sqrt(2 * sd**2 + 8 / people)
    assert found.overturns[0] == pytest.approx(norm.cdf(-gap / moves), abs=0.03)
    assert found.successors[0] == 1


def hold_many_times(logits, level, variants, people, between, times=400) -> tuple[float, float]:
    """Return the value by holding the experiment, and weighing all draws by what it showed.

    Nothing is linear or normal here: counts are binomial, their likelihood is integrated over the
    level of the experiment, and each draw has a deviation of its own experiment.
    """
    generator = np.random.default_rng(11)
    effects, arms = logits[:, 0], list(variants)
    rates = expit(effects + level)
    shown = effects[:, arms] + between * generator.standard_normal((len(effects), len(arms)))
    grid = np.linspace(-1.2, 1.2, 25) + level
    chance = expit(shown[:, None, :] + grid[None, :, None])
    log_yes, log_no = np.log(chance), np.log1p(-chance)
    now, gains = rates.mean(axis=0).max(), []
    for truth in generator.integers(len(effects), size=times):
        hold = effects[truth, arms] + between * generator.standard_normal(len(arms))
        counts = generator.binomial(people, expit(hold + level))
        constant = gammaln(people + 1) - gammaln(counts + 1) - gammaln(people - counts + 1)
        likelihood = (constant + counts * log_yes + (people - counts) * log_no).sum(axis=2)
        weight = np.exp(likelihood - likelihood.max()).sum(axis=1)
        gains.append((weight @ rates / weight.sum()).max() - now)
    return float(np.mean(gains)), float(np.std(gains) / np.sqrt(times))


@pytest.mark.parametrize(("variants", "between"), [((0, 1), 0.0), ((0, 1, 2), 0.15)])
def test_value_is_that_of_holding_the_experiment_many_times(variants, between):
    covariance = 0.06 * np.eye(4) + 0.03
    logits, level = normal_draws([0.25, 0.15, 0.1, 0.0], covariance), -2.0
    known = look(logits, level, Deviations(experiment=between**2))
    found = known.value(Design(variants, (0,), 700, (1.0,), 1))
    brute, error = hold_many_times(logits, level, variants, 700, between)
    assert brute > 5 * error
    assert found.gain == pytest.approx(brute, abs=3 * error + 0.1 * brute)


@st.composite
def programmes(draw) -> np.ndarray:
    """Return draws of two profiles and three variants that depend on one another."""
    sds = draw(st.lists(st.floats(0.01, 0.6), min_size=6, max_size=6))
    means = draw(st.lists(st.floats(-0.5, 0.5), min_size=6, max_size=6))
    common = draw(st.floats(0.0, 0.95))
    correlation = common + (1 - common) * np.eye(6)
    return normal_draws(means, correlation * np.outer(sds, sds)).reshape(DRAWS, 2, 3)


@settings(max_examples=12, deadline=None)
@given(programmes(), st.floats(5, 1e5), st.integers(1, 4), st.floats(0, 0.5))
def test_value_lies_between_nothing_and_that_of_knowing_all(draws, people, labs, between):
    known = look(draws, -1.5, Deviations(experiment=between**2, cell=0.01))
    found = known.value(Design((0, 2), (0, 1), people, (0.4, 0.6), labs))
    ceiling = float(known.weights @ known.perfect)
    assert found.gain >= 0.0
    assert found.gain <= ceiling + 3 * found.std_error + 0.05 * ceiling + 1e-5


@settings(max_examples=12, deadline=None)
@given(programmes(), st.floats(5, 5e4), st.floats(1.1, 20))
def test_more_people_or_labs_are_never_worth_less(draws, people, times):
    known = look(draws, -1.5, Deviations(experiment=0.01))
    design = Design((0, 1), (0, 1), people, (0.5, 0.5), 1)
    least = known.value(design, with_error=False).gain
    # The points are the same for both, but their number is not infinite.
    assert known.value(design._replace(people=people * times), False).gain >= 0.98 * least - 1e-7
    assert known.value(design._replace(labs=2), False).gain >= 0.98 * least - 1e-7


def test_nothing_is_worth_anything_once_all_is_certain():
    certain = np.tile(np.array([0.3, 0.1, 0.0]), (DRAWS, 1, 1))
    known = look(certain)
    assert known.value(pair(1000)).gain == pytest.approx(0.0, abs=1e-12)
    assert known.perfect[0] == pytest.approx(0.0, abs=1e-12)


def test_experiment_on_one_profile_teaches_others_that_are_like_it():
    alike = normal_draws([0.05, 0.0] * 2, 0.04 * np.kron(np.ones((2, 2)), np.eye(2)))
    apart = normal_draws([0.05, 0.0] * 2, 0.04 * np.eye(4))
    design = Design((0, 1), (0,), 2000, (1.0,), 1)
    shared = look(alike.reshape(DRAWS, 2, 2)).value(design).by_profile
    alone = look(apart.reshape(DRAWS, 2, 2)).value(design).by_profile
    assert shared[1] == pytest.approx(shared[0], rel=0.01)
    assert alone[1] < 0.05 * alone[0]


def test_gain_is_weighed_by_whom_the_advice_reaches():
    draws = normal_draws([0.05, 0.0] * 2, 0.04 * np.eye(4)).reshape(DRAWS, 2, 2)
    design = Design((0, 1), (0,), 2000, (1.0,), 1)
    found = look(draws, weights=[3, 1]).value(design)
    assert found.gain == pytest.approx(found.by_profile @ [0.75, 0.25])


def test_variant_that_may_not_be_advised_brings_no_gain():
    draws = normal_draws([0.05, 0.0, 0.0], np.diag([0.04, 0.04, 0.5]))
    allowed = np.array([[True, True, False]])
    assert (
        look(draws, allowed=allowed).value(Design((0, 2), (0,), 2000, (1.0,), 1)).overturns[0]
        < look(draws).value(Design((0, 2), (0,), 2000, (1.0,), 1)).overturns[0]
    )


def test_lab_that_favours_a_channel_hides_differences_between_channels_only():
    draws = normal_draws([0.05, 0.0], 0.04 * np.eye(2))
    same = Outlook.of(
        draws,
        expit(draws),
        np.ones((1, 2), dtype=bool),
        np.ones(1),
        np.zeros(2, dtype=int),
        np.array([[0], [1]]),
        Deviations(channel=0.5),
    )
    without = look(draws).value(pair(500)).gain
    assert same.value(pair(500)).gain == pytest.approx(without, rel=1e-6)
    assert look(draws, deviations=Deviations(channel=0.5)).value(pair(500)).gain < 0.5 * without


@pytest.mark.parametrize(
    "design",
    [
        Design((0,), (0,), 100, (1.0,)),
        Design((0, 0), (0,), 100, (1.0,)),
        Design((0, 1), (0,), 0, (1.0,)),
        Design((0, 1), (), 100, ()),
        Design((0, 1), (0,), 100, (1.0,), 0),
    ],
)
def test_design_that_compares_nothing_is_refused(design):
    with pytest.raises(ValueError, match="design"):
        look(normal_draws([0.1, 0.0], np.eye(2))).value(design)


def test_standard_error_covers_what_other_draws_would_say():
    covariance = 0.05 * np.eye(3)
    gains, errors = [], []
    for seed in range(12):
        found = look(normal_draws([0.2, 0.1, 0.0], covariance, seed, exact=False), -2.0).value(
            pair(800)
        )
        gains.append(found.gain)
        errors.append(found.std_error)
    assert 0.3 < np.std(gains, ddof=1) / np.mean(errors) < 2.5
