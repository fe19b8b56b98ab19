"""Calculations that are kept."""

import pytest

from analysis.models.advice import ProposalCreate
from analysis.models.runs import ImmutableRunError
from analysis.queries.runs import list_runs
from analysis.services.proposals import propose_versions
from analysis.services.runs import read_run, remake_run
from lab.models.people import Role
from tests.analysis.counted import CLEAR, FEW, count, counted_experiment, reader_of
from tests.builders import MOMENT


@pytest.fixture
def lab(build):
    return build.lab()


@pytest.fixture
def researcher(build, lab):
    return reader_of(build.user(Role.RESEARCHER, lab), lab)


@pytest.fixture
def experiment(build, lab):
    return counted_experiment(build, lab, [CLEAR, CLEAR, FEW])


def run_once(session, experiment, researcher):
    propose_versions(session, experiment.id, ProposalCreate(), by=researcher, at=MOMENT)
    session.commit()
    session.expire_all()
    return list_runs(session, experiment.id)


def test_run_keeps_everything_it_was_made_from(session, experiment, researcher):
    [run] = run_once(session, experiment, researcher)
    assert len(run.cells) == 6
    assert len(run.cells_sha256) == 64
    assert run.scope["design"]["margin"] == experiment.smallest_difference
    assert (run.estimator, run.run_by_id) == ("single_experiment", researcher.user_id)
    assert run.method_version
    assert run.product_version
    assert run.seed


def test_run_made_again_gives_the_same_result(session, experiment, researcher):
    [run] = run_once(session, experiment, researcher)
    assert remake_run(run) == run.result


def test_kept_result_reads_back_as_a_comparison(session, experiment, researcher):
    [run] = run_once(session, experiment, researcher)
    comparison = read_run(run)
    assert len(comparison.profiles) == 3
    assert comparison.total.variants[1].numerator == 90 + 90 + 4


def test_same_counts_are_kept_in_one_run(session, experiment, researcher):
    run_once(session, experiment, researcher)
    assert len(run_once(session, experiment, researcher)) == 1


def test_new_counts_make_a_new_run(session, build, lab, experiment, researcher):
    run_once(session, experiment, researcher)
    count(session, experiment, FEW, build.profiles(lab)[3].id)
    newest, oldest = run_once(session, experiment, researcher)
    assert newest.cells_sha256 != oldest.cells_sha256
    assert remake_run(oldest) == oldest.result


def test_kept_run_cannot_be_rewritten(session, experiment, researcher):
    [run] = run_once(session, experiment, researcher)
    run.result = {}
    with pytest.raises(ImmutableRunError):
        session.flush()
