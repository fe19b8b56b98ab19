"""The page on whether the advice works: for everybody, on what is published, kept and made anew."""

from datetime import date, timedelta
from random import Random

import pytest
from click.testing import CliRunner
from sqlmodel import select

from analysis.models.runs import AnalysisRun
from analysis.services.backtests import gather_backtest, run_backtest
from experiments.models.experiments import Experiment, ExperimentStatus
from lab.access import PUBLIC
from lab.cli import main
from lab.models.jobs import JobState
from lab.models.people import Role
from tests.analysis.pooled_runs import pooled_experiment, pooled_scope
from tests.builders import MOMENT
from tests.pages import Pages

FIRST = date(2024, 3, 31)
ADDRESS = "/advice/backtest"


def add_experiments(build, labs, days, status=ExperimentStatus.PUBLISHED):
    """Add an experiment to each lab that ended on each of some days after the first one."""
    draw = Random(3)
    for day in days:
        for lab in labs:
            pooled_experiment(
                build,
                lab,
                draw,
                starts_on=FIRST - timedelta(days=90),
                ends_on=FIRST + timedelta(days=day),
                status=status,
            )


@pytest.fixture
def labs(build):
    labs = [build.lab() for _number in range(2)]
    add_experiments(build, labs, (0, 100))
    return labs


@pytest.fixture
def pages(client):
    """Pages as somebody reads them."""
    return Pages(client)


def keep(build, labs):
    run = run_backtest(build.session, pooled_scope(build, labs[0]), by=PUBLIC, at=MOMENT)
    build.session.commit()
    return run


def test_everybody_reads_whether_the_advice_was_right(pages, build, labs):
    run = keep(build, labs)
    page = pages.get(f"{ADDRESS}?programme=own").content
    text = page.text
    assert "latere vergelijkingen" in text
    assert "31 maart 2024" in text
    assert text == pages.get(f"{ADDRESS}?run_id={run.id}").text


def test_page_without_a_back_test_says_so(pages, labs):
    assert "nog niet naast latere experimenten gelegd" in pages.get(ADDRESS).text


def test_number_of_another_kind_of_run_is_not_found(client, labs):
    assert client.get(f"{ADDRESS}?run_id=999").status_code == 404


def test_what_is_not_published_counts_nowhere(build, labs):
    scope = pooled_scope(build, labs[0])
    before = gather_backtest(build.session, scope).written
    add_experiments(build, labs, (50, 200), ExperimentStatus.ANALYSED)
    after = gather_backtest(build.session, scope).written
    assert (after.cells_sha256, after.scope) == (before.cells_sha256, before.scope)


def test_newer_experiments_make_it_out_of_date(pages, build, labs):
    keep(build, labs)
    assert "niet meer bij" not in pages.get(f"{ADDRESS}?programme=own").text
    add_experiments(build, labs[:1], (300,))
    assert "niet meer bij" in pages.get(f"{ADDRESS}?programme=own").text


def test_small_cells_of_a_later_experiment_give_no_difference(pages, build, labs):
    draw = Random(4)
    pooled_experiment(
        build, labs[0], draw, people=12, status=ExperimentStatus.PUBLISHED,
        starts_on=FIRST, ends_on=FIRST + timedelta(days=200), title="Een kleine proef",
    )  # fmt: skip
    keep(build, labs)
    page = pages.get(f"{ADDRESS}?programme=own").content
    [row] = [one for one in page.all("tr") if "Een kleine proef" in one.text]
    assert "weinig mensen" in row.text
    others = [one for one in page.all("tr") if "Experiment " in one.text and one is not row]
    assert others
    # Whole points: nothing behind the comma.
    assert not any("," in one.all("td")[-1].text for one in others)


def test_researcher_asks_and_the_job_keeps_it(client, session, build, labs, run_jobs, app):
    app.config["WTF_CSRF_ENABLED"] = False
    address = f"/programmes/{labs[0].programme_id}/backtest"
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    session.rollback()
    assert client.post(address).status_code == 303
    assert "wordt nu" in Pages(client).get(f"{ADDRESS}?programme=own").text
    [job] = run_jobs()
    assert (job.state, job.progress) == (JobState.DONE, 1.0)
    assert f"{ADDRESS}?run_id=" in Pages(client).get(f"/jobs/{job.id}").body
    # The same question on the same counts is kept once.
    assert client.post(address).status_code == 303
    run_jobs()
    kept = session.exec(select(AnalysisRun.estimator)).all()
    assert kept == ["backtest"]


def test_team_cannot_ask(client, build, labs, app):
    app.config["WTF_CSRF_ENABLED"] = False
    build.sign_in(client, build.user(Role.TEAM, labs[0]))
    answer = client.post(f"/programmes/{labs[0].programme_id}/backtest")
    assert answer.status_code == 403


def test_programme_of_one_day_says_why_it_cannot(client, build, app):
    app.config["WTF_CSRF_ENABLED"] = False
    lab = build.lab()
    add_experiments(build, [lab], (0,))
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    answer = client.post(f"/programmes/{lab.programme_id}/backtest")
    assert "na elkaar" in answer.get_data(as_text=True)


def test_kept_back_test_gives_the_same_bytes_again(build, labs, settings, monkeypatch):
    run = keep(build, labs)
    monkeypatch.setenv("PROEFTUIN_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    found = CliRunner().invoke(main, ["reproduce", str(run.id)])
    assert found.exit_code == 0
    assert "Precies dezelfde bytes" in found.output


def test_experiment_without_a_last_day_is_left_out(build, labs):
    scope = pooled_scope(build, labs[0])
    before = gather_backtest(build.session, scope).written.cells_sha256
    one = build.session.exec(select(Experiment).order_by(Experiment.id.desc())).first()
    one.ends_on = None
    build.session.add(one)
    build.session.commit()
    after = gather_backtest(build.session, scope).written
    assert after.cells_sha256 != before
    assert str(one.id) not in dict(after.scope["design"]["ends"])
