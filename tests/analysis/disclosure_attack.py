"""An attack on a protected table: what can be worked out of everything that it shows."""

from collections.abc import Iterator
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.disclosure import ROUNDING, ProtectedTable

MOST = 1_000_000


class Attack:
    """A system of linear equations over whole numbers: one unknown per shown or withheld count."""

    def __init__(self, table: ProtectedTable, slack: int = ROUNDING // 2):
        self.table = table
        self.slack = slack
        self.places = {(cell.profile, cell.variant): at for at, cell in enumerate(table.cells)}
        self.size = 2 * len(table.cells)
        self.rows: list[np.ndarray] = []
        self.lows: list[float] = []
        self.highs: list[float] = []
        self._know_published()

    def _know(self, weights: np.ndarray, low: float, high: float) -> None:
        self.rows.append(weights)
        self.lows.append(low)
        self.highs.append(high)

    def _weigh(self, places: list[int], numerator: int, denominator: int) -> np.ndarray:
        weights = np.zeros(self.size)
        for place in places:
            weights[2 * place] += numerator
            weights[2 * place + 1] += denominator
        return weights

    def _know_published(self) -> None:
        for place, cell in enumerate(self.table.cells):
            # Nobody responds more often than once: the difference is never below zero.
            self._know(self._weigh([place], -1, 1), 0, MOST)
            self._know_counts([place], cell)
        for total in self.table.variant_totals:
            places = [at for (_, variant), at in self.places.items() if variant == total.key]
            self._know_counts(places, total)
        for total in self.table.profile_totals:
            places = [at for (profile, _), at in self.places.items() if profile == total.key]
            self._know_counts(places, total)
        self._know_counts(list(self.places.values()), self.table.grand_total)

    def _know_counts(self, places: list[int], published) -> None:
        if published.numerator is None:
            return
        slack = self.slack
        numerator, denominator = published.numerator, published.denominator
        threshold = self.table.threshold
        self._know(self._weigh(places, 1, 0), numerator - slack, numerator + slack)
        self._know(self._weigh(places, 0, 1), denominator - slack, denominator + slack)
        # What is shown is known not to be small.
        self._know(self._weigh(places, 1, 0), threshold, MOST)
        self._know(self._weigh(places, -1, 1), threshold, MOST)

    def find_ranges(self) -> Iterator[tuple[tuple, str, float, float]]:
        """Give the lowest and highest possible value of every withheld count."""
        constraint = LinearConstraint(np.array(self.rows), self.lows, self.highs)
        quantities = {"numerator": (1, 0), "denominator": (0, 1), "difference": (-1, 1)}
        withheld = [cell for cell in self.table.cells if cell.numerator is None]
        for cell, (name, signs) in product(withheld, quantities.items()):
            weights = self._weigh([self.places[cell.profile, cell.variant]], *signs)
            low, high = (self._optimise(sign * weights, constraint) for sign in (1, -1))
            yield (cell.profile, cell.variant), name, low, -high

    def _optimise(self, weights: np.ndarray, constraint: LinearConstraint) -> float:
        answer = milp(
            weights,
            constraints=constraint,
            bounds=Bounds(0, MOST),
            integrality=np.ones(self.size),
        )
        assert answer.status == 0, answer.message
        return round(answer.fun)


def find_narrowest(table: ProtectedTable, slack: int = ROUNDING // 2) -> float:
    """Return how closely the best known withheld count is determined; infinite without any."""
    widths = [high - low for _, _, low, high in Attack(table, slack).find_ranges()]
    return min(widths, default=float("inf"))
