"""What it costs to hold direct against indirect evidence, by size: CPU seconds after the fit.

    OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.pooled.bench_consistency [40 150 1500]

All pairs against the variant that was tried most, in each of 8 profiles and together; the
design-by-treatment test; the typical variance and overdispersion. 40 experiments have 5 × 3
variants, more have 8 × 5, as in bench_estimate; `160s` has 160 experiments of 5 × 3.
"""

import sys
import time

import numpy as np

from analysis.stats.pooled.connected import find_meetings, find_path
from analysis.stats.pooled.consistency import check_consistency
from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.heterogeneity import check_dispersion, find_typical_variance
from analysis.stats.pooled.model import build_model
from analysis.stats.pooled.priors import PriorKind
from analysis.stats.pooled.splits import Splitter
from analysis.stats.pooled.threads import one_thread
from analysis.stats.pooled.variances import Criterion, find_peak
from tests.studies.pooled.programmes import Programme, simulate


def make_programme(size):
    """Return the programme of a size such as `150`, or `160s` for few variants."""
    if size.endswith("s") or int(size) <= 40:
        return Programme(experiments=int(size.rstrip("s")))
    return Programme(labs=12, experiments=int(size), channels=8, styles=5)


def split_all(mode):
    """Return every pair against the variant that was tried most, per profile and together."""
    splitter = Splitter(mode)
    profiles, size = mode.system.model.grid.shape
    one = int(np.argmax(np.bincount(splitter.variant)))
    others = [other for other in range(size) if other != one]
    groups = [[place] for place in range(profiles)] + [range(profiles)]
    return [pair for group in groups for pair in splitter.split(group, one, others)]


def find_all_paths(mode):
    """Return the path between every two variants."""
    cells, stratum = mode.system.model.cells, mode.system.model.stratum
    meetings, size = find_meetings(cells, stratum), len(cells.variants)
    return [find_path(meetings, one, other) for one in range(size) for other in range(one)]


def main(sizes):
    """Print the cost of each step at each size."""
    for size in sizes:
        model = build_model(gather_cells(simulate(make_programme(size), 1).rows))
        with one_thread():
            mode = find_peak(Criterion.of(model, PriorKind.DEFAULT)).mode
            line = f"{model.cells.size:7d} cells:"
            for name, work in (
                ("pairs", split_all),
                ("designs", check_consistency),
                ("typical variance", find_typical_variance),
                ("overdispersion", check_dispersion),
                ("paths", find_all_paths),
            ):
                start = time.process_time()
                found = work(mode)
                count = f" {len(found)}" if isinstance(found, list) else ""
                line += f"{count} {name} {time.process_time() - start:.2f} s,"
        sys.stdout.write(line.rstrip(",") + "\n")


if __name__ == "__main__":
    main(sys.argv[1:] or ["40", "160s", "150", "1500"])
