"""The pooled run as long work: done beside the pages, stopped, or not possible."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from analysis.models.runs import AnalysisDraws, AnalysisRun
from analysis.pooled.jobs import POOLED_RUN
from analysis.pooled.work import make_pooled_run
from analysis.services.pooled_runs import QUESTION, PooledRunCreate
from experiments.models.experiments import ExperimentStatus
from lab.jobs.work import JobCancelledError, RunningJob
from lab.models.audit import AuditEntry
from lab.models.jobs import JobState
from lab.models.people import Role
from lab.queries.people import get_reader
from lab.services.jobs import request_job
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.pages import Pages

AT = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def lab(build):
    return pooled_labs(build, experiments=1)[0]


@pytest.fixture
def researcher(session, build, lab):
    return get_reader(session, build.user(Role.RESEARCHER, lab))


def ask(session, build, lab, by, **fields):
    """Ask for a run of all labs of a programme."""
    command = PooledRunCreate(pooled_scope(build, lab), **fields)
    parameters = QUESTION.dump_python(command, mode="json")
    job = request_job(session, POOLED_RUN.name, parameters, command.place, by=by, at=AT)
    session.commit()
    return job


def count_kept(session):
    session.rollback()
    return [len(session.exec(select(table)).all()) for table in (AnalysisRun, AnalysisDraws)]


def test_job_leaves_a_kept_run(session, build, lab, researcher, run_jobs):
    ask(session, build, lab, researcher)
    [job] = run_jobs()
    assert (job.state, job.progress) == (JobState.DONE, 1.0)
    run = session.get_one(AnalysisRun, job.result["run_id"])
    assert run.run_by_id == researcher.user_id
    actions = session.exec(select(AuditEntry.action).where(AuditEntry.subject_id == run.id)).all()
    assert "run_analysis" in actions


def test_job_gives_the_run_that_was_kept(session, build, lab, researcher, run_jobs):
    known = keep_pooled_run(build, pooled_scope(build, lab))
    ask(session, build, lab, researcher)
    assert run_jobs()[0].result == {"run_id": known.id}


def test_job_tells_its_steps_in_order(app, session, build, lab, researcher):
    told = []

    class TellingJob(RunningJob):
        def report(self, progress, step):
            told.append((progress, step))

        def _hold(self, session, **values):
            pass

    job = ask(session, build, lab, researcher, with_influence=True)
    make_pooled_run(TellingJob(app.extensions["engine"], job, researcher))
    assert list(dict.fromkeys(step for _share, step in told)) == list(POOLED_RUN.steps)
    assert [share for share, _step in told] == sorted(share for share, _step in told)


@pytest.mark.parametrize("after", [1, 10, 60])
def test_stopped_job_keeps_nothing(app, session, build, lab, researcher, after):
    class StoppedJob(RunningJob):
        calls = 0

        def report(self, progress, step):
            self.calls += 1
            if self.calls > after:
                raise JobCancelledError

    job = ask(session, build, lab, researcher, with_influence=True)
    with pytest.raises(JobCancelledError):
        make_pooled_run(StoppedJob(app.extensions["engine"], job, researcher))
    assert count_kept(session) == [0, 0]


def test_job_fails_with_reason_when_nothing_can_be_compared(session, build, run_jobs):
    [lab] = pooled_labs(build, labs=1, experiments=1, status=ExperimentStatus.IN_FIELD)
    researcher = get_reader(session, build.user(Role.RESEARCHER, lab))
    ask(session, build, lab, researcher)
    [job] = run_jobs()
    assert (job.state, job.error) == (JobState.FAILED, "nothing_to_estimate")
    assert job.error in POOLED_RUN.errors
    assert count_kept(session) == [0, 0]


def test_job_says_what_is_asked(client, session, build, lab):
    user = build.user(Role.RESEARCHER, lab)
    by = get_reader(session, user)
    first, other = (ask(session, build, lab, by, with_influence=one) for one in (True, False))
    build.sign_in(client, user)
    page = Pages(client).get(f"/jobs/{first.id}")
    assert "Wat geeft de meeste reacties?" in page.text
    assert "verschil vanaf 2 procentpunt" in page.page.one("title").text
    jobs = Pages(client).get("/work").content.one("section", aria_labelledby="jobs")
    said = [link.text for link in jobs.all("a")]
    assert len(said) == len({first.id, other.id})
    assert all(one.startswith("Wat geeft de meeste reacties?") for one in said)
    assert "Uitrekenen wat over alle experimenten" in jobs.text
