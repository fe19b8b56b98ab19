"""A check with comparisons without a lottery: what it uses, says and never leads to."""

from dataclasses import replace
from random import Random

import pytest
from sqlmodel import Session, select

from analysis import recording
from analysis.models.advice import AdviceRuleVersion
from analysis.pooled.proposal_jobs import ONLY_A_CHECK, POOLED_PROPOSALS
from analysis.pooled.scope import SCOPE
from analysis.services.pooled_findings import read_scope
from analysis.services.pooled_proposals import OnlyACheckError, propose_from_runs
from analysis.services.runs import calculate, read_run, remake_run
from analysis.stats.pooled.data import BIAS_SD
from experiments.models.experiments import DesignType, ExperimentStatus
from lab.access import Place
from lab.models.jobs import Job, JobState
from lab.models.people import Role
from lab.services.jobs import request_job
from tests.analysis.counted import count, reader_of
from tests.analysis.pooled_runs import (
    add_variant,
    keep_pooled_run,
    pooled_experiment,
    pooled_labs,
    pooled_scope,
)
from tests.builders import MOMENT
from tests.pages import Pages

WITH_CHECK = ("A", "B", "C")
PUBLISHED = ExperimentStatus.PUBLISHED


@pytest.fixture
def lab(build):
    """A lab among two with lotteries, and with one comparison without."""
    lab = pooled_labs(build, labs=2)[0]
    pooled_experiment(build, lab, Random(3), status=PUBLISHED, design_type=DesignType.COMPARISON)
    return lab


@pytest.fixture
def scope(build, lab):
    return pooled_scope(build, lab)


@pytest.fixture
def check(build, scope):
    return keep_pooled_run(build, replace(scope, grades=WITH_CHECK))


@pytest.fixture
def researcher(build, lab):
    return build.user(Role.RESEARCHER, lab)


@pytest.fixture
def pages(client, build, researcher):
    build.sign_in(client, researcher)
    client.set_cookie("language", "en")
    return Pages(client)


def overturn(build, lab):
    """Add many comparisons without a lottery in which everything else works best."""
    for _number in range(12):
        experiment = build.experiment(
            lab, styles=(), status=PUBLISHED, design_type=DesignType.BEFORE_AFTER
        )
        for position, style in enumerate(("zakelijk", "persoonlijk")):
            add_variant(build, experiment, lab, "brief_adres", style, position)
        for profile in build.profiles(lab)[:3]:
            count(build.session, experiment, [(1800, 2000), (200, 2000)], profile.id)


def test_check_keeps_the_bias_and_whose_it_is(build, check, scope):
    plain = keep_pooled_run(build, scope)
    design = check.scope["design"]
    assert design["bias_sd"] == BIAS_SD
    assert len(design["biased"]) == 1
    assert set(read_run(check).experiments_used) >= set(design["biased"])
    assert plain.scope["design"]["biased"] == []
    assert not set(design["biased"]) & set(read_run(plain).experiments_used)


def test_check_can_be_made_again_from_what_it_kept(check):
    assert remake_run(check) == check.result
    design = check.scope["design"] | {"biased": []}
    without = recording.write_result("pooled", calculate("pooled", check.cells, design).result)
    assert without["terms"] != check.result["terms"]


def test_limits_at_any_time_leave_out_comparisons_without_lottery(build, check, scope):
    plain = read_run(keep_pooled_run(build, scope))
    limits = [
        {
            (part.profile, frozenset((pair.one, pair.other))): pair.anytime
            for part in record.profiles
            for pair in part.pairs
        }
        for record in (read_run(check), plain)
    ]
    shared = limits[0].keys() & limits[1].keys()
    assert shared
    for key in shared:
        assert limits[0][key] == pytest.approx(limits[1][key])


def test_page_of_a_check_names_the_added_uncertainty(pages, check):
    text = pages.get(f"/evidence/{check.id}").text
    assert "This is a check: 1 comparison without a lottery (grade C) counts too." in text
    assert "with a standard deviation of 0.3 on the logit scale" in text
    assert "more than 2.3 times too high or too low" in text
    assert "The advice stays" not in text


def test_files_of_a_check_say_that_it_is_one(client, pages, check):
    held = client.get(f"/evidence/{check.id}.json").json
    assert held["is_check"]
    assert any(text.startswith("This is a check: 1 comparison") for text in held["summary"])
    assert {row["is_check"] for row in held["figures"]} == {True}


def test_page_compares_advice_with_that_of_the_main_run(pages, build, check, scope):
    pages.get(f"/evidence/{check.id}")
    keep_pooled_run(build, scope)
    text = pages.get(f"/evidence/{check.id}").text
    assert "The advice stays the same as without them (calculated on" in text


def test_page_tells_where_a_check_would_change_advice(pages, build, lab, scope):
    overturn(build, lab)
    keep_pooled_run(build, scope)
    check = keep_pooled_run(build, replace(scope, grades=WITH_CHECK))
    text = pages.get(f"/evidence/{check.id}").text
    assert "The advice changes, compared with that without them" in text
    assert "without them, “" in text


def test_list_says_that_an_answer_is_only_a_check(pages, build, check, scope):
    keep_pooled_run(build, scope)
    text = pages.get("/evidence").text
    assert "check with comparisons without a lottery" in text
    assert text.count("Only a check: no advice follows from it.") == 1


def test_page_of_a_check_offers_no_proposals(pages, build, check, scope):
    plain = keep_pooled_run(build, scope)
    assert "Make proposals" not in pages.get(f"/evidence/{check.id}").text
    assert "Make proposals" not in pages.get(f"/evidence/{check.id}/proposals").text
    assert "Make proposals" in pages.get(f"/evidence/{plain.id}/proposals").text


def test_a_check_leads_to_no_proposals(session, pages, researcher, lab, check):
    url, start = f"/evidence/{check.id}/proposals", f"/programmes/{lab.programme_id}/evidence/new"
    with pytest.raises(OnlyACheckError):
        propose_from_runs(
            session, read_scope(check), [check.id], by=reader_of(researcher, lab), at=MOMENT
        )
    session.rollback()
    refused = pages.submit(url, status=409, at=start)
    assert "This is a check: comparisons without a lottery count in it." in refused.text
    assert session.exec(select(AdviceRuleVersion)).all() == []


def test_job_refuses_to_propose_from_a_check(app, session, researcher, lab, scope, run_jobs):
    checked = SCOPE.dump_python(replace(scope, grades=WITH_CHECK), mode="json")
    job = request_job(
        session,
        POOLED_PROPOSALS.name,
        {"scope": checked},
        Place(lab.programme_id),
        by=reader_of(researcher, lab),
        at=MOMENT,
    )
    session.commit()
    number = job.id
    run_jobs()
    with Session(app.extensions["engine"]) as other:
        ended = other.get(Job, number)
        assert (ended.state, ended.error) == (JobState.FAILED, ONLY_A_CHECK)


def test_a_lab_sees_its_main_answer_before_a_check(pages, build, lab, scope):
    main = keep_pooled_run(build, scope)
    check = keep_pooled_run(build, replace(scope, grades=WITH_CHECK))
    page = pages.get(f"/labs/{lab.id}/evidence")
    chosen = [one["href"] for one in page.content.all("a") if one["href"].endswith(f"/{main.id}")]
    assert chosen[0] == f"/evidence/{main.id}"
    assert "This is a check" not in page.text
    assert "This is a check" in pages.get(f"/labs/{lab.id}/evidence?run={check.id}").text


def test_question_offers_a_check_and_asks_it(app, pages, scope):
    url = f"/programmes/{scope.programme_id}/evidence/new"
    page = pages.get(url)
    assert "This adds 1 experiment." in page.text
    assert "checked" not in page.content.one("input", name="with_check")
    assert "Uses 4 of 5 experiments." in page.text
    outcome = page.content.one("select", name="outcome").all("option")[0]["value"]
    question = {
        "outcome": outcome,
        "segmentation_model_id": scope.segmentation_model_id,
        "margin": 2,
        "grades": "AB",
        "with_check": "y",
    }
    shown = pages.get(url, query_string=question)
    assert "Uses 5 of 5 experiments." in shown.text
    pages.submit(url, shown.values())
    with Session(app.extensions["engine"]) as session:
        job = session.exec(select(Job)).one()
    assert tuple(job.parameters["scope"]["grades"]) == WITH_CHECK
