"""Going against a proposal takes two people; less than it says takes one. Through the pages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import Session, select

from analysis.models.advice import (
    AdviceConfirmation,
    AdviceRuleVersion,
    AnswerCreate,
    DecisionCreate,
    ImmutableVersionError,
    SecondAnswer,
)
from analysis.services.advice import VersionAlreadyDecidedError, publish_version, reject_version
from analysis.services.agreement import SecondPersonNeededError
from analysis.services.deciding import (
    NobodyAskedError,
    SamePersonError,
    answer_confirmation,
    decide_to_reject,
)
from lab.models.people import Role
from tests.analysis.counted import CLEAR, EVEN, FEW, counted_experiment, reader_of
from tests.builders import MOMENT
from tests.pages import Pages

WHY = {"reason": "Fits what we saw in the street."}
SECOND = {"answer_reason": "I looked at the counts too."}


@pytest.fixture
def lab(build):
    return build.lab()


@pytest.fixture
def people(build, lab):
    return [build.user(Role.RESEARCHER, lab, name=name) for name in ("Anna", "Bram")]


@pytest.fixture
def experiment(build, lab):
    return counted_experiment(build, lab, [CLEAR, EVEN, FEW])


@pytest.fixture
def first(client, build, people):
    build.sign_in(client, people[0])
    return Pages(client)


@pytest.fixture
def second(app, build, people):
    client = app.test_client()
    build.sign_in(client, people[1])
    return Pages(client)


def versions_of(session):
    session.rollback()
    session.expire_all()
    found = list(session.exec(select(AdviceRuleVersion).order_by(AdviceRuleVersion.id)))
    session.commit()
    return found


@pytest.fixture
def proposed(first, session, experiment):
    """The addresses of a clear proposal, one without difference and one of too little."""
    first.submit(f"/experiments/{experiment.id}/proposals", {"division": "profiles"})
    return [f"/advice/versions/{version.id}" for version in versions_of(session)]


def states(session):
    return [version.state.value for version in versions_of(session)]


def test_rejecting_a_clear_proposal_waits_for_a_colleague(first, second, session, proposed):
    clear = proposed[0]
    done = first.submit(f"{clear}/reject", WHY, at=clear)
    assert "tweede onderzoeker" in first.get(done.location).text
    assert states(session)[0] == "proposed"
    assert "besluit te bevestigen" in second.get("/work").text
    assert "besluit te bevestigen" not in first.get("/work").text
    second.submit(f"{clear}/confirm", SECOND, at=clear)
    assert states(session)[0] == "rejected"
    page = first.get(clear).text
    assert WHY["reason"] in page
    assert SECOND["answer_reason"] in page
    assert "Bram" in page


def test_refusing_leaves_the_proposal_to_be_decided(first, second, session, proposed):
    clear = proposed[0]
    first.submit(f"{clear}/reject", WHY, at=clear)
    second.submit(f"{clear}/refuse", SECOND, at=clear)
    assert states(session)[0] == "proposed"
    second.submit(f"{clear}/publish", WHY, at=clear)
    assert states(session)[0] == "published"


def test_nobody_confirms_their_own_decision(session, lab, people, proposed):
    number = versions_of(session)[0].id
    anna, bram = (reader_of(one, lab) for one in people)
    command, answer = DecisionCreate(**WHY), AnswerCreate(reason="Yes.")
    with pytest.raises(NobodyAskedError):
        answer_confirmation(session, number, answer, SecondAnswer.CONFIRMED, by=bram, at=MOMENT)
    decide_to_reject(session, number, command, by=anna, at=MOMENT)
    with pytest.raises(SamePersonError):
        answer_confirmation(session, number, answer, SecondAnswer.CONFIRMED, by=anna, at=MOMENT)
    answer_confirmation(session, number, answer, SecondAnswer.CONFIRMED, by=bram, at=MOMENT)
    with pytest.raises(VersionAlreadyDecidedError):
        answer_confirmation(session, number, answer, SecondAnswer.CONFIRMED, by=bram, at=MOMENT)
    asked = session.exec(select(AdviceConfirmation)).one()
    asked.answer_reason = "Something else."
    with pytest.raises(ImmutableVersionError):
        session.flush()


def test_nothing_goes_around_the_second_person(session, lab, people, proposed):
    number = versions_of(session)[0].id
    anna, bram = (reader_of(one, lab) for one in people)
    with pytest.raises(SecondPersonNeededError):
        reject_version(session, number, DecisionCreate(**WHY), by=bram, at=MOMENT)
    decide_to_reject(session, number, DecisionCreate(**WHY), by=anna, at=MOMENT)
    with pytest.raises(SecondPersonNeededError):
        reject_version(session, number, DecisionCreate(**WHY), by=bram, at=MOMENT)
    session.rollback()
    assert states(session)[0] == "proposed"


def test_edit_that_nobody_confirmed_cannot_be_published(first, session, lab, people, proposed):
    same = proposed[1]
    answers = {"state": "tentative", "edit_reason": "It is cheaper too."}
    first.submit(f"{same}/edit", answers, at=same)
    number, by = versions_of(session)[-1].id, reader_of(people[1], lab)
    with pytest.raises(SecondPersonNeededError):
        publish_version(session, number, DecisionCreate(**WHY), by=by, at=MOMENT)
    session.rollback()
    assert states(session) == ["proposed"] * 4


def test_what_a_proposal_says_takes_one_person(first, session, proposed):
    for address in proposed:
        first.submit(f"{address}/publish", WHY, at=address)
    assert states(session) == ["published"] * 3


def test_advice_with_reserve_and_own_words_takes_one_person(first, session, client, proposed):
    clear = proposed[0]
    words = "Only where the letters carry a name."
    answers = {"state": "tentative", "conditions": words, "edit_reason": "One street only."}
    done = first.submit(f"{clear}/edit", answers, at=clear)
    versions = versions_of(session)
    assert [one.state.value for one in versions] == [
        "superseded",
        "proposed",
        "proposed",
        "published",
    ]
    assert versions[-1].edited_from_id == versions[0].id
    assert versions[-1].proposal_state == "tentative"
    assert words in first.get(done.location).text
    assert words in first.get("/advice").text


def test_advice_where_none_was_found_waits_for_a_colleague(first, second, session, proposed):
    same = proposed[1]
    answers = {"state": "tentative", "edit_reason": "It is cheaper too."}
    done = first.submit(f"{same}/edit", answers, at=same)
    assert states(session) == ["proposed"] * 4
    second.submit(f"{done.location}/confirm", SECOND, at=done.location)
    assert states(session) == ["proposed", "superseded", "proposed", "published"]


def test_refused_edit_ends_and_its_proposal_stays(first, second, session, proposed):
    same = proposed[1]
    answers = {"state": "tentative", "edit_reason": "It is cheaper too."}
    done = first.submit(f"{same}/edit", answers, at=same)
    second.submit(f"{done.location}/refuse", SECOND, at=done.location)
    assert states(session) == ["proposed", "proposed", "proposed", "rejected"]


def test_edit_that_changes_nothing_says_so(first, session, proposed):
    clear = proposed[0]
    answer = first.submit(f"{clear}/edit", {"edit_reason": "No."}, at=clear, status=422)
    assert "Dit verandert niets" in answer.text
    assert len(versions_of(session)) == 3


def test_edit_needs_a_reason(first, session, proposed):
    clear = proposed[0]
    first.submit(f"{clear}/edit", {"state": "tentative"}, at=clear, status=422)
    assert len(versions_of(session)) == 3


def test_others_of_the_team_decide_nothing(app, build, lab, session, proposed):
    client = app.test_client()
    build.sign_in(client, build.user(Role.TEAM, lab))
    page = Pages(client).get(proposed[0])
    assert not page.content.all("textarea")
    for act in ("publish", "reject", "edit", "confirm", "refuse", "retire-for-age"):
        assert client.post(f"{proposed[0]}/{act}", data=WHY).status_code in (400, 403)
    assert states(session) == ["proposed"] * 3


def test_past_its_review_date_advice_says_so_everywhere(
    first, client, session, lab, people, proposed
):
    number = versions_of(session)[0].id
    long_ago = MOMENT - timedelta(days=900)
    by = reader_of(people[0], lab)
    publish_version(session, number, DecisionCreate(**WHY, review_months=3), by=by, at=long_ago)
    session.commit()
    public = first.get("/advice").text
    assert "Misschien klopt het niet meer" in public
    assert "over zijn houdbaarheidsdatum" in public
    assert "over zijn houdbaarheidsdatum" in first.get("/work").text


def test_same_evidence_past_the_review_date_is_proposed_for_taking_back(
    first, second, session, lab, people, experiment, proposed
):
    number = versions_of(session)[0].id
    long_ago = MOMENT - timedelta(days=900)
    by = reader_of(people[0], lab)
    publish_version(session, number, DecisionCreate(**WHY, review_months=3), by=by, at=long_ago)
    session.commit()
    # Without influence on the counts, a proposal with another division rests on the same.
    clear = versions_of(session)[0]
    again = AdviceRuleVersion(
        **clear.model_dump(exclude={"id", "number", "state", "decided_at", "decided_by_id"}),
        number=2,
    )
    again.proposed_at, again.decision_reason, again.review_on = MOMENT, "", None
    session.add(again)
    session.commit()
    here = f"/advice/versions/{again.id}"
    assert "verlopen" in first.get(here).text
    first.submit(f"{here}/publish", WHY, at=here)
    assert states(session)[-1] == "proposed"
    second.submit(f"{here}/refuse", SECOND, at=here)
    first.submit(f"{here}/retire-for-age", WHY, at=here)
    assert states(session)[0] == "retired"
    assert states(session)[-1] == "superseded"


def test_advice_for_everyone_takes_the_place_of_advice_per_profile(
    first, session, experiment, proposed
):
    page = f"/experiments/{experiment.id}/proposals"
    session.commit()
    first.submit(f"{proposed[1]}/publish", WHY, at=proposed[1])
    first.submit(page, {"division": "together"})
    everyone = f"/advice/versions/{versions_of(session)[-1].id}"
    assert "neemt de plaats in" not in first.get(everyone).text
    first.submit(f"{everyone}/publish", WHY, at=everyone)
    assert states(session) == ["superseded", "retired", "superseded", "published"]


def test_one_rule_that_sets_other_advice_of_a_profile_aside_waits_for_a_colleague(
    first, second, session, experiment, proposed
):
    page = f"/experiments/{experiment.id}/proposals"
    session.commit()
    for address in proposed[:2]:
        first.submit(f"{address}/publish", WHY, at=address)
    first.submit(page, {"division": "together"})
    everyone = f"/advice/versions/{versions_of(session)[-1].id}"
    # Everyone together shows no difference, as the second of these does.
    name = versions_of(session)[0].evidence["part"]["profile"]["name_nl"]
    told = f"neemt de plaats in van advies dat iets anders zegt, voor: {name}. "
    assert told in first.get(everyone).text
    first.submit(f"{everyone}/publish", WHY, at=everyone)
    assert states(session) == ["published", "published", "superseded", "proposed"]
    second.submit(f"{everyone}/confirm", SECOND, at=everyone)
    assert states(session) == ["retired", "retired", "superseded", "published"]


def test_of_two_who_answer_at_once_one_is_told(engine, build, session, lab, people, proposed):
    number = versions_of(session)[0].id
    anna, bram = (reader_of(one, lab) for one in people)
    third = reader_of(build.user(Role.RESEARCHER, lab, name="Cor"), lab)
    decide_to_reject(session, number, DecisionCreate(**WHY), by=anna, at=MOMENT)
    session.commit()
    start = Barrier(2)

    def answer(by):
        start.wait()
        with Session(engine) as own:
            try:
                answer_confirmation(
                    own,
                    number,
                    AnswerCreate(reason="Yes."),
                    SecondAnswer.CONFIRMED,
                    by=by,
                    at=MOMENT,
                )
                own.commit()
            except (VersionAlreadyDecidedError, NobodyAskedError):
                return "told"
            return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, (bram, third))) == ["done", "told"]
    assert states(session)[0] == "rejected"
