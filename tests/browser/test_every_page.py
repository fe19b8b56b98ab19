"""Every page, as each kind of reader meets it in a real browser."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, col, select

from analysis.models.advice import AdviceEdition, AdviceRule, AdviceRuleVersion, VersionState
from analysis.models.feedback import AdviceFeedback, AdviceUse
from analysis.models.learnings import Learning
from analysis.models.runs import AnalysisRun
from analysis.queries.scopes import find_default_scope
from analysis.services.backtests import run_backtest
from analysis.services.pooled_runs import PooledRunCreate, run_pooled
from experiments.models.experiments import Experiment, ExperimentStatus, Variant
from experiments.models.observations import Observation
from lab.access import Reader
from lab.app import create_app
from lab.models.areas import Area, AreaComposition, AreaKind
from lab.models.jobs import Job, JobState
from lab.models.labels import Channel, DesignPrinciple, Style
from lab.models.labs import LivingLab, Partner
from lab.models.people import Membership
from lab.models.programmes import Programme, ProgrammeKind
from lab.models.segmentation import Profile, SegmentationModel
from lab.settings import Settings
from tests.fixtures.browsers import (
    assert_accessible,
    assert_fits_narrow_screen,
    assert_keyboard_reaches_all,
)

PUBLIC, STUDENT, RESEARCHER, ADMINISTRATOR = "public", "student", "researcher", "administrator"
PAGES = [
    (PUBLIC, "/"),
    (PUBLIC, "/sign-in"),
    (PUBLIC, "/advice"),
    (PUBLIC, "/advice?programme=fictitious"),
    (PUBLIC, "/advice/guide?programme=fictitious"),
    (PUBLIC, "/advice/guide?programme=published&profile=everyone&budget=500&people=300"),
    (PUBLIC, "/advice/feedback?programme=published&rule={rule}"),
    (RESEARCHER, "/programmes/{programme}/feedback"),
    (RESEARCHER, "/advice/preferences"),
    (RESEARCHER, "/programmes/{programme}/preferences/new"),
    (RESEARCHER, "/programmes/{programme}/preferences/import"),
    (PUBLIC, "/advice/{rule}"),
    (PUBLIC, "/advice/editions/published/1"),
    (PUBLIC, "/advice/backtest?programme=fictitious"),
    (PUBLIC, "/advice/backtest?run_id={backtest}"),
    (PUBLIC, "/advice/sentences"),
    (PUBLIC, "/learnings?programme=fictitious"),
    (PUBLIC, "/learnings/{learning}"),
    (PUBLIC, "/principles?programme=published"),
    (PUBLIC, "/principles/{principle}"),
    (PUBLIC, "/search?q=brief"),
    (PUBLIC, "/search?q=zonderling"),
    (RESEARCHER, "/search?q=brief"),
    (RESEARCHER, "/programmes/{programme}/learnings/new"),
    (RESEARCHER, "/advice/feedback/{feedback}"),
    (RESEARCHER, "/learnings/{learning}"),
    (RESEARCHER, "/learnings/{learning}/edit"),
    (RESEARCHER, "/learnings/{learning}/check"),
    (RESEARCHER, "/learnings/{learning}/links/new"),
    (RESEARCHER, "/principles/{principle}/experiments/new"),
    (PUBLIC, "/advice/editions"),
    (PUBLIC, "/advice/editions/published/1/cite"),
    (PUBLIC, "/advice/editions/published/1/compare/1"),
    (PUBLIC, "/experiments?programme=published"),
    (PUBLIC, "/experiments/{trial}"),
    (PUBLIC, "/experiments/{trial}/outcome"),
    (PUBLIC, "/experiments/{published}/outcome"),
    (PUBLIC, "/evidence?programme=published"),
    (PUBLIC, "/evidence/map?programme=published"),
    (PUBLIC, "/evidence/map?programme=fictitious&year=2025"),
    (RESEARCHER, "/evidence/map?programme=fictitious"),
    (PUBLIC, "/evidence/next?programme=published"),
    (RESEARCHER, "/evidence/next?programme=fictitious"),
    (PUBLIC, "/evidence/{trial_run}"),
    (PUBLIC, "/evidence/{run}"),
    (RESEARCHER, "/evidence/{run}?profile=together"),
    (RESEARCHER, "/evidence/{run}/labs"),
    (RESEARCHER, "/evidence/{run}/channels/{channel}"),
    (PUBLIC, "/evidence/{run}/styles/{style}"),
    (PUBLIC, "/no-such-page"),
    (STUDENT, "/work"),
    (STUDENT, "/experiments/{in_field}/observations"),
    (STUDENT, "/experiments/{in_field}/observations/new"),
    (STUDENT, "/observations/{observation}"),
    (STUDENT, "/observations/{observation}/correct"),
    (STUDENT, "/account/password"),
    (PUBLIC, "/evidence/{run}/holds?municipality=Rivierdorp"),
    (PUBLIC, "/evidence/{run}/holds"),
    (STUDENT, "/experiments/{in_field}/outcome"),
    (RESEARCHER, "/work"),
    (RESEARCHER, "/labs"),
    (RESEARCHER, "/labs/{lab}"),
    (RESEARCHER, "/labs/{lab}/experiments/new"),
    (RESEARCHER, "/experiments"),
    (RESEARCHER, "/experiments/new"),
    (RESEARCHER, "/experiments/{planned}"),
    (RESEARCHER, "/experiments/{planned}/edit"),
    (RESEARCHER, "/experiments/{planned}/variants/new"),
    (RESEARCHER, "/variants/{variant}/edit"),
    (RESEARCHER, "/variants/{variant}/remove"),
    (RESEARCHER, "/experiments/{planned}/status?to=registered"),
    (RESEARCHER, "/experiments/{published}/log"),
    (RESEARCHER, "/experiments/{published}/outcome"),
    (RESEARCHER, "/links?page=/experiments/{published}/outcome"),
    (RESEARCHER, "/experiments/{published}/proposals"),
    (RESEARCHER, "/experiments/{in_field}/observations"),
    (RESEARCHER, "/experiments/{in_field}/imports/new"),
    (RESEARCHER, "/jobs/{job}"),
    (RESEARCHER, "/evidence"),
    (RESEARCHER, "/evidence/{run}"),
    (RESEARCHER, "/labs/{lab}/evidence"),
    (RESEARCHER, "/evidence/{run}/proposals"),
    (RESEARCHER, "/advice/versions/{version}"),
    (RESEARCHER, "/programmes/{programme}/evidence/new"),
    (RESEARCHER, "/programmes/{programme}/segmentation-models"),
    (RESEARCHER, "/programmes/{programme}/segmentation-models/new"),
    (RESEARCHER, "/segmentation-models/{model}"),
    (RESEARCHER, "/segmentation-models/{model}/edit"),
    (RESEARCHER, "/segmentation-models/{model}/profiles/new"),
    (RESEARCHER, "/profiles/{profile}/edit"),
    (PUBLIC, "/areas?programme=fictitious"),
    (PUBLIC, "/areas/{area}"),
    (RESEARCHER, "/areas/{area}"),
    (RESEARCHER, "/areas/{area}/edit"),
    (RESEARCHER, "/areas/{area}/compositions/new?model={model}"),
    (RESEARCHER, "/compositions/{composition}/withdraw"),
    (RESEARCHER, "/programmes/{programme}/areas/new"),
    (RESEARCHER, "/programmes/{programme}/areas/import"),
    (ADMINISTRATOR, "/labs/{lab}/edit"),
    (ADMINISTRATOR, "/labs/{lab}/partners/new"),
    (ADMINISTRATOR, "/labs/{lab}/archive"),
    (ADMINISTRATOR, "/labs/{lab}/people"),
    (ADMINISTRATOR, "/labs/{lab}/people/invite"),
    (ADMINISTRATOR, "/memberships/{membership}/edit"),
    (ADMINISTRATOR, "/memberships/{membership}/end"),
    (ADMINISTRATOR, "/partners/{partner}/edit"),
    (ADMINISTRATOR, "/programmes/{programme}/labels"),
    (ADMINISTRATOR, "/programmes/{programme}/labels/channels/new"),
    (ADMINISTRATOR, "/programmes/{programme}/labels/channels/brief_adres"),
    (ADMINISTRATOR, "/programmes/{programme}/labs/new"),
]

# Drawings that are neither told in words nor left out for who cannot see them.
DRAWINGS_WITHOUT_WORDS = """() => [...document.querySelectorAll("svg:not(svg svg)")]
    .filter((one) => !one.closest("[aria-hidden=true]") && !one.getAttribute("aria-label")
        && !(one.querySelector(":scope > title")?.textContent.trim()
             && one.querySelector(":scope > desc")?.textContent.trim()))
    .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="session")
def numbers(demonstration) -> dict[str, int]:
    """The numbers of the records that the pages are about."""
    with Session(demonstration.app.extensions["engine"]) as session:
        found = find_numbers(session)
        return found | {
            "job": add_job(session),
            "run": keep_run(session, found["programme"]),
            "trial_run": keep_run(session, found["trials"]),
            "backtest": keep_backtest(session, found["programme"]),
        }


def keep_run(session: Session, programme_id: int) -> int:
    """Return a question to all labs of a programme; keep the answer where nobody asked yet."""
    asked = AnalysisRun.programme_id == programme_id, AnalysisRun.estimator == "pooled"
    known = session.exec(select(AnalysisRun.id).where(*asked)).first()
    if known is not None:
        return known
    scope = find_default_scope(session, programme_id)
    run = run_pooled(session, PooledRunCreate(scope), by=Reader(), at=datetime.now(UTC))
    session.commit()
    return run.id


def keep_backtest(session: Session, programme_id: int) -> int:
    """Return advice of the past held against later experiments, of a few months only."""
    scope = replace(find_default_scope(session, programme_id), from_day=date(2025, 7, 1))
    run = run_backtest(session, scope, by=Reader(), at=datetime.now(UTC))
    session.commit()
    return run.id


def add_job(session: Session) -> int:
    """Add long work that is being done, in the first lab of the demonstration."""
    invented = Programme.kind == ProgrammeKind.FICTITIOUS
    programme_id = session.exec(select(Programme.id).where(invented)).one()
    here = LivingLab.programme_id == programme_id
    job = Job(
        kind="pooled_run",
        programme_id=programme_id,
        living_lab_id=session.exec(select(LivingLab.id).where(here).order_by(LivingLab.id)).first(),
        state=JobState.RUNNING,
        progress=0.4,
        step="estimating",
        requested_at=datetime.now(UTC),
    )
    session.add(job)
    session.commit()
    return job.id


def find_numbers(session: Session) -> dict[str, int]:
    """Return one of everything in the first lab of the demonstration."""

    def first(column, *conditions):
        return session.exec(select(column).where(*conditions).order_by(column)).first()

    programme = first(Programme.id, Programme.kind == ProgrammeKind.FICTITIOUS)
    trials = first(Programme.id, Programme.kind == ProgrammeKind.PUBLISHED)
    lab = first(LivingLab.id, LivingLab.programme_id == programme)
    trial_lab = first(LivingLab.id, LivingLab.programme_id == trials)

    def experiment(status):
        return first(Experiment.id, Experiment.living_lab_id == lab, Experiment.status == status)

    planned, in_field = experiment(ExperimentStatus.PLANNED), experiment(ExperimentStatus.IN_FIELD)
    model = first(SegmentationModel.id, SegmentationModel.programme_id == programme)
    area = first(Area.id, Area.programme_id == programme, Area.kind == AreaKind.NEIGHBOURHOOD)
    return {
        "programme": programme,
        "trials": trials,
        "lab": lab,
        "trial": first(Experiment.id, Experiment.living_lab_id == trial_lab),
        "channel": first(
            Channel.id, Channel.programme_id == programme, Channel.code == "brief_adres"
        ),
        "style": first(Style.id, Style.programme_id == programme, Style.code == "persoonlijk"),
        "planned": planned,
        "in_field": in_field,
        "published": experiment(ExperimentStatus.PUBLISHED),
        "variant": first(Variant.id, Variant.experiment_id == planned),
        "observation": first(
            Observation.id,
            Observation.experiment_id == in_field,
            col(Observation.recorded_by_id).is_not(None),
        ),
        "rule": first(AdviceRule.id, AdviceRule.programme_id == trials),
        "version": first(
            AdviceRuleVersion.id,
            AdviceRuleVersion.living_lab_id == lab,
            AdviceRuleVersion.state == VersionState.PUBLISHED,
        ),
        "feedback": first(
            AdviceFeedback.id,
            AdviceFeedback.advice_use_id == AdviceUse.id,
            AdviceUse.programme_id == programme,
        ),
        "learning": first(Learning.id, Learning.programme_id == programme),
        "principle": first(DesignPrinciple.id, DesignPrinciple.programme_id == programme),
        "edition": first(AdviceEdition.number, AdviceEdition.programme_id == programme),
        "model": model,
        "profile": first(Profile.id, Profile.segmentation_model_id == model),
        "area": area,
        "composition": first(AreaComposition.id, AreaComposition.area_id == area),
        "membership": first(Membership.id, Membership.living_lab_id == lab),
        "partner": first(Partner.id, Partner.living_lab_id == lab),
    }


@pytest.mark.parametrize(("role", "address"), PAGES)
def test_page_is_accessible_narrow_and_quiet(page, demonstration, numbers, role, address):
    elsewhere, complaints = [], []
    page.on(
        "request",
        lambda asked: asked.url.startswith(demonstration.address) or elsewhere.append(asked.url),
    )
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    if role != PUBLIC:
        demonstration.sign_in(page, role)
    page.goto(demonstration.address + address.format(**numbers))
    assert_fit_for_all(page)
    assert page.evaluate(DRAWINGS_WITHOUT_WORDS) == []
    assert [url for url in elsewhere if not url.startswith("data:")] == []
    # A page that is rightly refused is reported by the browser too.
    assert [text for text in complaints if "status of 40" not in text] == []


def assert_fit_for_all(page) -> None:
    """Fail when the page shuts anybody out."""
    assert_accessible(page)
    assert_fits_narrow_screen(page)
    assert_keyboard_reaches_all(page)


def test_preview_of_an_import_is_fit_for_all(page, demonstration, numbers, tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("variant;dag;aangeboden;gereageerd\nA;2020-01-01;10;40\nB;vandaag;x;1\n")
    demonstration.sign_in(page, RESEARCHER)
    page.goto(f"{demonstration.address}/experiments/{numbers['in_field']}/imports/new")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("main form button[type=submit]").first.click()
    assert "2 regels met een fout" in page.locator("main").inner_text()
    assert_fit_for_all(page)


def test_invitation_is_fit_for_all(page, browser, demonstration, numbers):
    demonstration.sign_in(page, ADMINISTRATOR)
    page.goto(f"{demonstration.address}/labs/{numbers['lab']}/people/invite")
    page.locator("[name=name]").fill("Nina Nieuw")
    page.locator("[name=email]").fill("nina@example.org")
    page.locator("[name=role][value=student]").check()
    page.locator("main form button[type=submit]").first.click()
    assert_fit_for_all(page)
    link = re.search(r"http://\S+/invitations/[\w-]+", page.locator("main").inner_html())[0]
    guest = browser.new_context(locale="nl-NL").new_page()
    guest.goto(link)
    assert "Nina Nieuw" in guest.locator("main").inner_html()
    assert_fit_for_all(guest)
    guest.context.close()


def test_what_a_user_told_is_fit_for_all(page, demonstration):
    page.goto(f"{demonstration.address}/advice/feedback?programme=fictitious")
    page.locator("main form [type=radio]").first.check()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/advice/told/*")
    assert_fit_for_all(page)


def test_every_address_that_shows_a_page_is_looked_at(sqlite_url, tmp_path):
    app = create_app(Settings(tmp_path, sqlite_url, secret_key="0" * 64, is_testing=True))
    shown = {
        app.url_map.bind("localhost").match(plain(address))[0]
        for _, address in PAGES
        if address != "/no-such-page"
    }
    looked_at = shown | {
        # These show a page only to whoever holds a link or has just offered a file.
        "account.accept_invitation",
        "feedback.show_told",
        "area_imports.show_import", "area_imports.download_faulty_rows",
        "area_imports.download_template", "holds.show_rule_holds",
        "imports.show_import",
        "shared.show_shared",
        # No pages.
        "static", "healthz", "theme_css", "imports.download_faulty_rows",
        "observations.download_template",
        "jobs.show_progress",
        "editions.show_citation",
        "shared.give_shared_file",
        "shared.give_shared_package",
    }  # fmt: skip
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    files = {endpoint for endpoint in pages if endpoint.startswith("exports.")}
    assert pages - looked_at - files == set()
    app.extensions["engine"].dispose()


def plain(address: str) -> str:
    """Return an address with a number for each name, without its question."""
    return re.sub(r"{\w+}", "1", address).partition("?")[0]
