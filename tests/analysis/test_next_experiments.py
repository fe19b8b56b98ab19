"""What to test next: told in sentences, hidden where it must be, and planned in one click."""

from dataclasses import replace

import numpy as np
import pytest
from sqlmodel import select

from analysis.pooled.archive import write_archive
from analysis.pooled.outlook import NextDesign, NextRecord, find_deviations, plan_next
from analysis.pooled.record import ProfileRecord, TermRecord
from analysis.queries.runs import find_draws
from analysis.reports.evidence.contents import EvidenceRequest
from analysis.reports.next_experiments.build import build_next_report
from analysis.services.pooled_findings import read_rows, read_scope
from analysis.services.runs import read_run
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import CellRow
from experiments.models.experiments import (
    Experiment,
    ExperimentProfile,
    ExperimentStatus,
    Variant,
    VariantStyle,
)
from lab.i18n import command_context
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.pooled_records import NAMES, VARIANTS, record, scope, variant
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.pages import Pages

ROWS = tuple(
    CellRow(lab, experiment, "1|letters", profile, channel, style, "", 600, 60)
    for lab, experiment in (("7", "11"), ("8", "12"))
    for profile in ("5", "6")
    for channel, style in VARIANTS
)


@pytest.fixture
def pages(client):
    """Pages as somebody reads them."""
    return Pages(client)


@pytest.fixture
def labs(build):
    """Two labs with an experiment each, of few people, so that little is known."""
    return pooled_labs(build, labs=2, experiments=1, people=150)


@pytest.fixture
def run(build, labs):
    """What these labs found together."""
    return keep_pooled_run(build, pooled_scope(build, labs[0]))


def plan(session, run):
    """Return what to hold next after a kept run."""
    scope = read_scope(run)
    content = find_draws(session, run.id).content
    return plan_next(read_run(run), content, read_rows(run, scope), scope.outcome.direction)


def test_best_experiment_is_told_with_variants_people_and_labs(pages, client, build, labs, run):
    build.sign_in(client, build.user(Role.TEAM, labs[0]))
    said = pages.get("/evidence/next?programme=own").content.one("div", class_="answer").text
    assert said.startswith("Test “")
    assert "per variant, verdeeld over 2 labs." in said
    assert "gemiste reacties op elke 1.000 brieven" in said


def test_worth_never_exceeds_that_of_knowing_everything(session, run):
    found = plan(session, run)
    assert found.designs
    assert all(0 < one.gain <= found.perfect for one in found.designs)
    assert [one.gain for one in found.designs] == sorted(
        (one.gain for one in found.designs), reverse=True
    )


def test_same_run_gives_the_same_plan(session, run):
    assert plan(session, run) == plan(session, run)


def test_outcome_of_which_less_is_better_gains_by_lower_rates(session, build):
    labs = pooled_labs(build, labs=2, experiments=1, people=150, direction=Direction.LOWER)
    run = keep_pooled_run(build, pooled_scope(build, labs[0], direction=Direction.LOWER))
    record, found = read_run(run), plan(session, run)
    for part in record.profiles:
        advised = min(part.variants, key=lambda one: one.rate)
        alone = [one for one in found.designs if one.profiles == (part.profile,)]
        assert all(advised.variant in one.variants for one in alone[:1])


def report(perfect, *designs):
    """Return the page on designs that were worked out for a record made by hand."""
    asked = EvidenceRequest(record(), scope(), NAMES, (), rows=ROWS, asked=("5", "6"))
    values = (("5", perfect), ("6", perfect))
    with command_context("nl"):
        return build_next_report(asked, NextRecord("1", designs, perfect, values, ()))


def design(gain=0.002, group=1, variants=(1, 0), **fields) -> NextDesign:
    """Return a design on everybody."""
    values = {"people": 600, "labs": 2, "error": 0.0001, "smallest": 0.041, "overturns": ()}
    return NextDesign(variants, ("5", "6"), gain=gain, group=group, **values | fields)


def test_certain_answer_leaves_nothing_worth_testing():
    found = report(0.0001, design(gain=0.0005))
    assert found.headline.startswith("Hier is niets meer de moeite van testen waard")
    assert not found.groups
    assert "0,1 op elke 1.000 brieven" in found.answer[0]


def test_sentences_hold_all_that_one_needs_to_know():
    overturns = (("5", 0.183, 0), ("6", 0.01, 2))
    [item] = report(0.01, design(gain=0.0012, overturns=overturns)).items
    assert item.ask == (
        "Test “brief · zakelijk” tegen “brief · persoonlijk” bij “Jong” en “Oud”: ongeveer 600 "
        "brieven per variant, verdeeld over 2 labs."
    )
    assert item.saves == (
        "Dat voorkomt naar verwachting 1,2 gemiste reacties op elke 1.000 brieven."
    )
    assert item.sees.startswith("Op zichzelf kan het een verschil van 4,1 procentpunt")
    assert item.overturns == (
        "De kans dat het advies voor “Jong” verandert is ongeveer 18 op 100, meestal naar “brief · "
        "zakelijk”.",
    )


def test_experiments_that_cannot_be_told_apart_share_their_place():
    groups = report(0.01, design(), design(variants=(1, 2)), design(0.001, 2, (0, 2))).groups
    assert [one.ranks for one in groups] == ["1–2", "3"]


def test_experiment_that_brings_next_to_nothing_is_not_listed():
    assert len(report(0.01, design(), design(gain=0.0001, group=2)).items) == 1


def test_researcher_plans_an_experiment_in_one_click(pages, client, session, build, labs, run):
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    page = pages.get("/evidence/next?programme=own")
    form = next(one for one in page.content.all("form") if one["method"] == "post")
    sent = {one["name"]: one["value"] for one in form.all("input")}
    answer = client.post(form["action"], data=sent)
    assert answer.status_code == 303
    made = session.exec(select(Experiment).order_by(Experiment.id.desc())).first()
    assert answer.location == f"/experiments/{made.id}/edit"
    assert (made.status, made.living_lab_id) == (ExperimentStatus.IDEA, labs[0].id)
    assert made.question.startswith("Test “")
    assert made.smallest_difference == 0.02
    assert f"/evidence/{run.id}" in made.sources
    design = plan(session, run).designs[0]
    variants = session.exec(
        select(Variant).where(Variant.experiment_id == made.id).order_by(Variant.position)
    ).all()
    assert [one.is_control for one in variants] == [True] + [False] * (len(variants) - 1)
    assert sum(one.share for one in variants) == pytest.approx(1)
    codes = [read_run(run).variants[place] for place in design.variants]
    styles = [
        session.exec(select(VariantStyle).where(VariantStyle.variant_id == one.id)).one()
        for one in variants
    ]
    assert [
        (str(one.channel_id), f"{style.style_axis_id}={style.style_id}")
        for one, style in zip(variants, styles, strict=True)
    ] == codes
    profiles = session.exec(
        select(ExperimentProfile.profile_id).where(ExperimentProfile.experiment_id == made.id)
    )
    assert {str(one) for one in profiles} == set(design.profiles)
    assert pages.get(answer.location).content.one("h1")


def test_nothing_is_planned_in_somebody_elses_lab(pages, client, session, build, labs, run):
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    address, at = f"/evidence/{run.id}/next/0/experiments", "/evidence/next?programme=own"
    pages.submit(address, {"living_lab_id": str(labs[1].id)}, status=404, at=at)
    pages.submit(address, status=404, at=at)
    assert len(session.exec(select(Experiment.id)).all()) == len(labs)


def test_only_researchers_get_the_button(pages, client, build, labs, run):
    build.sign_in(client, build.user(Role.TEAM, labs[0]))
    assert "Plan experiment" not in pages.get("/evidence/next?programme=own").text
    pages.submit(f"/evidence/{run.id}/next/0/experiments", status=403, at="/work")


def test_own_programme_is_not_there_for_others(pages, run):
    pages.get("/evidence/next?programme=own", status=404)


def test_run_of_another_programme_is_not_there(pages, client, build, labs, run):
    published = build.programme(ProgrammeKind.PUBLISHED)
    pages.get(f"/evidence/next?programme={published.code}&run={run.id}", status=404)


def test_small_counts_hide_the_experiments_that_follow_from_them(pages, client, build):
    labs = pooled_labs(build, labs=2, experiments=1, people=12)
    keep_pooled_run(build, pooled_scope(build, labs[0]))
    outsider = build.lab()
    build.sign_in(client, build.user(Role.TEAM, outsider))
    answer = pages.get("/evidence/next?programme=own")
    assert "ze volgen uit cijfers die niet voor jou zijn" in answer.text
    asked = [one.text for one in answer.content.all("div", class_="next")]
    assert asked
    # All profiles together are shown, but none of them by itself.
    assert all("Stadse Nomaden” en “Geïnformeerde" in one for one in asked)
    assert "per profiel" not in answer.text


def test_programme_without_answers_names_the_first_step(pages, client, build):
    lab = build.lab()
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    links = pages.get("/evidence/next?programme=own").links
    assert f"/programmes/{lab.programme_id}/evidence/new" in links


def test_every_profile_keeps_what_is_advised_there_however_many_variants_there_are():
    profiles, variants = 14, 16
    shift = np.zeros((profiles, variants))
    shift[np.arange(profiles), np.arange(profiles)] = 0.4
    draws = shift + np.random.default_rng(1).normal(0, 0.1, (400, profiles, variants))
    codes = tuple((str(1 + one), "3=31") for one in range(variants))
    names = [str(one) for one in range(1, profiles + 1)]
    held = {
        "draws": draws,
        "level": np.full((400, profiles), -2.0),
        "profiles": np.array(names),
        "channels": np.array([channel for channel, _style in codes]),
        "styles": np.array([style for _channel, style in codes]),
    }
    parts = [
        ProfileRecord(
            name,
            tuple(variant(one, 0.1, is_advised=one == place) for one in range(variants)),
        )
        for place, name in enumerate(names)
    ]
    rows = [
        CellRow("7", "11", "1|letters", name, channel, style, "", 300, 30)
        for name in names
        for channel, style in codes
    ]
    known = replace(record(*parts), variants=codes)
    found = plan_next(known, write_archive(held), rows, Direction.HIGHER)
    assert len(found.perfect_by_profile) == profiles
    assert not found.unranked


def test_spread_that_too_few_labs_tell_is_that_of_the_prior():
    terms = [
        TermRecord("lab_channel", None, None, dropped="few_labs"),
        TermRecord("lab_style", None, None, dropped="same", same_as="lab_channel"),
        TermRecord("experiment_variant", 0.2, None),
        TermRecord("design_variant", 0.1, None),
    ]
    found = find_deviations(terms, labs=2)
    assert found.experiment == pytest.approx(0.2**2 + 0.1**2)
    assert found.channel == pytest.approx(0.1**2)
    assert found.style == found.cell == 0.0
