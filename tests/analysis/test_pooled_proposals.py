"""Proposals that rest on all labs: from counts to the public page, and who may decide."""

import re

import pytest
from sqlmodel import select

from analysis.models.advice import AdviceRule, AdviceRuleVersion, VersionState
from analysis.services.pooled_findings import read_scope
from analysis.services.pooled_proposals import propose_from_runs, widen
from experiments.models.experiments import Experiment, ExperimentStatus
from experiments.queries.experiments import get_experiment
from lab.models.jobs import JobState
from lab.models.labels import IssueType, Phase
from lab.models.people import Membership, Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import FEW, count, counted_experiment, reader_of
from tests.analysis.pooled_runs import add_variant, keep_pooled_run, pooled_labs, pooled_scope
from tests.builders import MOMENT
from tests.pages import Pages

SMALL = re.compile("zo klein dat|te klein om")
THREE = (("brief_adres", "zakelijk"), ("brief_adres", "persoonlijk"), ("nieuwsbrief", "zakelijk"))
RATE = r"\d+,\d%"
WHY = {"reason": "Fits what all labs saw."}


@pytest.fixture
def labs(build):
    return pooled_labs(build, labs=2)


@pytest.fixture
def lab(labs):
    return labs[0]


@pytest.fixture
def researcher(build, lab):
    return build.user(Role.RESEARCHER, lab)


@pytest.fixture
def pages(client, build, researcher):
    build.sign_in(client, researcher)
    return Pages(client)


@pytest.fixture
def run(build, lab):
    return keep_pooled_run(build, pooled_scope(build, lab))


@pytest.fixture
def propose(session, researcher, lab):
    def propose(*runs, at=MOMENT):
        by = reader_of(researcher, lab)
        numbers = [one.id for one in runs]
        versions = propose_from_runs(session, read_scope(runs[0]), numbers, by=by, at=at)
        session.commit()
        return versions

    return propose


def list_versions(session):
    session.rollback()
    session.expire_all()
    found = list(session.exec(select(AdviceRuleVersion).order_by(AdviceRuleVersion.id)))
    session.commit()
    return found


def join(session, user, *labs, role=Role.RESEARCHER):
    for lab in labs:
        session.add(Membership(user_id=user.id, living_lab_id=lab.id, role=role, since=MOMENT))
    session.commit()


def find_experiments(session, lab):
    found = list(session.exec(select(Experiment).where(Experiment.living_lab_id == lab.id)))
    session.commit()
    return found


def test_counts_of_two_labs_become_public_advice(client, pages, session, build, labs, run_jobs):
    [experiment, *_rest] = find_experiments(session, labs[0])
    proposals = f"/experiments/{experiment.id}/proposals"
    asked = pages.submit(f"{proposals}/all-evidence", at=proposals)
    [job] = run_jobs()
    assert job.state is JobState.DONE
    assert asked.location.endswith(f"/jobs/{job.id}")
    here = f"/evidence/{job.result['run_id']}/proposals"
    assert here in pages.get(asked.location).links
    listed = pages.get(here)
    assert "Voorstellen uit al het bewijs" in listed.text
    for version in list_versions(session):
        address = f"/advice/versions/{version.id}"
        pages.submit(f"{address}/publish", WHY, at=address)
    client.delete_cookie("proeftuin")
    public = pages.get("/advice")
    assert "Kies" in public.text
    assert "In een nieuwe gemeente kun je" in public.text
    for source in (one for lab in labs for one in find_experiments(session, lab)):
        assert source.title in public.text
    assert "4 experimenten in 2 labs" in public.text


def test_version_belongs_to_the_programme(session, propose, run):
    versions = propose(run)
    assert versions
    assert {(one.experiment_id, one.living_lab_id) for one in versions} == {(None, None)}
    assert {one.analysis_run_id for one in versions} == {run.id}


def test_page_of_a_run_makes_its_proposals(pages, session, run):
    here = f"/evidence/{run.id}/proposals"
    assert "nog niet tot voorstellen geleid" in pages.get(here).text
    assert pages.submit(here).location.endswith(here)
    assert list_versions(session)


def test_same_evidence_adds_no_proposal_twice(session, propose, run):
    first, second = propose(run), propose(run)
    assert [one.id for one in first] == [one.id for one in second]


def test_new_evidence_supersedes_what_nobody_decided_on(session, build, labs, propose, run):
    before = propose(run)
    pooled_labs(build, labs=1, experiments=1)
    newer = keep_pooled_run(build, pooled_scope(build, labs[0]))
    after = propose(newer)
    states = {one.id: one.state for one in list_versions(session)}
    assert {states[one.id] for one in before} == {VersionState.SUPERSEDED}
    assert {states[one.id] for one in after} == {VersionState.PROPOSED}


def test_proposals_of_one_experiment_stay_beside_those_of_all(pages, session, labs, propose, run):
    propose(run)
    [experiment, *_rest] = find_experiments(session, labs[0])
    pages.submit(f"/experiments/{experiment.id}/proposals", {"division": "profiles"})
    states = [(one.experiment_id, one.state) for one in list_versions(session)]
    assert (None, VersionState.PROPOSED) in states
    assert (experiment.id, VersionState.PROPOSED) in states


def test_proposal_that_is_in_force_already_says_unchanged(
    pages, session, build, labs, propose, run
):
    for version in propose(run):
        address = f"/advice/versions/{version.id}"
        pages.submit(f"{address}/publish", WHY, at=address)
    pooled_labs(build, labs=1, experiments=1)
    newer = keep_pooled_run(build, pooled_scope(build, labs[0]))
    versions = propose(newer)
    assert (
        "het advies dat nu geldt, zegt hetzelfde"
        in pages.get(f"/evidence/{newer.id}/proposals").text
    )
    assert "zegt hetzelfde" in pages.get(f"/advice/versions/{versions[0].id}").text


def test_researcher_of_any_lab_of_the_programme_decides(
    client, pages, session, build, labs, propose, run
):
    version = propose(run)[0]
    build.sign_in(client, build.user(Role.RESEARCHER, labs[1]))
    address = f"/advice/versions/{version.id}"
    pages.submit(f"{address}/publish", WHY, at=address)
    assert list_versions(session)[0].state is VersionState.PUBLISHED


@pytest.mark.parametrize("role", [Role.TEAM, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_others_of_the_programme_read_and_do_not_decide(
    client, pages, build, labs, propose, run, role
):
    version = propose(run)[0]
    build.sign_in(client, build.user(role, labs[1]))
    page = pages.get(f"/advice/versions/{version.id}")
    assert not page.content.all("textarea")
    assert "Maak" not in pages.get(f"/evidence/{run.id}/proposals").text


def test_people_of_other_programmes_find_no_proposals(client, pages, build, propose, run):
    version = propose(run)[0]
    elsewhere = build.lab(build.programme(ProgrammeKind.PUBLISHED))
    build.sign_in(client, build.user(Role.RESEARCHER, elsewhere))
    pages.get(f"/advice/versions/{version.id}", status=404)
    pages.get(f"/evidence/{run.id}/proposals", status=404)


def test_run_of_one_experiment_has_no_list_of_proposals(pages, session, labs):
    [experiment, *_rest] = find_experiments(session, labs[0])
    pages.submit(f"/experiments/{experiment.id}/proposals", {"division": "together"})
    number = list_versions(session)[0].analysis_run_id
    pages.get(f"/evidence/{number}/proposals", status=404)


def test_proposals_of_all_labs_wait_in_my_work(pages, propose, run):
    propose(run)
    work = pages.get("/work")
    assert f"/evidence/{run.id}/proposals" in work.links
    assert "Advies uit al het bewijs" in work.text


def test_colleagues_of_other_labs_hear_of_published_advice(
    client, pages, session, build, labs, propose, run
):
    version = propose(run)[0]
    address = f"/advice/versions/{version.id}"
    pages.submit(f"{address}/publish", WHY, at=address)
    build.sign_in(client, build.user(Role.TEAM, labs[1]))
    assert "advies gepubliceerd" in pages.get("/work").text


def test_history_shows_the_programme_what_was_rejected(
    client, pages, session, build, labs, propose, run
):
    version = propose(run)[0]
    address = f"/advice/versions/{version.id}"
    pages.submit(f"{address}/reject", WHY, at=address)
    history = f"/advice/{version.advice_rule_id}"
    build.sign_in(client, build.user(Role.TEAM, labs[1]))
    assert pages.get(history).content.all("article")
    build.sign_in(
        client, build.user(Role.TEAM, build.lab(build.programme(ProgrammeKind.PUBLISHED)))
    )
    pages.get(history, status=404)


@pytest.mark.parametrize(
    ("status", "word"),
    [(ExperimentStatus.WITHDRAWN, "ingetrokken"), (ExperimentStatus.IN_FIELD, "weer in het veld")],
)
def test_experiment_that_no_longer_stands_keeps_advice_back(
    pages, session, labs, propose, run, status, word
):
    version = propose(run)[0]
    other = find_experiments(session, labs[1])[-1]
    get_experiment(session, other.id).status = status
    session.commit()
    address = f"/advice/versions/{version.id}"
    refused = pages.submit(f"{address}/publish", WHY, status=409, at=address)
    assert word in refused.text


def find_rates(version):
    return version.evidence["part"]["rates"]


def test_kept_counts_are_rounded(propose, run):
    kept = [rate for version in propose(run) for rate in find_rates(version)]
    assert kept
    numbers = [rate[name] for rate in kept for name in ("numerator", "denominator")]
    assert all(number % 5 == 0 for number in numbers if number is not None)


def test_profile_with_small_counts_keeps_none(build, session, propose):
    lab, other = build.lab(), build.lab()
    for one in (lab, other):
        counted_experiment(build, one, [FEW, ((100, 2000), (300, 2000))])
    run = keep_pooled_run(build, pooled_scope(build, lab))
    few = propose(run)[0]
    assert find_rates(few) == []
    assert few.evidence["part"]["new_lab_rate"] is None
    assert few.evidence["is_protected"]


def test_only_members_of_all_labs_see_exact_counts(
    client, pages, session, build, labs, propose, researcher
):
    others = [labs[1], build.lab()]
    for one in (labs[0], *others):
        counted_experiment(build, one, [((31, 603), (92, 611))])
    run = keep_pooled_run(build, pooled_scope(build, labs[0]))
    address = f"/advice/versions/{propose(run)[0].id}"
    assert "rond" in pages.get(address).text
    protected = pages.get(address).text
    join(session, researcher, *others)
    exact = pages.get(address).text
    assert "naar boven of beneden" not in exact
    assert protected != exact


def test_list_gives_each_reader_the_numbers_of_that_reader(
    client, pages, session, build, labs, propose, researcher
):
    for one in labs:
        counted_experiment(build, one, [((31, 603), (92, 611))])
    run = keep_pooled_run(build, pooled_scope(build, labs[0]))
    propose(run)
    address = f"/evidence/{run.id}/proposals"
    protected = pages.get(address).text
    join(session, researcher, labs[1])
    exact = pages.get(address).text
    assert protected != exact
    assert pages.get(address).text == exact
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    told = Pages(client).get(address).content.text
    assert told in protected
    assert told not in exact


def test_list_shows_a_decision_at_once(pages, session, propose, run):
    [version, *_rest] = propose(run)
    address = f"/evidence/{run.id}/proposals"
    link = f"/advice/versions/{version.id}"
    assert "Gepubliceerd" not in pages.get(address).text
    pages.submit(f"{link}/publish", {"reason": "Past.", "review_months": "12"}, at=link)
    assert "Gepubliceerd" in pages.get(address).text


def test_reader_finds_the_figures_of_the_evidence_page(client, build, session, propose):
    lab, other = build.lab(), build.lab()
    for place, counts in ((lab, FEW), (other, ((100, 2000), (300, 2000)))):
        counted_experiment(build, place, [counts], status=ExperimentStatus.PUBLISHED)
    run = keep_pooled_run(build, pooled_scope(build, lab))
    address = f"/advice/versions/{propose(run)[0].id}"
    for place, is_told in ((lab, True), (other, False)):
        build.sign_in(client, build.user(Role.RESEARCHER, place))
        told = [Pages(client).get(page).text for page in (f"/evidence/{run.id}", address)]
        assert [not SMALL.search(text) for text in told] == [is_told, is_told]
        if is_told:
            rates = set(re.findall(RATE, told[1]))
            assert rates
            assert rates <= set(re.findall(RATE, told[0]))


def test_what_everybody_sees_of_a_run_is_kept(client, build, session, propose):
    programme = build.programme(ProgrammeKind.FICTITIOUS)
    lab, other = build.lab(programme), build.lab(programme)
    for place, counts in (
        (lab, [(60, 600), (90, 600), (2, 100)]),
        (other, [(120, 2000), (300, 2000), (280, 2000)]),
    ):
        experiment = build.experiment(place, styles=(), status=ExperimentStatus.PUBLISHED)
        for position, (channel, style) in enumerate(THREE):
            add_variant(build, experiment, place, channel, style, position)
        count(session, experiment, counts, build.profiles(place)[0].id)
    run = keep_pooled_run(build, pooled_scope(build, lab))
    [version, *_rest] = propose(run)
    client.delete_cookie("proeftuin")
    public = Pages(client).get(f"/evidence/{run.id}").text
    kept = {f"{100 * rate['rate']:.1f}%".replace(".", ",") for rate in find_rates(version)}
    assert len(kept) == 1
    assert kept <= set(re.findall(RATE, public))


def test_proposals_name_their_question(pages, propose, run):
    version = propose(run)[0]
    for address in (f"/evidence/{run.id}/proposals", f"/advice/versions/{version.id}"):
        places = pages.get(address).page.one("nav", class_="breadcrumb")
        assert "Wat geeft de meeste reacties?" in places.text
        assert "Vraag" not in places.text


def test_exempt_programme_keeps_exact_counts(session, build, propose):
    programme = build.programme(ProgrammeKind.PUBLISHED)
    programme.is_exempt_from_suppression = True
    labs = [build.lab(programme), build.lab(programme)]
    for lab in labs:
        counted_experiment(build, lab, [((31, 603), (92, 611))])
    run = keep_pooled_run(build, pooled_scope(build, labs[0]))
    [version, *_rest] = propose(run)
    assert {rate["denominator"] for rate in find_rates(version)} == {1206, 1222}
    assert not version.evidence["is_protected"]


def find_labels(session, lab):
    phases = session.exec(select(Phase).where(Phase.programme_id == lab.programme_id)).all()
    issues = session.exec(select(IssueType).where(IssueType.programme_id == lab.programme_id)).all()
    session.commit()
    return phases, issues


def test_phase_with_too_little_gets_the_advice_of_all_phases(
    pages, session, build, run_jobs, researcher, lab
):
    phases, issues = find_labels(session, lab)
    there = {"issue_type_id": issues[0].id}
    pooled_labs(build, labs=2, phase_id=phases[1].id, **there)
    few = counted_experiment(build, lab, [FEW], phase_id=phases[0].id, **there)
    here = f"/experiments/{few.id}/proposals"
    pages.submit(f"{here}/all-evidence", at=here)
    [job] = run_jobs()
    assert job.state is JobState.DONE
    versions = list_versions(session)
    assert versions[0].evidence["remarks"][0] == "all_phases"
    rule = session.get_one(AdviceRule, versions[0].advice_rule_id)
    assert (rule.phase_id, rule.issue_type_id) == (phases[0].id, issues[0].id)
    session.commit()
    listed = pages.get(f"/evidence/{job.result['run_id']}/proposals").text
    assert "Dit advies steunt op alle fasen" in listed
    assert pages.get(f"/advice/versions/{versions[0].id}")


def test_question_widens_to_phases_and_then_to_matters(build, lab):
    scope = pooled_scope(build, lab, issue_type_id=1, phase_id=2)
    reach = [(one.issue_type_id, one.phase_id) for one in widen(scope)]
    assert reach == [(1, 2), (1, None), (None, None)]
    assert len(widen(pooled_scope(build, lab))) == 1
