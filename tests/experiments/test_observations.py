"""Entering and correcting counts on the pages, as somebody in the field does."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from experiments.models.experiments import ExperimentStatus
from experiments.models.observations import ObservationCreate
from experiments.queries.cells import sum_cells
from experiments.queries.observations import list_observations_in_force
from experiments.queries.variants import list_variants
from experiments.services.observations import record_observations
from lab.models.people import Role
from lab.queries.people import get_reader
from tests.pages import Pages

TODAY = datetime.now(UTC).date()
START, END = TODAY - timedelta(days=60), TODAY - timedelta(days=5)
COUNTED_ON = TODAY - timedelta(days=30)
DAY = COUNTED_ON.isoformat()
OTHER_DAY = (COUNTED_ON + timedelta(days=3)).isoformat()


class Field:
    """One experiment in the field with a student signed in."""

    def __init__(self, client, session, build):
        self.client, self.session, self.build = client, session, build
        self.lab = build.lab()
        self.experiment = build.experiment(self.lab, starts_on=START, ends_on=END)
        self.variants = list_variants(session, self.experiment.id)
        self.profile = build.profiles(self.lab)[0]
        session.commit()
        self.pages = Pages(client)
        self.student = self.sign_in(Role.STUDENT)

    def sign_in(self, role, user=None):
        user = user or self.build.user(role, self.lab)
        self.build.sign_in(self.client, user)
        return user

    @property
    def counts_url(self) -> str:
        return f"/experiments/{self.experiment.id}/observations"

    @property
    def new_url(self) -> str:
        return f"{self.counts_url}/new"

    def record(self, **changes) -> dict:
        return {
            "uuid": str(uuid4()),
            "variant": self.variants[0].id,
            "profile": "",
            "profile_basis": "unknown",
            "is_profile_known_before": "yes",
            "observed_on": DAY,
            "area": "Elst-Zuid",
            "cluster": "",
            "offered": "40",
            "reached": "12",
            "responded": "5",
            "participated": "",
            "count_method": "counted",
            "remark": "",
        } | changes

    def enter(self, status=303, **changes):
        return self.pages.submit(self.new_url, self.record(**changes), status)

    def in_force(self):
        self.session.expire_all()
        rows = list_observations_in_force(self.session, self.experiment.id)
        self.session.commit()
        return rows

    def cells(self):
        rows = sum_cells(self.session, self.experiment.id)
        self.session.commit()
        return rows

    def newest(self):
        return max(self.in_force(), key=lambda row: row.id)


@pytest.fixture
def field(client, session, build) -> Field:
    return Field(client, session, build)


def test_student_enters_a_count_and_sees_it_kept(field):
    answer = field.enter(profile=field.profile.id, profile_basis="panel")
    [row] = field.in_force()
    assert (row.offered, row.reached, row.responded, row.participated) == (40, 12, 5, None)
    assert row.profile_id == field.profile.id
    assert row.recorded_by_id == field.student.id
    page = field.pages.get(answer.location)
    assert "Bewaard" in page.text
    assert f"/observations/{row.id}/correct" in page.links


def test_next_form_carries_over_what_stays_the_same(field):
    answer = field.enter(cluster="route 3", count_method="estimated")
    values = field.pages.get(answer.location).values()
    assert values["variant"] == [str(field.variants[0].id)]
    assert values["area"] == ["Elst-Zuid"]
    assert values["cluster"] == ["route 3"]
    assert values["observed_on"] == [DAY]
    assert values["count_method"] == ["estimated"]
    assert values["offered"] == [""]
    assert values["remark"] == [""]


def test_sending_the_same_form_twice_counts_once(field):
    record = field.record()
    first = field.pages.submit(field.new_url, record)
    second = field.pages.submit(field.new_url, record)
    assert first.location == second.location
    assert len(field.in_force()) == 1


def test_same_form_with_other_numbers_shows_both(field):
    record = field.record()
    field.pages.submit(field.new_url, record)
    answer = field.pages.submit(field.new_url, record | {"offered": "41"}, 409)
    assert "40" in answer.text
    assert "41" in answer.text
    assert [row.offered for row in field.in_force()] == [40]


def test_form_of_another_lab_shows_nothing_of_it(field, build):
    record = field.record(area="Geheimdorp")
    field.pages.submit(field.new_url, record)
    other = Field(field.client, field.session, build)
    sent = other.record(uuid=record["uuid"], area="Elders")
    answer = other.pages.submit(other.new_url, sent, 409)
    assert "Geheimdorp" not in answer.body


def refuse(field, **changes):
    """Send a record that cannot be, and check that nothing typed is lost and nothing kept."""
    record = field.record(**changes)
    answer = field.pages.submit(field.new_url, record, 422)
    values = answer.values()
    for name in ("area", "offered", "remark", "uuid"):
        assert values[name] == [str(record[name])]
    assert field.in_force() == []
    return answer


def test_more_participants_than_reached_names_both_fields(field):
    answer = refuse(field, reached="4", participated="5", responded="")
    [first, second] = answer.errors
    assert "(5)" in first
    assert "(4)" in first
    links = [link["href"] for link in answer.page.one(class_="error-summary").all("a")]
    assert links == ["#reached", "#participated"]
    assert second


IMPOSSIBLE = [
    ({"offered": "-3"}, "onder nul"),
    ({"offered": "twaalf"}, "geen getal"),
    ({"offered": "1.200"}, "1200"),
    ({"offered": "12,5"}, "geen heel getal"),
    ({"offered": "9" * 5000}, "te groot"),
    ({"offered": "200000000"}, "te groot"),
    ({"offered": "3", "reached": "4"}, "Klopt"),
    ({"offered": "", "reached": "", "responded": ""}, "minstens één"),
    ({"observed_on": (START - timedelta(days=1)).isoformat()}, "ligt voor"),
    ({"observed_on": (END + timedelta(days=1)).isoformat()}, "ligt na"),
    ({"observed_on": "31-02-2026"}, "bestaat niet"),
    ({"observed_on": "gisteren"}, "geen datum"),
    ({"observed_on": ""}, "Vul"),
    ({"variant": ""}, "Kies"),
    ({"variant": "999999"}, "variant"),
    ({"profile": "999999"}, "profiel"),
    ({"profile_basis": "dreams"}, "kan niet"),
    ({"count_method": "dreams"}, "kan niet"),
    ({"area": "x" * 101}, "te lang"),
    ({"remark": "bel Jan op 06-12345678"}, "telefoonnummer"),
    ({"remark": "mail jan@example.org"}, "e-mailadres"),
    ({"remark": "woont op 3512 AB 12"}, "postcode"),
    ({"remark": "Kerkstraat 12 was boos"}, "huisnummer"),
    ({"area": "Kerkstraat 12"}, "huisnummer"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_impossible_input_says_what_to_do(field):
    for changes, words in IMPOSSIBLE:
        answer = refuse(field, **changes)
        assert any(words in error for error in answer.errors), (changes, answer.errors)


def test_day_that_has_yet_to_come_is_refused(field):
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    answer = refuse(field, observed_on=tomorrow.isoformat())
    assert "moet nog komen" in answer.errors[0]


def test_any_day_counts_without_a_period(field):
    field.experiment.starts_on = field.experiment.ends_on = None
    field.session.add(field.experiment)
    field.session.commit()
    field.enter(observed_on="1999-01-01")
    assert field.newest().observed_on == date(1999, 1, 1)


def set_status(field, status):
    field.experiment.status = status
    field.session.add(field.experiment)
    field.session.commit()


def test_student_cannot_enter_after_the_field_work(field):
    set_status(field, ExperimentStatus.CLOSED)
    assert "voorbij" in field.pages.get(field.new_url, 403).text
    field.sign_in(Role.SUPERVISOR)
    field.enter()
    assert len(field.in_force()) == 1


def test_nothing_is_counted_before_the_field_work(field):
    set_status(field, ExperimentStatus.PLANNED)
    field.pages.get(field.new_url, 409)


def correct(field, row, status=303, **changes):
    return field.pages.change(
        f"/observations/{row.id}/correct", {"reason": "verkeerd geteld"} | changes, status
    )


def test_correction_replaces_and_keeps_the_history(field):
    field.enter()
    [old] = field.in_force()
    answer = correct(field, old, offered="41")
    [new] = field.in_force()
    assert (new.offered, new.replaces_id) == (41, old.id)
    history = field.pages.get(answer.location)
    assert re.search(r"Aangeboden: 40 → 41", history.text)
    assert "verkeerd geteld" in history.text
    assert sum(cell.offered for cell in field.cells()) == 41


def test_correction_without_reason_is_refused(field):
    field.enter()
    answer = correct(field, field.newest(), 422, reason="", offered="41")
    assert answer.errors
    assert answer.values()["offered"] == ["41"]


def test_second_correction_shows_the_newer_version(field):
    field.enter()
    old = field.newest()
    url = f"/observations/{old.id}/correct"
    late = field.pages.get(url).values() | {"reason": "laat", "offered": "39"}
    correct(field, old, offered="41")
    answer = field.pages.submit(url, late, 409, at=field.new_url)
    assert "41" in answer.text
    assert "39" in answer.text
    assert [row.offered for row in field.in_force()] == [41]
    assert field.client.get(url).status_code == 303


def test_student_corrects_only_their_own(field):
    field.enter()
    row = field.newest()
    field.sign_in(Role.STUDENT)
    url = f"/observations/{row.id}/correct"
    assert field.client.get(url).status_code == 303
    sent = field.record(reason="zomaar")
    field.pages.submit(url, sent, 403, at=field.new_url)
    field.sign_in(Role.SUPERVISOR)
    correct(field, row, offered="42")
    assert field.newest().offered == 42


def test_void_leaves_a_count_out_and_shows_why(field):
    field.enter()
    row = field.newest()
    answer = field.pages.submit(
        f"/observations/{row.id}/void",
        {"void_reason": "dubbel ingevoerd"},
        at=f"/observations/{row.id}/correct",
    )
    assert field.in_force() == []
    assert field.cells() == []
    assert "dubbel ingevoerd" in field.pages.get(answer.location).text


def test_corrected_void_counts_again(field):
    field.enter()
    row = field.newest()
    url = f"/observations/{row.id}/void"
    answer = field.pages.submit(
        url, {"void_reason": "dubbel"}, at=f"/observations/{row.id}/correct"
    )
    number = int(answer.location.rsplit("/", 1)[1])
    field.pages.change(f"/observations/{number}/correct", {"reason": "toch goed"})
    assert field.newest().offered == 40


def test_student_does_not_see_who_is_ahead(field):
    field.sign_in(Role.RESEARCHER)
    field.enter(responded="7", reached="12", offered="4321")
    assert "Gereageerd" in field.pages.get(field.counts_url).text
    field.sign_in(Role.STUDENT)
    page = field.pages.get(field.counts_url)
    assert "4.321" in page.text
    assert "Gereageerd" not in page.text.replace("gereageerd", "")
    record = field.pages.get(f"/observations/{field.newest().id}")
    assert "Gereageerd" not in record.text


def test_no_form_shows_a_student_the_outcome_of_others(field):
    student = field.student
    field.enter()
    own = field.newest()
    field.sign_in(Role.SUPERVISOR)
    correct(field, own, responded="7", reached="12", offered="4321")
    newer = field.newest()
    first, last, uuid = newer.replaces_id, newer.id, str(newer.uuid)
    field.sign_in(Role.STUDENT, student)
    field.session.commit()
    void = field.pages.submit(
        f"/observations/{last}/void", {"void_reason": ""}, 403, at=field.new_url
    )
    faulty = field.record(observed_on="", reason="")
    faulty_form = field.pages.submit(f"/observations/{last}/correct", faulty, 403, at=field.new_url)
    late = field.pages.submit(
        f"/observations/{first}/correct",
        field.record(reason="laat", responded="5"),
        409,
        at=field.new_url,
    )
    twice = field.pages.submit(field.new_url, field.record(uuid=uuid, responded="5"), 409)
    for page in (void, faulty_form, late, twice):
        assert "7" not in [cell.text.split(" ")[0] for cell in page.page.all("td", "dd")]
        assert "7" not in [field["value"] for field in page.page.all("input")]


@pytest.mark.parametrize("name", ["experiment_id", "endpoint", "_external", "_scheme", "values"])
def test_address_of_the_list_cannot_lead_its_links_astray(field, name):
    field.enter()
    field.sign_in(Role.SUPERVISOR)
    page = field.pages.get(f"{field.counts_url}?{name}=x&state=pending")
    assert f"{name}=" not in "".join(form["action"] or "" for form in page.page.all("form"))
    answer = field.pages.submit(
        f"{field.counts_url}/review?{name}=x&state=pending",
        {"observation": field.newest().id, "state": "approved"},
        at=field.counts_url,
    )
    assert answer.location == f"{field.counts_url}?state=pending"


def test_list_filters_and_keeps_pages_apart(field):
    commands = [
        ObservationCreate(variant_id=field.variants[0].id, observed_on=COUNTED_ON, offered=number)
        for number in range(55)
    ]
    researcher = get_reader(field.session, field.build.user(Role.RESEARCHER, field.lab))
    record_observations(
        field.session, field.experiment.id, commands, by=researcher, at=datetime.now(UTC)
    )
    field.session.commit()
    field.enter(variant=field.variants[1].id, observed_on=OTHER_DAY)
    first = field.pages.get(field.counts_url)
    assert len(first.content.all("table")[1].all("tr")) == 51
    assert any("page=2" in (link or "") for link in first.links)
    of_variant = field.pages.get(f"{field.counts_url}?variant={field.variants[1].id}")
    assert len(of_variant.content.all("table")[1].all("tr")) == 2
    of_day = field.pages.get(f"{field.counts_url}?day={OTHER_DAY}")
    assert len(of_day.content.all("table")[1].all("tr")) == 2
    assert "0 tellingen" in field.pages.get(f"{field.counts_url}?profile={field.profile.id}").text


def test_strange_filters_do_no_harm(field):
    field.enter()
    strange = "?variant=x&profile=-1&state=dreams&day=gisteren&page=99999999999999999999"
    assert field.pages.get(field.counts_url + strange).page


def test_template_file_names_the_variants(field):
    body = field.pages.get(f"{field.counts_url}/template.csv").body
    assert body.startswith('\ufeff"variant";"profiel";')
    assert field.variants[0].name_nl in body


def test_entry_page_in_english_has_no_dutch_left(field):
    field.client.set_cookie("language", "en")
    page = field.pages.get(field.new_url)
    assert "Enter a count" in page.text
    assert "Telling" not in page.text


def test_counts_of_another_lab_do_not_exist(field, build):
    field.enter()
    row = field.newest()
    other = build.user(Role.RESEARCHER, build.lab())
    build.sign_in(field.client, other)
    for url in (f"/observations/{row.id}", f"/observations/{row.id}/correct", field.counts_url):
        field.pages.get(url, 404)
