"""What the statistics cost: 9,600 comparisons of 200 experiments, beside statsmodels."""

import time

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_chisquare

from analysis.stats.cells import Cell, ExperimentDesign
from analysis.stats.comparison import compare_columns, compare_experiments

EXPERIMENTS, PROFILES, VARIANTS = 200, 12, 5
COMPARISONS = EXPERIMENTS * PROFILES * (VARIANTS - 1)
MOST_SECONDS = 0.2
LEAST_GAIN = 8


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


def test_the_arithmetic_of_9600_comparisons_takes_less_than_a_fifth_of_a_second():
    experiments = make_experiments()
    seconds = least_seconds(lambda: compare_columns(experiments))
    assert seconds < MOST_SECONDS, f"{COMPARISONS} comparisons took {seconds:.3f} s of arithmetic"


def test_whole_results_cost_far_less_than_a_loop_over_statsmodels():
    experiments = make_experiments()
    compared = compare_experiments(experiments)
    assert sum(one.comparisons_in_family for one in compared) == COMPARISONS
    ours = least_seconds(lambda: compare_experiments(experiments)) / EXPERIMENTS
    theirs = least_seconds(lambda: compare_by_statsmodels(experiments[0]))
    assert theirs / ours > LEAST_GAIN, f"{1000 * ours:.2f} ms against {1000 * theirs:.2f} ms"
