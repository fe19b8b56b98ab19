"""Regret of the advised variant, paired with glmmTMB on the same programmes.

python -m tests.studies.pooled.study_regret moderate [--full]
"""

import csv
from functools import cache, partial
from pathlib import Path

import numpy as np

from tests.studies.pooled.bars import Bar, Columns, Measured, find_mean
from tests.studies.pooled.programmes import PROGRAMMES
from tests.studies.pooled.running import Study, run_command
from tests.studies.pooled.study_estimate import LISTED, QUICK, score_programme

REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "simulated_programmes_glmmtmb.csv"


@cache
def list_others() -> dict[tuple[str, int], dict[str, str]]:
    """Return the scores of glmmTMB by programme and seed."""
    with REFERENCE.open(newline="", encoding="utf-8") as file:
        return {(one["programme"], int(one["seed"])): one for one in csv.DictReader(file)}


def pair_with_other(name: str, score: str, columns: Columns) -> Measured:
    """Return the mean of our score less that of glmmTMB, over the seeds that it has."""
    pairs = [
        own - float(list_others()[name, seed][score])
        for seed, own in zip(columns["seed"].tolist(), columns[score].tolist(), strict=True)
        if (name, seed) in list_others()
    ]
    return find_mean(np.array(pairs)) if pairs else Measured(np.nan, np.nan)


STUDIES = tuple(
    Study(
        name,
        name,
        partial(score_programme, PROGRAMMES[name]),
        (
            Bar(
                f"{name}: regret less that of glmmTMB, percentage points",
                partial(pair_with_other, name, "regret"),
                most=0.0,
                allowed=1.0,
                digits="+.4f",
            ),
            Bar(
                f"{name}: coverage less that of glmmTMB",
                partial(pair_with_other, name, "coverage"),
                digits="+.3f",
            ),
        ),
        LISTED[name][: QUICK[name]],
        LISTED[name],
    )
    for name in LISTED
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
