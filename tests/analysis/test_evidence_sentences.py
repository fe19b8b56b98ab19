"""Sentences on pooled evidence: none of them claims more than its numbers."""

from dataclasses import replace

import pytest

from analysis import evidence_comparisons as comparisons
from analysis import evidence_sentences as sentences
from analysis.cases import telling
from analysis.cases.counts import count_down, count_up
from analysis.evidence_names import Spoken
from analysis.evidence_wording import Wording, choose_base
from analysis.pooled.record import (
    ClaimRecord,
    ConsistencyRecord,
    HeterogeneityRecord,
    InfluenceRecord,
    PairRecord,
    Prediction,
    Step,
)
from analysis.stats.cells import Direction
from analysis.stats.results import Status, Verdict
from lab.i18n import command_context
from tests.analysis.pooled_records import MARGIN, NAMES, best, part, record, variant

LARGE = "Het verschil is 2 tot 8 op elke 100. Dat is genoeg om ertoe te doen."


@pytest.fixture(autouse=True)
def dutch():
    """Speak Dutch, as most readers do."""
    with command_context("nl"):
        yield


def wording(**fields) -> Wording:
    """Return how a run on letters speaks."""
    values = {
        "spoken": Spoken.of(record(), NAMES),
        "units": "brieven",
        "step": "responded",
        "base": 100,
        "margin": MARGIN,
    }
    return Wording(**values | fields)


def led_by(verdict: Verdict, difference_ci=(-0.01, 0.05), **fields):
    """Return a profile whose leader has a verdict."""
    return part(leader=best(verdict=verdict, difference_ci=difference_ci, **fields), claims=())


def test_clear_winner_is_said_with_counts_and_difference():
    held = part()
    assert sentences.tell_verdict(held, wording()) == (
        "“brief · persoonlijk” werkt duidelijk beter dan “brief · zakelijk”."
    )
    assert telling.tell_counts(sentences.find(held, wording())) == (
        "In een gemiddeld experiment komen er op elke 100 brieven ongeveer 14 reacties, tegen 9 bij"
        " “brief · zakelijk”."
    )
    assert telling.tell_size(sentences.find(held, wording())) == LARGE


def test_limits_of_a_difference_are_rounded_outwards():
    held = led_by(Verdict.CLEARLY_BETTER, (0.0199, 0.0801))
    assert telling.tell_size(sentences.find(held, wording())) == (
        "Het verschil is 1 tot 9 op elke 100. Het kan te klein zijn om ertoe te doen."
    )


def test_probable_winner_may_also_make_no_difference():
    said = telling.tell_size(sentences.find(led_by(Verdict.PROBABLY_BETTER), wording()))
    assert said == (
        "Het verschil is hooguit 5 op elke 100. Het kan ook 0 zijn, of tot 1 de andere kant op."
    )


def test_no_difference_is_said_with_its_largest_size():
    held = led_by(Verdict.NO_DIFFERENCE, (-0.013, 0.011))
    assert "geen verschil dat ertoe doet" in sentences.tell_verdict(held, wording())
    assert telling.tell_size(sentences.find(held, wording())) == (
        "Het verschil is hooguit 2 op de 100, in beide richtingen."
    )


def test_too_little_data_names_no_winner():
    held = led_by(Verdict.NOT_ENOUGH_DATA, (-0.04, 0.06))
    assert sentences.tell_verdict(held, wording()).startswith("We weten nog niet of")
    said = telling.tell_size(sentences.find(held, wording()))
    assert said == "Het verschil kan op elke 100 tot 6 in het voordeel zijn en tot 4 in het nadeel."


def test_what_is_known_is_said_when_the_leader_is_not():
    held = replace(led_by(Verdict.NOT_ENOUGH_DATA), claims=(ClaimRecord(0, 2, 0.99),))
    assert sentences.tell_known(held, wording()) == (
        "Wat we wel weten: “brief · zakelijk” werkt duidelijk beter dan “folder · zakelijk”."
    )


def test_claim_of_the_verdict_is_not_said_twice():
    assert sentences.tell_known(part(), wording()) == (
        "“brief · persoonlijk” werkt ook duidelijk beter dan “folder · zakelijk”."
    )


def test_variants_that_beat_the_same_others_share_a_sentence():
    claims = ClaimRecord(0, 2, 0.99), ClaimRecord(1, 2, 0.99)
    held = replace(led_by(Verdict.NOT_ENOUGH_DATA), claims=claims)
    assert sentences.tell_known(held, wording()) == (
        "Wat we wel weten: “brief · persoonlijk” en “brief · zakelijk” werken duidelijk beter dan"
        " “folder · zakelijk”."
    )


def test_long_lists_of_what_is_known_stop_early():
    names = tuple(f"variant {number}" for number in range(10))
    spoken = replace(wording(), spoken=replace(wording().spoken, variants=names))
    claims = tuple(
        ClaimRecord(better, worse, 0.99) for better in range(9) for worse in range(better + 1, 10)
    )
    held = replace(
        led_by(Verdict.NOT_ENOUGH_DATA),
        variants=tuple(variant(one, 0.5, expected_regret=one / 10) for one in range(10)),
        claims=claims,
    )
    assert sentences.tell_known(held, spoken) == (
        "Wat we wel weten: “variant 0” werkt duidelijk beter dan “variant 1”, “variant 2” en 7"
        " andere. “variant 1” werkt duidelijk beter dan “variant 2”, “variant 3” en 6 andere. In de"
        " tabel staan nog 41 van zulke vergelijkingen."
    )


def test_rates_of_what_was_never_tried_are_expectations():
    assert sentences.tell_expected(part(), wording()) == ""
    alone = part(leader=best(is_tried=False))
    assert "“brief · persoonlijk” is hier niet getest" in sentences.tell_expected(alone, wording())
    both = replace(alone, variants=(alone.variants[0], variant(0, 0.09, is_tried=False)))
    assert sentences.tell_expected(both, wording()).startswith("Deze twee zijn hier niet getest")


def test_surely_first_variant_is_not_behind_the_best():
    first = replace(part(), variants=(best(rank_ci=(1, 1)), variant(0, 0.09, rank_ci=(2, 2))))
    said = sentences.tell_standing(first, wording())
    assert said == "Van de 2 varianten staat “brief · persoonlijk” op plaats 1."


def test_lower_rates_win_where_less_is_better():
    held = led_by(Verdict.CLEARLY_BETTER, (-0.08, -0.02))
    said = telling.tell_size(sentences.find(held, wording(direction=Direction.LOWER)))
    assert said == LARGE


def test_new_lab_gets_the_wider_prediction():
    said = sentences.tell_prediction(best(), wording())
    assert "“brief · persoonlijk” 9 tot 18 op elke 100 verwachten" in said
    assert "Lab Elst" in sentences.tell_prediction(best(), wording(), "7")
    assert sentences.tell_prediction(best(), wording(), "8") == ""


def test_winner_that_may_lose_elsewhere_says_so():
    may_lose = best(predictions=(Prediction((0.05, 0.3), (-0.02, 0.12)),))
    said = sentences.tell_difference_elsewhere(part(leader=may_lose))
    assert said == "Daar kan het ook andersom uitvallen."
    assert sentences.tell_difference_elsewhere(part()) == ""


def test_rank_that_says_nothing_is_left_out():
    anywhere = part(leader=best(rank_ci=(1, 1), p_within_margin=0.964))
    said = sentences.tell_standing(anywhere, wording())
    assert "ongeveer 96 op 100" in said
    assert "plaats" not in said


def test_chance_is_never_rounded_up_to_certainty():
    said = sentences.tell_standing(
        part(leader=best(rank_ci=(1, 1), p_within_margin=0.9899)), wording()
    )
    assert "ongeveer 98 op 100" in said


def test_unconnected_variants_are_not_ranked():
    apart = replace(part(), variants=(best(), variant(0, 0.09), variant(2, 0.08, part=1)))
    assert sentences.tell_apart(apart, wording()) == (
        "“folder · zakelijk” is nooit met de andere vergeleken, ook niet via een omweg. We zetten"
        " deze variant niet op volgorde."
    )


def test_untried_variant_is_named_as_expected_only():
    untried = replace(part(), variants=(best(), variant(0, 0.09, is_tried=False)))
    assert "hier niet getest" in sentences.tell_untried(untried, wording())


def test_variant_without_responses_is_said_to_be_little_known():
    scarce = replace(part(), variants=(best(), variant(0, 0.0, status=Status.TOO_LITTLE)))
    assert sentences.tell_scarce(scarce, wording()).startswith("We weten te weinig van")


def test_detour_is_told_step_by_step():
    pair = PairRecord(1, 2, "chain", steps=(Step("11", 1, 0), Step("12", 0, 2)))
    assert comparisons.tell_path(pair, wording()) == (
        "“brief · persoonlijk” en “folder · zakelijk” zijn nooit naast elkaar getest."
        " We vergelijken ze via een omweg: “brief · persoonlijk” met “brief · zakelijk” in"
        " “Brieven in Elst” en “brief · zakelijk” met “folder · zakelijk” in “Brieven in Utrecht”."
    )


def test_pair_that_never_met_is_said_to_be_apart():
    said = comparisons.tell_path(PairRecord(1, 2, "none"), wording())
    assert said.endswith("zijn nooit met elkaar vergeleken, ook niet via een omweg.")


@pytest.mark.parametrize(("pvalue", "words"), [(0.6, "hetzelfde"), (0.01, "iets anders")])
def test_direct_and_indirect_evidence_are_held_together(pvalue, words):
    said = comparisons.tell_directness(PairRecord(1, 0, "direct", pvalue=pvalue), 2)
    assert said.startswith("Ze zijn in 2 experimenten naast elkaar getest.")
    assert words in said


@pytest.mark.parametrize(
    ("evalue", "said"),
    [(None, ""), (19.9, ""), (20.0, "1 op de 20 keer"), (5_000.0, "1 op de 1.000 keer")],
)
def test_only_strong_evidence_is_said(evalue, said):
    told = comparisons.tell_evidence(PairRecord(1, 0, "direct", evalue=evalue))
    assert said in told
    assert bool(said) == bool(told)


def test_anytime_limits_are_rounded_outwards():
    pair = PairRecord(1, 0, "direct", anytime=(-0.012, 0.071))
    said = comparisons.tell_anytime(pair, wording())
    assert said.endswith("ligt het verschil tussen −2 en 8 op elke 100.")


def spread(share: float, limits: tuple[float, float]) -> HeterogeneityRecord:
    """Return a share of spread between experiments that is no chance."""
    return HeterogeneityRecord(0.3, (0.1, 0.5), None, None, share, limits, 1.0)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (spread(0.1, (0.0, 0.4)), "weinig meer dan door toeval"),
        (spread(0.5, (0.3, 0.7)), "meer dan alleen door toeval"),
        (spread(0.8, (0.6, 0.9)), "veel meer dan door toeval"),
        (spread(0.5, (0.0, 0.9)), "weten we nog niet"),
    ],
)
def test_spread_between_experiments_is_said_in_words(found, words):
    assert words in comparisons.tell_heterogeneity(found)


def test_stories_that_do_not_fit_are_said_with_care():
    assert "voorzichtig" in comparisons.tell_consistency(ConsistencyRecord(12.0, 2, 0.003))
    assert "hetzelfde verhaal" in comparisons.tell_consistency(ConsistencyRecord(1.0, 2, 0.6))
    assert comparisons.tell_consistency(ConsistencyRecord(reason="not_repeated")) == ""


def test_advice_that_hangs_on_one_lab_is_named_with_its_profiles():
    changes = tuple(InfluenceRecord("lab", "7", code, 1, None) for code in ("5", "6"))
    said = comparisons.tell_influence(record(influence=changes), wording())
    assert said == ("Zonder Lab Elst zou er geen advies zijn voor Jong en Oud.",)


def test_influence_between_two_alike_is_no_change():
    alike = part("5", variants=(best(), variant(0, 0.13, expected_regret=0.01)))
    change = InfluenceRecord("lab", "7", "5", 1, 0)
    (said,) = comparisons.tell_influence(record(alike, influence=(change,)), wording())
    assert said.startswith("Geen enkel lab")


def test_influence_on_all_together_names_everyone():
    change = InfluenceRecord("lab", "7", None, 1, 0)
    (said,) = comparisons.tell_influence(record(influence=(change,)), wording())
    assert said == "Zonder Lab Elst zou het advies voor iedereen samen “brief · zakelijk” zijn."


def test_influence_is_silent_where_there_is_no_advice():
    unsure = record(led_by(Verdict.NOT_ENOUGH_DATA), together=None)
    (said,) = comparisons.tell_influence(unsure, wording())
    assert said.startswith("Er is nog geen duidelijk advies")


def test_influence_that_was_not_looked_at_is_not_said():
    assert comparisons.tell_influence(record(influence=None), wording()) == ()


def test_small_rates_are_counted_on_a_thousand():
    held = part(variants=(variant(1, 0.008, is_advised=True), variant(0, 0.004)))
    assert choose_base(record(held, together=None)) == 1000


def test_profiles_are_added_up_by_what_is_known():
    verdicts = (*Verdict, Verdict.CLEARLY_BETTER)
    assert sentences.tell_how_many(record(*map(led_by, verdicts))) == (
        "Voor 2 profielen werkt één variant duidelijk beter dan de volgende. Voor 1 profiel werkt"
        " één variant waarschijnlijk beter dan de volgende. Voor 1 profiel verschillen de beste"
        " twee niet op een manier die ertoe doet. Voor 1 profiel zijn er te weinig tellingen."
    )


def test_alike_profiles_are_no_advice_while_nothing_is_known():
    unsure = replace(led_by(Verdict.NOT_ENOUGH_DATA), profile=None)
    alike = record(together=unsure, are_profiles_alike=True)
    assert "tot nu toe" in sentences.tell_profiles(alike)
    sure = record(are_profiles_alike=True)
    assert sentences.tell_profiles(sure).endswith("één advies volstaat.")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_sentence_speaks_of_significance(language):
    with command_context(language):
        everything = [
            sentences.tell_verdict(part(), wording()),
            sentences.tell_figures(part(), wording()),
            sentences.tell_standing(part(leader=best(rank_ci=(1, 2))), wording()),
            *comparisons.tell_influence(record(), wording()),
        ]
    assert all("signific" not in one and "%" not in one for one in everything)


@pytest.mark.parametrize(
    ("share", "down", "up"),
    [
        (0.0, "0", "0"),
        (0.0004, "0,04", "0,04"),
        (0.0096, "0,9", "1"),
        (0.013, "1", "2"),
        (0.02, "2", "2"),
    ],
)
def test_limits_are_rounded_outwards(share, down, up):
    assert (count_down(share, 100), count_up(share, 100)) == (down, up)


def test_no_difference_is_never_said_wider_than_the_margin():
    held = led_by(Verdict.NO_DIFFERENCE, (-0.003, 0.004))
    assert "hooguit 0,4 op de 100" in telling.tell_size(sentences.find(held, wording(margin=0.005)))


def test_prediction_of_a_rate_names_what_it_takes_for_granted():
    assert sentences.tell_prediction(best(), wording()).endswith(
        "als mensen daar gemiddeld reageren."
    )
    assert "net zoveel reageren als eerder" in sentences.tell_prediction(best(), wording(), "7")
