"""From the record of a pooled run to evidence and proposals."""

from dataclasses import replace

import pytest

from analysis.advice import Remark
from analysis.evidence import RuleEvidence, read_evidence, write_evidence
from analysis.models.advice import ProposalState
from analysis.pooled.advice import propose_pooled_rules
from analysis.pooled.evidence import gather_pooled_evidence
from analysis.pooled.record import (
    ConsistencyRecord,
    Counted,
    HeterogeneityRecord,
    InfluenceRecord,
    PairRecord,
    Prediction,
)
from analysis.pooled.selection import EVERYONE
from analysis.stats.cells import Direction
from analysis.stats.results import Status, Verdict
from tests.analysis.pooled_records import MARGIN, NAMES, best, part, record, scope, variant

UNSURE = {"p_within_margin": 0.6, "expected_regret": 0.01}
SPREAD = HeterogeneityRecord(0.2, None, 0.1, None, 0.2, None, 1.0)


def gather(found=None, **fields):
    return gather_pooled_evidence(found or record(), scope(**fields), NAMES)


def propose(*profiles, **fields):
    found = record(*profiles, **fields)
    return propose_pooled_rules(found, gather(found))


def first(leader=None, fields=None, **of_record):
    """Return the proposal for a profile in which this variant leads."""
    return propose(part("5", leader, **fields or {}), **of_record)[0]


def test_evidence_names_leader_rival_and_their_difference():
    young = gather().find_part(5)
    assert (young.leader, young.reference) == (1, 0)
    assert (young.difference, young.lower, young.upper) == (0.05, 0.02, 0.08)
    assert (young.near_best, young.expected_loss) == (0.99, 0.0005)
    assert young.verdict == Verdict.CLEARLY_BETTER
    assert young.profile.name_nl == "Jong"


def test_evidence_sums_people_over_experiments():
    rate = gather().find_part(5).find_rate(1)
    assert (rate.numerator, rate.denominator) == (168, 1200)


def test_evidence_keeps_what_a_new_lab_may_show():
    young = gather().find_part(5)
    assert (young.new_lab_rate, young.new_lab_difference) == ((0.09, 0.18), (0.01, 0.09))


def test_evidence_names_every_experiment_with_its_lab():
    sources = gather().basis.sources
    assert [(one.experiment_id, one.living_lab, one.living_lab_id) for one in sources] == [
        (11, "Lab Elst", 7),
        (12, "Lab Utrecht", 8),
    ]
    assert sources[1].reference == "Rapport 12"


def test_evidence_has_the_lowest_grade_of_its_experiments():
    assert gather().basis.grade == "B"


def test_variants_are_named_by_channel_and_styles():
    variants = gather().basis.variants
    assert (variants[1].name_nl, variants[1].name_en) == (
        "brief · persoonlijk",
        "letter · personal",
    )
    assert (variants[1].channel_id, variants[1].style_ids) == (1, (32,))


def test_best_variant_stands_first_whichever_way_is_good():
    assert [rate.variant for rate in gather().find_part(5).rates] == [1, 0, 2]
    lower = gather(direction=Direction.LOWER).find_part(5)
    assert [rate.variant for rate in lower.rates] == [2, 0, 1]


def test_variant_that_was_never_tried_is_no_row_unless_it_leads():
    untried = variant(2, 0.1, is_tried=False, counted=Counted(0, 0, 0, 0))
    young = part("5", variants=(best(), variant(0, 0.09), untried))
    assert [rate.variant for rate in gather(record(young)).find_part(5).rates] == [1, 0]


def test_profile_without_leader_has_evidence_that_says_so():
    empty = replace(part("5"), variants=(variant(0, 0.1, part=-1, status=Status.UNDEFINED),))
    young = gather(record(empty)).find_part(5)
    assert (young.leader, young.verdict, young.rates) == (None, Verdict.NOT_ENOUGH_DATA, ())


def test_all_residents_are_everyone_where_no_profiles_are_known():
    found = gather(record(part("all"), together=None, are_profiles_alike=None))
    assert found.profiles == ()
    assert found.together.leader == 1


def test_evidence_reads_back_as_it_was_written():
    found = gather()
    kept = RuleEvidence(found.basis, found.profiles[0], ("one_lab",))
    assert read_evidence(write_evidence(kept)) == kept


def test_evidence_written_before_predictions_still_reads():
    found = gather()
    written = write_evidence(RuleEvidence(found.basis, found.profiles[0]))
    for name in ("new_lab_rate", "new_lab_difference"):
        del written["part"][name]
    for source in written["basis"]["sources"]:
        del source["living_lab_id"]
    read = read_evidence(written)
    assert (read.part.new_lab_rate, read.basis.sources[0].living_lab_id) == (None, None)


def test_small_regret_and_nearness_to_the_best_are_advised():
    proposal = first()
    assert (proposal.state, proposal.variant) == (ProposalState.ADVISE, 1)
    assert Remark.CLEAR_TOGETHER in proposal.remarks


@pytest.mark.parametrize("doubt", [{"p_within_margin": 0.89}, {"expected_regret": MARGIN}])
def test_doubt_about_the_best_makes_advice_tentative(doubt):
    proposal = first(best(**doubt))
    assert (proposal.state, proposal.variant) == (ProposalState.TENTATIVE, 1)


def test_choice_that_costs_little_is_advised_without_clear_difference():
    proposal = first(best(verdict=Verdict.NOT_ENOUGH_DATA))
    assert proposal.state == ProposalState.ADVISE
    assert Remark.LITTLE_TO_LOSE in proposal.remarks


@pytest.mark.parametrize("counted", [Counted(900, 90, 4, 1), Counted(900, 90, 2, 2)])
@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.CLEARLY_BETTER, ProposalState.ADVISE),
        (Verdict.PROBABLY_BETTER, ProposalState.TENTATIVE),
        (Verdict.NOT_ENOUGH_DATA, ProposalState.NOT_ENOUGH),
    ],
)
def test_one_place_or_two_experiments_carry_only_what_is_clear(counted, verdict, state):
    leader = best(counted=counted, verdict=verdict)
    assert first(leader, {"claims": ()}).state == state


def test_everyone_in_a_new_lab_gets_a_prediction_of_their_own():
    together = part(None, best(predictions=(Prediction((0.05, 0.12), (0.01, 0.04)),)))
    found = gather(record(part("5"), part("6"), together=together))
    assert found.together.new_lab_rate == (0.05, 0.12)
    assert found.together.new_lab_difference == (0.01, 0.04)


def test_leader_that_only_beats_the_worst_is_tentative():
    proposal = first(best(verdict=Verdict.NOT_ENOUGH_DATA, **UNSURE))
    assert proposal.state == ProposalState.TENTATIVE
    assert {Remark.BETTER_THAN_SOME, Remark.RIVAL_AS_GOOD} <= set(proposal.remarks)


def test_leader_that_beats_nobody_is_not_advised():
    leader = best(verdict=Verdict.NOT_ENOUGH_DATA, **UNSURE)
    proposal = first(leader, {"claims": ()})
    assert (proposal.state, proposal.variant) == (ProposalState.NOT_ENOUGH, None)
    assert Remark.TOO_FEW_COUNTED in proposal.remarks


def test_variants_within_the_margin_make_no_difference():
    alike = {"verdict": Verdict.NO_DIFFERENCE}
    rest = (variant(0, 0.139, **alike), variant(2, 0.138, **alike))
    proposal = first(fields={"variants": (best(**alike), *rest)})
    assert (proposal.state, proposal.variant) == (ProposalState.NO_DIFFERENCE, None)
    assert Remark.SMALL_EITHER_WAY in proposal.remarks


def test_one_variant_outside_the_margin_leaves_a_choice():
    proposal = first(best(verdict=Verdict.NO_DIFFERENCE))
    assert proposal.state == ProposalState.ADVISE


def test_profile_with_too_little_gets_no_variant():
    proposal = first(best(status=Status.TOO_LITTLE))
    assert (proposal.state, proposal.variant) == (ProposalState.NOT_ENOUGH, None)


def test_alike_profiles_get_one_rule_for_all():
    [proposal] = propose(are_profiles_alike=True)
    assert proposal.part.profile is None
    assert Remark.PROFILES_ALIKE in proposal.remarks


@pytest.mark.parametrize("alike", [False, None])
def test_profiles_that_may_differ_get_a_rule_each(alike):
    proposals = propose(are_profiles_alike=alike)
    assert [one.part.profile_id for one in proposals] == [5, 6]


@pytest.mark.parametrize(
    ("counted", "remarks"),
    [
        (Counted(900, 90, 4, 1), {Remark.ONE_LAB}),
        (Counted(900, 90, 2, 2), {Remark.SEVERAL_LABS, Remark.FEW_EXPERIMENTS}),
    ],
)
def test_few_labs_or_experiments_are_said(counted, remarks):
    found = set(first(best(counted=counted)).remarks)
    known = {Remark.ONE_LAB, Remark.SEVERAL_LABS, Remark.FEW_EXPERIMENTS}
    assert found & known == remarks


def test_comparison_by_a_detour_is_said():
    detour = {"pairs": (PairRecord(1, 0, "chain"),)}
    assert Remark.NOT_COMPARED_DIRECTLY in first(fields=detour).remarks


def test_combination_that_nobody_tried_is_advised_with_reserve():
    untried = best(is_tried=False, counted=Counted(0, 0, 0, 0))
    proposal = first(untried)
    assert proposal.state == ProposalState.TENTATIVE
    assert Remark.NEVER_TRIED in proposal.remarks


def test_variant_of_other_profiles_is_said_to_be_untried_here():
    untried = best(is_tried=False, counted=Counted(0, 0, 0, 0))
    young, _old = propose(part("5", untried), part("6"))
    assert Remark.NOT_TRIED_HERE in young.remarks


@pytest.mark.parametrize(
    ("facts", "remark", "state"),
    [
        (
            {"influence": (InfluenceRecord("lab", "7", "5", 1, 0),)},
            Remark.ONE_DECIDES,
            ProposalState.TENTATIVE,
        ),
        (
            {"consistency": ConsistencyRecord(20.0, 2, 0.001)},
            Remark.EXPERIMENTS_DISAGREE,
            ProposalState.TENTATIVE,
        ),
        (
            {"heterogeneity": replace(SPREAD, i_squared=0.7)},
            Remark.LABS_DIFFER,
            ProposalState.ADVISE,
        ),
        (
            {"heterogeneity": replace(SPREAD, is_overdispersed=True)},
            Remark.OVERDISPERSED,
            ProposalState.ADVISE,
        ),
    ],
)
def test_doubts_about_the_whole_are_said(facts, remark, state):
    proposal = first(**facts)
    assert remark in proposal.remarks
    assert proposal.state == state


def test_influence_on_another_profile_is_no_doubt():
    other = InfluenceRecord("lab", "7", "6", 1, 0)
    assert Remark.ONE_DECIDES not in first(influence=(other,)).remarks


LEADS = (best(), variant(0, 0.09), variant(2, 0.08))
NEAR = (best(), variant(0, 0.13, expected_regret=0.01), variant(2, 0.08))


@pytest.mark.parametrize(
    ("variants", "without", "is_said"),
    [(LEADS, 0, True), (LEADS, None, True), (NEAR, 0, False)],
)
def test_one_decides_only_where_the_change_costs_something(variants, without, is_said):
    change = InfluenceRecord("lab", "7", "5", 1, without)
    proposal = first(fields={"variants": variants}, influence=(change,))
    assert (Remark.ONE_DECIDES in proposal.remarks) is is_said


def test_one_decides_nothing_where_there_is_no_advice():
    change = InfluenceRecord("lab", "7", "5", 1, 0)
    unsure = best(verdict=Verdict.NOT_ENOUGH_DATA, **UNSURE)
    proposal = first(unsure, influence=(change,))
    assert proposal.state == ProposalState.TENTATIVE
    assert Remark.ONE_DECIDES not in proposal.remarks


def test_influence_on_all_together_is_a_doubt_there_only():
    other = InfluenceRecord("lab", "7", None, 1, 0)
    found = record(influence=(other,))
    [together] = propose_pooled_rules(found, gather(found), is_per_profile=False)
    assert Remark.ONE_DECIDES in together.remarks
    assert Remark.ONE_DECIDES not in first(influence=(other,)).remarks


def test_residents_without_profiles_have_the_prediction_of_their_own():
    everyone = part(EVERYONE)
    found = record(everyone, together=replace(part(None, best(predictions=())), profile=None))
    assert gather(found).together.new_lab_difference == (0.01, 0.09)


@pytest.mark.parametrize(("lower", "is_said"), [(-0.01, True), (0.01, False)])
def test_new_lab_where_another_may_do_better_is_said(lower, is_said):
    leader = best(predictions=(Prediction((0.09, 0.18), (lower, 0.09)),))
    assert (Remark.NEW_LAB_UNSURE in first(leader).remarks) is is_said


def test_variants_out_of_reach_of_the_others_are_said():
    apart = replace(variant(2, 0.08), part=1)
    proposal = first(fields={"variants": (best(), variant(0, 0.09), apart)})
    assert Remark.NOT_CONNECTED in proposal.remarks
