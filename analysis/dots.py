"""Twenty dots: a rate as twenty values that are each as possible as the others.

People read a count of dots more easily than a probability; the dots follow the same limits as the
interval that is drawn elsewhere, so they tell no more than that does.
"""

from collections.abc import Sequence

import numpy as np
from flask_babel import gettext as _
from markupsafe import Markup, escape
from scipy.special import ndtri

from analysis.charts import Scale
from analysis.stats.results import Interval
from lab.formats import interval

DOTS = 20
# The widest limits that the first and the last dot need.
WIDEST = 1 - 1 / DOTS
# In percent of the width: two dots of 9 pixels stand apart on the narrowest phone.
BIN = 3.5
RADIUS = 4.5
STEP = 10.0
TALLEST = 100.0
GROUND = 3.0


def spread_dots(rate: float, limits: Sequence[Interval]) -> tuple[float, ...]:
    """Return the middle values of twenty equal parts of what a rate may be, the lowest first.

    rate: the estimate, a share; limits: nested intervals of which the widest holds 95 % at least.
    Between the limits that are given, values follow the normal quantile in straight lines. Empty
    where the limits are not known that far. Source: Kay, Kola, Hullman and Munson 2016, CHI, 5092.
    """
    if max((one.level for one in limits), default=0.0) < WIDEST - 1e-9:
        return ()
    known = [(0.5, rate)]
    for one in limits:
        known += [((1 - one.level) / 2, one.lower), ((1 + one.level) / 2, one.upper)]
    chances, values = zip(*sorted(known), strict=True)
    wanted = (np.arange(DOTS) + 0.5) / DOTS
    # Limits of clusters can lie askew; a higher chance never has a lower value.
    heights = np.maximum.accumulate(values)
    return tuple(map(float, np.interp(ndtri(wanted), ndtri(chances), heights)))


def draw_dots(values: Sequence[float], scale: Scale, label: str) -> Markup:
    """Return the dots of one variant, stacked where they would lie on one another."""
    if not values:
        return Markup("")
    stacks: dict[int, list[float]] = {}
    for value in values:
        stacks.setdefault(int(scale.position(value) // BIN), []).append(value)
    highest = max(map(len, stacks.values()))
    step = min(STEP, TALLEST / highest)
    height = highest * step + 2 * GROUND
    dots = "".join(
        f'<circle cx="{(place + 0.5) * BIN:.2f}%" cy="{height - GROUND - (level + 0.5) * step:.1f}"'
        f' r="{RADIUS}"/>'
        for place, stack in sorted(stacks.items())
        for level in range(len(stack))
    )
    return Markup(
        f'<svg class="dots-drawing" role="img" height="{height:.0f}"><title>{escape(label)}</title>'
        f"<desc>{escape(describe_dots(values, scale))}</desc>{scale.grid}{dots}</svg>"
    )


def describe_dots(values: Sequence[float], scale: Scale) -> str:
    """Return what the dots show, in words."""
    quarter = len(values) // 4
    return _(
        "%(count)s dots: all of them at %(all)s %%, the middle half at %(half)s %%.",
        count=len(values),
        all=interval(values[0], values[-1], scale.unit),
        half=interval(values[quarter], values[-quarter - 1], scale.unit),
    )


def count_above(values: Sequence[float], other: float) -> int:
    """Return how many dots lie above a value."""
    return sum(value > other for value in values)
