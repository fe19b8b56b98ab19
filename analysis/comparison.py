"""From the count cells of an experiment to its comparison, which is remembered once made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from analysis.registry import load_estimator
from analysis.stats.cells import (
    Assignment,
    Cell,
    Denominator,
    Direction,
    ExperimentDesign,
    sum_cells,
)
from analysis.stats.results import ExperimentComparison
from experiments.models.experiments import (
    AssignmentUnit,
    DesignType,
    Experiment,
    ExperimentStatus,
    Step,
)
from experiments.models.experiments import Direction as StepDirection
from experiments.models.observations import CountMethod
from experiments.naming import NamedVariant
from experiments.queries.cells import CellSum
from lab.models.labels import DenominatorKind

ESTIMATOR = "single_experiment"
# One of these reaches a whole household, so a lottery of households is a lottery of these.
PER_HOUSEHOLD = {
    DenominatorKind.HOUSEHOLDS,
    DenominatorKind.LETTERS,
    DenominatorKind.CARDS,
    DenominatorKind.FLYERS,
    DenominatorKind.COPIES,
    DenominatorKind.DOORS,
}
# Only these designs promise every variant its share.
WITH_SHARES = {DesignType.RANDOMISED, DesignType.CLUSTER_RANDOMISED, DesignType.ALTERNATING}
# Reports of some hundred experiments; each one holds its cells and its results.
REMEMBERED = 256

# Of one wave's number and one variant's: the share that it has there.
WaveShares = Mapping[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class ExperimentFacts:
    """What a comparison and its report need to know of an experiment, as a key to remember by."""

    status: ExperimentStatus
    design_type: DesignType
    assignment_unit: AssignmentUnit
    numerator_step: Step
    denominator_step: Step
    denominator_kind: DenominatorKind
    direction: StepDirection
    smallest_difference: float

    @classmethod
    def of(cls, experiment: Experiment) -> "ExperimentFacts":
        """Return the facts of an experiment."""
        return cls(**{name: getattr(experiment, name) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """Sums of cells as they were read: those to compare, and all of them before any filter."""

    rows: tuple[CellSum, ...]
    all_rows: tuple[CellSum, ...]
    shares: tuple[tuple[tuple[int, int], float], ...] = ()


class StepCount(NamedTuple):
    """People at one step with one variant, and in how many records that step is not known."""

    people: int | None
    unknown: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What an experiment counted, as the statistics take it.

    `cells` name a profile by its number as text, a variant by its place in `variants`. Of all
    `records`, those `without_outcome` are not in the cells; those `without_denominator` are, and
    no comparison uses them. `funnel` holds, per variant, each step of the journey in order.
    """

    cells: tuple[Cell, ...]
    design: ExperimentDesign
    denominator: Denominator
    variants: tuple[NamedVariant, ...]
    records: int
    without_outcome: int
    without_denominator: int
    # Some counts know how many people it was offered to, and some do not.
    is_denominator_mixed: bool
    funnel: tuple[tuple[StepCount, ...], ...]

    @property
    def used(self) -> int:
        """Return how many records the comparison rests on."""
        return self.records - self.without_outcome - self.without_denominator


def gather_counts(
    experiment: ExperimentFacts, variants: Sequence[NamedVariant], stored: StoredCounts
) -> Counts:
    """Return the cells and the design of an experiment.

    The design and the choice of denominator follow all that was counted; a filter changes nothing
    but the cells.
    """
    rows, everything = stored.rows, stored.all_rows
    places = {variant.id: place for place, variant in enumerate(variants)}
    step = experiment.numerator_step
    denominator = choose_denominator(everything, step)
    known = [row for row in rows if getattr(row, step) is not None]
    usable = [row for row in known if getattr(row, denominator) is not None]
    lacking = [row for row in known if getattr(row, denominator) is None]
    # What lacks the denominator stays apart: an unknown count would make a known sum unknown.
    parts = [sum_cells(_as_cell(row, places, step) for row in some) for some in (usable, lacking)]
    return Counts(
        cells=parts[0] + parts[1],
        design=describe_design(experiment, variants, everything, denominator, dict(stored.shares)),
        denominator=denominator,
        variants=tuple(variants),
        records=_count_records(rows),
        without_outcome=_count_records(rows) - _count_records(known),
        without_denominator=_count_records(lacking),
        is_denominator_mixed=len({row.offered is None for row in known}) > 1,
        funnel=tuple(
            _follow_steps([row for row in rows if row.variant_id == variant.id])
            for variant in variants
        ),
    )


def choose_denominator(rows: Iterable[CellSum], numerator_step: Step) -> Denominator:
    """Return `offered` if every cell with an outcome has it, else `reached`."""
    if numerator_step is Step.REACHED:
        return Denominator.OFFERED
    known = [row for row in rows if getattr(row, numerator_step) is not None]
    is_everywhere = all(row.offered is not None for row in known)
    return Denominator.OFFERED if is_everywhere else Denominator.REACHED


def describe_design(
    experiment: ExperimentFacts,
    variants: Sequence[NamedVariant],
    rows: Sequence[CellSum],
    denominator: Denominator,
    shares: WaveShares,
) -> ExperimentDesign:
    """Return the facts of the design that the comparison rests on."""
    controls = [place for place, variant in enumerate(variants) if variant.is_control]
    is_clustered = is_unit_bigger(experiment)
    return ExperimentDesign(
        variant_count=len(variants),
        control=controls[0] if controls else None,
        margin=experiment.smallest_difference,
        direction=Direction(experiment.direction.value),
        denominator=denominator,
        is_cluster_assigned=is_clustered,
        assignment_unit=experiment.assignment_unit.value,
        assignments=_list_assignments(experiment, variants, rows, shares, is_clustered),
        exploratory_profiles=frozenset(
            str(row.profile_id)
            for row in rows
            if row.profile_id is not None and not row.is_profile_known_before
        ),
        is_reach_estimated=any(row.count_method is not CountMethod.COUNTED for row in rows),
    )


def is_unit_bigger(experiment: ExperimentFacts) -> bool:
    """Tell whether what was given a variant as a whole is bigger than what is counted."""
    if experiment.assignment_unit is AssignmentUnit.PERSON:
        return False
    is_household = experiment.assignment_unit is AssignmentUnit.HOUSEHOLD
    return not (is_household and experiment.denominator_kind in PER_HOUSEHOLD)


@lru_cache(maxsize=REMEMBERED)
def compare_cells(cells: tuple[Cell, ...], design: ExperimentDesign) -> ExperimentComparison:
    """Return the comparison of an experiment, made once for the same cells and design."""
    return load_estimator(ESTIMATOR)(cells, design)


def _as_cell(row: CellSum, places: Mapping[int, int], numerator_step: Step) -> Cell:
    return Cell(
        profile=None if row.profile_id is None else str(row.profile_id),
        variant=places[row.variant_id],
        wave=str(row.wave_number),
        cluster=row.cluster or None,
        offered=row.offered,
        reached=row.reached,
        numerator=getattr(row, numerator_step),
    )


def _follow_steps(rows: Sequence[CellSum]) -> tuple[StepCount, ...]:
    steps = []
    for step in Step:
        known = [row for row in rows if getattr(row, step) is not None]
        people = sum(getattr(row, step) for row in known) if known else None
        steps.append(StepCount(people, _count_records(rows) - _count_records(known)))
    return tuple(steps)


def _count_records(rows: Iterable[CellSum]) -> int:
    return sum(row.observations for row in rows)


def _list_assignments(
    experiment: ExperimentFacts,
    variants: Sequence[NamedVariant],
    rows: Sequence[CellSum],
    shares: WaveShares,
    is_clustered: bool,
) -> tuple[Assignment, ...]:
    """Return the assignment units per wave, or nothing where units or shares are not known."""
    if experiment.design_type not in WITH_SHARES or not rows:
        return ()
    found = []
    for wave in sorted({row.wave_number for row in rows}):
        promised = tuple(shares.get((wave, one.id), one.share) for one in variants)
        units = _count_units([row for row in rows if row.wave_number == wave], is_clustered)
        if units is None or None in promised:
            return ()
        found.append(Assignment(tuple(units.get(one.id, 0) for one in variants), promised))
    return tuple(found)


def _count_units(rows: Sequence[CellSum], is_clustered: bool) -> dict[int, int] | None:
    if is_clustered:
        if not all(row.cluster for row in rows):
            return None
        clusters: dict[int, set[str]] = {}
        for row in rows:
            clusters.setdefault(row.variant_id, set()).add(row.cluster)
        return {variant: len(names) for variant, names in clusters.items()}
    if any(row.offered is None for row in rows):
        return None
    units: dict[int, int] = {}
    for row in rows:
        units[row.variant_id] = units.get(row.variant_id, 0) + row.offered
    return units
