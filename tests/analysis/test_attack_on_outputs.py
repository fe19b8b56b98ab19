"""An attacker without an account, who reads every output of a report and works out what he can."""

import json
from random import Random

import numpy as np
import pytest
from flask import g
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.disclosure import (
    ROUNDING,
    THRESHOLD,
    ProtectedTable,
    TableCell,
    Total,
    is_small,
    protect,
)
from analysis.views.exported_outcome import build_export
from lab.access import PUBLIC, Place
from tests.analysis.disclosure_attack import MOST, find_narrowest
from tests.analysis.test_exports import (
    address_of,
    list_counts,
    publish,
    read_csv,
    read_figures,
    write_counts,
)
from tests.pages import Pages

SEEDS = range(6)


def draw_counts(seed: int) -> list[tuple[tuple[int, int], ...]]:
    """Return counts (responded, offered) of two variants in some profiles, small ones too."""
    draw = Random(seed)
    counts = []
    for _profile in range(draw.randint(2, 5)):
        offered = [draw.choice([12, 40, 400, 700]) + draw.randint(0, 9) for _variant in range(2)]
        counts.append(tuple((draw.randint(0, n // 3), n) for n in offered))
    return counts


def rows_of(ending: str, data: bytes) -> list[tuple]:
    """Return per row of a file its profile, variant, counts and rate."""
    if ending == "xlsx":
        heading, rows = read_figures(data)
        names = ("Profiel (code)", "Variant (code)", "Gelukt", "Van de", "Aandeel")
        places = [heading.index(name) for name in names]
        found = [tuple(row[place] for place in places) for row in rows]
    else:
        rows = read_csv(data) if ending == "csv" else json.loads(data)["figures"]
        names = ("profile_code", "variant_code", "numerator", "denominator", "rate")
        found = [tuple(row[name] for name in names) for row in rows]
    return [
        (str(code), variant, *(float(one) if one not in ("", None) else None for one in numbers))
        for code, variant, *numbers in found
    ]


def tabulate(rows: list[tuple], exact: dict[tuple[str, str], tuple[int, int]]) -> ProtectedTable:
    """Return what is shown as a table of exact counts: the most that anybody could invert."""
    variants = sorted({variant for _code, variant, *_numbers in rows})
    cells, totals, sums = [], [], {}
    for (_code, variant), counts in exact.items():
        held = sums.get(variant, (0, 0))
        sums[variant] = held[0] + counts[0], held[1] + counts[1]
    for code, variant, numerator, *_numbers in rows:
        number, is_shown = variants.index(variant), numerator is not None
        if code == "together":
            totals.append(Total(number, *(sums[variant] if is_shown else (None, None))))
        else:
            counts = exact[code, variant] if is_shown else (None, None)
            cells.append(TableCell(code, number, *counts))
    nothing = Total(None, None, None)
    return ProtectedTable(tuple(cells), tuple(totals), (), nothing, THRESHOLD)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_outputs_withhold_the_same_and_give_nothing_back(app, client, build, seed):
    lab, counts = build.lab(), draw_counts(seed)
    experiment = publish(build, lab, counts)
    address = address_of(experiment)
    files = {end: client.get(f"{address}.{end}").data for end in ("csv", "json", "xlsx")}
    found = {end: rows_of(end, data) for end, data in files.items()}
    assert found["csv"] == found["json"] == found["xlsx"]
    page = Pages(client).get(address)
    if any(row[2] is not None for row in found["csv"]):
        assert write_counts(read_csv(files["csv"])) == list_counts(page)
    codes = {str(profile.id): profile for profile in build.profiles(lab)[: len(counts)]}
    variants = sorted({variant for _code, variant, *_rest in found["csv"]})
    exact = {
        (code, variant): counts[place][number]
        for place, code in enumerate(codes)
        for number, variant in enumerate(variants)
    }
    # Whoever inverts rates and intervals may find shown counts, never withheld ones.
    assert find_narrowest(tabulate(found["csv"], exact), slack=0) >= THRESHOLD
    gone = {code for code, _variant, numerator, *_rest in found["csv"] if numerator is None}
    assert {code for (code, _), one in exact.items() if is_small(one)} <= gone
    told = json.loads(files["json"])
    assert not gone & {one["profile_code"] for one in told["profiles"]} - {"together"}
    assert not gone & {one["profile_code"] for one in told["comparisons"]} - {"together"}
    check_paper(app, experiment, {codes[code].name_nl for code in gone if code in codes})


def check_paper(app, experiment, withheld: set[str]) -> None:
    """Fail when the printed report has a row about a profile that is withheld."""
    with app.test_request_context():
        enter_as_public(experiment)
        paper = build_export(experiment.id).paper()
    printed = {cell.text for table in paper.tables for row in table.rows for cell in row}
    assert not printed & withheld


def enter_as_public(experiment) -> None:
    """Be somebody without an account who looks at a published experiment."""
    g.reader, g.place = PUBLIC, Place(None, experiment.living_lab_id, is_published=True)


@st.composite
def growing_tables(draw):
    """Draw a table of two profiles or more, and what it has become some time later."""
    before, after = [], []
    for profile in ("1", "2", "3"):
        responded, rest = draw(st.integers(0, 60)), draw(st.integers(20, 400))
        more, other = draw(st.integers(0, 30)), draw(st.integers(0, 60))
        before.append(TableCell(profile, 0, responded, responded + rest))
        after.append(TableCell(profile, 0, responded + more, responded + more + rest + other))
    return tuple(before), tuple(after)


def find_width(before: ProtectedTable, after: ProtectedTable, place: int) -> int:
    """Return how many values a withheld count may have for whoever read two editions."""
    size = len(before.cells)
    rows, lows, highs = [], [], []

    def know(weights, low, high):
        rows.append(weights)
        lows.append(low)
        highs.append(high)

    for offset, table in ((0, before), (size, after)):
        for at, cell in enumerate(table.cells):
            if cell.numerator is not None:
                weights = np.zeros(2 * size)
                weights[offset + at] = 1
                know(weights, cell.numerator - ROUNDING // 2, cell.numerator + ROUNDING // 2)
        (total,) = table.variant_totals
        if total.numerator is not None:
            weights = np.zeros(2 * size)
            weights[offset : offset + size] = 1
            know(weights, total.numerator - ROUNDING // 2, total.numerator + ROUNDING // 2)
    for at in range(size):
        weights = np.zeros(2 * size)
        weights[at], weights[size + at] = -1, 1
        # Counts only grow.
        know(weights, 0, MOST)
    ends = []
    for sign in (1, -1):
        wanted = np.zeros(2 * size)
        wanted[place] = sign
        answer = milp(
            wanted,
            constraints=LinearConstraint(np.array(rows), lows, highs),
            bounds=Bounds(0, 10_000),
            integrality=np.ones(2 * size),
        )
        assert answer.status == 0, answer.message
        ends.append(round(sign * answer.fun))
    return ends[1] - ends[0]


@settings(max_examples=60, deadline=None)
@given(growing_tables())
def test_two_editions_never_pin_a_withheld_count_down(tables):
    before, after = (protect(table) for table in tables)
    for place, cell in enumerate(before.cells):
        if cell.numerator is None:
            assert find_width(before, after, place) >= ROUNDING - 1
