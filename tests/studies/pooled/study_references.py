"""Published trials, without priors, against the REML fits of glmmTMB in tests/reference.

python -m tests.studies.pooled.study_references
"""

import csv
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import CellRow, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.priors import PriorKind
from analysis.stats.pooled.results import PooledEstimate
from analysis.stats.pooled.terms import Term
from tests.studies.pooled.bars import Bar, largest_of
from tests.studies.pooled.running import Row, Study, run_command

FOLDER = Path(__file__).resolve().parents[2] / "reference"


class Case(NamedTuple):
    """A trial: its counts, the fit of R, and what is called how there.

    fit: the file of the fit and the way to it. contrasts: the channel of each coefficient, less
    control. sd, factor: the standard deviation of `term` there, and what ours is multiplied with.
    is_of_profiles: R estimates the mean of a profile drawn from many, ours that of these, so that
    standard errors are not compared.
    """

    rows: Callable[[], Iterator[CellRow]]
    fit: tuple[str, ...]
    contrasts: dict[str, str]
    control: str
    term: Term
    sd: str
    factor: float = 1.0
    is_of_profiles: bool = False


def read(name: str) -> list[dict[str, str]]:
    """Return the counts of a published trial."""
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def count(experiment: str, channel: str, nobs: str, responses: str, **names: str) -> CellRow:
    """Return one row of counts."""
    row = CellRow("", experiment, "", "-", channel, "-", "", int(nobs), int(responses))
    return row._replace(**names)


def list_smoking() -> Iterator[CellRow]:
    """Give the rows of 24 trials of help to stop smoking."""
    for one in read("smoking_nma"):
        yield count(one["study"], one["trt"], one["n"], one["y"])


def list_gum() -> Iterator[CellRow]:
    """Give the rows of 26 trials of nicotine gum."""
    for one in read("nicotine_gum"):
        yield count(one["study"], "gum", one["n_t"], one["y_t"])
        yield count(one["study"], "none", one["n_c"], one["y_c"])


def list_spots() -> Iterator[CellRow]:
    """Give the rows of cable systems that showed a spot or did not, in strata."""
    for one in read("rock_the_vote"):
        yield count(one["strata"], one["treated"], one["n"], one["y"], cluster=one["unit"])


def list_letters() -> Iterator[CellRow]:
    """Give the rows of four letters to twelve profiles."""
    for one in read("social_pressure"):
        yield count("letters", one["arm"], one["n"], one["y"], profile=one["profile"])


STUDY, STRATA = ("results", "study_fixed", "REML"), ("results", "strata_fixed", "REML")
HELP = ("self_help", "ind_counseling", "grp_counseling")
LETTERS = ("Civic Duty", "Hawthorne", "Neighbors")
EXPERIMENT = Term.EXPERIMENT_VARIANT
CASES = (
    Case(
        list_smoking,
        ("smoking_nma_reml", *STUDY),
        {f"trt{one}": one for one in HELP},
        "no_contact",
        EXPERIMENT,
        "arm",
    ),
    Case(
        list_gum,
        ("nicotine_gum_reml", *STUDY),
        {"trt": "gum"},
        "none",
        EXPERIMENT,
        "study",
        math.sqrt(2),
    ),
    Case(
        list_spots,
        ("rock_the_vote_reml", *STRATA),
        {"treated": "1"},
        "0",
        Term.CLUSTER,
        "unit",
    ),
    Case(
        list_letters,
        ("social_pressure_reml_profile_fixed", "REML"),
        {f"arm{one}": one for one in LETTERS},
        "Control",
        Term.PROFILE_CHANNEL,
        "pa",
        is_of_profiles=True,
    ),
)


def score_case(place: int) -> Row:
    """Return the largest differences with R of one trial."""
    case = CASES[place]
    options = PooledOptions(priors=PriorKind.NONE)
    found = estimate_pooled(gather_cells(list(case.rows())), options)
    fit = json.loads((FOLDER / f"{case.fit[0]}.json").read_text(encoding="utf-8"))
    for key in case.fit[1:]:
        fit = fit[key]
    effects, errors = [], []
    for name, channel in case.contrasts.items():
        drawn = find_contrast(found, channel, case.control)
        effects.append(abs(drawn.mean() - fit["coef"][name]))
        errors.append(abs(drawn.std(ddof=1) / fit["se"][name] - 1))
    return {
        "effect": max(effects),
        "std_error": 0.0 if case.is_of_profiles else max(errors),
        "sd": abs(found.terms[case.term].sd * case.factor - fit["sd"][case.sd]),
    }


def find_contrast(found: PooledEstimate, channel: str, control: str) -> np.ndarray:
    """Return draws of the mean difference of two channels over the profiles."""
    at = {one.channel: place for place, one in enumerate(found.variants)}
    mean = found.list_draws().mean(axis=1)
    return mean[:, at[channel]] - mean[:, at[control]]


# Here a seed is the place of a case.
STUDIES = (
    Study(
        "references",
        "references",
        score_case,
        (
            Bar("REML of R: effects", largest_of("effect"), most=1e-3, digits=".1e"),
            Bar("REML of R: standard deviations", largest_of("sd"), most=2e-3, digits=".1e"),
            Bar("REML of R: standard errors, share", largest_of("std_error"), most=0.05),
        ),
        range(len(CASES)),
        range(len(CASES)),
    ),
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
