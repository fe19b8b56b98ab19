"""Small cells in pooled evidence: whatever a reader knows, no sum gives them away."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import is_small
from analysis.reports.evidence.protection import show_evidence
from analysis.stats.pooled.data import CellRow
from tests.analysis.pooled_records import VARIANTS, part, record

COUNTS = st.integers(min_value=0, max_value=60)
# Two labs with two experiments each, two profiles, three variants.
EXPERIMENTS = {"11": "7", "12": "8", "13": "7", "14": "8"}


@st.composite
def cells(draw) -> list[CellRow]:
    """Return counts of some of all that could be counted."""
    rows = []
    for experiment, lab in EXPERIMENTS.items():
        for profile in ("5", "6"):
            for channel, style in draw(st.lists(st.sampled_from(VARIANTS), unique=True)):
                count, rest = draw(COUNTS), draw(COUNTS)
                if count + rest:
                    key = (lab, experiment, "1|letters", profile, channel, style, "")
                    rows.append(CellRow(*key, count + rest, count))
    return rows


def add_up(rows, **wanted) -> tuple[int, int]:
    """Return responses and people of the rows that fit."""
    held = [row for row in rows if all(getattr(row, name) == one for name, one in wanted.items())]
    return sum(row.count for row in held), sum(row.nobs for row in held)


def of_variant(rows, number: int) -> list[CellRow]:
    """Return the rows of one variant."""
    return [row for row in rows if (row.channel, row.style) == VARIANTS[number]]


@settings(max_examples=150, deadline=None)
@given(cells(), st.sampled_from([frozenset(), frozenset({"7"})]))
def test_what_others_counted_in_a_shown_sum_is_never_small(rows, known):
    shown = show_evidence(record(), rows, known)
    for held in (*shown.record.profiles, shown.record.together):
        for one in held.variants:
            others = [row for row in of_variant(rows, one.variant) if row.living_lab not in known]
            if held.profile is not None:
                others = [row for row in others if row.profile == held.profile]
            if one.rate is not None and others:
                assert not is_small(add_up(others))


@settings(max_examples=150, deadline=None)
@given(cells(), st.sampled_from([frozenset(), frozenset({"7"})]))
def test_shown_experiments_taken_from_a_sum_leave_no_small_rest(rows, known):
    shown = show_evidence(record(), rows, known)
    for held in shown.record.profiles:
        for one in held.variants:
            rest = [
                row
                for row in of_variant(rows, one.variant)
                if row.profile == held.profile
                and row.living_lab not in known
                and not shown.holds(row.experiment, row.profile, one.variant)
            ]
            if one.rate is not None and rest:
                assert len(rest) > 1
                assert not is_small(add_up(rest))


@settings(max_examples=150, deadline=None)
@given(cells(), st.sampled_from([frozenset(), frozenset({"7"})]))
def test_shown_profiles_taken_from_everyone_leave_no_small_rest(rows, known):
    shown = show_evidence(record(), rows, known)
    for one in shown.record.together.variants:
        others = [row for row in of_variant(rows, one.variant) if row.living_lab not in known]
        gone = {row.profile for row in others if (row.profile, one.variant) in shown.withheld}
        if one.rate is not None and gone:
            assert len(gone) > 1
            assert not is_small(add_up([row for row in others if row.profile in gone]))


def make_rows(*counts: tuple[int, int]) -> list[CellRow]:
    """Return one experiment in one profile with these counts for each variant."""
    key = ("7", "11", "1|letters", "5")
    return [
        CellRow(*key, *variant, "", people, count)
        for variant, (count, people) in zip(VARIANTS, counts, strict=False)
    ]


def test_few_people_withhold_rate_and_verdict():
    shown = show_evidence(record(part("5")), make_rows((4, 400), (90, 600)), frozenset())
    leader, other, _third = shown.record.profiles[0].variants
    assert (other.rate, other.counted.people) == (None, 0)
    assert leader.verdict is None
    assert leader.difference is None
    assert ("5", 0) in shown.withheld


def test_claims_about_what_is_withheld_are_left_out():
    shown = show_evidence(record(part("5")), make_rows((4, 400), (90, 600)), frozenset())
    assert shown.record.profiles[0].claims == ()
    everything = show_evidence(record(part("5")), make_rows((40, 400), (90, 600)), frozenset())
    assert len(everything.record.profiles[0].claims) == 2


def test_own_lab_reads_its_small_counts():
    shown = show_evidence(record(part("5")), make_rows((4, 400), (90, 600)), frozenset({"7"}))
    assert not shown.is_protected
    assert shown.experiments["11", "5", 0] == (4, 400)


def test_counts_of_others_are_rounded_to_five():
    shown = show_evidence(record(part("5")), make_rows((52, 403), (93, 601)), frozenset())
    assert shown.experiments["11", "5", 0] == (50, 405)
    assert shown.record.profiles[0].variants[0].counted.responses == 95


def test_exempt_programme_shows_all_counts():
    shown = show_evidence(record(part("5")), make_rows((4, 400), (90, 600)), None)
    assert not shown.withheld
    assert shown.experiments["11", "5", 0] == (4, 400)
