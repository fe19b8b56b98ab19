"""On which past days a back-test asks what the rules would advise."""

from collections.abc import Iterable
from datetime import date

# Each day costs an estimate of all that was over by then.
MOST_DAYS = 12


def choose_days(ends: Iterable[date], most: int = MOST_DAYS) -> tuple[date, ...]:
    """Return the days on which an experiment ended and after which another did.

    Of more than `most` such days some stay out, spread evenly over their order, so that between two
    days that are left about as many experiments end; the first and the last are always asked.
    """
    days = sorted(set(ends))[:-1]
    if len(days) <= most:
        return tuple(days)
    step = (len(days) - 1) / (most - 1)
    return tuple(days[round(place * step)] for place in range(most))
