"""What `proeftuin estimate` costs: CPU seconds less those of `--help`, and memory, by size.

    OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.pooled.bench_estimate [40 150 1500 15000]

40 experiments make about 1,300 cells (5 labs, 8 profiles, 5 × 3 variants); more experiments run in
12 labs with 8 × 5 variants: 150 make about 5,000 cells.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.studies.pooled.programmes import Programme, simulate

PROEFTUIN = Path(sys.executable).with_name("proeftuin")
MOST_SECONDS = {40: 2.0, 150: 6.0, 1500: 30.0, 15000: 240.0}
COLUMNS = (
    "living_lab", "experiment", "wave", "profile", "channel", "style", "cluster",
    "reached", "responded",
)  # fmt: skip


class Cost(NamedTuple):
    """CPU seconds and the largest memory in MB of one process."""

    seconds: float
    memory: float


def measure(*arguments):
    """Return what one run of the command costs."""
    process = subprocess.Popen([PROEFTUIN, *arguments], stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"proeftuin {arguments[0]} ended with {status}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def write_programme(experiments, path, seed=1):
    """Write the cells of a programme; return how many there are."""
    size = Programme(experiments=experiments)
    if experiments > 40:
        size = Programme(labs=12, experiments=experiments, channels=8, styles=5)
    rows = simulate(size, seed).rows
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return len(rows)


def main(sizes):
    """Print the cost of each size beside its bound."""
    idle = min(measure("--help").seconds for _round in range(3))
    for experiments in sizes:
        with tempfile.TemporaryDirectory() as folder:
            cells, output = Path(folder) / "cells.csv", Path(folder) / "out"
            count = write_programme(experiments, cells)
            cost = measure("estimate", str(cells), "--output", str(output))
            model = json.loads((output / "model.json").read_text(encoding="utf-8"))
        sys.stdout.write(
            f"{count:7d} cells: {cost.seconds - idle:6.2f} s CPU"
            f" (at most {MOST_SECONDS.get(experiments, float('nan')):.0f}),"
            f" {cost.memory:5.0f} MB, {model['evaluations']} evaluations\n"
        )


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [40, 150, 1500])
