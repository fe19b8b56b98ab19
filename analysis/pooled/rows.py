"""From the lines of a file to a pooled estimate in files."""

import time
from pathlib import Path

import numpy as np

from analysis.pooled.files import write_estimate, write_reference
from analysis.pooled.table import CellTable
from analysis.stats.pooled.data import (
    BIAS_SD,
    CellColumns,
    Coded,
    PooledCells,
    Variant,
    gather_columns,
    parse_style,
)
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.priors import PriorKind
from analysis.stats.pooled.reference import compare_with_reference


def estimate_rows(
    table: CellTable,
    used: set[tuple[int, int]],
    output: Path,
    *,
    biased: set[tuple[int, int]] | None = None,
    reference: tuple[str, str] | None = None,
    seed: int,
    priors: str,
    margin: float,
    denominator: str,
    facts: dict[str, object],
    started: float,
) -> None:
    """Estimate from lines of a file and write the answer.

    used: the labs and experiments that may be pooled, by their codes. biased: those of them that
    may be off by more than chance, None where nobody asked for them. reference: the channel and
    style to hold all others against. started: a perf_counter.
    """
    cells = gather_table(table, used, denominator)
    if biased is not None:
        names = _name_experiments(table, biased)
        cells = cells.allow_bias(names)
        facts = facts | {"bias_sd": BIAS_SD, "biased_experiments": _describe(names)}
    options = PooledOptions(seed=seed, priors=PriorKind(priors), margin=margin)
    found = estimate_pooled(cells, options)
    seconds = round(time.perf_counter() - started, 3)
    write_estimate(output, found, facts | {"seconds": seconds})
    if reference:
        held = parse_style(reference[1])
        chosen = Variant(reference[0], tuple(held.get(axis, "") for axis in found.axes))
        write_reference(output, found, compare_with_reference(found, chosen, margin))


def gather_table(table: CellTable, used: set[tuple[int, int]], denominator: str) -> PooledCells:
    """Return the cells of the labs and experiments that are used."""
    codes = {key: np.array(one.codes, dtype=np.int64) for key, one in table.texts.items()}
    experiments = len(table.texts["experiment"].names)
    joint = codes["living_lab"] * experiments + codes["experiment"]
    rows = np.isin(joint, [lab * experiments + experiment for lab, experiment in used])
    texts = [_take(list(one.names), codes[key][rows]) for key, one in table.texts.items()]
    nobs = table.offered if denominator == "offered" else table.reached
    numbers = (np.array(one, dtype=float)[rows] for one in (nobs, table.responded))
    return gather_columns(CellColumns(*texts, *numbers))


def _name_experiments(table: CellTable, codes: set[tuple[int, int]]) -> list[tuple[str, str]]:
    labs, experiments = (list(table.texts[key].names) for key in ("living_lab", "experiment"))
    return sorted((labs[lab], experiments[experiment]) for lab, experiment in codes)


def _describe(names: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"living_lab": lab, "experiment": experiment} for lab, experiment in names]


def _take(names: list[str], codes: np.ndarray) -> Coded:
    """Return a column with the names that its codes hold, and no others."""
    held, place = np.unique(codes, return_inverse=True)
    return Coded([names[at] for at in held.tolist()], place.ravel())
