"""What `proeftuin estimate` costs: CPU seconds less those of `--help`, and memory, by size.

    python -m tests.benchmarks.pooled.bench_estimate [--full]

40 experiments make about 1,300 cells (5 labs, 8 profiles, 5 × 3 variants); more experiments run in
12 labs with 8 × 5 variants: 150 make about 5,000 cells, 15,000 half a million.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import CellRow
from tests.studies.pooled.bars import Bar, Columns, Measured, largest_of
from tests.studies.pooled.programmes import PROGRAMMES, change, simulate
from tests.studies.pooled.running import Row, Study, run_command

PROEFTUIN = Path(sys.executable).with_name("proeftuin")
MOST_SECONDS = {40: 2.0, 150: 6.0, 1500: 30.0, 15000: 240.0}
NAMES = {40: "1,300", 150: "5,000", 1500: "50,000", 15000: "500,000"}
MOST_MEGABYTES = 1536.0
QUICK = (40, 150, 1500)
# A program that takes seconds is measured more than once: other work on the machine only adds.
ROUNDS = {40: 3, 150: 3}
SEED = 1


class Cost(NamedTuple):
    """CPU seconds and the largest memory in MB of one process."""

    seconds: float
    memory: float


# A process starts with the memory of the one that starts it, so a small one does.
STARTER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_pid, status, used = os.wait4(process.pid, 0)
print(json.dumps([status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def measure(*arguments: str) -> Cost:
    """Return what one run of the command costs, with one thread for linear algebra."""
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", STARTER, str(PROEFTUIN), *arguments]
    told = subprocess.run(command, stdout=subprocess.PIPE, env=one_thread, check=True).stdout
    status, seconds, memory = json.loads(told)
    if status:
        raise RuntimeError(f"proeftuin {arguments[0]} ended with {status}")
    return Cost(seconds, memory)


@cache
def measure_help() -> float:
    """Return the CPU seconds of the command that does nothing."""
    return min(measure("--help").seconds for _round in range(5))


def write_programme(experiments: int, path: Path) -> int:
    """Write the cells of a programme; return how many there are."""
    size = PROGRAMMES["moderate" if experiments <= 40 else "huge"]
    rows = simulate(change(size, experiments=experiments), SEED).rows
    names = {"nobs": "reached", "count": "responded"}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([names.get(name, name) for name in CellRow._fields])
        writer.writerows(rows)
    return len(rows)


def score_cost(experiments: int) -> Row:
    """Return what an estimate of so many experiments costs."""
    with tempfile.TemporaryDirectory() as folder:
        cells, output = Path(folder) / "cells.csv", Path(folder) / "out"
        count = write_programme(experiments, cells)
        rounds = range(ROUNDS.get(experiments, 1))
        costs = [measure("estimate", str(cells), "--output", str(output)) for _round in rounds]
        model = json.loads((output / "model.json").read_text(encoding="utf-8"))
    return {
        "cells": float(count),
        "seconds": min(one.seconds for one in costs) - measure_help(),
        "memory": max(one.memory for one in costs),
        "evaluations": float(model["evaluations"]),
    }


def find_growth(columns: Columns) -> Measured:
    """Return the steepest power of the number of cells by which the cost grows."""
    cells, seconds = np.log(columns["cells"]), np.log(columns["seconds"])
    return Measured(float((np.diff(seconds) / np.diff(cells)).max()), 0.0)


def list_bars(experiments: int) -> tuple[Bar, ...]:
    """Return the bars of one size."""
    name = f"{NAMES[experiments]} cells"
    return (
        Bar(f"{name}: how many", largest_of("cells"), digits=",.0f"),
        Bar(
            f"{name}: CPU seconds",
            largest_of("seconds"),
            most=MOST_SECONDS[experiments],
            digits=".1f",
        ),
        Bar(f"{name}: memory, MB", largest_of("memory"), most=MOST_MEGABYTES, digits=".0f"),
    )


def make_study(experiments: int) -> Study:
    """Return the study of one size; a seed here is the number of experiments."""
    name = f"cost of {NAMES[experiments]} cells"
    quick = [experiments] if experiments in QUICK else []
    bars = list_bars(experiments)
    return Study(name, "cost", score_cost, bars, quick, [experiments], is_timed=True)


STUDIES = (
    *map(make_study, MOST_SECONDS),
    Study(
        "growth of cost",
        "cost",
        score_cost,
        (Bar("power of cells by which CPU grows", find_growth, most=1.1, digits=".2f"),),
        (150, 1500),
        (150, 1500, 15000),
        is_timed=True,
    ),
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
