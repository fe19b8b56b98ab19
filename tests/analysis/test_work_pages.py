"""The home page, and everybody's own work."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from experiments.models.experiments import ExperimentStatus
from experiments.models.observations import ReviewState
from lab.access import Place
from lab.models.people import Membership, Role
from lab.models.programmes import ProgrammeKind
from lab.services.audit import record
from tests.analysis.counted import CLEAR, EVEN, count, counted_experiment, reader_of
from tests.builders import MOMENT
from tests.pages import Pages


@pytest.fixture
def lab(build):
    return build.lab(name="Lab Elst")


@pytest.fixture
def pages(client):
    return Pages(client)


@pytest.fixture
def work_of(client, build, pages):
    def show(role, lab, **fields):
        build.sign_in(client, build.user(role, lab, **fields))
        return pages.get("/work")

    return show


def headings(page):
    return [heading.text for heading in page.content.all("h2")]


def test_public_home_leads_to_advice_and_sign_in(build, lab, pages):
    links = pages.get("/").links
    assert "/advice" in links
    assert "/sign-in" in links


def test_public_home_leads_to_published_reports(build, pages):
    lab = build.lab(build.programme(ProgrammeKind.PUBLISHED))
    shown = counted_experiment(build, lab, [CLEAR], ExperimentStatus.PUBLISHED)
    hidden = counted_experiment(build, lab, [CLEAR], ExperimentStatus.ANALYSED)
    links = pages.get("/").links
    assert f"/experiments/{shown.id}/outcome" in links
    assert f"/experiments/{hidden.id}/outcome" not in links


def test_public_home_leads_to_the_demonstration(build, pages):
    programme = build.programme(ProgrammeKind.FICTITIOUS)
    assert f"/experiments?programme={programme.code}" in pages.get("/").links


def test_home_of_somebody_signed_in_is_their_work(client, build, lab, pages):
    build.sign_in(client, build.user(Role.STUDENT, lab))
    assert pages.get("/", status=302).location.endswith("/work")


def test_work_asks_the_public_to_sign_in(pages):
    assert "/sign-in" in pages.get("/work", status=303).location


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        (Role.RESEARCHER, ["Te beslissen", "Na te kijken", "In te voeren", "Nieuw in je labs"]),
        (Role.SUPERVISOR, ["Na te kijken", "In te voeren", "Nieuw in je labs"]),
        (Role.STUDENT, ["In te voeren", "Nieuw in je labs"]),
        (Role.TEAM, ["Nieuw in je labs"]),
    ],
)
def test_everybody_sees_the_verbs_of_their_role(work_of, lab, role, verbs):
    assert headings(work_of(role, lab)) == verbs


def test_student_enters_experiments_in_the_field_of_own_labs(work_of, build, lab):
    running = build.experiment(lab)
    elsewhere = build.experiment(build.lab())
    links = work_of(Role.STUDENT, lab).links
    assert f"/experiments/{running.id}/observations/new" in links
    assert f"/experiments/{elsewhere.id}/observations/new" not in links


def test_student_gets_returned_records_back(client, session, build, lab, pages):
    student = build.user(Role.STUDENT, lab)
    returned = {"review_state": ReviewState.RETURNED}
    mine, _ = count(session, build.experiment(lab), CLEAR, recorded_by_id=student.id, **returned)
    theirs, _ = count(session, build.experiment(lab), CLEAR, **returned)
    build.sign_in(client, student)
    links = pages.get("/work").links
    assert f"/observations/{mine.id}" in links
    assert f"/observations/{theirs.id}" not in links


def test_supervisor_checks_pending_records_per_experiment(work_of, session, build, lab):
    experiment = build.experiment(lab)
    count(session, experiment, CLEAR, review_state=ReviewState.PENDING)
    count(session, build.experiment(lab, title="Alles klaar"), CLEAR)
    page = work_of(Role.SUPERVISOR, lab)
    assert "2 tellingen wachten op een controle" in page.text
    assert f"/experiments/{experiment.id}/observations?state=pending" in page.links


def test_researcher_decides_on_proposals_and_closed_experiments(client, build, lab, pages):
    closed = counted_experiment(build, lab, [CLEAR, EVEN])
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    assert f"/experiments/{closed.id}/outcome" in pages.get("/work").links
    proposals = f"/experiments/{closed.id}/proposals"
    pages.submit(proposals, {"division": "profiles"})
    page = pages.get("/work")
    assert proposals in page.links
    assert f"/experiments/{closed.id}/outcome" not in page.links
    assert "2 voorstellen voor advies wachten" in page.text


def test_researcher_sees_what_registration_still_needs(work_of, build, lab):
    build.experiment(lab, status=ExperimentStatus.PLANNED, ends_on=None)
    assert "nog nodig om te registreren: een vraag" in work_of(Role.RESEARCHER, lab).text


def test_news_is_what_colleagues_did_since_last_visit(work_of, session, build, lab):
    experiment = build.experiment(lab, title="Brieven in Elst")
    colleague = reader_of(build.user(Role.RESEARCHER, lab, name="Sanne"), lab)
    place = Place(lab.programme_id, lab.id)
    seen, new = MOMENT - timedelta(days=2), MOMENT
    for at, action in ((seen, "add_experiment"), (new, "change_experiment")):
        record(
            session,
            by=colleague,
            at=at,
            action=action,
            subject="experiment",
            subject_id=experiment.id,
            place=place,
        )
    session.commit()
    page = work_of(Role.TEAM, lab, previous_visit_at=MOMENT - timedelta(days=1))
    assert "Nieuw sinds vorige keer" in headings(page)
    assert "protocol veranderd · Sanne" in page.text
    assert "nieuw experiment" not in page.text


def test_many_entries_of_one_kind_make_one_line(work_of, session, build, lab):
    experiment = build.experiment(lab)
    colleague = reader_of(build.user(Role.STUDENT, lab), lab, Role.STUDENT)
    for number in range(12):
        record(
            session,
            by=colleague,
            at=MOMENT,
            action="record_observation",
            subject="observation",
            subject_id=number,
            place=Place(lab.programme_id, lab.id),
            experiment_id=experiment.id,
        )
    session.commit()
    page = work_of(Role.TEAM, lab)
    assert "tellingen ingevoerd (12×)" in page.text
    assert page.links.count(f"/experiments/{experiment.id}/observations") == 1


def test_news_tells_of_imported_files_and_the_newest_first(work_of, session, build, lab):
    experiment = build.experiment(lab)
    colleague = reader_of(build.user(Role.STUDENT, lab), lab, Role.STUDENT)
    later, earlier = MOMENT, MOMENT - timedelta(hours=3)
    for at, action in ((later, "import_observations"), (earlier, "review_observations")):
        record(
            session,
            by=colleague,
            at=at,
            action=action,
            subject="experiment",
            subject_id=experiment.id,
            place=Place(lab.programme_id, lab.id),
        )
    session.commit()
    text = work_of(Role.TEAM, lab).text
    assert 0 < text.index("bestand ingelezen") < text.index("tellingen nagekeken")


def test_student_gets_no_news_that_gives_the_outcome_away(client, session, build, lab, pages):
    closed = counted_experiment(build, lab, [CLEAR])
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    pages.submit(f"/experiments/{closed.id}/proposals", {})
    build.sign_in(client, build.user(Role.STUDENT, lab))
    assert "voorstellen" not in pages.get("/work").text


def test_work_of_two_programmes_stands_apart(client, session, build, pages):
    own, made_up = build.lab(), build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    for lab in (own, made_up):
        build.experiment(lab)
    student = build.user(Role.STUDENT, own)
    post = Membership(user_id=student.id, living_lab_id=made_up.id, role=Role.STUDENT, since=MOMENT)
    session.add(post)
    session.commit()
    build.sign_in(client, student)
    lists = pages.get("/work").content.all("ul", class_="links")
    assert [len(one.all("li")) for one in lists] == [1, 1]


def test_somebody_without_a_lab_reads_whom_to_ask(client, build, pages):
    build.sign_in(client, build.user())
    assert "Vraag er een aan de beheerder" in pages.get("/work").text


def test_more_experiments_cost_no_more_queries(client, app, session, build, lab, pages):
    seen = []
    engine = app.extensions["engine"]
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    def count_queries():
        seen.clear()
        pages.get("/work")
        return len(seen)

    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    for status in ExperimentStatus:
        counted_experiment(build, lab, [CLEAR], status)
    few = count_queries()
    for status in ExperimentStatus:
        counted_experiment(build, lab, [CLEAR], status)
    assert count_queries() == few
