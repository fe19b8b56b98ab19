"""Which experiment comes first: equal effort, contenders only, and no order where there is none."""

import numpy as np
import pytest

from analysis.stats.pooled.information import Design
from analysis.stats.pooled.next_designs import Effort, list_designs, rank_designs
from analysis.stats.sizes import estimate_people_needed, estimate_smallest_difference
from tests.stats.pooled.test_information import DRAWS, look, normal_draws

EFFORT = Effort(1000, 2)


def outlook(means, sds, profiles=1):
    """Return what is known of independent variants, profile by profile."""
    draws = normal_draws(means, np.diag(np.square(sds)))
    return look(draws.reshape(DRAWS, profiles, len(means) // profiles), -1.5)


def test_designs_compare_contenders_with_what_is_advised_now():
    known = outlook([0.3, 0.2, 0.15, -3.0], [0.2, 0.2, 0.2, 0.1])
    found = list_designs(known, np.ones(1), EFFORT)
    assert {one.variants for one in found} == {(0, 1), (0, 2), (0, 1, 2), (1, 2)}


def test_designs_take_as_many_people_in_all():
    known = outlook([0.3, 0.2, 0.15], [0.2, 0.2, 0.2])
    people = {one.people * len(one.variants) for one in list_designs(known, np.ones(1), EFFORT)}
    assert people == {2000}


def test_profiles_are_asked_together_and_each_by_itself():
    known = outlook([0.3, 0.2] * 2, [0.2] * 4, profiles=2)
    found = {one.profiles: one.shares for one in list_designs(known, np.array([3.0, 1.0]), EFFORT)}
    assert found == {(0, 1): (0.75, 0.25), (0,): (1.0,), (1,): (1.0,)}


def test_variant_that_may_not_be_advised_is_in_no_design():
    draws = normal_draws([0.3, 0.2, 0.3], np.diag([0.04] * 3))
    known = look(draws, -1.5, allowed=np.array([[True, True, False]]))
    assert {one.variants for one in list_designs(known, np.ones(1), EFFORT)} == {(0, 1)}


def test_what_is_known_least_comes_first():
    known = outlook([0.3, 0.2, 0.2], [0.02, 0.02, 0.4])
    best, *_others = rank_designs(known, list_designs(known, np.ones(1), EFFORT))
    assert 2 in best.design.variants
    assert best.group == 1


def test_nothing_is_ranked_where_nothing_is_left_to_learn():
    known = outlook([0.5, 0.0], [0.001, 0.001])
    assert rank_designs(known, list_designs(known, np.ones(1), EFFORT)) == ()


def test_equal_designs_share_a_group_and_better_ones_do_not():
    known = outlook([0.3, 0.2] * 3, [0.2] * 4 + [0.05, 0.05], profiles=3)
    designs = [Design((0, 1), (place,), 500, (1.0,), 1) for place in range(3)]
    found = {one.design.profiles[0]: one.group for one in rank_designs(known, designs)}
    assert found[0] == found[1] == 1
    assert found.get(2, 2) > 1


def test_larger_or_smaller_form_of_a_better_design_is_left_out():
    known = outlook([0.3, 0.2, 0.15], [0.2, 0.2, 0.2])
    sets = [
        set(one.design.variants)
        for one in rank_designs(known, list_designs(known, np.ones(1), EFFORT))
    ]
    assert not [1 for one in sets for other in sets if one < other]


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("people", [50, 400, 5000])
def test_smallest_difference_is_the_reverse_of_people_needed(rate, people):
    least = estimate_smallest_difference(rate, people)
    assert estimate_people_needed(rate, least) <= people
    assert estimate_people_needed(rate, least - 2e-5) >= people


def test_too_few_people_show_no_difference_at_all():
    assert estimate_smallest_difference(0.5, 3) is None
