"""Fits of public counts and of invented programmes, at their most likely standard deviations."""

from functools import cache

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.model import build_model
from analysis.stats.pooled.priors import PriorKind
from analysis.stats.pooled.variances import Criterion, find_peak
from tests.stats.pooled.programmes import row
from tests.stats.references import rows

PAIRED = {"nicotine_gum": ("gum", "none"), "bcg": ("vaccine", "none")}


def fit(cells, priors=PriorKind.DEFAULT):
    """Return the peak of rows of counts."""
    return find_peak(Criterion.of(build_model(gather_cells(cells)), priors))


@cache
def smoking():
    """Return the REML fit of the smoking trials."""
    return fit(
        [
            row(one["study"], "-", one["trt"], int(one["n"]), int(one["y"]))
            for one in rows("smoking_nma")
        ],
        PriorKind.NONE,
    )


@cache
def paired(name):
    """Return the REML fit of trials of two variants."""
    key = "study" if name == "nicotine_gum" else "trial"
    return fit(
        [
            row(one[key], "-", channel, int(one[f"n_{side}"]), int(one[f"y_{side}"]))
            for one in rows(name)
            for side, channel in zip("tc", PAIRED[name], strict=True)
        ],
        PriorKind.NONE,
    )


@cache
def rock_the_vote():
    """Return the REML fit of cable systems within strata."""
    return fit(
        [
            row(
                one["strata"],
                "-",
                one["treated"],
                int(one["n"]),
                int(one["y"]),
                cluster=one["unit"],
            )
            for one in rows("rock_the_vote")
        ],
        PriorKind.NONE,
    )
