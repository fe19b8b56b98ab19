"""The limits of the pooled model, and what must not change its contrasts, to 1e-6."""

import pytest

from tests.studies.pooled.study_limits import CHECKS, MOST


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_contrasts_stay_the_same_to_a_millionth(check, seed):
    assert check(seed) <= MOST
