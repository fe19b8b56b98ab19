"""The steps that an experiment takes: by whom, with what, and what is kept of them."""

from datetime import date

import pytest
from sqlmodel import select

from experiments.models.experiments import (
    Experiment,
    ExperimentStatus,
    StatusChange,
    Variant,
    Wave,
    WaveShare,
)
from experiments.progress import STEPS
from experiments.queries.variants import list_variant_rows
from experiments.services.waves import ensure_wave
from lab.models.people import Role
from tests.pages import Pages


@pytest.fixture
def lab(build):
    return build.lab()


@pytest.fixture
def sign_in(client, build, lab):
    def sign_in_as(role: Role) -> Pages:
        build.sign_in(client, build.user(role, lab))
        return Pages(client)

    return sign_in_as


@pytest.fixture
def pages(sign_in):
    return sign_in(Role.RESEARCHER)


@pytest.fixture
def ready(build, lab, session):
    """A plan with everything that registering asks; no wave yet."""
    experiment = build.experiment(lab, status=ExperimentStatus.PLANNED, question="Werkt het?")
    for wave in session.exec(select(Wave)):
        session.delete(wave)
    session.commit()
    return experiment


def status_of(session, experiment) -> ExperimentStatus:
    session.expire_all()
    return session.get(Experiment, experiment.id).status


def step(pages, experiment, to: str, reason: str = "", status: int = 303):
    sent = {"to_status": to, "reason": reason}
    here = f"/experiments/{experiment.id}"
    return pages.submit(f"{here}/status", sent, status=status, at=here)


def test_an_experiment_goes_the_whole_way(pages, session, ready, build):
    for to in ("registered", "in_field", "closed"):
        # The button of the state line, as it stands on the page.
        here = f"/experiments/{ready.id}"
        button = pages.get(here).content.one("input", name="to_status")
        assert button["value"] == to
        pages.submit(f"{here}/status", {"to_status": to}, at=here)
    assert status_of(session, ready) is ExperimentStatus.CLOSED
    changes = session.exec(select(StatusChange).order_by(StatusChange.id)).all()[1:]
    assert [change.to_status for change in changes] == ["registered", "in_field", "closed"]
    assert all(change.changed_by_id and change.changed_at for change in changes)


def test_registering_fixes_the_moment_and_starts_a_wave(pages, session, ready):
    step(pages, ready, "registered")
    session.expire_all()
    assert session.get(Experiment, ready.id).registered_at
    assert [share.share for share in session.exec(select(WaveShare))] == [0.5, 0.5]


@pytest.mark.parametrize(
    ("lacking", "need"),
    [
        ({"question": ""}, "een vraag"),
        ({"starts_on": None}, "de eerste dag"),
        ({"ends_on": None}, "de laatste dag"),
    ],
)
def test_registering_needs_the_protocol_to_be_whole(pages, session, ready, lacking, need):
    ready.sqlmodel_update(lacking)
    session.add(ready)
    session.commit()
    assert need in step(pages, ready, "registered", status=409).text
    assert need in pages.get(f"/experiments/{ready.id}").text
    assert status_of(session, ready) is ExperimentStatus.PLANNED


def test_one_variant_can_be_planned_but_not_registered(pages, session, build, lab):
    experiment = build.experiment(
        lab, styles=("zakelijk",), status=ExperimentStatus.IDEA, question="Werkt het?"
    )
    step(pages, experiment, "planned")
    assert "minstens twee varianten" in step(pages, experiment, "registered", status=409).text


@pytest.mark.parametrize("shares", [(0.5, 0.4), (0.5, None), (0.7, 0.7)])
def test_shares_must_make_one_whole(pages, session, ready, shares):
    for variant, share in zip(list_variant_rows(session, ready.id), shares, strict=True):
        variant.share = share
        session.add(variant)
    session.commit()
    assert "aandelen die samen 100" in step(pages, ready, "registered", status=409).text


def test_shares_in_rounded_percents_make_one_whole(pages, session, ready, build, lab):
    build.variant(ready, lab, "persoonlijk", position=2)
    for variant in list_variant_rows(session, ready.id):
        variant.share = 0.333
        session.add(variant)
    session.commit()
    step(pages, ready, "registered")
    assert sum(share.share for share in session.exec(select(WaveShare))) == pytest.approx(1)


def test_two_controls_cannot_be_registered(pages, session, ready):
    for variant in session.exec(select(Variant)):
        variant.is_control = True
        session.add(variant)
    session.commit()
    assert "hooguit één controle" in step(pages, ready, "registered", status=409).text


def test_field_work_can_start_without_registration(pages, session, ready):
    url = f"/experiments/{ready.id}/status?to=in_field"
    assert "nooit graad A" in pages.get(url).text
    step(pages, ready, "in_field")
    assert status_of(session, ready) is ExperimentStatus.IN_FIELD
    wave = ensure_wave(session, session.get(Experiment, ready.id))
    assert wave.number == 1
    assert ensure_wave(session, session.get(Experiment, ready.id)).id == wave.id


def test_analysing_needs_counts(pages, build, lab):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    assert "tellingen" in step(pages, experiment, "analysed", status=409).text


@pytest.mark.parametrize(
    ("start", "to"), [("planned", "idea"), ("closed", "in_field"), ("in_field", "withdrawn")]
)
def test_a_step_back_or_out_needs_a_reason(pages, session, build, lab, start, to):
    experiment = build.experiment(lab, status=ExperimentStatus(start))
    answer = step(pages, experiment, to, status=422)
    assert "#reason" in answer.links
    step(pages, experiment, to, reason="De school was dicht")
    assert status_of(session, experiment) == to
    assert "De school was dicht" in pages.get(f"/experiments/{experiment.id}/log").text


def test_every_other_step_is_refused(pages, session, build, lab):
    for start in ExperimentStatus:
        experiment = build.experiment(lab, status=start)
        for to in ExperimentStatus:
            if (start, to) not in STEPS:
                step(pages, experiment, to, reason="Toch", status=409)
        assert status_of(session, experiment) is start


def test_a_status_that_does_not_exist_is_refused(pages, build, lab):
    step(pages, build.experiment(lab), "klaar", status=409)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.SUPERVISOR, 303), (Role.TEAM, 403), (Role.STUDENT, 403), (Role.ADMINISTRATOR, 403)],
)
def test_closing_field_work_is_for_researcher_and_supervisor(sign_in, build, lab, role, status):
    experiment = build.experiment(lab)
    step(sign_in(role), experiment, "closed", status=status)


def test_a_supervisor_does_not_register(sign_in, session, ready):
    step(sign_in(Role.SUPERVISOR), ready, "registered", status=403)
    assert status_of(session, ready) is ExperimentStatus.PLANNED


def test_the_state_line_offers_the_step_to_who_may_take_it(sign_in, ready):
    url = f"/experiments/{ready.id}"
    for role, is_offered in ((Role.RESEARCHER, True), (Role.TEAM, False)):
        content = sign_in(role).get(url).content
        assert bool(content.all("input", name="to_status")) is is_offered
        assert "registreer het protocol" in content.text


def test_a_withdrawn_experiment_shows_how_far_it_came(pages, session, build, lab):
    experiment = build.experiment(lab, status=ExperimentStatus.PLANNED)
    step(pages, experiment, "withdrawn", reason="Geen geld")
    line = pages.get(f"/experiments/{experiment.id}").content.one(class_="state-line").text
    assert line == "gepland ● ingetrokken"


def test_a_frozen_lab_takes_no_step(pages, session, lab, ready):
    lab.archived_at = lab.created_at
    session.add(lab)
    session.commit()
    here = f"/experiments/{ready.id}"
    sent = {"to_status": "registered"}
    pages.submit(f"{here}/status", sent, status=409, at=f"{here}/status?to=registered")
    assert not pages.get(here).content.all("input", name="to_status")


def test_registering_later_than_the_first_day_costs_grade_a(pages, session, ready):
    assert ready.starts_on > date(2000, 1, 1)
    ready.starts_on = date(2020, 1, 1)
    session.add(ready)
    session.commit()
    step(pages, ready, "registered")
    text = pages.get(f"/experiments/{ready.id}").text
    assert "Pas geregistreerd nadat het veldwerk begon." in text
