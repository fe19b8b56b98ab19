"""Make the pictures of the README: `.venv/bin/python -m tests.make_screenshots`."""

import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlmodel import Session, select
from werkzeug.serving import make_server

from analysis.demonstration import load_demonstration
from analysis.models.runs import AnalysisRun
from experiments.models.experiments import Experiment, ExperimentStatus
from lab import db
from lab.app import create_app
from lab.models.labs import LivingLab
from lab.services.programmes import add_own_programme
from lab.settings import Settings
from tests.fixtures.browsers import QUIET, find_chromium
from tests.fixtures.demonstration import Demonstration, read_accounts

PICTURES = Path(__file__).parent / "pictures"
WIDE, PHONE = {"width": 1100, "height": 860}, {"width": 390, "height": 780}
SHOTS = (
    ("report", WIDE, None, "/experiments/1/outcome"),
    ("advice", WIDE, None, "/advice?programme=published"),
    ("evidence", WIDE, None, "/evidence/{smoking}"),
    ("work", WIDE, "researcher", "/work"),
    ("entry", PHONE, "student", "/experiments/{in_field}/observations/new"),
)


def main() -> None:
    """Load the demonstration in a folder of its own and look at it."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        url = f"sqlite:///{instance / 'proeftuin.db'}"
        numbers = load(url, instance)
        app = create_app(Settings(instance, url, secret_key="0" * 64))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.port}"
        take_all(Demonstration(app, address, read_accounts(instance)), numbers)
        server.shutdown()
        app.extensions["engine"].dispose()


def load(url: str, instance: Path) -> dict[str, int]:
    """Load the demonstration; return the numbers that stand in addresses."""
    db.upgrade(url)
    with db.open_session(url) as session:
        add_own_programme(session)
        load_demonstration(session, instance, datetime.now(UTC))
        return {"in_field": find_in_field(session), "smoking": find_newest_run(session)}


def find_newest_run(session: Session) -> int:
    """Return the pooled run of the trials on smoking, which the demonstration makes last."""
    return session.exec(select(AnalysisRun.id).order_by(AnalysisRun.id.desc())).first()


def find_in_field(session: Session) -> int:
    """Return the experiment in the field of the first invented lab."""
    return session.exec(
        select(Experiment.id)
        .join(LivingLab, LivingLab.id == Experiment.living_lab_id)
        .where(Experiment.status == ExperimentStatus.IN_FIELD)
        .order_by(LivingLab.id)
    ).first()


def take_all(demonstration: Demonstration, numbers: dict[str, int]) -> None:
    """Take every picture in a browser that was never there before."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        for name, size, role, address in SHOTS:
            page = browser.new_context(viewport=size, locale="nl-NL").new_page()
            if role:
                demonstration.sign_in(page, role)
            take(page, demonstration.address + address.format(**numbers), name)
        browser.close()


def take(page: Page, address: str, name: str) -> None:
    """Take the first screen of one page."""
    page.goto(address)
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
