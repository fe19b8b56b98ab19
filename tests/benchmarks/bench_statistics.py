"""What 9,600 comparisons cost: `python -m tests.benchmarks.bench_statistics`."""

import sys
import time

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_chisquare

from analysis.stats.cells import Cell, ExperimentDesign
from analysis.stats.comparison import compare_columns, compare_experiments

EXPERIMENTS, PROFILES, VARIANTS = 200, 12, 5
COMPARISONS = EXPERIMENTS * PROFILES * (VARIANTS - 1)


def make_experiments():
    """Return experiments of 12 profiles and a control with four variants."""
    generator = np.random.default_rng(3)
    people = (np.exp(generator.normal(5.5, 1, (EXPERIMENTS, PROFILES, VARIANTS))) + 20).astype(int)
    responded = generator.binomial(people, generator.uniform(0.02, 0.3, people.shape))
    design = ExperimentDesign(VARIANTS, control=0)
    return [
        (
            tuple(
                Cell(f"p{profile:02d}", variant, "", None, nobs, None, int(count))
                for profile in range(PROFILES)
                for variant, (nobs, count) in enumerate(
                    zip(people[one, profile].tolist(), responded[one, profile], strict=True)
                )
            ),
            design,
        )
        for one in range(EXPERIMENTS)
    ]


def least_seconds(work, times=7):
    """Return the processor time of the quickest of some runs: others use this machine too."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def compare_by_statsmodels(experiment):
    """Compare each variant with the control in a loop: one limit and one test per pair."""
    cells, _design = experiment
    controls = {cell.profile: cell for cell in cells if cell.variant == 0}
    for cell in cells:
        if cell.variant:
            control = controls[cell.profile]
            sides = (cell.numerator, cell.offered, control.numerator, control.offered)
            confint_proportions_2indep(*sides, method="newcomb", compare="diff")
            proportions_chisquare(sides[::2], sides[1::2])


def main() -> None:
    """Print what the arithmetic and the whole results cost, and the gain over a loop."""
    experiments = make_experiments()
    arithmetic = least_seconds(lambda: compare_columns(experiments))
    whole = least_seconds(lambda: compare_experiments(experiments))
    loop = least_seconds(lambda: compare_by_statsmodels(experiments[0])) * EXPERIMENTS
    sys.stdout.write(
        f"{COMPARISONS} comparisons of {EXPERIMENTS} experiments, CPU seconds:\n"
        f"arithmetic {arithmetic:.3f}, with all results {whole:.3f}, "
        f"a loop over statsmodels {loop:.3f} ({loop / whole:.1f} times as much)\n"
    )


if __name__ == "__main__":
    main()
