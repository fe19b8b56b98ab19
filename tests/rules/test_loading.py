"""Rule for speed: pages for entering and finding load no library of statistics."""

import subprocess
import sys

from tests.rules.sources import ROOT
from tests.rules.test_imports import HEAVY

# A process of its own, since other tests have loaded everything by now.
VISIT = """
import sys
from pathlib import Path
from sqlmodel import Session
from lab.app import create_app
from lab.models.people import Role
from lab.settings import Settings
from tests.builders import Builder

folder, url, *heavy = sys.argv[1:]
app = create_app(Settings(Path(folder), url, "0" * 64, is_testing=True))
client = app.test_client()
with Session(app.extensions["engine"], expire_on_commit=False) as session:
    build = Builder(session)
    lab = build.lab()
    experiment = build.experiment(lab)
    pages = ["/", "/sign-in"]
    assert all(client.get(page).status_code == 200 for page in pages)
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
number = experiment.id
for page in (
    "/work", "/experiments", f"/experiments/{number}", "/experiments/new",
    f"/experiments/{number}/observations", f"/experiments/{number}/observations/new",
    f"/experiments/{number}/imports/new", "/labs", "/advice",
):
    answer = client.get(page, follow_redirects=True)
    assert answer.status_code == 200, (page, answer.status)
print("loaded:", [module for module in heavy if module in sys.modules])
"""


def test_pages_for_entering_and_finding_load_no_statistics(sqlite_url, tmp_path):
    answer = subprocess.run(
        [sys.executable, "-c", VISIT, tmp_path, sqlite_url, *HEAVY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.strip().endswith("loaded: []"), answer.stdout + answer.stderr[-3000:]
