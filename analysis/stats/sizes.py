"""How many people it takes to see a difference."""

import math

from scipy.special import ndtri

POWER = 0.80


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
