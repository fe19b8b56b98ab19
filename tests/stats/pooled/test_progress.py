"""How far a fit is, and stopping it."""

import pytest

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.influence import check_influence
from analysis.stats.pooled.left_out import LeftOut
from tests.stats.pooled.programmes import draw_rows


class StoppedError(Exception):
    """Somebody asked to stop."""


def stop(_share):
    raise StoppedError


def test_progress_grows_until_all_is_done():
    shares = []
    cells = gather_cells(draw_rows())
    told = estimate_pooled(cells, PooledOptions(), shares.append)
    assert shares == sorted(shares)
    assert (shares[0] > 0, shares[-1]) == (True, 1.0)
    assert told.estimates == estimate_pooled(cells, PooledOptions()).estimates


def test_fit_ends_when_the_callback_raises():
    with pytest.raises(StoppedError):
        estimate_pooled(gather_cells(draw_rows()), PooledOptions(), stop)


def test_influence_ends_when_the_callback_raises():
    with pytest.raises(StoppedError):
        check_influence(gather_cells(draw_rows()), PooledOptions(), LeftOut.LAB, stop)
