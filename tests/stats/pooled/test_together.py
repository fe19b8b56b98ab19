"""All profiles together, and whether they ask for one advice."""

import numpy as np
import pytest

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.together import summarise_together
from tests.stats import references
from tests.stats.pooled.programmes import draw_rows, row

MARGIN = 0.005


def estimate(rows):
    return estimate_pooled(gather_cells(rows), PooledOptions(margin=MARGIN))


def two_profiles(*counts):
    """Return one large experiment of variants a and b in two profiles."""
    cells = zip(("p", "p", "q", "q"), "abab", counts, strict=True)
    return [row("e", profile, channel, 20_000, count) for profile, channel, count in cells]


def advised(found):
    return next(one for one in found.estimates if one.is_advised)


def test_letters_ask_for_one_advice_in_all_profiles():
    rows = [
        row("2006", one["profile"], one["arm"], int(one["n"]), int(one["y"]))
        for one in references.rows("social_pressure")
    ]
    found = summarise_together(estimate(rows), MARGIN)
    best = advised(found)
    control = next(one for one in found.estimates if one.variant.channel == "Control")
    assert found.are_profiles_alike is True
    assert best.variant.channel == "Neighbors"
    assert best.p_best == pytest.approx(1.0)
    assert best.rate - control.rate == pytest.approx(0.0813, abs=0.003)
    assert len(found.profiles) == 12


def test_profiles_that_differ_surely_are_not_alike():
    found = summarise_together(estimate(two_profiles(2000, 2600, 4000, 3600)), MARGIN)
    assert found.are_profiles_alike is False


def test_profiles_of_which_too_little_is_known_are_neither():
    rows = [
        one._replace(nobs=200, count=one.count // 100)
        for one in two_profiles(2000, 2600, 4000, 3600)
    ]
    assert summarise_together(estimate(rows), MARGIN).are_profiles_alike is None


def test_one_profile_together_has_the_figures_of_that_profile():
    found = estimate(draw_rows(profiles=1))
    together = summarise_together(found, MARGIN)
    own = {one.variant: one for one in found.estimates}
    assert together.are_profiles_alike is None
    for one in together.estimates:
        assert one.profile == ""
        assert one.rate == pytest.approx(own[one.variant].rate)
        assert one.difference_ci == pytest.approx(own[one.variant].difference_ci)
        assert one.p_best == own[one.variant].p_best


def test_together_weighs_profiles_by_people_counted():
    rows = [
        row("e", profile, channel, people, int(people * rate))
        for profile, people, rate in (("p", 90_000, 0.1), ("q", 10_000, 0.5))
        for channel in "ab"
    ]
    found = summarise_together(estimate(rows), MARGIN)
    assert [one.rate for one in found.estimates] == pytest.approx([0.14, 0.14], abs=0.005)


def test_only_the_profiles_that_are_asked_count():
    found = estimate(draw_rows())
    together = summarise_together(found, MARGIN, ["p0"])
    assert together.profiles == ("p0",)
    rates = [one.rate for one in found.estimates if one.profile == "p0"]
    assert np.allclose([one.rate for one in together.estimates], rates)


def test_profile_without_response_does_not_count():
    rows = [
        *two_profiles(2000, 2600, 2000, 2600),
        row("e", "r", "a", 30, 0),
        row("e", "r", "b", 30, 0),
    ]
    found = summarise_together(estimate(rows), MARGIN)
    assert found.profiles == ("p", "q")
    assert found.are_profiles_alike is True


def test_profiles_of_separate_parts_are_not_together():
    rows = [
        *two_profiles(2000, 2600, 2000, 2600),
        row("f", "r", "c", 9_000, 3000),
        row("f", "r", "d", 9_000, 4000),
    ]
    found = estimate(rows)
    together = summarise_together(found, MARGIN)
    assert together.profiles == ("p", "q")
    assert {one.variant.channel for one in together.estimates} == {"a", "b"}
    assert together.are_profiles_alike is None
    own = summarise_together(found, MARGIN, ["r"])
    assert (own.profiles, advised(own).variant.channel) == (("r",), "d")


def test_nothing_is_together_when_nothing_was_compared():
    assert summarise_together(estimate([row("e", "p", "a", 10, 1)]), MARGIN) is None
