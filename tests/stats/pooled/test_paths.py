"""Chains of comparisons: few steps first, then most people."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.pooled.connected import find_meetings, find_path
from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.layout import find_used
from tests.stats.pooled.programmes import draw_rows, row


def meet(rows, profile=None):
    cells = gather_cells(rows)
    used = find_used(cells)
    cells, stratum = cells.select(used.rows), used.stratum
    if profile is not None:
        own = cells.profile == cells.profiles.index(profile)
        cells, stratum = cells.select(own), stratum[own]
    return cells, find_meetings(cells, stratum)


def tell(cells, path):
    return [
        (
            cells.experiments[step.experiment],
            cells.variants[step.one].channel,
            cells.variants[step.other].channel,
            step.people,
        )
        for step in path.steps
    ]


def held(experiment, variants, people, profile="p"):
    return [row(experiment, profile, one, people, people // 5) for one in variants]


def test_experiment_that_held_both_is_the_path():
    rows = held("small", "ab", 50) + held("large", "ab", 500) + held("other", "bc", 900)
    cells, meetings = meet(rows)
    assert tell(cells, find_path(meetings, 0, 1)) == [("large", "a", "b", 500.0)]


def test_short_chain_is_preferred_to_one_of_more_people():
    rows = held("e1", "ab", 50) + held("e2", "bd", 50)
    rows += held("e3", "ac", 900) + held("e4", "ce", 900) + held("e5", "de", 900)
    cells, meetings = meet(rows)
    names = [one.channel for one in cells.variants]
    path = find_path(meetings, names.index("a"), names.index("d"))
    assert [step[0] for step in tell(cells, path)] == ["e1", "e2"]


def test_of_short_chains_the_one_of_most_people_is_told():
    rows = held("e1", "ab", 900) + held("e2", "bd", 40) + held("e3", "ac", 300)
    cells, meetings = meet(rows + held("e4", "cd", 300))
    assert tell(cells, find_path(meetings, 0, 3)) == [
        ("e3", "a", "c", 300.0),
        ("e4", "c", "d", 300.0),
    ]


def test_chain_of_other_profiles_is_not_told_for_one():
    rows = held("e1", "ab", 100, "p") + held("e2", "bc", 100, "q")
    _cells, meetings = meet(rows, "p")
    assert find_path(meetings, 0, 2) is None
    assert len(find_path(meet(rows)[1], 0, 2).steps) == 2


def test_variant_has_no_path_to_itself():
    _cells, meetings = meet(held("e1", "ab", 100))
    assert find_path(meetings, 0, 0) is None


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, 5), st.integers(0, 5))
def test_path_back_is_as_long_and_as_strong(seed, one, other):
    cells, meetings = meet(draw_rows(seed, experiments=3))
    one, other = one % len(cells.variants), other % len(cells.variants)
    there, back = find_path(meetings, one, other), find_path(meetings, other, one)
    assert (there is None) == (back is None)
    if there:
        assert len(there.steps) == len(back.steps)
        assert min(s.people for s in there.steps) == min(s.people for s in back.steps)
        assert [there.steps[0].one, there.steps[-1].other] == [one, other]
