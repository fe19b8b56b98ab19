"""What must hold for any counts of one experiment."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.cells import Cell, Direction, ExperimentDesign, sum_cells
from analysis.stats.comparison import compare_experiment, compare_experiments
from analysis.stats.results import Status
from tests.stats.references import social_pressure

EXAMPLES = settings(max_examples=25, deadline=None)


@st.composite
def experiments(draw, with_clusters=False):
    """Return cells of two to four variants in one to three profiles and one or two waves."""
    variants = draw(st.integers(2, 4))
    cells = []
    for profile in ("a", "b", "c")[: draw(st.integers(1, 3))]:
        for wave in ("1", "2")[: draw(st.integers(1, 2))]:
            for variant in range(variants):
                for cluster in range(draw(st.integers(1, 3)) if with_clusters else 1):
                    nobs = draw(st.integers(0, 400))
                    name = f"{variant}-{wave}-{cluster}" if with_clusters else None
                    count = draw(st.integers(0, nobs))
                    cells.append(Cell(profile, variant, wave, name, None, nobs, count))
    control = draw(st.sampled_from([None, 0, variants - 1]))
    return tuple(cells), ExperimentDesign(variants, control=control)


def groups(comparison):
    return (*comparison.profiles, comparison.total)


@given(experiments() | experiments(with_clusters=True))
@EXAMPLES
def test_every_figure_lies_in_its_range(experiment):
    for group in groups(compare_experiment(*experiment)):
        for one in group.variants:
            if one.ci_lower is not None:
                assert 0 <= one.ci_lower <= one.rate + 1e-12
                assert one.rate - 1e-12 <= one.ci_upper <= 1
                widths = [limits.upper - limits.lower for limits in one.intervals]
                assert widths == sorted(widths)
        for pair in group.comparisons:
            for figures in filter(None, (pair, pair.stratified)):
                check_figures(figures)


def check_figures(figures):
    """Check the order and range of the limits, p-values and chance of one comparison."""
    if figures.ci_lower is not None:
        assert -1 <= figures.simultaneous_lower <= figures.ci_lower + 1e-12
        assert figures.ci_lower <= figures.difference + 1e-9
        assert figures.difference <= figures.ci_upper + 1e-9
        assert figures.ci_upper - 1e-12 <= figures.simultaneous_upper <= 1
        assert 0 <= figures.probability_better <= 1
    if figures.pvalue is not None:
        assert 0 <= figures.pvalue <= figures.adjusted_pvalue <= 1
    if figures.status is Status.UNDEFINED:
        assert figures.ci_lower is None


@given(experiments(), st.randoms())
@EXAMPLES
def test_the_order_of_cells_and_names_of_profiles_do_not_matter(experiment, random):
    cells, design = experiment
    mixed = list(cells)
    random.shuffle(mixed)
    assert compare_experiment(mixed, design) == compare_experiment(cells, design)
    renamed = [cell._replace(profile="z" + cell.profile) for cell in cells]
    turned = compare_experiment(renamed, design)
    for before, after in zip(
        groups(compare_experiment(cells, design)), groups(turned), strict=True
    ):
        assert after.comparisons == before.comparisons
        assert after.verdict is before.verdict


@given(experiments())
@EXAMPLES
def test_renumbering_variants_turns_comparisons_around(experiment):
    cells, design = experiment
    last = design.variant_count - 1
    turned = [cell._replace(variant=last - cell.variant) for cell in cells]
    control = None if design.control is None else last - design.control
    other = compare_experiment(turned, ExperimentDesign(last + 1, control=control))
    for before, after in zip(groups(compare_experiment(cells, design)), groups(other), strict=True):
        for pair in before.comparisons:
            same = after.find_pair(last - pair.variant, last - pair.reference)
            assert same.verdict is pair.verdict
            for name in ("difference", "ci_lower", "ci_upper", "pvalue", "probability_better"):
                first, second = getattr(pair, name), getattr(same, name)
                assert (first is None) == (second is None)
                assert first is None or abs(first - second) < 1e-6


@given(experiments(), st.randoms())
@EXAMPLES
def test_splitting_a_cell_in_two_changes_nothing(experiment, random):
    cells, design = experiment
    parts = []
    for cell in cells:
        count = random.randint(0, cell.numerator)
        people = random.randint(count, cell.reached - (cell.numerator - count))
        rest = (cell.reached - people, cell.numerator - count)
        parts += [
            cell._replace(reached=people, numerator=count),
            cell._replace(reached=rest[0], numerator=rest[1]),
        ]
    assert compare_experiment(parts, design) == compare_experiment(cells, design)
    assert sum_cells(parts) == sum_cells(cells)


@given(experiments())
@EXAMPLES
def test_counting_who_did_not_respond_mirrors_everything(experiment):
    cells, design = experiment
    missed = [cell._replace(numerator=cell.reached - cell.numerator) for cell in cells]
    mirrored = ExperimentDesign(
        design.variant_count, control=design.control, direction=Direction.LOWER
    )
    other = compare_experiment(missed, mirrored)
    for before, after in zip(groups(compare_experiment(cells, design)), groups(other), strict=True):
        assert [one.verdict for one in before.comparisons] == [
            one.verdict for one in after.comparisons
        ]
        assert (before.leader, before.verdict) == (after.leader, after.verdict)


@given(st.lists(experiments() | experiments(with_clusters=True), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_experiments_together_give_the_same_as_apart(several):
    together = [leaves(one) for one in compare_experiments(several)]
    apart = [leaves(compare_experiment(*one)) for one in several]
    # Columns of another length are added in another order: the last digits may differ.
    for one, other in zip(together, apart, strict=True):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


def leaves(value):
    """Return everything in a result, one after another; texts and None as numbers."""
    if dataclasses.is_dataclass(value):
        value = dataclasses.astuple(value)
    if isinstance(value, tuple):
        return [leaf for one in value for leaf in leaves(one)]
    return [value if isinstance(value, int | float) else float(len(str(value)))]


def test_reading_a_pair_twice_from_the_other_side_changes_nothing():
    comparison = compare_experiment(*social_pressure())
    for group in groups(comparison):
        for pair in group.comparisons:
            twice = pair.swapped().swapped()
            assert abs(twice.probability_better - pair.probability_better) < 1e-12
            assert (twice.ci_lower, twice.ci_upper) == (pair.ci_lower, pair.ci_upper)
            assert group.find_pair(pair.reference, pair.variant) == pair.swapped()
