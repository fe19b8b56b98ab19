"""Whether estimates of the same thing from several places agree: Cochran's Q."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc


class Agreement(NamedTuple):
    """Cochran's Q, its degrees of freedom, and the chance of at least that Q if all are equal."""

    statistic: float | None
    freedom: int
    pvalue: float | None


def check_agreement(estimates: Sequence[float], std_errors: Sequence[float]) -> Agreement:
    """Return how far estimates differ beyond their own errors.

    estimates, std_errors: one of each per place, on one scale; a place without an error above 0 is
    left out. Q is the sum of squared deviations from the mean weighed by precision, in units of
    their errors; None with fewer than two places. Source: Cochran 1954, Biometrics 10:101.
    """
    values = np.asarray(estimates, dtype=float)
    errors = np.asarray(std_errors, dtype=float)
    is_known = np.isfinite(values) & np.isfinite(errors) & (errors > 0)
    values, weights = values[is_known], errors[is_known] ** -2
    freedom = max(values.size - 1, 0)
    if not freedom:
        return Agreement(None, 0, None)
    mean = np.average(values, weights=weights)
    statistic = float(weights @ np.square(values - mean))
    return Agreement(statistic, freedom, float(chdtrc(freedom, statistic)))
