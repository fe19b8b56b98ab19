"""The report of one experiment says the answer first, and honestly what it can."""

import re
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from analysis.comparison import compare_cells
from experiments.demonstration.trials import load_trials
from experiments.models.experiments import (
    AssignmentUnit,
    Direction,
    ExperimentStatus,
    Step,
    Variant,
)
from lab.models.people import Role
from tests.analysis.counted import CLEAR, EVEN, FEW, count, counted_experiment
from tests.pages import Pages


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def lab(build, client):
    """A lab of which the reader is the researcher."""
    lab = build.lab()
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return lab


def address(experiment) -> str:
    """Give where an experiment's report is."""
    return f"/experiments/{experiment.id}/outcome"


def open_report(pages, experiment, language="nl", **options):
    """Give the report of an experiment in a language."""
    pages.client.set_cookie("language", language)
    return pages.get(address(experiment), **options)


def variants_of(experiment):
    """Give the question after an experiment's variants, in order."""
    chosen = select(Variant).where(Variant.experiment_id == experiment.id)
    return chosen.order_by(Variant.position)


def answer_of(page) -> str:
    """Give the words of the answer at the top."""
    return page.content.one(class_="answer").text


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (CLEAR, "werkt duidelijk beter dan"),
        (EVEN, "geen verschil dat ertoe doet"),
        (FEW, "weten nog niet of"),
        (((60, 600), (79, 600)), "werkt waarschijnlijk beter dan"),
    ],
)
def test_answer_says_the_verdict_in_a_sentence(pages, build, lab, rates, said):
    page = open_report(pages, counted_experiment(build, lab, [rates]))
    assert said in answer_of(page)


def test_every_profile_has_its_sentence_and_verdict(pages, build, lab):
    page = open_report(pages, counted_experiment(build, lab, [CLEAR, FEW]))
    groups = [row.text for row in page.content.all("tr", class_="group")]
    names = [profile.name_nl for profile in build.profiles(lab)[:2]]
    assert groups[0].startswith("Iedereen samen")
    assert groups[1].startswith(names[0])
    assert "duidelijk beter" in groups[1]
    assert groups[2].startswith(names[1])
    assert "te weinig gegevens" in groups[2]


def test_answer_counts_in_hundreds_of_what_was_offered(pages, build, lab):
    page = open_report(pages, counted_experiment(build, lab, [CLEAR]))
    assert "Op elke 100 brieven kwamen ongeveer 15 reacties, tegen 5" in answer_of(page)


def test_lower_is_better_turns_the_answer_around(pages, build, lab):
    experiment = counted_experiment(build, lab, [CLEAR], direction=Direction.LOWER)
    page = open_report(pages, experiment)
    assert "“geadresseerde brief · zakelijk” werkt duidelijk beter" in answer_of(page)
    assert "Hier is minder beter." in answer_of(page)
    assert "duidelijk slechter" in page.text


def test_p_value_never_comes_before_the_answer(pages, build, lab):
    text = open_report(pages, counted_experiment(build, lab, [CLEAR, CLEAR])).text
    assert text.index("Aangepaste p (Holm)") > text.index("werkt duidelijk beter")


def test_tables_hold_counts_differences_funnel_and_method(pages, build, lab):
    page = open_report(pages, counted_experiment(build, lab, [CLEAR, FEW]))
    captions = [caption.text for caption in page.content.all("caption")]
    assert "Alle aantallen per profiel en variant" in captions
    assert "Verschillen met “geadresseerde brief · zakelijk”, in procentpunten" in captions
    assert "Van aangeboden tot meegedaan, per variant" in captions
    assert "2 vergelijkingen in alle profielen samen" in page.text
    assert "Miettinen–Nurminen" in page.text
    assert "Wilson, 95%" in page.text


def test_all_pairs_are_compared_where_there_is_no_control(pages, build, lab, session):
    experiment = counted_experiment(build, lab, [CLEAR])
    variant = session.exec(variants_of(experiment)).first()
    variant.is_control = False
    session.add(variant)
    session.commit()
    page = open_report(pages, experiment)
    assert "elke variant met elke andere" in page.text
    assert "Verschillen tussen varianten, in procentpunten" in page.text


def test_funnel_says_in_how_many_records_a_step_is_unknown(pages, build, lab, session):
    experiment = counted_experiment(build, lab, [CLEAR])
    count(session, experiment, ((3, 60), (9, 60)), reached=50)
    page = open_report(pages, experiment)
    assert "onbekend in 1 telling" in page.text


def test_division_over_variants_is_checked_and_alarms(pages, build, lab, session):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    for variant in session.exec(variants_of(experiment)):
        variant.share = 0.5
        session.add(variant)
    session.commit()
    count(session, experiment, ((300, 6000), (900, 8000)))
    text = open_report(pages, experiment).text
    assert "De varianten zijn niet verdeeld zoals gepland." in text
    assert "50,0%" in text


def test_english_page_holds_no_dutch(pages, build, lab):
    page = open_report(pages, counted_experiment(build, lab, [CLEAR, FEW]), "en")
    assert "works clearly better than" in answer_of(page)
    for word in ("Stand ", "Aandeel", "profiel ", "Methode", "tellingen"):
        assert word not in page.text


def test_empty_experiment_says_that_nothing_was_counted(pages, build, lab):
    page = open_report(pages, build.experiment(lab))
    assert "nog niets geteld" in answer_of(page)
    assert not page.content.all("table", class_="intervals")


def test_single_variant_says_that_nothing_can_be_compared(pages, build, lab, session):
    experiment = build.experiment(lab, styles=("zakelijk",), status=ExperimentStatus.CLOSED)
    count(session, experiment, [(30, 600)])
    page = open_report(pages, experiment)
    assert "Er is maar één variant geteld" in answer_of(page)
    assert "5,0%" in page.text


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (((0, 200), (0, 200)), "Niemand reageerde"),
        (((200, 200), (200, 200)), "Iedereen reageerde"),
    ],
)
def test_all_zeros_and_all_respond_are_named(pages, build, lab, rates, said):
    page = open_report(pages, counted_experiment(build, lab, [rates]))
    assert said in page.text


def test_rates_are_out_of_reached_where_offered_is_missing(pages, build, lab, session):
    experiment = counted_experiment(build, lab, [CLEAR])
    count(session, experiment, ((30, None), (90, None)), reached=500)
    page = open_report(pages, experiment)
    assert "als deel van bereikt (brieven)" in page.text
    assert "bij 2 tellingen staat niet van hoeveel mensen" in page.text
    assert "2 van 4 tellingen gebruikt" in page.text


def test_participation_can_be_the_registered_outcome(pages, build, lab, session):
    experiment = build.experiment(
        lab, status=ExperimentStatus.CLOSED, numerator_step=Step.PARTICIPATED
    )
    count(session, experiment, ((60, 600), (90, 600)), participated=5)
    assert "Meegedaan, als deel van aangeboden" in open_report(pages, experiment).text


def test_households_counted_as_persons_make_a_warning(pages, build, lab):
    experiment = counted_experiment(build, lab, [CLEAR], assignment_unit=AssignmentUnit.STREET)
    page = open_report(pages, experiment)
    assert "verder uit elkaar dan hier staat" in page.content.one(class_="is-warning").text


def test_withdrawn_experiment_warns_not_to_build_on_it(pages, build, lab):
    experiment = counted_experiment(build, lab, [CLEAR], status=ExperimentStatus.WITHDRAWN)
    assert "Dit experiment is ingetrokken." in open_report(pages, experiment).text


def test_print_shows_address_and_date_at_the_foot(pages, build, lab):
    page = open_report(pages, counted_experiment(build, lab, [CLEAR]))
    foot = page.page.one(class_="print-foot").text
    assert "/outcome" in foot
    assert "Stand 1 mei 2026" in foot


def test_social_pressure_reads_one_advice_for_all(pages, session):
    experiment = load_trials(session, datetime.now(UTC))[0]
    session.commit()
    page = open_report(pages, experiment)
    answer = answer_of(page)
    assert "Je buren zien of je stemt” werkt duidelijk beter dan “Geen brief”." in answer
    assert "doet het in alle 12 profielen het best" in answer
    assert "één advies volstaat" in answer
    assert "48,2, 33 vrijheidsgraden, p = 0,043" in page.text
    assert "hele huishoudens, maar er zijn personen geteld" in page.text
    assert "36 vergelijkingen" in page.text
    assert "+8,1" in page.text


def test_second_view_does_not_compare_again(pages, build, lab):
    experiment = counted_experiment(build, lab, [CLEAR])
    first = open_report(pages, experiment).text
    compared = compare_cells.cache_info().misses
    assert open_report(pages, experiment).text == first
    open_report(pages, experiment, "en")
    assert compare_cells.cache_info().misses == compared


def test_new_counts_change_the_report_at_once(pages, build, lab, session):
    experiment = counted_experiment(build, lab, [CLEAR])
    open_report(pages, experiment)
    count(session, experiment, ((400, 600), (100, 600)))
    assert "werkt duidelijk beter" in answer_of(open_report(pages, experiment))
    assert "1.200" in open_report(pages, experiment).text


@pytest.mark.parametrize("rates", [CLEAR, EVEN, FEW], ids=["clear", "even", "few"])
def test_numbers_of_the_answer_stand_in_the_tables(pages, build, lab, rates):
    page = open_report(pages, counted_experiment(build, lab, [rates]), language="en")
    told = re.sub(r"(of|in|To) every 100|in 100|about [\d,]+ more", "", answer_of(page))
    shown = {
        float(one)
        for table in page.content.all("table")
        for one in re.findall(r"\d+(?:\.\d+)?", table.text.replace(",", ""))
    }
    numbers = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", told)]
    assert len(numbers) >= 3
    # Counts are rounded to whole people, limits outwards.
    assert [one for one in numbers if not any(abs(one - held) <= 1 for held in shown)] == []
