"""Whether advice holds for the residents of one place: as pages show it to readers."""

from datetime import date
from urllib.parse import urlencode

import numpy as np
import pytest
from scipy.special import expit

from analysis.pooled.archive import read_archive
from analysis.pooled.residents import NoLocalAdvice, Residents
from analysis.queries.runs import find_draws
from analysis.services.local_advice import advise_locally, describe_residents, find_residents
from analysis.services.pooled_findings import read_scope
from analysis.services.pooled_proposals import propose_from_runs
from experiments.models.experiments import ExperimentStatus
from lab.access import PUBLIC
from lab.models.areas import AreaCreate, AreaKind, CompositionCreate
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from lab.services.areas import add_area, add_composition
from tests.analysis.counted import CLEAR, count, counted_experiment, reader_of
from tests.analysis.pooled_runs import (
    add_variant,
    keep_pooled_run,
    pooled_labs,
    pooled_scope,
)
from tests.analysis.test_advice_pages import Publisher
from tests.builders import MOMENT
from tests.pages import Pages

TODAY = date(2026, 6, 1)


@pytest.fixture
def programme(build):
    """A programme that everybody may read."""
    return build.programme(ProgrammeKind.PUBLISHED)


@pytest.fixture
def labs(build, programme):
    """Labs with counts of three profiles."""
    return pooled_labs(build, programme=programme)


@pytest.fixture
def run(build, labs):
    """The kept answer of all labs."""
    return keep_pooled_run(build, pooled_scope(build, labs[0]))


@pytest.fixture
def codes(build, labs):
    """The numbers of the profiles; three of the eight were tested."""
    return [profile.id for profile in build.profiles(labs[0])]


@pytest.fixture
def pages(client):
    """Pages as the public reads them, in English."""
    client.set_cookie("language", "en")
    return Pages(client)


def add_residents(session, lab, model_id, shares, name="Zuid", **values):
    """Add an area of Rivierdorp with who lives there."""
    command = AreaCreate(
        municipality="Rivierdorp", kind=AreaKind.NEIGHBOURHOOD, code=name, name=name
    )
    area = add_area(session, lab.programme_id, command, by=PUBLIC, at=MOMENT)
    residents = CompositionCreate(
        reference_date=TODAY, source="Telling", licence_note="Eigen", shares=shares, **values
    )
    add_composition(session, area.id, model_id, residents, by=PUBLIC, at=MOMENT)
    session.commit()
    return area


def ask(run, **values) -> str:
    """Return the address that asks for a place."""
    return f"/evidence/{run.id}/holds?{urlencode(values, doseq=True)}"


def test_rates_in_a_place_are_those_of_the_draws_summed_by_hand(session, run, codes):
    shares = {str(codes[0]): 0.7, str(codes[1]): 0.3}
    found = advise_locally(session, run, Residents(shares), PUBLIC)
    held = read_archive(find_draws(session, run.id).content)
    rows = [held["profiles"].tolist().index(code) for code in shares]
    rates = expit(held["draws"][:, rows] + held["level"][:, rows, None]).mean(axis=0)
    by_hand = np.array([0.7, 0.3]) @ rates
    told = {number: found.advice.advice.variants[place].rate
            for place, number in enumerate(found.advice.variants)}  # fmt: skip
    assert told == pytest.approx(dict(enumerate(by_hand.tolist())))
    assert found.advice.distance.unstudied == 0


def test_newsletter_loses_where_the_first_profile_lives(session, run, codes):
    # It works worse among the first profile only.
    gaps = []
    for code in codes[:2]:
        found = advise_locally(session, run, Residents({str(code): 1.0}), PUBLIC)
        rates = {
            found.record.variants[number]: found.advice.advice.variants[place].rate
            for place, number in enumerate(found.advice.variants)
        }
        channels = {key[0] for key in rates}
        assert len(channels) == 2
        first, second = (
            max(rate for key, rate in rates.items() if key[0] == channel)
            for channel in sorted(channels, key=int)
        )
        gaps.append(abs(first - second))
    assert gaps[0] > gaps[1] + 0.02


def test_page_names_who_was_never_tested(session, pages, labs, run, codes):
    shares = {codes[0]: 0.5, codes[1]: 0.2, codes[5]: 0.3}
    add_residents(session, labs[0], run.scope["scope"]["segmentation_model_id"], shares)
    page = pages.get(ask(run, municipality="Rivierdorp"))
    assert "30% of your residents are of profiles that nobody tested" in page.text
    assert page.page.one("input", id="site-search")["value"] == ""
    assert "differ a lot from the people who were counted" in page.text


def test_own_shares_need_no_stored_composition(pages, run, codes):
    third = {f"share_{code}": "33,3" for code in codes[:3]}
    page = pages.get(ask(run, **third))
    assert "Your residents resemble the people who were counted." in page.text
    assert "the shares that you filled in" in page.text


@pytest.mark.parametrize(
    ("share", "message"), [("60", "Together the shares are 60.0%"), ("veel", "Enter a number.")]
)
def test_own_shares_that_cannot_be_are_named_and_the_rest_is_kept(
    pages, run, codes, share, message
):
    page = pages.get(ask(run, **{f"share_{codes[0]}": share, "unknown": ""}), 422)
    assert message in page.text
    assert page.content.one("input", name=f"share_{codes[0]}")["value"] == share


def test_some_areas_of_a_municipality_can_be_chosen(session, pages, labs, run, codes):
    model = run.scope["scope"]["segmentation_model_id"]
    add_residents(session, labs[0], model, {codes[0]: 1.0}, "Noord")
    chosen = add_residents(session, labs[0], model, {codes[1]: 1.0}, "Zuid")
    page = pages.get(ask(run, municipality="Rivierdorp", area=chosen.id))
    assert "For: Zuid" in page.text


def test_place_of_which_nothing_is_known_says_so(pages, session, labs, run):
    command = AreaCreate(
        municipality="Rivierdorp", kind=AreaKind.DISTRICT, code="w", name="Centrum"
    )
    add_area(session, labs[0].programme_id, command, by=PUBLIC, at=MOMENT)
    session.commit()
    page = pages.get(ask(run, municipality="Rivierdorp"))
    assert "It is not known who lives there by these profiles." in page.text


def test_licensed_mix_is_not_shown_outside_the_programme(build, session, client, pages):
    programme = build.programme()
    labs = pooled_labs(build, programme=programme, status=ExperimentStatus.PUBLISHED)
    run = keep_pooled_run(build, pooled_scope(build, labs[0]))
    codes = [profile.id for profile in build.profiles(labs[0])]
    model = run.scope["scope"]["segmentation_model_id"]
    add_residents(session, labs[0], model, {codes[0]: 0.37, codes[1]: 0.63})
    assert client.get(ask(run, municipality="Rivierdorp")).status_code == 303
    build.sign_in(client, build.user(Role.TEAM, labs[0]))
    assert "37%" in pages.get(ask(run, municipality="Rivierdorp")).text


def test_small_counts_of_others_are_not_given_back_by_a_mix(build, session, labs):
    programme = build.programme(ProgrammeKind.FICTITIOUS)
    small = pooled_labs(build, programme=programme, people=40)
    run = keep_pooled_run(build, pooled_scope(build, small[0]))
    codes = [str(profile.id) for profile in build.profiles(small[0])]
    # Whoever asks for one profile alone gets no more than its own page shows.
    for code in codes[:3]:
        found = advise_locally(session, run, Residents({code: 1.0}), PUBLIC)
        shown = {
            one.variant for one in found.record.find_profile(code).variants if one.rate is not None
        }
        assert set(found.advice.variants) <= shown


def test_question_about_all_residents_together_says_that_the_mix_is_no_matter(build, session):
    lab = build.lab(build.programme(ProgrammeKind.PUBLISHED))
    for responses in (60, 70):
        experiment = build.experiment(lab, styles=(), status=ExperimentStatus.PUBLISHED)
        for position, style in enumerate(("zakelijk", "persoonlijk")):
            add_variant(build, experiment, lab, "brief_adres", style, position)
        count(session, experiment, [(40, 400), (responses, 400)], None)
    run = keep_pooled_run(build, pooled_scope(build, lab, segmentation_model_id=None))
    found = advise_locally(session, run, Residents({"1": 1.0}), PUBLIC)
    assert found.advice.reason is NoLocalAdvice.NOT_BY_PROFILE


def test_residents_of_a_municipality_are_found_for_a_question(session, labs, run, codes):
    model = run.scope["scope"]["segmentation_model_id"]
    add_residents(session, labs[0], model, {codes[0]: 0.9}, "Noord", unknown_share=0.1)
    found = find_residents(session, read_scope(run), TODAY, municipality="Rivierdorp")
    residents = describe_residents(found)
    assert residents.shares == {str(codes[0]): pytest.approx(0.9)}
    assert residents.unknown == pytest.approx(0.1)


def publish_all(session, build, lab, run):
    """Publish what all labs found as advice."""
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)
    for version in propose_from_runs(session, read_scope(run), [run.id], by=by, at=MOMENT):
        Publisher(session, build, lab).publish(version)


def test_advice_of_all_labs_leads_to_a_place_and_back(session, build, pages, labs, run):
    publish_all(session, build, labs[0], run)
    links = [link for link in pages.get("/advice").links if link.endswith("/holds")]
    assert links
    page = pages.get(pages.client.get(links[0]).location)
    assert "Advice that rests on this" in page.text
    assert links[0].removesuffix("/holds") in page.links


def test_advice_of_one_experiment_says_why_it_is_not_weighed(session, build, pages):
    lab = build.lab(build.programme(ProgrammeKind.PUBLISHED))
    Publisher(session, build, lab).publish_all(counted_experiment(build, lab, [CLEAR]))
    page = pages.get("/advice")
    assert not any(link.endswith("/holds") for link in page.links)
    [rule] = [link for link in page.links if link.removeprefix("/advice/").isdigit()]
    page = pages.get(pages.client.get(f"{rule}/holds").location)
    assert "rests on one lab" in page.text
