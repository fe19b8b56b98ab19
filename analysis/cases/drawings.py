"""What a drawing shows, in sentences: the text alternative of every chart."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from lab.formats import Unit, interval, percent, points

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DrawingWords:
    """The sentences that say what a drawing shows, in the reader's language."""

    estimate: str
    interval: str
    control: str
    prediction: str

    @classmethod
    def for_reader(cls) -> "DrawingWords":
        """Return the sentences with their places for numbers still open."""
        return cls(
            estimate=_("Estimate %(value)s.", value="{value}"),
            interval=_("%(level)s interval: %(interval)s.", level="{level}", interval="{ends}"),
            control=_("Control: %(value)s.", value="{value}"),
            prediction=_("Expected in one new experiment: %(interval)s.", interval="{ends}"),
        )

    def tell(
        self,
        unit: Unit,
        estimate: float | None,
        intervals: Mapping[int, Interval],
        *,
        control: float | None = None,
        prediction: Interval | None = None,
    ) -> str:
        """Return what is drawn: the estimate, its intervals from wide to narrow, what it is held
        against, and what one new experiment may show."""
        said = [] if estimate is None else [self.estimate.format(value=self.write(estimate, unit))]
        for level in sorted(intervals, reverse=True):
            ends = interval(*intervals[level], unit)
            said.append(self.interval.format(level=f"{level}%", ends=ends))
        # A difference is held against 0, which needs no words.
        if control is not None and unit != Unit.POINTS:
            said.append(self.control.format(value=self.write(control, unit)))
        if prediction is not None:
            said.append(self.prediction.format(ends=interval(*prediction, unit)))
        return " ".join(said)

    @staticmethod
    def write(value: float, unit: Unit, decimals: int = 1) -> str:
        """Return a value as people read it."""
        return (points if unit == Unit.POINTS else percent)(value, decimals)
