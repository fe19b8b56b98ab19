"""Sparse and degenerate counts: finite figures, sensible, with the right status."""

import pytest

from tests.studies.pooled.edges import EDGES, find_faults


@pytest.mark.parametrize("name", EDGES)
def test_degenerate_counts_get_the_right_status(name):
    assert not find_faults(name)
