"""Registering an experiment and changing its protocol, on pages."""

from datetime import timedelta

import pytest
from sqlmodel import select

from experiments.models.experiments import Experiment, ExperimentStatus
from experiments.queries.experiments import list_profile_ids
from lab.models.audit import AuditEntry
from lab.models.labels import Theme
from lab.models.people import Membership, Role
from lab.models.programmes import ProgrammeKind
from lab.models.segmentation import SegmentationModel
from tests.builders import MOMENT
from tests.pages import Pages

SMALLEST = {
    "title": "Uitnodiging speelplekken",
    "purpose": "activation",
    "design_type": "randomised",
    "assignment_unit": "household",
    "denominator_kind": "letters",
}


@pytest.fixture
def lab(build):
    return build.lab()


@pytest.fixture
def pages(client, build, lab):
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return Pages(client)


@pytest.fixture
def new(lab):
    return f"/labs/{lab.id}/experiments/new"


def find_only(session) -> Experiment:
    session.expire_all()
    found = session.exec(select(Experiment)).one()
    session.commit()
    return found


def model_of(session, lab, code: str) -> SegmentationModel:
    statement = select(SegmentationModel).where(
        SegmentationModel.programme_id == lab.programme_id, SegmentationModel.code == code
    )
    found = session.exec(statement).one()
    session.commit()
    return found


def test_a_title_and_the_closed_choices_make_an_idea(pages, new, session, lab):
    answer = pages.change(new, SMALLEST)
    experiment = find_only(session)
    assert answer.location == f"/experiments/{experiment.id}"
    assert (experiment.status, experiment.living_lab_id) == (ExperimentStatus.IDEA, lab.id)


def test_the_protocol_page_names_what_is_still_needed(pages, new):
    text = pages.get(pages.change(new, SMALLEST).location).text
    for need in ("een vraag", "minstens twee varianten", "de eerste dag", "de laatste dag"):
        assert need in text


def test_an_empty_form_says_per_field_what_to_do(pages, new):
    errors = pages.submit(new, {"title": " "}, status=422).errors
    assert "Geef het experiment een titel." in errors
    assert "Kies een opzet." in errors


def test_a_form_with_a_mistake_keeps_everything_typed(pages, new, build, lab, session):
    model = model_of(session, lab, "citisens")
    typed = SMALLEST | {
        "title": "",
        "question": "Werkt een kaart?",
        "smallest_difference": "2,5",
        "segmentation_model_id": str(model.id),
        "profile_ids": [str(build.profiles(lab)[2].id)],
        "starts_on": "2026-04-01",
        "sources": "Verslag 2018",
    }
    kept = pages.change(new, typed, status=422).values()
    for name, value in typed.items():
        assert kept[name] == (value if isinstance(value, list) else [value])


@pytest.mark.parametrize(("typed", "kept"), [("2", 0.02), ("2,5", 0.025), ("2.5 %", 0.025)])
def test_percentage_points_are_kept_as_a_share(pages, new, session, typed, kept):
    pages.change(new, SMALLEST | {"smallest_difference": typed})
    assert find_only(session).smallest_difference == pytest.approx(kept)


@pytest.mark.parametrize("typed", ["veel", "0", "-1", "100", "NaN", "1e999", ""])
def test_a_difference_that_cannot_be_is_refused(pages, new, typed):
    answer = pages.change(new, SMALLEST | {"smallest_difference": typed}, status=422)
    assert len(answer.errors) == 1
    assert answer.values()["smallest_difference"] == [typed]


def test_a_period_that_ends_before_it_starts_is_refused(pages, new):
    dates = {"starts_on": "2026-06-30", "ends_on": "2026-04-01"}
    answer = pages.change(new, SMALLEST | dates, status=422)
    assert answer.errors == ["Het eind ligt voor het begin."] or len(answer.errors) == 1
    assert "#ends_on" in answer.links


def test_an_outcome_before_its_denominator_is_refused(pages, new):
    steps = {"numerator_step": "reached", "denominator_step": "reached"}
    answer = pages.change(new, SMALLEST | steps, status=422)
    assert "#numerator_step" in answer.links


def test_a_date_that_is_no_date_is_refused(pages, new):
    answer = pages.change(new, SMALLEST | {"starts_on": "31-02-2026"}, status=422)
    assert "#starts_on" in answer.links


def test_a_model_without_ticks_means_all_its_profiles(pages, new, session, build, lab):
    model = model_of(session, lab, "citisens")
    pages.change(new, SMALLEST | {"segmentation_model_id": str(model.id)})
    every = [profile.id for profile in build.profiles(lab)]
    assert list_profile_ids(session, find_only(session).id) == every


def test_ticked_profiles_are_the_only_ones_looked_at(pages, new, session, build, lab):
    model, chosen = model_of(session, lab, "citisens"), build.profiles(lab)[1].id
    choice = {"segmentation_model_id": str(model.id), "profile_ids": [str(chosen)]}
    pages.change(new, SMALLEST | choice)
    assert list_profile_ids(session, find_only(session).id) == [chosen]


def test_looking_at_all_residents_together_is_a_choice(pages, new, session):
    answer = pages.change(new, SMALLEST | {"segmentation_model_id": "none"})
    assert find_only(session).is_without_profiles
    assert "profielen, of de keuze" not in pages.get(answer.location).text


def test_profiles_of_another_model_are_refused(pages, new, session, build, lab):
    model = model_of(session, lab, "age")
    stray = build.profiles(lab, "citisens")[0].id
    choice = {"segmentation_model_id": str(model.id), "profile_ids": [str(stray)]}
    answer = pages.change(new, SMALLEST | choice, status=422)
    assert "#profile_ids-0" in answer.links


def test_labels_of_another_programme_are_refused(pages, new, session, build):
    other = build.programme(ProgrammeKind.FICTITIOUS)
    theme = session.exec(select(Theme).where(Theme.programme_id == other.id)).first()
    session.commit()
    stray = build.profiles(build.lab(other))[0]
    for forged in (
        {"theme_id": str(theme.id)},
        {"segmentation_model_id": str(stray.segmentation_model_id)},
        {"profile_ids": [str(stray.id)]},
    ):
        pages.change(new, SMALLEST | forged, status=422)
    assert session.exec(select(Experiment)).all() == []


def test_another_lab_does_not_exist_for_a_researcher(pages, build):
    other = build.lab(name="Elders")
    pages.get(f"/labs/{other.id}/experiments/new", status=404)


def test_a_supervisor_does_not_write_protocols(client, build, lab, new):
    build.sign_in(client, build.user(Role.SUPERVISOR, lab))
    Pages(client).get(new, status=403)


def test_one_lab_needs_no_choice_of_lab(pages, new):
    assert pages.get("/experiments/new", status=303).location == new


def test_a_choice_of_labs_leaves_out_where_one_cannot_write(client, build, lab, session):
    person = build.user(Role.RESEARCHER, lab)
    second, third = build.lab(name="Tweede"), build.lab(name="Derde")
    for place, role in ((second, Role.RESEARCHER), (third, Role.TEAM)):
        session.add(Membership(user_id=person.id, living_lab_id=place.id, role=role, since=MOMENT))
    session.commit()
    build.sign_in(client, person)
    links = Pages(client).get("/experiments/new").links
    assert f"/labs/{second.id}/experiments/new" in links
    assert f"/labs/{third.id}/experiments/new" not in links


def test_a_frozen_lab_takes_no_experiment(pages, new, session, lab):
    token = pages.get(new).token
    lab.archived_at = lab.created_at
    session.add(lab)
    session.commit()
    answer = pages.client.post(new, data=SMALLEST | {"csrf_token": token})
    assert answer.status_code in (409, 422)
    assert session.exec(select(Experiment)).all() == []


def test_each_edit_stands_in_the_log_with_old_and_new(pages, build, lab):
    experiment = build.experiment(lab, title="Oude titel")
    edited = {"title": "Nieuwe titel", "smallest_difference": "3"}
    pages.change(f"/experiments/{experiment.id}/edit", edited)
    text = pages.get(f"/experiments/{experiment.id}/log").text
    assert "Titel: Oude titel → Nieuwe titel" in text
    assert "Kleinste verschil dat ertoe doet: 2,0 → 3,0" in text


def test_saving_without_a_change_leaves_no_trace(pages, build, lab, session):
    experiment = build.experiment(lab)
    pages.change(f"/experiments/{experiment.id}/edit")
    assert session.exec(select(AuditEntry)).all() == []


def test_two_people_saving_lose_nothing(pages, build, lab, session):
    experiment = build.experiment(lab, title="Eerst")
    # Clocks differ: what was saved last is not always what looks the newest.
    experiment.changed_at = MOMENT + timedelta(days=9999)
    session.add(experiment)
    session.commit()
    url = f"/experiments/{experiment.id}/edit"
    mine = pages.get(url).values() | {"title": "Van mij", "sources": "Mijn bron"}
    pages.change(url, {"title": "Van een ander"})
    answer = pages.submit(url, mine, status=409)
    assert "Van een ander" in answer.text
    assert answer.values()["title"] == ["Van mij"]
    assert answer.values()["sources"] == ["Mijn bron"]
    assert find_only(session).title == "Van een ander"
    pages.submit(url, answer.values())
    assert find_only(session).title == "Van mij"


def test_a_new_variant_meanwhile_is_no_conflict(pages, build, lab):
    experiment = build.experiment(lab)
    url = f"/experiments/{experiment.id}/edit"
    mine = pages.get(url).values() | {"title": "Van mij"}
    channel = str(build.channel(lab, "ansichtkaart").id)
    pages.change(f"/experiments/{experiment.id}/variants/new", {"channel_id": channel})
    pages.submit(url, mine)


@pytest.mark.parametrize(
    "status", [ExperimentStatus.CLOSED, ExperimentStatus.PUBLISHED, ExperimentStatus.WITHDRAWN]
)
def test_a_finished_experiment_cannot_be_edited(pages, build, lab, status):
    experiment = build.experiment(lab, status=status)
    pages.get(f"/experiments/{experiment.id}/edit", status=409)
    answer = pages.get(f"/experiments/{experiment.id}")
    assert f"/experiments/{experiment.id}/edit" not in answer.links


def test_the_public_reads_published_protocols_without_names(client, build, lab):
    experiment = build.experiment(lab, status=ExperimentStatus.PUBLISHED)
    answer = Pages(client).get(f"/experiments/{experiment.id}")
    assert "geadresseerde brief · zakelijk" in answer.text
    assert f"/experiments/{experiment.id}/log" not in answer.links
    Pages(client).get(f"/experiments/{experiment.id}/log", status=303)


def test_a_fictitious_experiment_says_so_on_its_page(client, build):
    lab = build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    experiment = build.experiment(lab, status=ExperimentStatus.PUBLISHED)
    page = Pages(client).get(f"/experiments/{experiment.id}").page
    assert page.all(class_="fictitious-band")


def test_text_that_no_database_keeps_is_refused(pages, new):
    answer = pages.change(new, SMALLEST | {"question": "a\0b"}, status=422)
    assert "#question" in answer.links
