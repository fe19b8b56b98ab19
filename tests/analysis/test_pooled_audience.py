"""Whose result a pooled run is: no choice of limits shows what another lab has not published."""

from datetime import date

import pytest
from sqlmodel import select

from analysis.models.advice import AdviceRuleVersion
from analysis.models.runs import AnalysisRun
from analysis.services import pooled_runs
from analysis.services.pooled_runs import (
    QUESTION,
    OneOtherLabError,
    PooledRunCreate,
    TooMuchToEstimateError,
    run_pooled,
)
from experiments.models.experiments import Experiment, ExperimentStatus
from lab.models.jobs import Job, JobState
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from lab.services.jobs import request_job
from tests.analysis.counted import reader_of
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.builders import MOMENT
from tests.pages import Pages

CLOSED = ExperimentStatus.CLOSED
LATER = date(2027, 1, 1)


@pytest.fixture
def labs(build):
    """Two labs whose experiments are over but not published, the second's a year later."""
    (mine,) = pooled_labs(build, labs=1, status=CLOSED)
    (theirs,) = pooled_labs(build, labs=1, status=CLOSED, starts_on=LATER, ends_on=LATER)
    return mine, theirs


@pytest.fixture
def researchers(build, labs):
    return [build.user(Role.RESEARCHER, lab) for lab in labs]


@pytest.fixture
def alone(build, labs):
    """A question that only the second lab answers."""
    return pooled_scope(build, labs[1], from_day=LATER)


@pytest.fixture
def pages(client, build, researchers):
    build.sign_in(client, researchers[0])
    return Pages(client)


def test_limits_that_leave_another_lab_are_refused(session, labs, researchers, alone):
    by = reader_of(researchers[0], labs[0])
    with pytest.raises(OneOtherLabError):
        run_pooled(session, PooledRunCreate(alone), by=by, at=MOMENT)


def test_page_says_why_another_lab_cannot_be_asked_alone(pages, session, alone):
    page = pages.get(f"/programmes/{alone.programme_id}/evidence/new?from_day=2027-01-01&to_day=")
    assert "Alleen één lab telde dit" in page.text
    assert not session.exec(select(Job)).all()


def test_job_about_another_lab_alone_fails_with_reason(session, labs, researchers, alone, run_jobs):
    by = reader_of(researchers[0], labs[0])
    command = PooledRunCreate(alone)
    parameters = QUESTION.dump_python(command, mode="json")
    job = request_job(session, "pooled_run", parameters, command.place, by=by, at=MOMENT)
    session.commit()
    run_jobs()
    session.expire_all()
    assert (job.state, job.error) == (JobState.FAILED, "one_other_lab")
    assert not session.exec(select(AnalysisRun)).all()


def test_own_result_is_for_the_own_lab_only(client, build, researchers, alone):
    run = keep_pooled_run(build, alone)
    build.sign_in(client, researchers[0])
    for address in (f"/evidence/{run.id}", f"/evidence/{run.id}/proposals"):
        assert client.get(address).status_code == 404
    assert f"/evidence/{run.id}" not in client.get("/evidence").text
    assert f"/evidence/{run.id}" not in client.get("/work").text
    build.sign_in(client, researchers[1])
    assert client.get(f"/evidence/{run.id}").status_code == 200
    assert f"/evidence/{run.id}" in client.get("/evidence").text


def test_proposals_from_own_result_stay_in_the_lab(
    client, build, session, labs, researchers, alone
):
    run = keep_pooled_run(build, alone)
    build.sign_in(client, researchers[1])
    Pages(client).submit(f"/evidence/{run.id}/proposals", {})
    session.expire_all()
    versions = session.exec(select(AdviceRuleVersion)).all()
    assert {one.living_lab_id for one in versions} == {labs[1].id}
    session.commit()
    build.sign_in(client, researchers[0])
    answers = {client.get(f"/advice/versions/{one.id}").status_code for one in versions}
    assert answers == {404}


def test_published_result_of_one_lab_is_for_everybody(build, session, labs, researchers):
    (third,) = pooled_labs(build, labs=1, starts_on=date(2028, 1, 1), ends_on=date(2028, 1, 1))
    scope = pooled_scope(build, third, from_day=date(2028, 1, 1))
    by = reader_of(researchers[0], labs[0])
    run = run_pooled(session, PooledRunCreate(scope), by=by, at=MOMENT)
    assert run.living_lab_id is None


def test_run_made_before_publishing_does_not_stand_in_for_a_later_one(
    build, session, labs, researchers, alone
):
    before = keep_pooled_run(build, alone)
    assert before.living_lab_id == labs[1].id
    for one in session.exec(select(Experiment).where(Experiment.living_lab_id == labs[1].id)):
        one.status = ExperimentStatus.PUBLISHED
    session.commit()
    by = reader_of(researchers[0], labs[0])
    after = run_pooled(session, PooledRunCreate(alone), by=by, at=MOMENT)
    assert after.id != before.id
    assert after.living_lab_id is None


def test_made_up_experiments_of_one_lab_are_for_everybody(build):
    programme = build.programme(ProgrammeKind.FICTITIOUS)
    (lab,) = pooled_labs(build, labs=1, programme=programme, status=CLOSED)
    assert keep_pooled_run(build, pooled_scope(build, lab)).living_lab_id is None


def test_question_that_would_keep_all_waiting_is_refused(build, monkeypatch):
    (lab,) = pooled_labs(build, labs=1)
    monkeypatch.setattr(pooled_runs, "MOST_COMBINATIONS", 11)
    with pytest.raises(TooMuchToEstimateError):
        keep_pooled_run(build, pooled_scope(build, lab))
