"""Loading the fictitious programme: six invented labs with their mistakes and corrections."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from experiments.demonstration.areas import load_areas
from experiments.demonstration.recipe import (
    PlannedExperiment,
    PlannedLab,
    Record,
    make_programme,
)
from experiments.demonstration.writing import PATH, ExperimentPlan, write_counts, write_experiment
from experiments.models.experiments import (
    Experiment,
    ExperimentCreate,
    ExperimentStatus,
    Purpose,
    Step,
    Variant,
    VariantCreate,
)
from experiments.models.observations import ObservationCreate
from lab.access import PUBLIC, Reader
from lab.models.labels import Channel, IssueType, Phase, Style, Theme
from lab.models.labs import LivingLab, Partner
from lab.models.programmes import Programme, ProgrammeCreate, ProgrammeKind
from lab.models.segmentation import ModelStatus, Profile, SegmentationModel
from lab.queries import labels, segmentation
from lab.services.programmes import add_programme, ship_vocabulary

FICTITIOUS_CODE = "fictitious"
UNDER_WAY = {ExperimentStatus.IDEA, ExperimentStatus.PLANNED, ExperimentStatus.IN_FIELD}
FIELD_HOUR = time(15, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The labels of the fictitious programme by their codes."""

    channels: dict[str, Channel]
    styles: dict[str, Style]
    themes: dict[str, Theme]
    phases: list[Phase]
    issue_types: dict[str, IssueType]
    profiles: dict[tuple[str, str], Profile]


@dataclass(slots=True)
class WrittenLab:
    """A fictitious lab as it stands in the database, with what was planned beside it."""

    lab: LivingLab
    experiments: list[tuple[PlannedExperiment, Experiment, list[Variant]]]


def add_fictitious_programme(session: Session, at: datetime) -> Programme:
    """Add the empty fictitious programme with its vocabulary."""
    command = ProgrammeCreate(
        code=FICTITIOUS_CODE,
        kind=ProgrammeKind.FICTITIOUS,
        name_nl="Verzonnen voorbeeld",
        name_en="Fictitious example",
        description_nl="Verzonnen gemeenten en verzonnen aantallen, om te oefenen.",
        description_en="Invented municipalities and invented counts, to practise with.",
    )
    programme = add_programme(session, command, at)
    ship_vocabulary(session, programme)
    _add_fourteen_groups(session, programme, at)
    return programme


def add_labs(session: Session, programme: Programme, at: datetime) -> list[LivingLab]:
    """Add the six invented labs with their partners."""
    found = []
    for planned in make_programme(at.date()):
        town = planned.town
        lab = LivingLab(
            programme_id=programme.id,
            name=town.lab,
            municipality=town.municipality,
            question=town.question,
            starts_on=date(2024, 9, 1),
            ends_on=date(2027, 8, 31),
            created_at=at,
        )
        session.add(lab)
        session.flush()
        session.add(
            Partner(
                living_lab_id=lab.id, name=f"Gemeente {town.municipality}", role="opdrachtgever"
            )
        )
        session.add(
            Partner(living_lab_id=lab.id, name="Hogeschool Oostmeer (verzonnen)", role="onderzoek")
        )
        found.append(lab)
    session.flush()
    return found


def load_experiments(
    session: Session,
    programme: Programme,
    labs: list[LivingLab],
    counters: dict[int, Reader],
    at: datetime,
) -> list[WrittenLab]:
    """Add all experiments and counts; a lab's own student is who counted there."""
    vocabulary = _read_vocabulary(session, programme)
    written = []
    pairs = list(zip(labs, make_programme(at.date()), strict=True))
    models = segmentation.list_models(session, programme.id)
    profiles = {model.code: segmentation.list_profiles(session, model.id) for model in models}
    load_areas(session, pairs, profiles, at)
    for lab, planned in pairs:
        by = counters.get(lab.id, PUBLIC)
        rows = [
            _load_experiment(session, lab, planned, experiment, vocabulary, by, at)
            for experiment in planned.experiments
        ]
        written.append(WrittenLab(lab, rows))
    return written


def _load_experiment(session, lab, planned_lab, planned, vocabulary, by, at):
    plan = _make_plan(planned_lab, planned, vocabulary, at)
    experiment, variants = write_experiment(session, lab, plan, PUBLIC)
    if planned.records:
        commands = [
            _make_observation(record, variants, planned_lab, vocabulary)
            for record in planned.records
        ]
        last = _moment(max(record.day for record in planned.records)) + timedelta(days=2)
        write_counts(session, experiment, commands, by, min(last, at))
    return planned, experiment, variants


def _make_plan(
    planned_lab: PlannedLab, planned: PlannedExperiment, vocabulary: Vocabulary, at: datetime
) -> ExperimentPlan:
    model = planned_lab.town.segmentation
    profiles = [vocabulary.profiles[model, code] for code in planned.profiles]
    command = ExperimentCreate(
        title=planned.title,
        question=f"Welke aanpak brengt meer bewoners van {planned_lab.town.municipality} "
        "ertoe om te reageren?",
        hypothesis="Een persoonlijke toon levert meer reacties op dan een zakelijke.",
        issue_type_id=vocabulary.issue_types["participatie"].id,
        phase_id=vocabulary.phases[2].id,
        theme_id=vocabulary.themes[planned.theme].id,
        segmentation_model_id=profiles[0].segmentation_model_id,
        profile_ids=[profile.id for profile in profiles],
        purpose=Purpose.ACTIVATION,
        design_type=planned.design,
        assignment_unit=planned.unit,
        numerator_step=Step.RESPONDED,
        denominator_step=Step.OFFERED,
        denominator_kind=planned.variants[0].route.kind,
        smallest_difference=0.03,
        starts_on=planned.starts_on,
        ends_on=planned.ends_on,
        sources="Verzonnen voorbeeld, gemaakt met een vast recept.",
        decided_by="De gemeenteraad, op voorstel van het college.",
    )
    styles = {style.id: style for style in vocabulary.styles.values()}
    variants = [
        _make_variant(variant, len(planned.variants), vocabulary) for variant in planned.variants
    ]
    return ExperimentPlan(command, variants, planned.status, _make_moments(planned, at), styles)


def _make_variant(variant, number: int, vocabulary: Vocabulary) -> VariantCreate:
    channel = vocabulary.channels[variant.route.code]
    return VariantCreate(
        channel_id=channel.id,
        style_ids=[vocabulary.styles[variant.style].id],
        denominator_kind=variant.route.kind,
        share=1 / number,
        cost_per_unit=variant.route.cost,
        is_control=variant.is_control,
    )


def _make_moments(planned: PlannedExperiment, at: datetime) -> dict[ExperimentStatus, datetime]:
    """Steps in time; what was not registered beforehand was entered after the field work."""
    start, end = _moment(planned.starts_on), _moment(planned.ends_on)
    days = {
        ExperimentStatus.IDEA: start - timedelta(days=40),
        ExperimentStatus.PLANNED: start - timedelta(days=25),
        ExperimentStatus.REGISTERED: start - timedelta(days=10),
        ExperimentStatus.IN_FIELD: start,
        ExperimentStatus.CLOSED: end + timedelta(days=3),
        ExperimentStatus.ANALYSED: end + timedelta(days=17),
        ExperimentStatus.PUBLISHED: end + timedelta(days=45),
    }
    steps = PATH[: PATH.index(planned.status) + 1]
    if not planned.is_registered_beforehand and planned.status not in UNDER_WAY:
        days = {step: max(day, days[ExperimentStatus.CLOSED]) for step, day in days.items()}
    # A plan for next month was made a while ago, not in the future.
    latest = {step: at - timedelta(days=len(steps) - number) for number, step in enumerate(steps)}
    return {step: min(days[step], latest[step]) for step in steps}


def _make_observation(
    record: Record, variants: list[Variant], planned_lab: PlannedLab, vocabulary: Vocabulary
) -> ObservationCreate:
    profile = vocabulary.profiles[planned_lab.town.segmentation, record.profile]
    return ObservationCreate(
        variant_id=variants[record.variant].id,
        profile_id=profile.id,
        profile_basis=record.basis,
        area=record.area,
        observed_on=record.day,
        offered=record.offered,
        reached=record.reached,
        responded=record.responded,
        participated=record.participated,
        count_method=record.method,
        remark=record.remark,
    )


def _moment(day: date) -> datetime:
    return datetime.combine(day, FIELD_HOUR)


def _read_vocabulary(session: Session, programme: Programme) -> Vocabulary:
    by_code = {
        name: {label.code: label for label in read(session, programme.id)}
        for name, read in (
            ("channels", labels.list_channels),
            ("styles", labels.list_styles),
            ("themes", labels.list_themes),
            ("issue_types", labels.list_issue_types),
        )
    }
    profiles = {
        (model.code, profile.code): profile
        for model in segmentation.list_models(session, programme.id)
        for profile in segmentation.list_profiles(session, model.id)
    }
    phases = labels.list_phases(session, programme.id)
    return Vocabulary(**by_code, phases=phases, profiles=profiles)


def _add_fourteen_groups(session: Session, programme: Programme, at: datetime) -> None:
    """Add an invented model of fourteen groups: one lab still works with an older division."""
    model = SegmentationModel(
        programme_id=programme.id,
        code="fictief14",
        version="0",
        name_nl="Verzonnen model met veertien groepen",
        name_en="Invented model with fourteen groups",
        status=ModelStatus.CONCEPT,
        source="Verzonnen voor het voorbeeld.",
        created_at=at,
    )
    session.add(model)
    session.flush()
    for number in range(1, 15):
        session.add(
            Profile(
                segmentation_model_id=model.id,
                code=f"groep_{number:02d}",
                name_nl=f"Groep {number}",
                name_en=f"Group {number}",
                position=number,
            )
        )
    session.flush()
