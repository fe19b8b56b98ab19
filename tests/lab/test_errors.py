"""What people see when something breaks."""

from lab.app import create_app
from lab.settings import Settings


def test_page_of_a_failure_needs_no_database(tmp_path):
    missing = f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}"
    app = create_app(Settings(tmp_path, missing, secret_key="0" * 64))
    app.logger.disabled = True
    answer = app.test_client().get("/advice")
    app.extensions["engine"].dispose()
    assert answer.status_code == 500
    assert "Er ging iets mis" in answer.text
