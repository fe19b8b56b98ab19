"""The command `proeftuin reproduce`: a kept calculation made again."""

import json
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import select

from analysis.models.advice import ProposalCreate
from analysis.models.runs import AnalysisDraws, AnalysisRun
from analysis.pooled.archive import read_archive, write_archive
from analysis.pooled.likeness import compare_draws, compare_results
from analysis.services.proposals import propose_versions
from lab.cli import main
from lab.models.people import Role
from tests.analysis.counted import CLEAR, counted_experiment, reader_of
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.builders import MOMENT
from tests.rules.sources import ROOT


@pytest.fixture
def environment(settings, monkeypatch):
    found = {
        "PROEFTUIN_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def reproduce(environment):
    def run(number, *options):
        return CliRunner().invoke(main, ["reproduce", str(number), *options])

    return run


@pytest.fixture
def run(build):
    labs = pooled_labs(build, labs=2, experiments=1)
    return keep_pooled_run(build, pooled_scope(build, labs[0]))


def rewrite(session, table, number, **values):
    """Change what was kept behind the back of the application."""
    key = next(iter(table.__table__.primary_key.columns))
    session.execute(update(table).where(key == number).values(values))
    session.commit()


def test_pooled_run_gives_the_same_bytes(reproduce, run):
    answer = reproduce(run.id)
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "Precies dezelfde bytes.")


def test_run_of_one_experiment_gives_the_same_bytes(reproduce, session, build):
    lab = build.lab()
    experiment = counted_experiment(build, lab, [CLEAR])
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)
    propose_versions(session, experiment.id, ProposalCreate(), by=by, at=MOMENT)
    run = session.exec(select(AnalysisRun)).one()
    session.commit()
    answer = reproduce(run.id, "--language", "en")
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "The same bytes.")


def test_another_process_gives_the_same_bytes(environment, run):
    command = [sys.executable, "-m", "lab.cli", "reproduce", str(run.id)]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.splitlines()[-1] == "Precies dezelfde bytes."


def test_tiny_difference_counts_as_the_same(reproduce, session, run):
    result = json.loads(json.dumps(run.result))
    result["profiles"][0]["variants"][0]["rate"] += 3e-8
    rewrite(session, AnalysisRun, run.id, result=result)
    answer = reproduce(run.id, "--language", "en")
    assert answer.exit_code == 0
    assert "within 1e-06: largest difference 3e-08" in answer.output
    assert "profiles[0].variants[0].rate" in answer.output


def test_changed_result_is_named_as_different(reproduce, session, run):
    result = json.loads(json.dumps(run.result))
    result["profiles"][0]["variants"][1]["verdict"] = "something"
    rewrite(session, AnalysisRun, run.id, result=result)
    answer = reproduce(run.id)
    assert answer.exit_code == 1
    assert "profiles[0].variants[1].verdict" in answer.output


def test_changed_draws_are_named_as_different(reproduce, session, run):
    held = read_archive(session.get_one(AnalysisDraws, run.id).content)
    held["draws"][0, 0, 0] += 0.01
    rewrite(session, AnalysisDraws, run.id, content=write_archive(held))
    answer = reproduce(run.id, "--language", "en")
    assert (answer.exit_code, "in draws" in answer.output) == (1, True)


def test_changed_counts_are_named_as_different(reproduce, session, run):
    cells = json.loads(json.dumps(run.cells))
    cells[0][-1] += 1
    rewrite(session, AnalysisRun, run.id, cells=cells)
    assert reproduce(run.id).exit_code == 1


def test_run_of_another_method_says_so(reproduce, session, run):
    rewrite(session, AnalysisRun, run.id, method_version="0")
    answer = reproduce(run.id)
    assert answer.exit_code == 3
    assert "versie 0" in answer.output


def test_number_without_run_is_an_error(reproduce):
    assert reproduce(41).exit_code == 2
    assert reproduce("no-number").exit_code == 2


def test_same_arrays_give_same_bytes():
    arrays = {"draws": np.array([[1.5, np.nan]]), "profiles": np.array(["a", "é"])}
    content = write_archive(arrays)
    assert content == write_archive({name: array.copy() for name, array in arrays.items()})
    assert read_archive(content)["profiles"].tolist() == ["a", "é"]


@given(st.floats(1e-12, 10), st.floats(-5, 5))
def test_likeness_is_the_largest_difference(gap, start):
    one = {"rate": start, "names": ["a"], "pairs": [0.0, {"x": 1.0}]}
    other = {"rate": start, "names": ["a"], "pairs": [0.0, {"x": 1.0 + gap}]}
    found = compare_results(one, other)
    assert (found.are_same, found.where) == (1.0 + gap == 1.0, "pairs[1].x")
    assert found.largest == pytest.approx(gap, rel=1e-3)


def test_archives_of_other_shapes_differ_wholly():
    one, other = (write_archive({"draws": np.zeros(size)}) for size in (2, 3))
    assert compare_draws(one, other).largest == np.inf
    assert compare_draws(one, None).largest == np.inf
