"""What leaving out experiments costs, and whether it names the advice that whole fits would give.

python -m tests.benchmarks.pooled.bench_influence [5001 5002 5003]
"""

import sys
import time

import numpy as np

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.influence import check_influence, find_advice
from analysis.stats.pooled.left_out import LeftOut
from tests.studies.pooled.programmes import PROGRAMMES, simulate


def compare(seed):
    """Return cases, cases that differ, and CPU seconds of the quick check and of whole fits."""
    cells, options = gather_cells(simulate(PROGRAMMES["moderate"], seed).rows), PooledOptions()
    estimate = estimate_pooled(cells, options)
    start = time.process_time()
    changes = check_influence(cells, options, LeftOut.EXPERIMENT, estimate=estimate)
    middle = time.process_time()
    quick = {(one.left_out, one.profile): one.without for one in changes}
    whole, cases, differ = find_advice(estimate, options.margin), 0, 0
    for code in np.unique(cells.experiment).tolist():
        rest = estimate_pooled(cells.select(cells.experiment != code), options)
        rest = find_advice(rest, options.margin)
        for profile, advised in whole.items():
            found = quick.get((cells.experiments[code], profile), advised)
            differ += found != rest.get(profile)
            cases += 1
    return cases, differ, middle - start, time.process_time() - middle


def main(seeds):
    """Print the agreement and the cost for each seed."""
    for seed in seeds:
        cases, differ, quick, slow = compare(seed)
        sys.stdout.write(
            f"seed {seed}: {cases - differ} of {cases} alike, {quick:.1f} s against {slow:.1f}\n"
        )


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [5001, 5002, 5003])
