"""Making proposals and deciding on them, through the pages."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlmodel import Session, select

from analysis.models.advice import (
    AdviceRuleVersion,
    DecisionCreate,
    ImmutableVersionError,
    VersionState,
)
from analysis.queries.runs import list_runs
from analysis.services.advice import (
    VersionAlreadyDecidedError,
    publish_version,
    reject_version,
)
from experiments.models.experiments import DesignType, ExperimentStatus
from experiments.queries.experiments import get_experiment
from lab.models.audit import AuditEntry
from lab.models.people import Role
from tests.analysis.counted import CLEAR, EVEN, FEW, count, counted_experiment, reader_of
from tests.builders import MOMENT
from tests.pages import Pages

WHY = {"reason": "Fits what we saw in the street."}


@pytest.fixture
def lab(build):
    return build.lab()


@pytest.fixture
def researcher(build, lab):
    return build.user(Role.RESEARCHER, lab)


@pytest.fixture
def experiment(build, lab):
    return counted_experiment(build, lab, [CLEAR, EVEN, FEW])


@pytest.fixture
def pages(client, build, researcher):
    build.sign_in(client, researcher)
    return Pages(client)


def address(experiment):
    return f"/experiments/{experiment.id}/proposals"


def propose(pages, experiment, **answers):
    return pages.submit(address(experiment), answers)


def versions_of(session, experiment):
    session.expire_all()
    statement = select(AdviceRuleVersion).where(AdviceRuleVersion.experiment_id == experiment.id)
    found = list(session.exec(statement.order_by(AdviceRuleVersion.id)))
    # Reading takes the lock of SQLite too, and the pages need it.
    session.commit()
    return found


def states_of(session, experiment):
    return [version.state.value for version in versions_of(session, experiment)]


def test_page_without_proposals_offers_the_first_step(pages, experiment):
    page = pages.get(address(experiment))
    assert "nog niet tot voorstellen geleid" in page.text
    assert page.content.all("button")


def test_outcome_page_makes_proposals_with_one_button(pages, session, experiment):
    outcome = f"/experiments/{experiment.id}/outcome"
    forms = pages.get(outcome).content.all("form", action=address(experiment))
    assert len(forms) == 1
    done = pages.submit(address(experiment), at=outcome)
    assert done.location.endswith(address(experiment))
    assert versions_of(session, experiment)


def test_proposals_follow_the_verdict_of_each_profile(pages, session, experiment):
    propose(pages, experiment, division="profiles")
    found = [
        (version.verdict.value, version.proposal_state.value)
        for version in versions_of(session, experiment)
    ]
    assert found == [
        ("clearly_better", "advise"),
        ("no_difference", "no_difference"),
        ("not_enough_data", "not_enough"),
    ]


def test_proposing_twice_adds_no_doubles(pages, session, experiment):
    propose(pages, experiment, division="profiles")
    propose(pages, experiment, division="profiles")
    assert len(versions_of(session, experiment)) == 3
    assert len(list_runs(session, experiment.id)) == 1


def test_newer_counts_supersede_undecided_proposals(pages, session, build, lab, experiment):
    propose(pages, experiment, division="profiles")
    count(session, experiment, CLEAR, build.profiles(lab)[2].id)
    propose(pages, experiment, division="profiles")
    assert states_of(session, experiment) == ["superseded"] * 3 + ["proposed"] * 3
    assert [version.number for version in versions_of(session, experiment)] == [1, 1, 1, 2, 2, 2]


def test_one_advice_for_everyone_supersedes_those_per_profile(pages, session, experiment):
    propose(pages, experiment, division="profiles")
    propose(pages, experiment, division="together")
    assert states_of(session, experiment) == ["superseded"] * 3 + ["proposed"]


def test_running_experiment_leads_to_no_proposal(pages, session, build, lab):
    running = counted_experiment(build, lab, [CLEAR], ExperimentStatus.IN_FIELD)
    refused = pages.submit(address(running), {}, status=409)
    assert "niet afgerond" in refused.text
    assert versions_of(session, running) == []


def test_experiment_without_comparison_group_is_refused(pages, session, build, lab):
    looked_back = counted_experiment(build, lab, [CLEAR], design_type=DesignType.VIGNETTE)
    refused = pages.submit(address(looked_back), {}, status=409)
    assert "leidt niet tot advies" in refused.text
    page = pages.get(address(looked_back))
    assert "leidt niet tot advies" in page.text
    assert not page.content.all("form", action=address(looked_back))


def test_decision_needs_a_reason_and_keeps_the_page(pages, session, experiment):
    propose(pages, experiment)
    version = versions_of(session, experiment)[0]
    here = f"/advice/versions/{version.id}"
    page = pages.submit(f"{here}/publish", {"reason": "  "}, status=422, at=here)
    assert page.errors
    assert states_of(session, experiment)[0] == "proposed"


def test_publishing_keeps_who_when_and_why(pages, session, researcher, experiment):
    propose(pages, experiment)
    version = versions_of(session, experiment)[0]
    here = f"/advice/versions/{version.id}"
    done = pages.submit(f"{here}/publish", WHY, at=here)
    published = versions_of(session, experiment)[0]
    assert published.state is VersionState.PUBLISHED
    assert (published.decided_by_id, published.decision_reason) == (researcher.id, WHY["reason"])
    assert published.decided_at is not None
    assert WHY["reason"] in pages.get(done.location).text
    assert "publish_advice" in session.exec(select(AuditEntry.action)).all()


def test_rejected_proposal_stays_in_history_with_its_reason(pages, session, experiment):
    propose(pages, experiment, division="profiles")
    # Of the profile in which nothing differs: rejecting what is clear takes two.
    version = versions_of(session, experiment)[1]
    here = f"/advice/versions/{version.id}"
    pages.submit(f"{here}/reject", WHY, at=here)
    assert versions_of(session, experiment)[1].state is VersionState.REJECTED
    assert WHY["reason"] in pages.get(here).text


def test_second_decision_is_refused_with_the_name(
    pages, session, build, lab, researcher, experiment
):
    propose(pages, experiment)
    version = versions_of(session, experiment)[0]
    here = f"/advice/versions/{version.id}"
    token_page = pages.get(here)
    other = reader_of(build.user(Role.RESEARCHER, lab, name="Noor"), lab)
    publish_version(session, version.id, DecisionCreate(**WHY), by=other, at=MOMENT)
    session.commit()
    sent = {"csrf_token": token_page.token} | WHY
    answer = pages.client.post(f"{here}/publish", data=sent)
    assert answer.status_code == 409
    assert "Noor" in answer.text


def test_decided_version_cannot_be_decided_again(session, build, lab, pages, experiment):
    propose(pages, experiment)
    version = versions_of(session, experiment)[0]
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)
    publish_version(session, version.id, DecisionCreate(**WHY), by=by, at=MOMENT)
    with pytest.raises(VersionAlreadyDecidedError):
        reject_version(session, version.id, DecisionCreate(**WHY), by=by, at=MOMENT)


def test_of_two_decisions_at_once_one_stands(
    session, engine, build, lab, pages, experiment, researcher
):
    by, barrier = reader_of(researcher, lab), Barrier(4)
    propose(pages, experiment, division="profiles")
    versions = versions_of(session, experiment)

    def decide(version_id):
        with Session(engine) as own:
            barrier.wait()
            try:
                edition = publish_version(own, version_id, DecisionCreate(**WHY), by=by, at=MOMENT)
                own.commit()
            except VersionAlreadyDecidedError:
                return None
            return edition.number

    asked = [versions[0].id, versions[0].id, versions[1].id, versions[2].id]
    with ThreadPoolExecutor(4) as people:
        numbers = list(people.map(decide, asked))
    assert numbers[:2].count(None) == 1
    assert sorted(number for number in numbers if number) == [1, 2, 3]


@pytest.mark.parametrize("field", ["evidence", "verdict", "channel_id", "decision_reason"])
def test_decided_version_cannot_be_rewritten(session, build, lab, pages, experiment, field):
    propose(pages, experiment)
    version = versions_of(session, experiment)[0]
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)
    publish_version(session, version.id, DecisionCreate(**WHY), by=by, at=MOMENT)
    session.commit()
    new = {"evidence": {}, "verdict": "probably_better", "channel_id": None}.get(field, "else")
    setattr(version, field, new)
    with pytest.raises(ImmutableVersionError):
        session.flush()


def test_withdrawn_experiment_is_not_published(pages, session, experiment):
    propose(pages, experiment)
    get_experiment(session, experiment.id).status = ExperimentStatus.WITHDRAWN
    session.commit()
    here = f"/advice/versions/{versions_of(session, experiment)[0].id}"
    refused = pages.submit(f"{here}/publish", WHY, status=409, at=here)
    assert "ingetrokken" in refused.text


def test_reopened_experiment_is_not_published(pages, session, experiment):
    propose(pages, experiment)
    get_experiment(session, experiment.id).status = ExperimentStatus.IN_FIELD
    session.commit()
    here = f"/advice/versions/{versions_of(session, experiment)[0].id}"
    refused = pages.submit(f"{here}/publish", WHY, status=409, at=here)
    assert "weer in het veld" in refused.text


def test_team_sees_exact_counts_of_the_run(pages, session, experiment):
    propose(pages, experiment, division="profiles")
    few = versions_of(session, experiment)[2]
    assert few.evidence["part"]["rates"] == []
    assert "10,0%" in pages.get(f"/advice/versions/{few.id}").text


def test_kept_evidence_of_large_counts_is_rounded(pages, session, build, lab):
    odd = counted_experiment(build, lab, [((31, 603), (92, 611))])
    propose(pages, odd, division="profiles")
    [version] = versions_of(session, odd)
    rates = version.evidence["part"]["rates"]
    counts = [(rate["numerator"], rate["denominator"]) for rate in rates]
    assert counts == [(30, 605), (90, 610)]
    assert version.evidence["is_protected"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.TEAM, Role.ADMINISTRATOR])
def test_others_in_the_lab_read_but_do_not_decide(
    client, pages, session, build, lab, experiment, role
):
    propose(pages, experiment)
    here = f"/advice/versions/{versions_of(session, experiment)[0].id}"
    build.sign_in(client, build.user(role, lab))
    page = pages.get(here)
    assert not page.content.all("textarea")
    pages.submit(f"{here}/publish", WHY, status=403, at=here)


def test_people_of_other_labs_do_not_see_proposals(client, pages, session, build, experiment):
    propose(pages, experiment)
    here = f"/advice/versions/{versions_of(session, experiment)[0].id}"
    build.sign_in(client, build.user(Role.RESEARCHER, build.lab()))
    pages.get(here, status=404)
    pages.get(address(experiment), status=404)
