"""The advice as the public reads it: editions, rules and their history."""

import pytest
from sqlmodel import select

from analysis.models.advice import (
    AdviceEdition,
    AdviceRuleVersion,
    AnswerCreate,
    DecisionCreate,
    ProposalCreate,
    SecondAnswer,
    VersionState,
)
from analysis.services.advice import publish_version, retire_version
from analysis.services.deciding import answer_confirmation, decide_to_reject
from analysis.services.proposals import propose_versions
from experiments.models.experiments import ExperimentStatus
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import (
    CLEAR,
    EVEN,
    FEW,
    count,
    counted_experiment,
    published_experiment,
    reader_of,
)
from tests.builders import MOMENT
from tests.pages import Pages

WHY = DecisionCreate(reason="Fits what we saw.")


class Publisher:
    """Proposes and publishes as a researcher of one lab."""

    def __init__(self, session, build, lab):
        self.session, self.lab = session, lab
        self.by = reader_of(build.user(Role.RESEARCHER, lab), lab)

    def propose(self, experiment, is_per_profile=True):
        command = ProposalCreate(is_per_profile=is_per_profile)
        versions = propose_versions(self.session, experiment.id, command, by=self.by, at=MOMENT)
        self.session.commit()
        return versions

    def publish(self, version):
        edition = publish_version(self.session, version.id, WHY, by=self.by, at=MOMENT)
        self.session.commit()
        return edition

    def publish_all(self, experiment):
        return [self.publish(version) for version in self.propose(experiment)]


@pytest.fixture
def lab(build):
    return build.lab(name="Lab Elst")


@pytest.fixture
def publisher(session, build, lab):
    return Publisher(session, build, lab)


@pytest.fixture
def pages(client):
    return Pages(client)


def test_advice_without_edition_says_so(build, pages):
    build.lab()
    assert "nog geen advies" in pages.get("/advice").text


def test_published_rule_reads_in_natural_frequencies(build, lab, publisher, pages):
    publisher.publish_all(published_experiment(build, lab, [CLEAR], title="Brieven in Elst"))
    text = pages.get("/advice").text
    assert "Kies: geadresseerde brief · persoonlijk." in text
    assert "Op elke 100 brieven kwamen ongeveer 15 reacties, tegen" in text
    assert "Het kan ook 12 tot 19 zijn" in text
    assert "duidelijk beter" in text
    assert "Brieven in Elst" in text
    assert "Editie 1" in text


def test_no_difference_and_too_little_stand_with_equal_weight(build, lab, publisher, pages):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR, EVEN, FEW]))
    page = pages.get("/advice")
    assert len(page.content.all("article")) == 3
    assert len(page.content.all(class_="answer-first")) == 3
    assert "Het maakt geen verschil dat ertoe doet" in page.text
    assert "We weten nog niet wat het best werkt" in page.text


def test_small_counts_are_not_shown_to_the_public(build, lab, publisher, pages):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR, FEW], title="Brieven in Elst"))
    page = pages.get("/advice")
    few = page.content.all("article")[1]
    assert "zo klein dat we ze niet tonen" in few.text
    assert "20" not in few.text.replace("2026", "").replace("2028", "")


def test_withheld_leader_keeps_its_name(build, lab, publisher, pages):
    rare = counted_experiment(build, lab, [((4, 3000), (5, 3000))])
    [version] = publisher.propose(rare, is_per_profile=False)
    publisher.publish(version)
    text = pages.get("/advice").text
    assert "“geadresseerde brief · persoonlijk” of “geadresseerde brief · zakelijk”" in text
    assert "None" not in text


def test_exempt_programme_shows_exact_counts(session, build, pages):
    programme = build.programme(ProgrammeKind.PUBLISHED)
    programme.is_exempt_from_suppression = True
    lab = build.lab(programme)
    publisher = Publisher(session, build, lab)
    publisher.publish_all(counted_experiment(build, lab, [((31, 603), (92, 611))]))
    assert "603" in pages.get(f"/advice?programme={programme.code}").text


def test_programmes_never_share_a_page(session, build, lab, publisher, pages):
    publisher.publish_all(published_experiment(build, lab, [CLEAR], title="Echt experiment"))
    fictitious = build.programme(ProgrammeKind.FICTITIOUS)
    other = build.lab(fictitious)
    Publisher(session, build, other).publish_all(
        published_experiment(build, other, [CLEAR], title="Verzonnen experiment")
    )
    own, made_up = pages.get("/advice"), pages.get(f"/advice?programme={fictitious.code}")
    assert "Echt experiment" in own.text
    assert "Verzonnen experiment" not in own.text
    assert "Echt experiment" not in made_up.text
    assert made_up.page.all(class_="fictitious-band")


def test_published_trials_come_first_without_own_advice(session, build, pages):
    build.lab()
    lab = build.lab(build.programme(ProgrammeKind.PUBLISHED))
    Publisher(session, build, lab).publish_all(
        published_experiment(build, lab, [CLEAR], title="Bekende proef")
    )
    assert "Bekende proef" in pages.get("/advice").text


def test_unknown_programme_is_not_there(build, pages):
    build.lab()
    pages.get("/advice?programme=nowhere", status=404)


def test_filter_on_profile_leaves_its_rules(build, lab, publisher, pages):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR, EVEN]))
    second = build.profiles(lab)[1]
    page = pages.get(f"/advice?programme=own&profile={second.id}")
    assert [one.one("h2").text for one in page.content.all("article")] == [second.name_nl]


def test_edition_keeps_its_own_address(session, build, lab, publisher, pages):
    experiment = counted_experiment(build, lab, [CLEAR, EVEN])
    publisher.publish_all(experiment)
    first = pages.get("/advice/editions/own/1")
    assert len(first.content.all("article")) == 1
    assert "oudere editie" in first.text
    assert len(pages.get("/advice/editions/own/2").content.all("article")) == 2
    pages.get("/advice/editions/own/3", status=404)
    pages.get("/advice/editions/nowhere/1", status=404)


def test_newer_version_retires_the_former_one(session, build, lab, publisher, pages):
    experiment = counted_experiment(build, lab, [CLEAR])
    publisher.publish_all(experiment)
    [former] = session.exec(select(AdviceRuleVersion)).all()
    before = dict(former.evidence)
    count(session, experiment, CLEAR, build.profiles(lab)[0].id)
    publisher.publish_all(experiment)
    session.refresh(former)
    session.commit()
    assert former.state is VersionState.RETIRED
    assert former.retired_at is not None
    assert former.evidence == before
    assert len(pages.get("/advice").content.all("article")) == 1
    assert len(pages.get("/advice/editions/own/1").content.all("article")) == 1


def test_rule_taken_back_leaves_the_next_edition(session, build, lab, publisher, pages):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
    [version] = session.exec(select(AdviceRuleVersion)).all()
    session.commit()
    # Who reads after the decision gets nothing that was written before it.
    for address in ("/advice", f"/advice/{version.advice_rule_id}"):
        assert "Kies: geadresseerde brief" in pages.get(address).text
    reason = DecisionCreate(reason="De telling bleek dubbel.")
    retire_version(session, version.id, reason, by=publisher.by, at=MOMENT)
    session.commit()
    assert [one.number for one in session.exec(select(AdviceEdition)).all()] == [1, 2]
    session.commit()
    assert "geen regels" in pages.get("/advice").text
    history = pages.get(f"/advice/{version.advice_rule_id}").text
    assert "De telling bleek dubbel." in history
    assert "niet van kracht" in history


def test_public_history_hides_what_was_rejected(session, build, lab, publisher, client, pages):
    experiment = counted_experiment(build, lab, [CLEAR])
    [first] = publisher.propose(experiment)
    decide_to_reject(session, first.id, WHY, by=publisher.by, at=MOMENT)
    other = reader_of(build.user(Role.RESEARCHER, lab), lab)
    yes = AnswerCreate(reason="I agree.")
    answer_confirmation(session, first.id, yes, SecondAnswer.CONFIRMED, by=other, at=MOMENT)
    session.commit()
    address = f"/advice/{first.advice_rule_id}"
    pages.get(address, status=404)
    count(session, experiment, CLEAR, build.profiles(lab)[0].id)
    publisher.publish_all(experiment)
    assert len(pages.get(address).content.all("article")) == 1
    build.sign_in(client, build.user(Role.TEAM, lab))
    assert len(pages.get(address).content.all("article")) == 2


def test_history_names_no_people_to_the_public(build, lab, publisher, session, pages):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
    [version] = session.exec(select(AdviceRuleVersion)).all()
    session.commit()
    text = pages.get(f"/advice/{version.advice_rule_id}").text
    assert publisher.by.name not in text
    assert WHY.reason not in text


def test_experiment_is_named_and_linked_once_it_is_published(session, build, lab, publisher, pages):
    experiment = counted_experiment(build, lab, [CLEAR])
    publisher.publish_all(experiment)
    address = f"/experiments/{experiment.id}/outcome"
    page = pages.get("/advice")
    assert address not in page.links
    assert experiment.title not in page.text
    experiment.status = ExperimentStatus.PUBLISHED
    session.commit()
    page = pages.get("/advice")
    assert address in page.links
    assert experiment.title in page.text


def test_withdrawn_evidence_is_named_wherever_rule_stands(session, build, lab, publisher, pages):
    experiment = counted_experiment(build, lab, [CLEAR])
    [edition] = publisher.publish_all(experiment)
    rule = session.exec(select(AdviceRuleVersion.advice_rule_id)).one()
    addresses = ("/advice", f"/advice/editions/own/{edition.number}", f"/advice/{rule}")
    session.commit()
    assert not any("ingetrokken" in pages.get(address).text for address in addresses)
    experiment.status = ExperimentStatus.WITHDRAWN
    session.commit()
    for address in addresses:
        assert f"“{experiment.title}” is ingetrokken" in pages.get(address).text


def test_advice_reads_in_english_too(build, lab, publisher, client, pages):
    publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
    assert "Kies: geadresseerde brief · persoonlijk." in pages.get("/advice").text
    client.set_cookie("language", "en")
    assert "Choose: addressed letter · personal." in pages.get("/advice").text
