"""What comparisons say in Dutch and English, per verdict, spread and warning."""

import pytest

from analysis.registry import load_estimator
from analysis.sentences import Names, choose_base, tell_group, tell_interaction, tell_spread
from analysis.stats.cells import Direction, ExperimentDesign
from analysis.stats.comparison import compare_experiment
from analysis.stats.results import Warned, WarningCode
from analysis.warning_sentences import tell_warning
from lab.i18n import command_context
from tests.stats.references import LETTERS, cell, social_pressure, ucb_admissions

NAMES = Names(["the usual letter", "the personal letter"], units="letters")


def compare(*counts, **design):
    """Compare variant 1 (second pair of numbers) with the control, in one profile."""
    cells = [
        cell(variant, counts[2 * variant], counts[2 * variant + 1], profile="a")
        for variant in (0, 1)
    ]
    return compare_experiment(cells, ExperimentDesign(2, **{"control": 0, **design}))


def tell(comparison, language, names=NAMES):
    """Say what the first profile shows."""
    with command_context(language):
        return tell_group(comparison, comparison.profiles[0], names)


@pytest.mark.parametrize(
    ("counts", "english", "dutch"),
    [
        (
            (90, 1000, 140, 1000),
            "the personal letter works clearly better than the usual letter. To every 100 letters"
            " there were about 14 responses, against 9 with the usual letter. The difference is 2"
            " to 8 in every 100. That is enough to matter.",
            "the personal letter werkt duidelijk beter dan the usual letter. Op elke 100 letters"
            " kwamen ongeveer 14 reacties, tegen 9 bij the usual letter. Het verschil is 2 tot 8"
            " op elke 100. Dat is genoeg om ertoe te doen.",
        ),
        (
            (33, 300, 43, 300),
            "We do not know yet whether the personal letter works better than the usual letter. To"
            " every 100 letters there were about 14 responses, against 11 with the usual letter."
            " The difference can be up to 9 in every 100 in its favour and up to 3 against it. With"
            " about 3,900 more letters per variant you can see a difference of 2 in 100.",
            "We weten nog niet of the personal letter beter werkt dan the usual letter. Op elke 100"
            " letters kwamen ongeveer 14 reacties, tegen 11 bij the usual letter. Het verschil kan"
            " op elke 100 tot 9 in het voordeel zijn en tot 3 in het nadeel. Met nog ongeveer 3.900"
            " letters per variant kun je een verschil van 2 op de 100 zien.",
        ),
        (
            (55, 500, 72, 500),
            "the personal letter probably works better than the usual letter. To every 100 letters"
            " there were about 14 responses, against 11 with the usual letter. The difference is"
            " at most 8 in every 100. It may also be 0, or up to 0.8 the other way.",
            "the personal letter werkt waarschijnlijk beter dan the usual letter. Op elke 100"
            " letters kwamen ongeveer 14 reacties, tegen 11 bij the usual letter. Het verschil is"
            " hooguit 8 op elke 100. Het kan ook 0 zijn, of tot 0,8 de andere kant op.",
        ),
        (
            (1000, 10_000, 1010, 10_000),
            "Between the personal letter and the usual letter we found no difference that matters."
            " To every 100 letters there were about 10.1 responses, against 10.0 with the usual"
            " letter. The difference is at most 1 in 100 either way.",
            "Tussen the personal letter en the usual letter vonden we geen verschil dat ertoe doet."
            " Op elke 100 letters kwamen ongeveer 10,1 reacties, tegen 10,0 bij the usual letter."
            " Het verschil is hooguit 1 op de 100, in beide richtingen.",
        ),
    ],
    ids=["clearly", "not_enough", "probably", "no_difference"],
)
def test_each_verdict_is_said_in_two_languages(counts, english, dutch):
    comparison = compare(*counts)
    assert tell(comparison, "en") == english
    assert tell(comparison, "nl") == dutch


def test_rates_below_two_percent_count_of_a_thousand():
    comparison = compare(20, 4000, 52, 4000)
    assert choose_base(comparison) == 1000
    assert "To every 1,000 letters there were about 13 responses, against 5" in tell(
        comparison, "en"
    )
    assert choose_base(compare(0, 100, 0, 100)) == 100


def test_lower_is_better_is_said_as_a_gain():
    comparison = compare(140, 1000, 90, 1000, direction=Direction.LOWER)
    assert "clearly better" in tell(comparison, "en")
    assert "The difference is 2 to 8 in every 100." in tell(comparison, "en")


def test_the_step_of_the_outcome_chooses_the_words():
    comparison = compare(90, 1000, 140, 1000)
    for step, words in (("participated", "taking part"), ("reached", "reached someone")):
        names = Names(NAMES.variants, units="letters", step=step)
        assert words in tell(comparison, "en", names)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((5, 50, 0, 0), "Only one variant was counted."),
        ((0, 0, 0, 0), "Nothing was counted yet."),
        ((5, None, 7, None), "not out of how many"),
    ],
)
def test_nothing_to_compare_is_said_plainly(counts, sentence):
    assert sentence in tell(compare(*counts), "en")


def test_a_profile_known_from_the_response_is_a_first_look():
    comparison = compare(90, 1000, 140, 1000, exploratory_profiles=frozenset({"a"}))
    assert tell(comparison, "nl").endswith("Zie dit als een eerste verkenning.")


def test_social_pressure_says_one_advice_will_do():
    comparison = load_estimator("single_experiment")(*social_pressure())
    names = Names(LETTERS)
    with command_context("en"):
        assert tell_spread(comparison, names) == (
            "The same variant, Neighbors, does best in all 12 profiles. Between the profiles we"
            " found no difference that matters: one advice will do."
        )
        assert "statistic 48.2, 33 degrees of freedom, p = 0.043" in tell_interaction(comparison)
    with command_context("nl"):
        assert tell_spread(comparison, names).endswith(
            "Tussen de profielen vonden we geen verschil van belang: één advies volstaat."
        )


def compare_two_profiles(*counts, **design):
    """Compare the same two variants, with the same counts, in two profiles."""
    cells = [
        cell(variant, counts[2 * variant], counts[2 * variant + 1], profile=profile)
        for variant in (0, 1)
        for profile in ("a", "b")
    ]
    return compare_experiment(cells, ExperimentDesign(2, **{"control": 0, **design}))


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((90, 1000, 140, 1000), "in beide profielen het best"),
        ((43, 205, 59, 254), "Tussen de profielen zagen we tot nu toe geen verschil van belang."),
    ],
    ids=["known", "not_enough"],
)
def test_profiles_are_called_alike_as_surely_as_the_whole(counts, sentence):
    with command_context("nl"):
        said = tell_spread(compare_two_profiles(*counts, margin=0.03), NAMES)
    assert sentence in said
    assert ("volstaat" in said) == ("beide" in said)


def test_reversed_totals_are_not_said_as_counts():
    comparison = compare_experiment(*ucb_admissions())
    with command_context("en"):
        said = tell_group(comparison, comparison.total, Names(["women", "men"]))
    assert said.startswith("We do not know yet whether women works better than men. The difference")


def test_profiles_that_differ_get_their_own_advice():
    cells = [
        cell(variant, count, 2000, profile=profile)
        for profile, counts in {"a": (200, 500), "b": (480, 220), "c": (200, 460)}.items()
        for variant, count in enumerate(counts)
    ]
    comparison = compare_experiment(cells, ExperimentDesign(2))
    with command_context("en"):
        assert "by about 13 in 100. Give advice per profile." in tell_spread(comparison, NAMES)
    small = compare_experiment(
        [one._replace(reached=20, numerator=one.numerator // 100) for one in cells],
        ExperimentDesign(2),
    )
    with command_context("nl"):
        assert tell_spread(small, NAMES).startswith("We weten nog niet of één advies")
        assert tell_spread(compare(5, 50, 9, 50), NAMES) == ""


@pytest.mark.parametrize("code", WarningCode)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_warning_has_a_sentence(code, language):
    given = {
        "variant": 0,
        "reference": 1,
        "unit": "street",
        "people": 1200,
        "responded": 30,
        "waves": 2,
    }
    with command_context(language):
        full = tell_warning(Warned(code, tuple(given.items())), NAMES.variants)
        assert full.endswith(".")
        assert "%" not in full
    # Protected pages keep the names and withhold the counts.
    kept = tuple((name, given[name]) for name in ("variant", "reference", "unit", "waves"))
    with command_context(language):
        assert tell_warning(Warned(code, kept), NAMES.variants)


def test_the_warning_names_the_unit_of_assignment():
    warned = Warned(WarningCode.CLUSTERED_COUNTED_AS_PERSONS, (("unit", "household"),))
    with command_context("nl"):
        assert tell_warning(warned, NAMES.variants).startswith(
            "De varianten gingen naar hele huishoudens, maar er zijn personen geteld"
        )


def test_whole_numbers_never_make_a_difference_of_nothing():
    told = tell(compare(28, 1063, 24, 974), "nl")
    assert "ongeveer 2,6 reacties, tegen 2,5" in told
