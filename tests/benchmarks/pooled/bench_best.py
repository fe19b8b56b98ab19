"""What P(best) of independent variants costs by quadrature, and how far it is off.

python -m tests.benchmarks.pooled.bench_best
"""

import time

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from analysis.stats.pooled.best import find_best_probabilities
from tests.studies.pooled.bars import Bar, largest_of
from tests.studies.pooled.running import Row, Study, run_command

ROUNDS, REPEATS, DRAWS = 5, 10, 100_000
REACH = 9.0


def make_variants(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return means and standard errors of two to thirty variants."""
    draw = np.random.default_rng(seed)
    count = int(draw.integers(2, 31))
    return draw.normal(0.15, 0.03, count), 10 ** draw.uniform(-3, -1.3, count)


def integrate_best(means: np.ndarray, errors: np.ndarray, place: int) -> float:
    """Return P(one is the largest) by adaptive integration, piece by piece."""

    def lead(value: float) -> float:
        below = norm.cdf((value - means) / errors)
        below[place] = 1.0
        return norm.pdf(value, means[place], errors[place]) * below.prod()

    low, high = means[place] - REACH * errors[place], means[place] + REACH * errors[place]
    pieces = np.linspace(low, high, 37)
    found = (quad(lead, *ends, epsabs=1e-12) for ends in zip(pieces, pieces[1:], strict=False))
    return sum(value for value, _error in found)


def score_error(seed: int) -> Row:
    """Return the largest error of the quadrature for some variants."""
    means, errors = make_variants(seed)
    exact = [integrate_best(means, errors, place) for place in range(means.size)]
    return {"error": float(np.abs(find_best_probabilities(means, errors) - exact).max())}


def score_time(seed: int) -> Row:
    """Return the time of the quadrature as a share of that of draws, in the same run."""
    means, errors = np.linspace(0.1, 0.2, 15), np.linspace(0.01, 0.03, 15)
    generator = np.random.default_rng(seed)
    quick, slow = [], []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        for _repeat in range(REPEATS):
            find_best_probabilities(means, errors)
        middle = time.perf_counter()
        np.bincount(generator.normal(means, errors, (DRAWS, 15)).argmax(axis=1))
        quick.append((middle - start) / REPEATS)
        slow.append(time.perf_counter() - middle)
    return {"share": min(quick) / min(slow)}


STUDIES = (
    Study(
        "time of P(best)",
        "best time",
        score_time,
        (
            Bar(
                "P(best) by quadrature: time as a share of 100,000 draws",
                largest_of("share"),
                most=0.01,
                digits=".4f",
            ),
        ),
        range(1, 2),
        range(1, 6),
        is_timed=True,
    ),
    Study(
        "error of P(best)",
        "best error",
        score_error,
        (
            Bar(
                "P(best) by quadrature: largest error", largest_of("error"), most=1e-6, digits=".1e"
            ),
        ),
        range(1, 6),
        range(1, 41),
    ),
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
