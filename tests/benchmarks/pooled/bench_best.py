"""What exact P(best) costs: `python -m tests.benchmarks.pooled.bench_best`."""

import sys
import time

import numpy as np

from analysis.stats.pooled.best import find_best_probabilities

ROUNDS, REPEATS, DRAWS = 5, 10, 100_000


def main() -> None:
    """Print the time of the quadrature as a share of that of draws, in the same run."""
    means, errors = np.linspace(0.1, 0.2, 15), np.linspace(0.01, 0.03, 15)
    generator = np.random.default_rng(1)
    quick, slow = [], []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        for _repeat in range(REPEATS):
            find_best_probabilities(means, errors)
        middle = time.perf_counter()
        np.bincount(generator.normal(means, errors, (DRAWS, 15)).argmax(axis=1))
        quick.append((middle - start) / REPEATS)
        slow.append(time.perf_counter() - middle)
    share = min(quick) / min(slow)
    sys.stdout.write(f"quadrature takes {share:.4f} of the time of {DRAWS} draws\n")


if __name__ == "__main__":
    main()
