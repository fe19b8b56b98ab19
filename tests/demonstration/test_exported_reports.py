"""Every registered report of the demonstration, as it leaves the house."""

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from flask import url_for
from frictionless import Package, system
from sqlmodel import Session, select

from analysis.models.advice import AdviceEdition
from analysis.models.runs import AnalysisRun
from analysis.queries.evidence import ESTIMATOR
from analysis.queries.scopes import find_default_scope
from analysis.services.backtests import run_backtest
from analysis.services.sharing import share_report
from analysis.views.exported_evidence import EVIDENCE
from analysis.views.exports import PACKAGE, REPORTS, TYPES, Exported
from analysis.views.shared_page import find_report
from experiments.models.experiments import Experiment, ExperimentStatus
from lab.access import PUBLIC
from lab.models.labs import LivingLab
from lab.models.programmes import Programme, ProgrammeKind
from tests.pdf import count_pages

KINDS = (ProgrammeKind.FICTITIOUS, ProgrammeKind.PUBLISHED)


def list_editions(session: Session) -> list[dict]:
    """Return the addresses of all editions."""
    statement = select(Programme.code, AdviceEdition.number).join(
        AdviceEdition, AdviceEdition.programme_id == Programme.id
    )
    return [{"programme_code": code, "number": one} for code, one in session.exec(statement)]


def list_runs(session: Session) -> list[dict]:
    """Return the addresses of the calculations over all labs together."""
    statement = select(AnalysisRun.id).where(
        AnalysisRun.estimator == ESTIMATOR, AnalysisRun.living_lab_id.is_(None)
    )
    return [{"run_id": one} for one in session.exec(statement)]


def list_backtests(session: Session) -> list[dict]:
    """Return the address of a kept back-test of what was made up, which is made where needed."""
    [programme] = list_programmes_of(session, ProgrammeKind.FICTITIOUS)
    scope = find_default_scope(session, programme.id)
    run = run_backtest(session, scope, by=PUBLIC, at=datetime.now(UTC))
    session.commit()
    return [{"run_id": run.id}]


def list_programmes_of(session: Session, kind: ProgrammeKind) -> list[Programme]:
    """Return the programmes of a kind."""
    return list(session.exec(select(Programme).where(Programme.kind == kind)))


def list_maps(session: Session) -> list[dict]:
    """Return the addresses of the maps of what was made up and of real trials."""
    found = [one for kind in KINDS for one in list_programmes_of(session, kind)]
    return [{"programme": one.code} for one in found]


def list_members(session: Session, kind: str) -> list[dict]:
    """Return the addresses of the channels or styles of one calculation."""
    run = list_runs(session)[-1]["run_id"]
    asked = session.get_one(AnalysisRun, run).scope["names"][kind]
    return [{"run_id": run, "code": code} for code in asked][:2]


def list_labs(session: Session) -> list[dict]:
    """Return the addresses of two labs that were made up."""
    statement = (
        select(LivingLab.id)
        .join(Programme, Programme.id == LivingLab.programme_id)
        .where(Programme.kind == ProgrammeKind.FICTITIOUS)
    )
    return [{"living_lab_id": one} for one in session.exec(statement.limit(2))]


def list_outcomes(session: Session) -> list[dict]:
    """Return the addresses of some experiments, made up and real ones."""
    statement = (
        select(Experiment.id)
        .join(LivingLab, LivingLab.id == Experiment.living_lab_id)
        .join(Programme, Programme.id == LivingLab.programme_id)
        .where(Experiment.status == ExperimentStatus.PUBLISHED)
    )
    return [
        {"experiment_id": one}
        for kind in KINDS
        for one in session.exec(statement.where(Programme.kind == kind).limit(4))
    ]


# Of each report some samples: the values in its address. A new report is one line here.
SAMPLES: dict[str, Callable[[Session], Iterable[dict]]] = {
    "backtest": list_backtests,
    "channel": lambda session: list_members(session, "channels"),
    "edition": list_editions,
    "evidence": list_runs,
    "evidence_map": list_maps,
    "lab_comparison": lambda session: [{"run_id": list_runs(session)[-1]["run_id"]}],
    "lab_evidence": list_labs,
    "outcome": list_outcomes,
    "style": lambda session: list_members(session, "styles"),
}

# Reports that no council reads may be longer.
MOST_PAGES: dict[str, int] = {"evidence_map": 4}


@pytest.fixture(scope="module")
def reader(demonstration):
    """Somebody without an account."""
    return demonstration.app.test_client()


def list_addresses(app, report: Exported, ending: str) -> list[str]:
    """Return where the samples of a report stand as one kind of file."""
    with Session(app.extensions["engine"]) as session, app.test_request_context():
        samples = list(SAMPLES[report.name](session))
        assert samples, report.name
        return [url_for(f"exports.{report.name}_{ending}", **values) for values in samples]


def test_every_report_has_samples():
    assert {report.name for report in REPORTS} == set(SAMPLES)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_frictionless_finds_every_table_as_described(demonstration, reader, report, tmp_path):
    rows = 0
    for address in list_addresses(demonstration.app, report, "package"):
        described = json.loads(reader.get(address).data)
        resource = described["resources"][0]
        (tmp_path / "figures.csv").write_bytes(reader.get(resource["path"]).data)
        resource["path"] = "figures.csv"
        (tmp_path / "datapackage.json").write_text(json.dumps(described))
        with system.use_context(trusted=True):
            outcome = Package(str(tmp_path / "datapackage.json")).validate()
        assert outcome.valid, outcome.flatten(["rowNumber", "fieldName", "note"])[:5]
        assert outcome.stats["tasks"] == 1
        rows += outcome.tasks[0].stats.get("rows", 0)
    assert rows


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_page_of_every_report_leads_to_its_files(demonstration, reader, report):
    for ending in ("csv", "json", "pdf", "xlsx", "package"):
        for address in list_addresses(demonstration.app, report, ending)[:1]:
            page = address.replace(f".{ending}", "").replace("/datapackage.json", "")
            assert reader.get(address).status_code == 200
            assert address in reader.get(page).text


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_every_report_can_be_read_by_a_link(demonstration, reader, report):
    app, at = demonstration.app, datetime.now(UTC)
    with Session(app.extensions["engine"]) as session, app.test_request_context():
        pages = [url_for(report.page, **one) for one in list(SAMPLES[report.name](session))[:1]]
        pages += [f"{one}?profile=together" for one in pages if "?" not in one]
        links = [
            share_report(session, page, 7, place=find_report(page).place, by=PUBLIC, at=at)
            for page in pages
        ]
        session.commit()
    for link in links:
        assert reader.get(f"/links/{link.token}").status_code == 200
        for ending in (*TYPES, PACKAGE):
            assert reader.get(f"/links/{link.token}/{ending}").status_code == 200, ending


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_pdf_of_every_report_is_two_pages_at_most(demonstration, reader, report):
    for address in list_addresses(demonstration.app, report, "pdf"):
        answer = reader.get(address)
        assert answer.status_code == 200, address
        assert answer.data.startswith(b"%PDF-")
        assert 1 <= count_pages(answer.data) <= MOST_PAGES.get(report.name, 2), address


def test_pdf_is_there_within_a_second(demonstration, reader):
    address = list_addresses(demonstration.app, EVIDENCE, "pdf")[0]
    reader.get(address)
    started = time.thread_time()
    reader.get(address)
    assert time.thread_time() - started < 1
