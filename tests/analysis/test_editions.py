"""Editions: what changed from one to another, how to cite one, and making its numbers again."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from sqlalchemy import update
from sqlmodel import select

from analysis.models.advice import (
    AdviceRuleVersion,
    DecisionCreate,
    EditCreate,
    ProposalCreate,
    ProposalState,
)
from analysis.models.runs import AnalysisRun
from analysis.services.advice import publish_version, retire_version
from analysis.services.deciding import edit_proposal
from analysis.services.pooled_proposals import propose_from_runs
from analysis.services.proposals import propose_versions
from experiments.models.experiments import ExperimentStatus, StatusChangeCreate
from experiments.queries.experiments import get_experiment
from experiments.services.status import change_status
from lab.cli import main
from lab.models.people import Role
from lab.models.programmes import Programme, ProgrammeKind
from tests.analysis.counted import CLEAR, EVEN, FEW, counted_experiment, reader_of
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.builders import MOMENT
from tests.pages import Pages
from tests.pdf import read_objects

WHY = DecisionCreate(reason="Fits what we saw in the street.")


@pytest.fixture
def code(build, session):
    """The programme of three editions: one rule, then a second, then the first taken back."""
    lab = build.lab()
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)
    experiment = counted_experiment(build, lab, [CLEAR, EVEN, FEW])
    command = ProposalCreate(is_per_profile=True)
    versions = propose_versions(session, experiment.id, command, by=by, at=MOMENT)
    publish_version(session, versions[0].id, WHY, by=by, at=MOMENT)
    publish_version(session, versions[1].id, WHY, by=by, at=MOMENT)
    reason = DecisionCreate(reason="The street was rebuilt.")
    retire_version(session, versions[0].id, reason, by=by, at=MOMENT)
    session.commit()
    return build.programme().code


@pytest.fixture
def pages(client):
    return Pages(client)


def test_every_edition_stands_in_the_list_with_its_changes(pages, code):
    page = pages.get("/advice/editions")
    assert page.text.count("Editie ") >= 3
    addresses = [one["href"] for one in page.content.all("a")]
    assert f"/advice/editions/{code}/2/compare/3" in addresses
    assert "/advice/editions" in [one["href"] for one in pages.get("/advice").page.all("a")]


def test_what_was_added_and_taken_back_is_told_in_sentences(pages, code):
    added = pages.get(f"/advice/editions/{code}/1/compare/2").text
    assert "Toegevoegd" in added
    assert "1 regel is hetzelfde" in added
    back = pages.get(f"/advice/editions/{code}/2/compare/3").text
    assert "Ingetrokken" in back
    assert "The street was rebuilt." in back
    other_way = pages.get(f"/advice/editions/{code}/3/compare/2").text
    assert "Toegevoegd" in other_way


def test_an_edition_is_the_same_as_itself(pages, code):
    assert "Geen regel is veranderd" in pages.get(f"/advice/editions/{code}/2/compare/2").text


@pytest.mark.parametrize("address", ["1/compare/9", "9/compare/1", "9/cite", "1/citation.txt"])
def test_what_is_no_edition_is_not_there(pages, client, code, address):
    assert client.get(f"/advice/editions/{code}/{address}").status_code == 404


def test_edition_is_cited_for_people_and_programs(pages, client, code):
    page = pages.get(f"/advice/editions/{code}/2/cite")
    assert f"/advice/editions/{code}/2" in page.text
    bibtex = client.get(f"/advice/editions/{code}/2/citation.bib").text
    assert bibtex.startswith(f"@misc{{{code}-advice-2,")
    assert f"year = {{{MOMENT.year}}}" in bibtex
    item = json.loads(client.get(f"/advice/editions/{code}/2/citation.csl.json").text)[0]
    assert item["issued"]["date-parts"] == [[MOMENT.year, MOMENT.month, MOMENT.day]]
    record = json.loads(client.get(f"/advice/editions/{code}/2/citation.datacite.json").text)
    assert record["version"] == "2"
    assert record["publicationYear"] == str(MOMENT.year)


@pytest.fixture
def lab(build):
    """A lab of which everybody may read everything."""
    return build.lab(build.programme(ProgrammeKind.PUBLISHED))


@pytest.fixture
def publish_on(build, session, lab):
    """A way to publish the rules of a public outcome, so many days after it was counted."""
    experiment = counted_experiment(build, lab, [CLEAR, EVEN], ExperimentStatus.PUBLISHED)
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)

    def publish(*days):
        command = ProposalCreate(is_per_profile=True)
        versions = propose_versions(session, experiment.id, command, by=by, at=MOMENT)
        for version, day in zip(versions, days, strict=False):
            publish_version(session, version.id, WHY, by=by, at=MOMENT + timedelta(days=day))
        session.commit()
        return f"/experiments/{experiment.id}/outcome"

    return publish


def test_old_report_keeps_citing_the_edition_of_then(pages, client, session, lab, publish_on):
    address = publish_on(-1, 1)
    editions = f"/advice/editions/{session.get(Programme, lab.programme_id).code}"
    page = pages.get(address)
    assert "gold editie 1 van het advies" in page.content.text
    assert {f"http://localhost{editions}/1", f"{editions}/1/compare/2"} <= set(page.links)
    held = client.get(f"{address}.json").json["advice_in_force"]
    assert (held["edition"], held["url"]) == (1, f"http://localhost{editions}/1")
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{address}.xlsx").data))
    facts = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python()[2:]}
    assert f"{editions}/1" in facts["Geldend advies"]
    assert f"{editions}/1".encode() in read_objects(client.get(f"{address}.pdf").data)


def test_report_from_before_all_advice_says_so(pages, client, publish_on):
    address = publish_on(1, 2)
    assert "gold er nog geen editie" in pages.get(address).content.text
    assert client.get(f"{address}.json").json["advice_in_force"]["edition"] is None
    assert client.get(f"{address}.pdf").status_code == 200


@pytest.fixture
def reproduce(settings, monkeypatch):
    monkeypatch.setenv("PROEFTUIN_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)

    def run(*arguments):
        return CliRunner().invoke(main, ["reproduce", *arguments])

    return run


def test_numbers_of_an_edition_come_out_the_same(reproduce, code):
    result = reproduce("--edition", code, "2")
    assert result.exit_code == 0
    assert result.output.count("dezelfde bytes") == 2


def test_edition_with_a_changed_number_differs(reproduce, session, code):
    run = session.exec(select(AnalysisRun)).one()
    changed = json.loads(json.dumps(run.result))
    changed["total"]["variants"][0]["rate"] += 0.01
    session.execute(update(AnalysisRun).where(AnalysisRun.id == run.id).values(result=changed))
    session.commit()
    result = reproduce("--edition", code, "2")
    assert result.exit_code == 1
    assert "verschilt" in result.output


def tamper(session, version, change):
    """Change what a version printed behind the back of the application."""
    evidence = json.loads(json.dumps(version.evidence))
    change(evidence)
    row = update(AdviceRuleVersion).where(AdviceRuleVersion.id == version.id)
    session.execute(row.values(evidence=evidence))
    session.commit()


def test_figure_that_a_version_did_not_print_is_named_with_its_gap(reproduce, session, code):
    versions = session.exec(select(AdviceRuleVersion)).all()
    version = next(one for one in versions[:2] if one.evidence["part"]["lower"] is not None)
    printed = version.evidence["part"]["lower"]

    def raise_the_limit(evidence):
        evidence["part"]["lower"] += 0.01

    tamper(session, version, raise_the_limit)
    result = reproduce("--edition", code, "2", "--language", "en")
    assert result.exit_code == 1
    told = [line.strip() for line in result.output.splitlines() if "DIFFERS" in line]
    assert told == [
        "The difference with its limits: lower DIFFERS by 0.01:"
        f" printed {printed + 0.01:.8g}, made again {printed:.8g}."
    ]
    assert result.output.count("its limits: 2 figures are equal") == 1


def test_edition_of_all_labs_is_made_as_the_public_could_see_it_then(reproduce, session, build):
    labs = pooled_labs(build, labs=2, status=ExperimentStatus.ANALYSED)
    by = reader_of(build.user(Role.RESEARCHER, labs[0]), labs[0])
    scope = pooled_scope(build, labs[0])
    run = keep_pooled_run(build, scope)
    versions = propose_from_runs(session, scope, [run.id], by=by, at=MOMENT)
    publish_version(session, versions[0].id, WHY, by=by, at=MOMENT)
    publish = StatusChangeCreate(to_status=ExperimentStatus.PUBLISHED, reason="It is finished.")
    later = MOMENT + timedelta(days=1)
    # Now the public may read its own result, so the same run is protected less.
    first = min(int(one) for one in run.scope["names"]["experiments"])
    change_status(session, first, publish, by=by, at=later)
    evidence = versions[0].evidence
    session.commit()
    assert evidence["is_protected"]
    assert evidence["support"]["unseen"] > 0
    result = reproduce("--edition", build.programme().code, "1", "--language", "en")
    assert result.exit_code == 0, result.output
    assert "DIFFERS" not in result.output
    assert "Experiments and labs for and against: 5 figures are equal." in result.output
    assert "Prediction for a new lab: 4 figures are equal." in result.output


def test_what_a_person_edited_is_edited_again(reproduce, session, build):
    lab = build.lab()
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)
    experiment = counted_experiment(build, lab, [CLEAR])
    clear = propose_versions(session, experiment.id, ProposalCreate(), by=by, at=MOMENT)[0]
    less = EditCreate(state=ProposalState.TENTATIVE, reason="The street is not like others.")
    edit_proposal(session, clear.id, less, by=by, at=MOMENT)
    session.commit()
    result = reproduce("--edition", build.programme().code, "1", "--language", "en")
    assert result.exit_code == 0, result.output
    assert "DIFFERS" not in result.output


def test_edition_of_a_withdrawn_experiment_is_made_again_and_says_so(reproduce, session, code):
    version = session.exec(select(AdviceRuleVersion)).first()
    get_experiment(session, version.experiment_id).status = ExperimentStatus.WITHDRAWN
    session.commit()
    result = reproduce("--edition", code, "2")
    assert result.exit_code == 0
    assert "ingetrokken" in result.output


def test_no_such_edition_and_no_run_at_all_are_refused(reproduce, code):
    assert reproduce("--edition", code, "9").exit_code == 2
    assert reproduce("--edition", "nowhere", "1").exit_code == 2
    assert reproduce().exit_code == 2
    assert reproduce("1", "--edition", code, "1").exit_code == 2
