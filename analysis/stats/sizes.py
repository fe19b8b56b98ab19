"""How many people it takes to see a difference."""

import math

from scipy.special import ndtri

POWER = 0.80
# Differences are told to a tenth of a percentage point.
LEAST_STEP = 1e-5


def estimate_people_needed(
    rate: float, difference: float, confidence_level: float = 0.95, power: float = POWER
) -> int:
    """Return how many people per variant show a difference of this size with this power.

    rate: share in the one variant, the other lies `difference` from it (towards the middle). Two
    sided, for equal groups of independent people. Source: Fleiss, Levin and Paik 2003, §4.2,
    without continuity correction.
    """
    other = rate + difference if rate + difference <= 1 else rate - difference
    middle = (rate + other) / 2
    spread = math.sqrt(2 * middle * (1 - middle))
    apart = math.sqrt(rate * (1 - rate) + other * (1 - other))
    quantiles = float(ndtri(0.5 + confidence_level / 2)), float(ndtri(power))
    return math.ceil((quantiles[0] * spread + quantiles[1] * apart) ** 2 / difference**2)


def estimate_smallest_difference(
    rate: float, people: int, confidence_level: float = 0.95, power: float = POWER
) -> float | None:
    """Return the smallest difference that so many people per variant show with this power.

    The reverse of `estimate_people_needed`; None where no difference is large enough.
    """
    most = max(rate, 1 - rate) - LEAST_STEP
    if estimate_people_needed(rate, most, confidence_level, power) > people:
        return None
    low, high = LEAST_STEP, most
    while high - low > LEAST_STEP:
        middle = (low + high) / 2
        if estimate_people_needed(rate, middle, confidence_level, power) > people:
            low = middle
        else:
            high = middle
    return high
