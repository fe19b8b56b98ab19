"""Inline SVG drawings, made of plain numbers; their colours are classes in charts.css."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from markupsafe import Markup, escape

from analysis.cases.drawings import DrawingWords
from lab.formats import Unit

Interval = tuple[float, float]
Level = Literal[50, 80, 95]

MOST_TICKS = 6
WIDEST_SHOWN = 4
# A scale that begins at zero is easier to read; it may cost at most this part of the width.
ROOM_FOR_ZERO = 0.5
SMALLEST_SPAN = 1e-6
USUAL_SPAN = 0.1
STEPS = (1, 2, 2.5, 5, 10)
# How far down its row a line stands, in percent: alone, or above and below another one.
MIDDLE, UPPER, LOWER = 50, 36, 72
ARROWS = {"left": "M0-5-7 0 0 5", "right": "M0-5 7 0 0 5"}


@dataclass(frozen=True, slots=True)
class Scale:
    """The part of the number line that all rows of one table share."""

    low: float
    high: float
    ticks: tuple[float, ...]
    unit: Unit
    decimals: int
    words: DrawingWords
    grid: str

    def position(self, value: float) -> float:
        """Return where a value stands, in percent of the width."""
        return 100 * (value - self.low) / (self.high - self.low)

    def write(self, value: float, decimals: int = 1) -> str:
        """Return a value as people read it."""
        return self.words.write(value, self.unit, decimals)


def list_visible_ends(intervals: Iterable[Interval]) -> list[float]:
    """Return the ends of the intervals, without those so wide that they would squeeze the rest."""
    known = [pair for pair in intervals if all(map(math.isfinite, pair))]
    if not known:
        return []
    widest = WIDEST_SHOWN * median(upper - lower for lower, upper in known)
    return [end for lower, upper in known if upper - lower <= widest for end in (lower, upper)]


def interval_scale(values: Iterable[float], unit: Unit = Unit.PERCENT) -> Scale:
    """Return the scale with round ticks that shows all values; give it ends and estimates."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    first, last = (min(known), max(known)) if known else (0.0, 0.1)
    if unit == Unit.POINTS or 0 < first <= ROOM_FOR_ZERO * last:
        first, last = min(first, 0.0), max(last, 0.0)
    step = _round_step(last - first if last - first > SMALLEST_SPAN else USUAL_SPAN)
    start, end = math.floor(first / step + 1e-9), math.ceil(last / step - 1e-9)
    end = max(end, start + 1)
    ticks = tuple(round(count * step, 12) for count in range(start, end + 1))
    return Scale(
        low=ticks[0],
        high=ticks[-1],
        ticks=ticks,
        unit=unit,
        decimals=_decimals_of(step),
        words=DrawingWords.for_reader(),
        grid=_draw_grid(ticks),
    )


def _round_step(span: float) -> float:
    power = 10.0 ** math.floor(math.log10(span / (MOST_TICKS - 1)))
    return next(power * step for step in STEPS if span / (power * step) <= MOST_TICKS - 1)


def _decimals_of(step: float) -> int:
    """Return how many decimals tell two ticks apart, once they are written times 100."""
    shown = round(step * 100, 10)
    return next(count for count in range(12) if round(shown, count) == shown)


def _draw_grid(ticks: tuple[float, ...]) -> str:
    width = ticks[-1] - ticks[0]
    places = (f"{100 * (tick - ticks[0]) / width:.6g}%" for tick in ticks)
    lines = "".join(f'<line x1="{place}" x2="{place}" y2="100%"/>' for place in places)
    return f'<g class="grid">{lines}</g>'


def draw_axis(scale: Scale) -> Markup:
    """Return the ticks of a scale, for the head of the column; the rows say the numbers."""
    labels = "".join(
        f'<text x="{scale.position(tick):.6g}%" y="1.1em">'
        f"{escape(scale.write(tick, scale.decimals))}</text>"
        for tick in scale.ticks
    )
    return Markup(f'<svg class="axis" aria-hidden="true">{labels}</svg>')


def draw_interval(
    estimate: float | None,
    intervals: Mapping[Level, Interval],
    scale: Scale,
    *,
    label: str,
    margin_band: Interval | None = None,
    control: float | None = None,
) -> Markup:
    """Return one row: nested lines from thin (95) to thick (50), a dot, and what it is read by."""
    if estimate is None or not math.isfinite(estimate):
        return Markup("")
    lines = "".join(_draw_line(intervals[level], level, scale) for level in sorted(intervals)[::-1])
    told = scale.words.tell(scale.unit, estimate, intervals, control=control)
    return Markup(
        f'<svg class="interval" role="img"><title>{escape(label)}</title>'
        f"<desc>{escape(told)}</desc>{scale.grid}"
        f"{draw_band(margin_band, scale)}{draw_control(control, scale)}{lines}"
        f"{draw_dot(estimate, scale)}</svg>"
    )


def _draw_line(ends: Interval, level: Level, scale: Scale) -> str:
    # Only the widest line points outwards: where a narrower one is cut, that one is cut too.
    return draw_stroke(ends, f"i{level}", scale, has_arrows=level == 95)


def draw_stroke(
    ends: Interval, name: str, scale: Scale, height: int = MIDDLE, has_arrows: bool = True
) -> str:
    """Return a level line; height: how far down its row, in percent."""
    left, right = scale.position(ends[0]), scale.position(ends[1])
    arrows = "".join(
        _draw_arrow(side, height)
        for side, is_cut in (("left", left < 0), ("right", right > 100))
        if is_cut and has_arrows
    )
    if left > 100 or right < 0:
        return arrows
    left, right = max(left, 0), min(right, 100)
    return (
        f'<line class="{name}" x1="{left:.2f}%" x2="{right:.2f}%" y1="{height}%" y2="{height}%"/>'
        f"{arrows}"
    )


def _draw_arrow(side: Literal["left", "right"], height: int) -> str:
    place = 0 if side == "left" else 100
    return f'<svg class="cut" x="{place}%" y="{height}%"><path d="{ARROWS[side]}"/></svg>'


def draw_band(margin_band: Interval | None, scale: Scale) -> str:
    """Return the ground on which differences are too small to matter."""
    if margin_band is None:
        return ""
    left, right = (min(max(scale.position(end), 0), 100) for end in margin_band)
    if left == right:
        return ""
    return f'<rect class="band" x="{left:.2f}%" width="{right - left:.2f}%" height="100%"/>'


def draw_control(control: float | None, scale: Scale) -> str:
    """Return the upright line that rows are read against."""
    if control is None or not scale.low <= control <= scale.high:
        return ""
    place = scale.position(control)
    return f'<line class="control" x1="{place:.2f}%" x2="{place:.2f}%" y2="100%"/>'


def draw_dot(estimate: float, scale: Scale, height: int = MIDDLE) -> str:
    """Return the mark of an estimate."""
    if not scale.low <= estimate <= scale.high:
        return ""
    return f'<circle class="dot" cx="{scale.position(estimate):.2f}%" cy="{height}%" r="4"/>'


def draw_bar(share: float | None, name: str = "bar") -> Markup:
    """Return a bar as wide as a share of its cell; the number stands beside it, so it is silent."""
    width = 100 * min(max(share or 0.0, 0.0), 1.0)
    return Markup(
        f'<svg class="bar-drawing" aria-hidden="true"><rect class="{name}" width="{width:.2f}%"'
        ' height="100%"/></svg>'
    )
