"""Whether the lottery gave each variant its share."""

import pytest
from scipy.stats import chisquare

from analysis.stats.cells import Assignment
from analysis.stats.results import Reason, Status
from analysis.stats.sample_ratio import check_sample_ratio


def test_the_check_equals_a_chi_square_test():
    found = check_sample_ratio([Assignment((520, 480, 1050), (1, 1, 2))])
    theirs = chisquare([520, 480, 1050], [512.5, 512.5, 1025])
    assert found.statistic == pytest.approx(theirs.statistic)
    assert found.pvalue == pytest.approx(theirs.pvalue)
    assert found.df == 2
    assert found.is_mismatch is False


def test_a_designed_unequal_split_is_no_mismatch():
    assert check_sample_ratio([Assignment((950, 50), (0.95, 0.05))]).is_mismatch is False
    assert check_sample_ratio([Assignment((950, 50), (0.5, 0.5))]).is_mismatch is True


def test_waves_with_other_shares_are_checked_apart():
    waves = [Assignment((100, 100), (1, 1)), Assignment((300, 100), (3, 1))]
    found = check_sample_ratio(waves)
    assert (found.statistic, found.df) == (0.0, 2)


def test_units_without_a_share_are_a_mismatch():
    assert check_sample_ratio([Assignment((100, 1), (1, 0))]).is_mismatch is True


@pytest.mark.parametrize(
    ("assignments", "status", "reason"),
    [
        ([], Status.UNDEFINED, Reason.SHARES_UNKNOWN),
        ([Assignment((0, 0), (1, 1))], Status.UNDEFINED, Reason.UNITS_UNKNOWN),
        ([Assignment((3, 4), (1, 1))], Status.TOO_LITTLE, Reason.FEW_UNITS),
        ([Assignment((30,), (1,))], Status.UNDEFINED, Reason.ONE_VARIANT),
    ],
)
def test_what_cannot_be_checked_says_why(assignments, status, reason):
    found = check_sample_ratio(assignments)
    assert (found.status, found.reason) == (status, reason)
    assert found.pvalue is None
    assert found.is_mismatch is None
