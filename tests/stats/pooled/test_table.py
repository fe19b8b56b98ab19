"""Lines of a file as columns: the same cells as line by line."""

import numpy as np
import pytest

from analysis.cells_file import FileRow
from analysis.pooled.rows import gather_table
from analysis.pooled.table import CellTable
from analysis.stats.pooled.data import gather_cells
from tests.stats.pooled.programmes import draw_rows

ARRAYS = ("lab", "experiment", "profile", "variant", "wave", "cluster", "nobs", "count")


def as_line(one, grade=""):
    return FileRow(*one[:7], grade, None, one.nobs, one.count)


@pytest.mark.parametrize("clusters", [0, 2])
def test_table_holds_the_cells_of_its_lines(clusters):
    rows = draw_rows(clusters=clusters)
    table = CellTable.of(as_line(one) for one in rows)
    found = gather_table(table, set(table.find_worst_grades()), "reached")
    expected = gather_cells(rows)
    assert found.variants == expected.variants
    assert found.experiments == expected.experiments
    for name in ARRAYS:
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_worst_line_grades_its_experiment():
    rows = [as_line(one, "C" if one.experiment == "e0" else "a") for one in draw_rows()]
    table = CellTable.of([*rows, rows[-1]._replace(grade="")])
    grades = table.find_worst_grades()
    assert sorted(grades.values()) == ["A"] * 7 + ["C"]
    used = {key for key, grade in grades.items() if grade == "A"}
    assert "e0" not in gather_table(table, used, "reached").experiments
