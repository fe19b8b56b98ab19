"""Small cells in pooled evidence: whatever a reader knows, no sum gives them away."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import is_small
from analysis.pooled.record import PairRecord, ProfileRecord
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


@settings(max_examples=100, deadline=None)
@given(cells(), st.sampled_from(sorted(EXPERIMENTS)))
def test_runs_with_other_limits_differ_by_what_is_shown_anyway(rows, left_out):
    whole = show_evidence(record(), rows, frozenset())
    less = show_evidence(record(), [row for row in rows if row.experiment != left_out], frozenset())
    for profile, number in [(held, one) for held in ("5", "6") for one in range(3)]:
        sums = [find_sum(shown, profile, number) for shown in (whole, less)]
        if less.is_protected and None not in sums:
            own = whole.experiments.get((left_out, profile, number), (0, 0))
            assert sums[0] == (sums[1][0] + own[0], sums[1][1] + own[1])


@settings(max_examples=150, deadline=None)
@given(cells(), st.sampled_from([frozenset(), frozenset({"7"})]), st.sets(st.sampled_from("1234")))
def test_no_figure_is_what_one_lab_found_once_all_that_is_open_is_taken_away(rows, known, secret):
    hidden = frozenset(f"1{one}" for one in secret)
    hidden = frozenset(one for one in hidden if EXPERIMENTS[one] not in known)
    shown = show_evidence(record(), rows, known, hidden)
    for number in range(3):
        column = [row for row in of_variant(rows, number) if row.experiment in hidden and row.nobs]
        gone = set()
        for held in shown.record.profiles:
            one = next((each for each in held.variants if each.variant == number), None)
            rest = {row.living_lab for row in column if row.profile == held.profile}
            if one is None or one.rate is None:
                gone.add(held.profile)
            else:
                assert len(rest) != 1
        together = shown.record.together.variants
        one = next((each for each in together if each.variant == number), None)
        rest = {row.living_lab for row in column if row.profile in gone}
        if one is not None and one.rate is not None:
            assert len({row.living_lab for row in column}) != 1
            assert len(rest) != 1


def find_sum(shown, profile: str, number: int) -> tuple[int, int] | None:
    """Return the responses and people of one variant, None when they are withheld."""
    counted = shown.record.find_profile(profile).variants
    (one,) = [each for each in counted if each.variant == number]
    return None if one.rate is None else (one.counted.responses, one.counted.people)


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


def with_pair(**fields) -> ProfileRecord:
    """Return a profile with a comparison side by side."""
    pair = PairRecord(1, 0, "direct", direct=0.5, direct_ci=(0.1, 0.9), anytime=(0.0, 0.2))
    return part("5", pairs=(replace(pair, **fields),))


def of_labs(*counts) -> list[CellRow]:
    """Return one experiment in each of some labs, with these counts for each variant."""
    rows, held = [], (("7", "11"), ("8", "12"), ("9", "13"))
    for (lab, experiment), own in zip(held, counts, strict=False):
        for row in make_rows(*own):
            rows.append(row._replace(living_lab=lab, experiment=experiment))
    return rows


LARGE = ((52, 403), (93, 601), (40, 400))


def test_experiment_that_is_not_published_has_no_row_of_its_own():
    shown = show_evidence(
        record(with_pair()),
        of_labs(LARGE, LARGE, LARGE),
        frozenset({"7"}),
        frozenset({"12", "13"}),
    )
    assert {key[0] for key in shown.experiments} == {"11"}
    # Own counts are exact, those of others count rounded in what all found.
    assert counted(shown, 0) == (52 + 2 * 50, 403 + 2 * 405)


def test_what_one_other_lab_did_not_publish_enters_no_figure():
    shown = show_evidence(
        record(with_pair()), of_labs(LARGE, LARGE), frozenset({"7"}), frozenset({"12"})
    )
    assert counted(shown, 0) == (0, 0)
    assert all(one.rate is None for one in shown.record.profiles[0].variants)
    assert not shown.record.profiles[0].pairs


def counted(shown, number: int) -> tuple[int, int]:
    """Return what was counted with a variant in the first profile."""
    found = next(each for each in shown.record.profiles[0].variants if each.variant == number)
    return found.counted.responses, found.counted.people


def test_comparison_of_one_unpublished_lab_is_left_out():
    rows = of_labs(LARGE[:2], LARGE, LARGE)
    # Two other labs tried each variant; one of them tried the two side by side.
    rows = [row for row in rows if row.living_lab != "9" or of_variant([row], 2)]
    rows += [row._replace(experiment="14", living_lab="6") for row in of_labs(LARGE)[:2]]
    rows = [row for row in rows if row.experiment != "14" or not of_variant([row], 0)]
    rows += [row._replace(experiment="15", living_lab="9") for row in of_labs(LARGE)[:1]]
    hidden = frozenset({"12", "13", "14", "15"})
    shown = show_evidence(record(with_pair()), rows, frozenset({"7"}), hidden)
    assert counted(shown, 0) != (0, 0)
    (pair,) = shown.record.profiles[0].pairs
    assert (pair.direct, pair.direct_ci, pair.anytime) == (None, None, None)
    both = show_evidence(
        record(with_pair()),
        of_labs(LARGE, LARGE, LARGE),
        frozenset({"7"}),
        frozenset({"12", "13"}),
    )
    assert both.record.profiles[0].pairs[0].direct == 0.5


def test_profile_that_one_unpublished_lab_counted_is_left_out():
    rows = of_labs(LARGE, LARGE)
    rows += [row._replace(profile="6") for row in rows if row.living_lab == "8"]
    shown = show_evidence(record(), rows, frozenset({"7"}), frozenset({"12"}))
    assert [bool(one.variants) for one in shown.record.profiles] == [True, False]
    assert all(
        one.variants for one in show_evidence(record(), rows, frozenset({"7"})).record.profiles
    )


def test_comparison_that_rests_on_few_people_is_left_out():
    small = ((4, 400), (90, 600), (40, 400))
    rows = of_labs(small, small)
    rows += [
        row._replace(experiment=f"9{row.experiment}", channel="2", style="3=31", count=40)
        for row in rows
        if (row.channel, row.style) == VARIANTS[0]
    ]
    shown = show_evidence(record(with_pair()), rows, frozenset())
    assert all(one.direct is None for one in shown.record.profiles[0].pairs)
