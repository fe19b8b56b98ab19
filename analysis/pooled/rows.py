"""From the lines of a file to a pooled estimate in files."""

import time
from pathlib import Path

from analysis.cells_file import FileRow
from analysis.pooled.files import write_estimate
from analysis.stats.pooled.data import CellRow, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.priors import PriorKind


def estimate_rows(
    rows: list[FileRow],
    output: Path,
    *,
    seed: int,
    priors: str,
    margin: float,
    denominator: str,
    facts: dict[str, object],
    started: float,
) -> None:
    """Estimate from lines of a file, which it empties, and write the answer.

    started: a perf_counter.
    """
    cells = gather_cells(
        [
            CellRow(
                row.living_lab,
                row.experiment,
                row.wave,
                row.profile,
                row.channel,
                row.style,
                row.cluster,
                row.offered if denominator == "offered" else row.reached,
                row.responded,
            )
            for row in rows
        ]
    )
    rows.clear()
    options = PooledOptions(seed=seed, priors=PriorKind(priors), margin=margin)
    found = estimate_pooled(cells, options)
    seconds = round(time.perf_counter() - started, 3)
    write_estimate(output, found, facts | {"seconds": seconds})
