"""Importing a file of counts on the pages: first a preview, then all good rows at once."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from experiments.models.experiments import ExperimentStatus
from experiments.models.imports import CountImport
from experiments.queries.cells import sum_cells
from experiments.queries.observations import list_observations_in_force
from experiments.queries.variants import list_variants
from experiments.services import cells
from lab.models.people import Role
from lab.settings import MAXIMUM_UPLOAD
from tests.pages import Pages

TODAY = datetime.now(UTC).date()
START, END = TODAY - timedelta(days=60), TODAY - timedelta(days=5)
DAY = TODAY - timedelta(days=30)
HEAD = "variant;profiel;datum;aangeboden;gereageerd;opmerking"


class Desk:
    """One experiment in the field with a supervisor signed in."""

    def __init__(self, client, session, build):
        self.client, self.session, self.build = client, session, build
        self.lab = build.lab()
        self.experiment = build.experiment(self.lab, starts_on=START, ends_on=END)
        self.variants = list_variants(session, self.experiment.id)
        self.profile = build.profiles(self.lab)[0]
        session.commit()
        self.pages = Pages(client)
        self.supervisor = self.sign_in(Role.SUPERVISOR)

    def sign_in(self, role):
        user = self.build.user(role, self.lab)
        self.build.sign_in(self.client, user)
        return user

    @property
    def url(self) -> str:
        return f"/experiments/{self.experiment.id}/imports/new"

    def offer(self, *lines: str, status: int = 303, name: str = "tellingen.csv", **more):
        data = "\n".join([HEAD, *lines]).encode()
        return self.offer_bytes(data, status=status, name=name, **more)

    def offer_bytes(self, data: bytes, status: int = 303, name: str = "tellingen.csv", **more):
        sent = {"file": (io.BytesIO(data), name)} | more
        return self.pages.submit(self.url, sent, status, content_type="multipart/form-data")

    def in_force(self):
        self.session.expire_all()
        rows = list_observations_in_force(self.session, self.experiment.id)
        self.session.commit()
        return rows

    def finish(self, preview, status: int = 303):
        return self.pages.submit(f"{preview.location}/finish", status=status, at=self.url)


@pytest.fixture
def desk(client, session, build) -> Desk:
    return Desk(client, session, build)


def line(variant="A", profile="", day=DAY, offered="40", responded="5", remark="") -> str:
    return f"{variant};{profile};{day:%d-%m-%Y};{offered};{responded};{remark}"


def test_good_rows_count_only_after_finishing(desk):
    preview = desk.offer(line(), line("B", desk.profile.name_nl, responded="7"))
    assert desk.in_force() == []
    page = desk.pages.get(preview.location)
    assert "2 goede regels" in page.text
    answer = desk.finish(preview)
    rows = desk.in_force()
    assert [(row.offered, row.responded) for row in rows] == [(40, 5), (40, 7)]
    assert {row.recorded_by_id for row in rows} == {desk.supervisor.id}
    assert rows[1].profile_id == desk.profile.id
    assert "2 regels" in desk.pages.get(answer.location).text


def test_cells_follow_an_import(desk):
    desk.finish(desk.offer(line(), line(day=DAY + timedelta(days=1)), line("B")))
    kept = sum_cells(desk.session, desk.experiment.id)
    cells.rebuild(desk.session, desk.experiment.id)
    assert sum_cells(desk.session, desk.experiment.id) == kept
    assert sum(row.offered for row in kept) == 120


def test_faulty_rows_are_named_and_come_back_as_a_file(desk):
    formula = line(remark="=cmd|calc", offered="", responded="")
    preview = desk.offer(line(), line("X"), line(offered="3"), formula)
    page = desk.pages.get(preview.location)
    assert "1 goede regel." in page.text
    assert "3 regels met een fout" in page.text
    assert "“X” is geen variant" in page.text
    desk.finish(preview)
    assert len(desk.in_force()) == 1
    body = desk.pages.get(f"{preview.location}/faulty-rows.csv").body
    rows = list(csv.reader(io.StringIO(body.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == [*HEAD.split(";"), "reden"]
    assert rows[1][0] == "X"
    assert rows[1][-1].startswith("regel 3, kolom “variant”:")
    assert rows[2][3:5] == ["3", "5"]
    assert rows[3][5] == "'=cmd|calc"


def test_faulty_rows_in_english_for_an_english_reader(desk):
    preview = desk.offer(line("X"))
    desk.client.set_cookie("language", "en")
    assert "is no variant of this experiment" in desk.pages.get(preview.location).text
    assert "line 2" in desk.pages.get(f"{preview.location}/faulty-rows.csv").body


def test_mended_file_can_be_imported_and_adds_only_what_is_new(desk):
    desk.finish(desk.offer(line(), line("X", offered="60")))
    preview = desk.offer(line(), line("B", offered="60"))
    page = desk.pages.get(preview.location)
    assert "1 goede regel." in page.text
    assert "staat al in dit experiment" in page.text
    desk.finish(preview)
    assert [row.offered for row in desk.in_force()] == [40, 60]


def test_same_file_twice_is_recognised(desk):
    desk.finish(desk.offer(line()))
    answer = desk.offer(line(), status=422)
    assert desk.supervisor.name in answer.errors[0]
    assert len(desk.in_force()) == 1


def test_equal_lines_count_each_when_they_are_meant(desk):
    desk.finish(desk.offer(line(), line(), line(), has_repeats="y"))
    assert len(desk.in_force()) == 3


def test_finishing_twice_counts_once(desk):
    preview = desk.offer(line())
    desk.finish(preview)
    answer = desk.finish(preview)
    assert "al ingelezen" in desk.pages.get(answer.location).text
    assert len(desk.in_force()) == 1


def test_cancelled_import_counts_nothing_and_keeps_no_rows(desk):
    preview = desk.offer(line(), line("X"))
    desk.pages.submit(f"{preview.location}/cancel", at=desk.url)
    desk.finish(preview)
    assert desk.in_force() == []
    found = desk.session.get(CountImport, int(preview.location.rsplit("/", 1)[1]))
    assert (found.good_rows, found.faulty_rows) == ([], [])


def test_experiment_that_changed_sends_the_import_back(desk):
    preview = desk.offer(line(), line(day=END))
    desk.experiment.ends_on = END - timedelta(days=1)
    desk.session.add(desk.experiment)
    desk.session.commit()
    page = desk.pages.get(desk.finish(preview).location)
    assert "is veranderd" in page.page.text
    assert "1 goede regel." in page.text
    assert desk.in_force() == []
    desk.finish(preview)
    assert len(desk.in_force()) == 1


def test_personal_data_in_a_file_is_stored_nowhere(desk):
    preview = desk.offer(line(remark="bel 06-12345678"), line("jan@example.org"))
    desk.session.expire_all()
    found = desk.session.get(CountImport, int(preview.location.rsplit("/", 1)[1]))
    stored = repr(found.good_rows) + repr(found.faulty_rows[0]["cells"])
    assert "12345678" not in stored
    assert "example.org" not in repr(found.faulty_rows[1]["cells"])


def test_nothing_told_of_a_file_keeps_personal_data(desk):
    lines = [
        f"{HEAD};jan@example.org;",
        line(remark="bel 06-12345678") + ";;",
        line("piet@example.org") + ";;",
        line(offered="Kerkstraat 12") + ";;",
    ]
    data = "\n".join(lines).encode()
    preview = desk.offer_bytes(data, name="lijst van klaas@example.org.csv")
    desk.session.expire_all()
    found = desk.session.get(CountImport, int(preview.location.rsplit("/", 1)[1]))
    kept = repr(found.model_dump())
    assert found.faulty_count == 3
    assert "example.org" not in kept
    assert "12345678" not in kept
    assert "Kerkstraat 12" not in kept


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_file_that_is_not_what_it_says_keeps_nothing(desk):
    for data, words in (
        (b"", "leeg"),
        (b"\x89PNG\r\n\x1a\n", "plaatje"),
        (b"PK\x03\x04xx", "beschadigd"),
        (b"naam;aantal\nJan;3\n", "ontbreken"),
        ((HEAD + "\n" + line()).encode("utf-16-le"), "letters"),
    ):
        answer = desk.offer_bytes(data, 422, "tellingen.xlsx")
        assert words in answer.errors[0]
    answer = desk.pages.submit(desk.url, {}, 422)
    assert "Kies eerst een bestand" in answer.errors[0]


def test_file_above_the_limit_is_refused_unread(desk):
    token = desk.pages.get(desk.url).token

    class Endless(io.RawIOBase):
        """Two hundred megabytes that nobody should read."""

        read_so_far = 0

        def readable(self):
            return True

        def seek(self, *place):
            return 0

        def tell(self):
            return 0

        def readinto(self, buffer):
            self.read_so_far += len(buffer)
            buffer[:] = bytes(len(buffer))
            return len(buffer)

    body = Endless()
    response = desk.client.post(
        desk.url,
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": token},
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert response.status_code == 413
    assert f"{MAXIMUM_UPLOAD // (1024 * 1024)} MB" in response.text
    assert body.read_so_far <= MAXIMUM_UPLOAD


def test_import_is_refused_before_the_field_work(desk):
    desk.experiment.status = ExperimentStatus.PLANNED
    desk.session.add(desk.experiment)
    desk.session.commit()
    desk.pages.get(desk.url, 409)


def test_students_do_not_import(desk):
    desk.sign_in(Role.STUDENT)
    desk.pages.get(desk.url, 403)


def test_import_of_another_lab_does_not_exist(desk, build):
    preview = desk.offer(line())
    build.sign_in(desk.client, build.user(Role.SUPERVISOR, build.lab()))
    desk.pages.get(preview.location, 404)
    desk.pages.get(f"{preview.location}/faulty-rows.csv", 404)


def test_counts_page_names_who_imported_what(desk):
    desk.finish(desk.offer(line(), line("X"), name="week 20.csv"))
    page = desk.pages.get(f"/experiments/{desk.experiment.id}/observations")
    assert "week 20.csv" in page.text
    assert desk.supervisor.name in page.text
