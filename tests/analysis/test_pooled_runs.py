"""Pooled runs that are kept with their cells, design and draws."""

from datetime import date

import numpy as np
import pytest
from sqlmodel import select

from analysis.models.runs import AnalysisDraws, AnalysisRun
from analysis.pooled.archive import read_archive
from analysis.pooled.scope import SCOPE
from analysis.queries.pooled import select_cells
from analysis.queries.runs import find_draws
from analysis.services.pooled_runs import NothingToEstimateError
from analysis.services.runs import read_run, remake_answer, remake_run
from analysis.stats.cells import Direction
from experiments.models.experiments import Experiment, ExperimentStatus
from lab.models.audit import AuditEntry
from lab.models.people import Role
from tests.analysis.counted import reader_of
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope


@pytest.fixture
def labs(build):
    return pooled_labs(build)


@pytest.fixture
def scope(build, labs):
    return pooled_scope(build, labs[0])


@pytest.fixture
def run(session, build, scope):
    kept = keep_pooled_run(build, scope)
    session.expire_all()
    return session.get_one(AnalysisRun, kept.id)


def list_advised(record):
    return {one.profile: record.variants[one.advised.variant] for one in record.profiles}


def test_run_keeps_question_cells_and_names(build, labs, scope, run):
    assert (run.estimator, run.seed, run.living_lab_id) == ("pooled", 1, None)
    assert SCOPE.validate_python(run.scope["scope"]) == scope
    assert len(run.cells) == 3 * 3 * (4 + 3)
    assert len(run.scope["names"]["experiments"]) == 6
    assert run.scope["names"]["labs"][str(labs[0].id)] == labs[0].name
    assert len(run.scope["asked"]) == len(build.profiles(labs[0]))


def test_run_keeps_experiments_in_the_order_in_which_they_were_over(session, build, labs):
    experiments = session.exec(select(Experiment).order_by(Experiment.id)).all()
    days = [date(2026, 5, 3), date(2026, 5, 1), None, date(2026, 5, 2), None, date(2026, 5, 1)]
    for one, day in zip(experiments, days, strict=True):
        one.starts_on, one.ends_on = None, day
    session.commit()
    selection = select_cells(session, pooled_scope(build, labs[0]))
    first, second, _third, fourth, _fifth, sixth = (str(one.id) for one in experiments)
    assert selection.in_time == (second, sixth, fourth, first)


def test_kept_record_reads_back_with_its_advice(build, labs, run):
    record = read_run(run)
    letter, personal = build.channel(labs[0]), build.style(labs[0])
    advised = list_advised(record)
    assert advised[str(build.profiles(labs[0])[0].id)] == (
        str(letter.id),
        f"{personal.style_axis_id}={personal.id}",
    )
    assert record.experiments_used == tuple(run.scope["names"]["experiments"])


def test_record_counts_people_behind_each_variant(run):
    counted = read_run(run).profiles[0].variants[0].counted
    assert (counted.people, counted.experiments, counted.labs) == (6 * 400, 6, 3)


def test_run_made_again_gives_same_result_and_draws(session, run):
    assert remake_run(run) == run.result
    assert remake_answer(run).draws == find_draws(session, run.id).content


def test_draws_lie_under_profiles_and_variants_of_record(session, run):
    held, record = read_archive(find_draws(session, run.id).content), read_run(run)
    assert held["draws"].dtype == np.float64
    names = list(zip(held["channels"].tolist(), held["styles"].tolist(), strict=True))
    assert tuple(names) == record.variants
    first = held["draws"][:, held["profiles"].tolist().index(record.profiles[0].profile)]
    means = (first - first.mean(axis=1, keepdims=True)).mean(axis=0)
    assert means == pytest.approx([one.effect for one in record.profiles[0].variants])


def test_same_question_on_same_counts_is_kept_once(session, build, scope, run):
    assert keep_pooled_run(build, scope).id == run.id
    assert len(session.exec(select(AnalysisDraws)).all()) == 1


def test_other_margin_makes_another_run(build, labs, run):
    assert keep_pooled_run(build, pooled_scope(build, labs[0], margin=0.03)).id != run.id


def test_run_leaves_out_experiments_in_the_field(build, labs):
    pooled_labs(build, labs=1, status=ExperimentStatus.IN_FIELD)
    run = keep_pooled_run(build, pooled_scope(build, labs[0]))
    assert [one["reason"] for one in run.scope["not_used"]] == ["field_work_not_over"] * 2


def test_scope_without_counts_keeps_no_run(session, build):
    [lab] = pooled_labs(build, labs=1, status=ExperimentStatus.IN_FIELD)
    with pytest.raises(NothingToEstimateError):
        keep_pooled_run(build, pooled_scope(build, lab))
    assert session.exec(select(AnalysisRun)).all() == []


def test_run_is_written_in_the_log(session, build, labs, scope):
    user = build.user(Role.RESEARCHER, labs[0])
    run = keep_pooled_run(build, scope, by=reader_of(user, labs[0]))
    [entry] = session.exec(select(AuditEntry).where(AuditEntry.action == "run_analysis")).all()
    assert (entry.subject_id, entry.user_id) == (run.id, user.id)
    assert entry.programme_id == labs[0].programme_id


def test_lower_is_better_turns_advice_and_keeps_rates(build):
    [lab, *_others] = pooled_labs(build, direction=Direction.LOWER)
    record = read_run(keep_pooled_run(build, pooled_scope(build, lab, direction=Direction.LOWER)))
    best = record.profiles[0].advised
    rates = [one.rate for one in record.profiles[0].variants]
    assert best.rate == min(rates) < 0.2
    assert best.difference < 0
    assert best.counted.responses < best.counted.people / 2


def test_influence_is_kept_when_it_was_asked_for(build, scope, run):
    assert read_run(run).influence is None
    record = read_run(keep_pooled_run(build, scope, with_influence=True))
    assert record.influence is not None
    assert {one.left_out for one in record.influence} <= {"lab", "experiment"}
