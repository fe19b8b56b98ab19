"""Direct against indirect, and the design-by-treatment test, against R."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.pooled.consistency import NoTest, check_consistency
from analysis.stats.pooled.extended import free_effects
from analysis.stats.pooled.splits import NoEvidence, Splitter
from analysis.stats.pooled.terms import MAIN, Term
from analysis.stats.results import Status
from tests.stats.pooled.fits import fit, smoking
from tests.stats.pooled.programmes import draw_rows, row
from tests.stats.references import answers

SMOKING = answers("pooled_consistency")["smoking"]
CASES = [(kind, one) for kind in ("splits_fixed", "splits_at_reml_sd") for one in SMOKING[kind]]


def split(peak, profiles, one, other):
    return Splitter(peak.mode).split(profiles, one, (other,))[0]


def error(side):
    return (side.upper - side.lower) / 2 / 1.96


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_sides_of_smoking_trials_equal_r(kind, case):
    mode = smoking().mode
    if kind == "splits_fixed":
        mode = free_effects(mode, MAIN, (Term.EXPERIMENT_VARIANT,))
    names = [one.channel for one in mode.system.model.grid.variants]
    found = Splitter(mode).split([0], names.index(case["one"]), (names.index(case["other"]),))[0]
    for side, (estimate, std_error), loose in (
        (found.direct, case["direct"], 0.02),
        (found.indirect, case["indirect"], 0.02),
    ):
        assert side.estimate == pytest.approx(estimate, abs=0.01)
        assert error(side) == pytest.approx(std_error, rel=loose)
    assert found.difference == pytest.approx(case["difference"][0], abs=0.01)


def test_consistency_of_smoking_trials_equals_r():
    found, expected = check_consistency(smoking().mode), SMOKING["test"]
    assert found.freedom == expected["freedom"]
    assert found.statistic == pytest.approx(expected["at_reml_sd"], abs=1e-3)


def test_fixed_consistency_of_smoking_trials_equals_regression():
    found, expected = check_consistency(smoking().mode, False), SMOKING["test"]
    assert found.freedom == expected["freedom"]
    assert found.statistic == pytest.approx(expected["fixed"], abs=1e-4)
    assert found.pvalue == pytest.approx(0.00261452538398384, abs=1e-6)


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000), st.integers(0, 5), st.integers(1, 5))
def test_swapping_two_variants_flips_every_sign(seed, one, step):
    peak = fit(draw_rows(seed, experiments=6))
    other = (one + step) % len(peak.mode.system.model.grid.variants)
    if other == one:
        return
    there, back = split(peak, range(3), one, other), split(peak, range(3), other, one)
    for name in ("direct", "indirect"):
        side, turned = getattr(there, name), getattr(back, name)
        assert side.status == turned.status
        if side.estimate is not None:
            assert side.estimate == pytest.approx(-turned.estimate, abs=1e-3)
            assert side.lower == pytest.approx(-turned.upper, abs=1e-3)
    if there.pvalue is not None:
        assert there.pvalue == pytest.approx(back.pvalue, abs=1e-2)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000))
def test_names_of_experiments_and_profiles_change_nothing(seed):
    rows = draw_rows(seed, experiments=6)
    renamed = [
        one._replace(experiment=f"x{9 - int(one.experiment[1:])}", profile="q" + one.profile)
        for one in reversed(rows)
    ]
    before, after = fit(rows), fit(renamed)
    one, other = (check_consistency(held.mode, False) for held in (before, after))
    assert one.freedom == other.freedom
    assert one.statistic == pytest.approx(other.statistic, abs=1e-2)
    first, second = (split(held, [0], 0, 1) for held in (before, after))
    if first.direct.estimate is not None:
        assert first.direct.estimate == pytest.approx(second.direct.estimate, abs=1e-2)


def test_pair_held_by_every_experiment_has_no_indirect_side():
    rows = [row(f"e{e}", "p", c, 500, 40 + 9 * e + 30 * (c == "b")) for e in range(3) for c in "ab"]
    found = split(fit(rows), [0], 0, 1)
    assert (found.indirect.status, found.indirect.reason) == (
        Status.UNDEFINED,
        NoEvidence.NOT_CONNECTED,
    )
    assert found.direct.experiments == 3
    assert found.direct.estimate < 0
    assert found.pvalue is None


def test_pair_that_never_met_has_no_direct_side():
    rows = [
        row(f"{one}{other}{at}", "p", c, 500, 50 + 5 * at + 20 * (c == "c"))
        for one, other in ("ab", "bc")
        for at in range(3)
        for c in (one, other)
    ]
    found = split(fit(rows), [0], 0, 2)
    assert found.direct.reason == NoEvidence.NOT_HELD_TOGETHER
    assert found.direct.estimate is None
    assert found.indirect.experiments == 6
    assert found.indirect.lower < found.indirect.estimate < found.indirect.upper


def test_direct_side_without_response_is_too_little():
    rows = [
        row("ab", "p", "a", 50, 0), row("ab", "p", "b", 50, 6),
        row("ac", "p", "a", 500, 40), row("ac", "p", "c", 500, 60),
        row("bc", "p", "b", 500, 70), row("bc", "p", "c", 500, 60),
    ]  # fmt: skip
    found = split(fit(rows), [0], 0, 1)
    assert found.direct.status == Status.TOO_LITTLE
    assert found.direct.reason == NoEvidence.NO_RESPONSE
    assert np.isfinite(found.indirect.estimate)


def test_variant_that_nobody_ever_answered_has_no_sides():
    rows = [
        row("ab", "p", "a", 500, 0), row("ab", "p", "b", 500, 60),
        row("ac", "p", "a", 500, 0), row("ac", "p", "c", 500, 60),
        row("bc", "p", "b", 500, 70), row("bc", "p", "c", 500, 60),
    ]  # fmt: skip
    found = split(fit(rows), [0], 0, 1)
    assert found.direct.reason == NoEvidence.NO_RESPONSE
    assert found.indirect.reason == NoEvidence.TOO_FEW
    assert found.indirect.estimate is None


def test_inconsistent_loop_is_found():
    rates = {("a", "b"): (0.1, 0.1), ("b", "c"): (0.1, 0.1), ("a", "c"): (0.1, 0.3)}
    rows = [
        row(f"{pair}{at}", "p", variant, 2000, round(2000 * rate))
        for pair, held in rates.items()
        for at in range(3)
        for variant, rate in zip(pair, held, strict=True)
    ]
    peak = fit(rows)
    found = split(peak, [0], 0, 2)
    assert found.direct.estimate == pytest.approx(np.log(0.1 / 0.9) - np.log(0.3 / 0.7), abs=0.05)
    assert found.indirect.estimate == pytest.approx(0.0, abs=0.05)
    assert check_consistency(peak.mode, False).pvalue < 1e-6


def test_one_design_has_no_consistency_to_test():
    rows = [row(f"e{e}", "p", c, 500, 40 + 9 * e + 30 * (c == "b")) for e in range(3) for c in "ab"]
    found = check_consistency(fit(rows).mode)
    assert (found.status, found.reason) == (Status.UNDEFINED, NoTest.ONE_DESIGN)
    assert found.statistic is None


def test_designs_held_once_cannot_be_told_from_experiments():
    rows = [
        row(f"{one}{other}", "p", c, 500, 50 + 20 * (c == "c"))
        for one, other in ("ab", "bc", "ac")
        for c in (one, other)
    ]
    peak = fit(rows)
    assert check_consistency(peak.mode).reason == NoTest.NOT_REPEATED
    assert check_consistency(peak.mode, False).freedom == 1
