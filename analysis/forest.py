"""Drawings of pooled evidence: an estimate with its prediction, and the rows of a forest."""

import math

from markupsafe import Markup, escape

from analysis.charts import (
    LOWER,
    UPPER,
    Interval,
    Scale,
    draw_band,
    draw_control,
    draw_dot,
    draw_stroke,
)

# Half the side of a square, in pixels: the smallest and the largest experiment of a forest.
SMALLEST_SQUARE, LARGEST_SQUARE = 2.5, 6.0
ZERO = 0.0


def draw_estimate(
    estimate: float,
    ends: Interval,
    prediction: Interval | None,
    scale: Scale,
    *,
    label: str,
    margin_band: Interval | None = None,
) -> Markup:
    """Return the estimate with its interval, and below it what one new experiment may show."""
    expected = "" if prediction is None else draw_stroke(prediction, "expected", scale, LOWER)
    height = UPPER if expected else (UPPER + LOWER) // 2
    parts = (
        draw_band(margin_band, scale),
        draw_stroke(ends, "i95", scale, height),
        expected,
        draw_dot(estimate, scale, height),
    )
    return _frame("".join(parts), scale, label, _describe(scale, estimate, ends, prediction))


def draw_difference(
    estimate: float,
    ends: Interval,
    scale: Scale,
    *,
    label: str,
    share: float,
    margin_band: Interval | None = None,
) -> Markup:
    """Return one experiment's difference; share: its part of the people of the largest one."""
    parts = (
        draw_band(margin_band, scale),
        draw_control(ZERO, scale),
        draw_stroke(ends, "i95", scale),
        _draw_square(estimate, scale, share),
    )
    return _frame("".join(parts), scale, label, _describe(scale, estimate, ends))


def draw_pooled(
    estimate: float,
    ends: Interval,
    scale: Scale,
    *,
    label: str,
    margin_band: Interval | None = None,
) -> Markup:
    """Return the difference over all experiments, as a diamond as wide as its interval."""
    parts = (
        draw_band(margin_band, scale),
        draw_control(ZERO, scale),
        _draw_diamond(estimate, ends, scale),
    )
    return _frame("".join(parts), scale, label, _describe(scale, estimate, ends))


def draw_prediction(
    ends: Interval, scale: Scale, *, label: str, margin_band: Interval | None = None
) -> Markup:
    """Return what one new experiment may show, as a line without an estimate."""
    parts = (
        draw_band(margin_band, scale),
        draw_control(ZERO, scale),
        draw_stroke(ends, "expected", scale),
    )
    return _frame("".join(parts), scale, label, _describe(scale, None, None, ends))


def _frame(inside: str, scale: Scale, label: str, description: str) -> Markup:
    return Markup(
        f'<svg class="interval" role="img"><title>{escape(label)}</title>'
        f"<desc>{escape(description)}</desc>{scale.grid}{inside}</svg>"
    )


def _describe(
    scale: Scale,
    estimate: float | None,
    ends: Interval | None,
    prediction: Interval | None = None,
) -> str:
    intervals = {} if ends is None else {95: ends}
    return scale.words.tell(scale.unit, estimate, intervals, prediction=prediction)


def _draw_square(estimate: float, scale: Scale, share: float) -> str:
    if not scale.low <= estimate <= scale.high:
        return ""
    half = SMALLEST_SQUARE + (LARGEST_SQUARE - SMALLEST_SQUARE) * math.sqrt(min(max(share, 0), 1))
    place = scale.position(estimate)
    return (
        f'<svg class="square" x="{place:.2f}%" y="50%">'
        f'<rect x="{-half:.1f}" y="{-half:.1f}" width="{2 * half:.1f}" height="{2 * half:.1f}"/>'
        "</svg>"
    )


def _draw_diamond(estimate: float, ends: Interval, scale: Scale) -> str:
    left, right, middle = (min(max(scale.position(value), 0), 100) for value in (*ends, estimate))
    if right <= left:
        return ""
    top = 100 * (middle - left) / (right - left)
    return (
        f'<svg class="diamond" x="{left:.2f}%" width="{right - left:.2f}%" height="100%"'
        ' viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path d="M0 50 {top:.1f} 30 100 50 {top:.1f} 70Z"/></svg>'
    )
