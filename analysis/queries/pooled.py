"""Queries on everything that the experiments of a programme counted, for pooled evidence."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from sqlalchemy import Select, bindparam, case
from sqlmodel import Session, and_, col, func, select

from analysis.pooled.audience import find_owner
from analysis.pooled.choosing import (
    SUBJECT_CHECKS,
    Candidate,
    CellSum,
    VariantFacts,
    choose,
    find_obstacle,
)
from analysis.pooled.scope import Scope
from analysis.pooled.selection import (
    EVERYONE,
    PROFILE_UNKNOWN,
    Name,
    NamedExperiment,
    Names,
    Selection,
)
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import CellRow, parse_style
from experiments.models.experiments import Experiment, Step, Variant, VariantStyle, Wave
from experiments.models.observations import CountCell
from experiments.queries.cells import COUNTED_STATES
from experiments.queries.grades import find_grades
from lab.models.labels import Channel, Style
from lab.models.labs import LivingLab
from lab.models.segmentation import Profile, SegmentationModel

# A reference in a list of sources is enough to find the rest.
LONGEST_REFERENCE = 200
WITHOUT_PROFILE = {
    EVERYONE: Name("alle bewoners samen", "all residents together"),
    PROFILE_UNKNOWN: Name("profiel onbekend", "profile unknown"),
}

# Built once: making such a statement costs more than running it.
NUMBERS = bindparam("numbers", expanding=True)
PROGRAMME = bindparam("programme_id")
EXPERIMENTS = (
    select(Experiment, LivingLab.name)
    .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
    .where(LivingLab.programme_id == PROGRAMME)
    .order_by(col(Experiment.id))
)
VARIANTS = (
    select(Variant.experiment_id, Variant.id, Variant.channel_id, Variant.denominator_kind)
    .join(Experiment, col(Experiment.id) == Variant.experiment_id)
    .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
    .where(LivingLab.programme_id == PROGRAMME)
    .order_by(col(Variant.experiment_id), col(Variant.position), col(Variant.id))
)
STYLES = (
    select(VariantStyle.variant_id, VariantStyle.style_axis_id, VariantStyle.style_id)
    .join(Variant, col(Variant.id) == VariantStyle.variant_id)
    .join(Experiment, col(Experiment.id) == Variant.experiment_id)
    .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
    .where(LivingLab.programme_id == PROGRAMME)
    .order_by(VariantStyle.variant_id, VariantStyle.style_axis_id)
)
WAVES = select(Wave.id, Wave.number).where(col(Wave.experiment_id).in_(NUMBERS))
PROFILES = (
    select(Profile.id, Profile.segmentation_model_id, Profile.name_nl, Profile.name_en)
    .join(SegmentationModel, col(SegmentationModel.id) == Profile.segmentation_model_id)
    .where(SegmentationModel.programme_id == PROGRAMME)
    .order_by(Profile.segmentation_model_id, col(Profile.position), col(Profile.id))
)
CHANNEL_NAMES, STYLE_NAMES = (
    select(table.id, table.name_nl, table.name_en).where(table.programme_id == PROGRAMME)
    for table in (Channel, Style)
)


@dataclass(frozen=True, slots=True)
class Material:
    """What was read of a programme to choose from: its experiments, with what they are called.

    profiles: by segmentation model, in their order.
    """

    programme_id: int
    candidates: tuple[Candidate, ...]
    experiments: dict[int, Experiment]
    labs: dict[int, str]
    profiles: dict[int, dict[str, Name]]

    def list_asked(self, segmentation_model_id: int | None) -> tuple[str, ...]:
        """Return the codes of the profiles that a question about a model is about."""
        if segmentation_model_id is None:
            return (EVERYONE,)
        return tuple(self.profiles.get(segmentation_model_id, ()))


def select_cells(session: Session, scope: Scope) -> Selection:
    """Return the cells that a scope lets through, what is left out and why, and the names."""
    return select_from(session, read_material(session, scope), scope)


def select_from(session: Session, material: Material, scope: Scope) -> Selection:
    """Return what a scope lets through of what was read for it, or for a wider one."""
    asked = material.list_asked(scope.segmentation_model_id)
    chosen = choose(material.candidates, scope, asked)
    names = _find_names(session, material, chosen.rows, asked)
    owner = find_owner(material.candidates, chosen.rows, asked)
    return Selection(chosen.rows, chosen.not_used, names, asked, owner)


def read_material(session: Session, scope: Scope) -> Material:
    """Return all experiments of a programme, with grade and cells of those that may fit."""
    found = session.exec(EXPERIMENTS, params={"programme_id": scope.programme_id}).all()
    experiments = {experiment.id: experiment for experiment, _lab in found}
    variants = _read_variants(session, scope.programme_id)
    candidates = [describe_experiment(one, variants[number]) for number, one in experiments.items()]
    fitting = {one.id for one in candidates if find_obstacle(one, scope, SUBJECT_CHECKS) is None}
    grades = find_grades(session, [experiments[number] for number in sorted(fitting)])
    cells = _read_cells(session, scope, fitting)
    filled = tuple(
        replace(one, grade=grades[one.id].grade.value, cells=_gather(cells, one))
        if one.id in fitting
        else one
        for one in candidates
    )
    labs = {experiment.living_lab_id: name for experiment, name in found}
    profiles = _read_profiles(session, scope.programme_id)
    return Material(scope.programme_id, filled, experiments, labs, profiles)


def _gather(cells: dict[int, list[CellSum]], one: Candidate) -> tuple[CellSum, ...]:
    return tuple(chain.from_iterable(cells[variant.id] for variant in one.variants))


def describe_experiment(experiment: Experiment, variants: Sequence[VariantFacts]) -> Candidate:
    """Return an experiment as a candidate of which no counts were read."""
    return Candidate(
        id=experiment.id,
        living_lab_id=experiment.living_lab_id,
        status=experiment.status,
        numerator_step=experiment.numerator_step,
        denominator_step=experiment.denominator_step,
        direction=Direction(experiment.direction.value),
        issue_type_id=experiment.issue_type_id,
        phase_id=experiment.phase_id,
        starts_on=experiment.starts_on,
        ends_on=experiment.ends_on,
        variants=tuple(variants),
    )


def _read_variants(session: Session, programme_id: int) -> dict[int, list[VariantFacts]]:
    connection, values = session.connection(), {"programme_id": programme_id}
    styles: dict[int, list[str]] = defaultdict(list)
    for variant_id, axis_id, style_id in connection.execute(STYLES, values):
        styles[variant_id].append(f"{axis_id}={style_id}")
    found: dict[int, list[VariantFacts]] = defaultdict(list)
    for experiment_id, variant_id, channel_id, kind in connection.execute(VARIANTS, values):
        style = ";".join(styles[variant_id])
        found[experiment_id].append(VariantFacts(variant_id, str(channel_id), style, kind))
    return found


def _read_cells(
    session: Session, scope: Scope, numbers: Collection[int]
) -> dict[int, list[CellSum]]:
    """Return the sums of experiments, by variant, with the number of each wave within its own."""
    connection, values = session.connection(), {"numbers": sorted(numbers)}
    waves = dict(connection.execute(WAVES, values).all())
    outcome = scope.outcome
    statement = sum_over_areas(outcome.numerator_step, outcome.denominator_step)
    states = {"review_states": list(COUNTED_STATES)}
    found: dict[int, list[CellSum]] = defaultdict(list)
    for variant, profile, is_before, wave_id, cluster, *counts in connection.execute(
        statement, values | states
    ):
        # PostgreSQL adds whole numbers up to a decimal type.
        sums = (int(count or 0) for count in counts)
        cell = CellSum(variant, profile, is_before, waves[wave_id], cluster, *sums)
        found[variant].append(cell)
    return found


@lru_cache
def sum_over_areas(numerator_step: Step, denominator_step: Step) -> Select:
    """Return the statement that adds cells up over areas, months and ways of counting."""
    responses, people = (
        col(getattr(CountCell, step.value)) for step in (numerator_step, denominator_step)
    )
    are_known = and_(responses.is_not(None), people.is_not(None))
    records = col(CountCell.observations)
    # A variant is of one experiment: one key less to sort by saves a quarter of the time.
    keys = (
        CountCell.variant_id,
        CountCell.profile_id,
        CountCell.is_profile_known_before,
        CountCell.wave_id,
        CountCell.cluster,
    )
    return (
        select(
            *keys,
            func.sum(records),
            func.sum(case((people.is_(None), records), else_=0)),
            func.sum(case((responses.is_(None), records), else_=0)),
            func.sum(case((are_known, people))),
            func.sum(case((are_known, responses))),
        )
        .where(col(CountCell.experiment_id).in_(NUMBERS))
        .where(col(CountCell.review_state).in_(bindparam("review_states", expanding=True)))
        .group_by(*keys)
    )


def _read_profiles(session: Session, programme_id: int) -> dict[int, dict[str, Name]]:
    found: dict[int, dict[str, Name]] = defaultdict(dict)
    rows = session.connection().execute(PROFILES, {"programme_id": programme_id})
    for number, model, nl, en in rows:
        found[model][str(number)] = Name(nl, en)
    return dict(found)


def _find_names(
    session: Session, material: Material, rows: Iterable[CellRow], asked: Iterable[str]
) -> Names:
    rows = list(rows)
    profiles = dict(WITHOUT_PROFILE)
    for of_model in material.profiles.values():
        profiles |= of_model
    held = dict.fromkeys(chain(asked, sorted({row.profile for row in rows})))
    channels = {row.channel for row in rows}
    styles = set(chain.from_iterable(map(_list_styles, {row.style for row in rows})))
    return Names(
        labs={str(number): name for number, name in material.labs.items()},
        experiments={
            str(one.id): _name_experiment(material, one, one.grade) for one in material.candidates
        },
        profiles={code: profiles[code] for code in held},
        channels=_read_names(session, CHANNEL_NAMES, material.programme_id, channels),
        styles=_read_names(session, STYLE_NAMES, material.programme_id, styles),
    )


def _list_styles(style: str) -> Iterable[str]:
    return parse_style(style).values()


def _name_experiment(material: Material, one: Candidate, grade: str) -> NamedExperiment:
    experiment = material.experiments[one.id]
    return NamedExperiment(
        title=experiment.title,
        living_lab=material.labs[one.living_lab_id],
        grade=grade,
        starts_on=experiment.starts_on,
        ends_on=experiment.ends_on,
        reference=experiment.sources.strip().partition("\n")[0][:LONGEST_REFERENCE],
    )


def _read_names(
    session: Session, statement: Select, programme_id: int, codes: Collection[str]
) -> dict[str, Name]:
    found = session.connection().execute(statement, {"programme_id": programme_id})
    names = {str(number): Name(nl, en) for number, nl, en in found}
    return {code: names[code] for code in sorted(codes, key=int)}
