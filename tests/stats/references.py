"""Published counts and the answers of R, and experiments made of them."""

import csv
import json
from functools import cache
from pathlib import Path

from analysis.stats.cells import Cell, ExperimentDesign

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "reference"
LETTERS = ("Control", "Civic Duty", "Hawthorne", "Neighbors")


@cache
def answers(name):
    """Return the reference answers of a set."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def rows(name):
    """Return the counts of a set, one dictionary per row."""
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def cell(variant, numerator, nobs, profile=None, wave="", cluster=None, offered=None):
    """Return one cell, of everyone unless a profile is given."""
    return Cell(profile, variant, wave, cluster, offered, nobs, numerator)


def social_pressure(**design):
    """Return the cells and the design of the letters of 2006."""
    cells = tuple(
        cell(LETTERS.index(row["arm"]), int(row["y"]), int(row["n"]), profile=row["profile"])
        for row in rows("social_pressure")
    )
    return cells, ExperimentDesign(4, **{"control": 0, **design})


def ucb_admissions(**design):
    """Return admissions per department: men are variant 1, women the control."""
    cells = tuple(
        cell(int(row["gender"] == "Male"), int(row["y"]), int(row["n"]), profile=row["dept"])
        for row in rows("ucb_admissions")
    )
    return cells, ExperimentDesign(2, **{"control": 0, **design})


def rock_the_vote(with_clusters=True, with_waves=True, **design):
    """Return the cable systems that showed a spot, within strata of similar systems."""
    cells = tuple(
        cell(
            int(row["treated"]),
            int(row["y"]),
            int(row["n"]),
            wave=row["strata"] if with_waves else "",
            cluster=row["unit"] if with_clusters else None,
        )
        for row in rows("rock_the_vote")
    )
    return cells, ExperimentDesign(2, **{"control": 0, **design})


def smoking_trials():
    """Return the variants of the smoking trials, and the cells with trials as waves."""
    variants = tuple(dict.fromkeys(row["trt"] for row in rows("smoking_nma")))
    cells = tuple(
        cell(variants.index(row["trt"]), int(row["y"]), int(row["n"]), wave=row["study"])
        for row in rows("smoking_nma")
    )
    return variants, cells
