"""Bars and scores of studies: what is met, and what is kept between runs."""

import numpy as np
import pytest

from tests.studies.pooled.bars import Bar, Finding, Measured, mean_of, ratio_of, write_table
from tests.studies.pooled.running import Scores, Study, read_seeds, run_command, run_study

SCORED = []


def score_half(seed):
    """Return scores of a seed, and remember that it was asked."""
    SCORED.append(seed)
    return {"part": seed / 2, "whole": float(seed)}


def score_or_break(seed):
    """Return a score of every seed but one."""
    if seed == 2:
        raise ArithmeticError("not this one")
    return {"whole": float(seed)}


def make_study(*bars):
    return Study("halves", "halves", score_half, bars, range(1, 3), range(1, 5))


@pytest.fixture(autouse=True)
def _forget():
    SCORED.clear()


def test_bar_allows_chance_and_no_more():
    bar = Bar("coverage", mean_of("coverage"), 0.94, 0.96)
    told = [
        Finding(bar, Measured(value, 0.01), 9).verdict for value in (0.95, 0.93, 0.97, 0.91, 0.99)
    ]
    assert told == ["yes", "within 2 se", "within 2 se", "NO", "NO"]


def test_unknown_figure_meets_no_bar():
    assert not Finding(Bar("x", mean_of("x"), 0.9), Measured(np.nan, np.nan), 1).is_met


def test_one_seed_allows_no_chance():
    assert not Finding(Bar("x", mean_of("x"), 0.9), Measured(0.8, np.nan), 1).is_met


def test_share_of_sums_has_an_error():
    columns = {"part": np.array([1.0, 3.0]), "whole": np.array([4.0, 4.0])}
    assert ratio_of("part", "whole")(columns) == pytest.approx((0.5, 0.25))


def test_table_shows_bar_figure_and_verdict():
    found = run_study(make_study(Bar("mean", mean_of("whole"), most=2)), [1, 2], Scores(None))
    assert "| mean | ≤ 2 | 1.500 ± 0.500 | 2 | yes |" in write_table(found)


def test_kept_seeds_are_not_scored_again(tmp_path):
    study = make_study(Bar("mean", mean_of("whole")))
    run_study(study, [1, 2], Scores(tmp_path))
    SCORED.clear()
    (found,) = run_study(study, [1, 2, 4], Scores(tmp_path))
    assert SCORED == [4]
    assert found.measured.value == pytest.approx(7 / 3)


def test_other_version_of_the_method_is_scored_anew(tmp_path, monkeypatch):
    study = make_study(Bar("mean", mean_of("whole")))
    run_study(study, [1, 2], Scores(tmp_path))
    SCORED.clear()
    monkeypatch.setattr("tests.studies.pooled.running.METHOD_VERSION", "another")
    run_study(study, [1, 2], Scores(tmp_path))
    assert SCORED == [1, 2]


def test_seeds_are_read_as_ranges():
    assert read_seeds("1-3,7") == [1, 2, 3, 7]


@pytest.mark.parametrize("jobs", [1, 2])
def test_broken_seed_costs_no_other_and_meets_no_bar(jobs):
    bars = (Bar("mean", mean_of("whole"), most=9),)
    study = Study("breaking", "breaking", score_or_break, bars, [1], [1])
    (found,) = run_study(study, [1, 2, 3], Scores(None), jobs)
    assert found.measured.value == 2.0
    assert (found.is_met, found.verdict) == (False, "NO, 1 broke")


def test_command_writes_the_table_of_chosen_studies(tmp_path, monkeypatch, capsys):
    path = tmp_path / "bars.md"
    monkeypatch.setattr("sys.argv", ["study", "halves", "--full", "--markdown", str(path)])
    run_command("About.", [make_study(Bar("mean", mean_of("whole"), most=2.0, allowed=0.0))])
    assert "| mean | ≤ 2 | 2.500 ± 0.645 | 4 | NO |" in path.read_text(encoding="utf-8")
    assert capsys.readouterr().out.endswith("not met: mean\n")
