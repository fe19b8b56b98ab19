"""The recipe of the fictitious programme: invented towns, known truth, dirty on purpose."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import exp, log

from experiments.models.experiments import AssignmentUnit, DesignType, ExperimentStatus
from experiments.models.observations import CountMethod, ProfileBasis
from lab.models.labels import DenominatorKind

SEED = 20181115
HISTORY_DAYS = 640
EXPERIMENTS_PER_LAB = (10, 9, 12, 10, 9, 10)
AREAS_PER_LAB = 10

PERSONAL_EFFECT = 0.15  # the same for every profile: one advice for all is the truth
ONLINE_EFFECT = 0.30  # only for the profiles below
ONLINE_PROFILES = {"honkvaste_buurtbewoners", "geinformeerde_gezinsdrukte"}
INTERACTION_SD = 0.10
LAB_SD = 0.35
AREA_SD = 0.25
EXPERIMENT_SD = 0.30


@dataclass(frozen=True, slots=True)
class Town:
    """An invented municipality with one living lab."""

    municipality: str
    lab: str
    question: str
    segmentation: str
    profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A channel with its usual response and how many one area offers; most count households, so
    that they can be compared."""

    code: str
    response: tuple[float, float]
    offered: tuple[int, int]
    reached: tuple[float, float] = (0.92, 0.99)
    is_online: bool = False
    method: CountMethod = CountMethod.COUNTED
    cost: str | None = None
    kind: DenominatorKind = DenominatorKind.HOUSEHOLDS


CITISENS = {
    "kritische_vernieuwers": 0.06,
    "stadse_nomaden": 0.12,
    "geinformeerde_gezinsdrukte": 0.14,
    "gevestigde_beinvloeders": 0.18,
    "zelfbewuste_aanpakkers": 0.16,
    "zorgzame_senioren": 0.06,
    "honkvaste_buurtbewoners": 0.17,
    "eigengereide_digitalen": 0.11,
}
COUNTRYSIDE = (
    "honkvaste_buurtbewoners",
    "geinformeerde_gezinsdrukte",
    "gevestigde_beinvloeders",
    "zelfbewuste_aanpakkers",
)
CITY = ("stadse_nomaden", "kritische_vernieuwers", "gevestigde_beinvloeders")
TOWNS = (
    Town(
        "Rivierdorp",
        "Dorpslab Rivierdorp",
        "Wie denkt mee over de speelplekken?",
        "citisens",
        COUNTRYSIDE,
    ),
    Town(
        "Nieuw-Essel",
        "Wijklab Nieuw-Essel",
        "Hoe bereiken we meer dan de vaste kern?",
        "citisens",
        (*COUNTRYSIDE, "zorgzame_senioren"),
    ),
    Town(
        "Heidelande",
        "Proeftuin Heidelande",
        "Wie doet mee aan het warmteplan?",
        "citisens",
        (*COUNTRYSIDE, "eigengereide_digitalen"),
    ),
    Town(
        "Wolderstad",
        "Stadslab Wolderstad",
        "Hoe nodigen we uit voor de omgevingsvisie?",
        "fictief14",
        tuple(f"groep_{number:02d}" for number in (2, 5, 9, 13)),
    ),
    Town(
        "Grootmonde",
        "Living lab Grootmonde-West",
        "Wat werkt in een wijk die vaak verhuist?",
        "citisens",
        CITY,
    ),
    Town(
        "Grootmonde",
        "Living lab Grootmonde-Haven",
        "Bereiken we jong en oud?",
        "age",
        ("18_34", "35_49", "50_64", "65_74", "75_plus"),
    ),
)
ROUTES = (
    Route("brief_adres", (0.08, 0.15), (180, 420), cost="1.10"),
    Route("ansichtkaart", (0.01, 0.03), (900, 1800), cost="0.65"),
    Route("flyer", (0.003, 0.01), (2500, 5000), (0.80, 0.95), cost="0.18"),
    Route("nieuwsbrief", (0.01, 0.04), (700, 1500), is_online=True, cost="0.02"),
    Route(
        "social_betaald",
        (0.002, 0.010),
        (2500, 6000),
        (0.5, 0.8),
        True,
        CountMethod.PLATFORM,
        kind=DenominatorKind.ACCOUNTS,
    ),
    Route("keukentafel_deur", (0.25, 0.45), (90, 200), (0.45, 0.65), cost="6.50"),
    Route("vereniging_school", (0.03, 0.10), (250, 600), (0.8, 0.95), method=CountMethod.ESTIMATED),
)
THEMES = (
    "groen",
    "spelen",
    "verkeer",
    "energie",
    "afval",
    "wonen",
    "sociaal_domein",
    "veiligheid",
    "omgevingsvisie",
)
SUBJECTS = (
    "speelplekken",
    "het wijkplein",
    "een veilige schoolroute",
    "het warmteplan",
    "de afvalinzameling",
    "nieuwe woningen",
    "het buurthuis",
    "de straatverlichting",
    "de omgevingsvisie",
    "meer bomen",
)


@dataclass(frozen=True, slots=True)
class PlannedVariant:
    """A variant of a fictitious experiment with its true effect on the logit scale."""

    route: Route
    style: str | None
    is_control: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One fictitious field record."""

    variant: int
    profile: str | None
    basis: ProfileBasis
    area: str
    day: date
    offered: int | None
    reached: int | None
    responded: int
    participated: int | None
    method: CountMethod
    remark: str = ""


@dataclass(slots=True)
class PlannedExperiment:
    """A fictitious experiment with all its records."""

    title: str
    theme: str
    design: DesignType
    unit: AssignmentUnit
    status: ExperimentStatus
    starts_on: date
    ends_on: date
    is_registered_beforehand: bool
    profiles: tuple[str, ...]
    variants: list[PlannedVariant]
    records: list[Record] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlannedLab:
    """A fictitious lab with its experiments and its true deviation."""

    town: Town
    deviation: float
    experiments: list[PlannedExperiment]


def make_programme(today: date, seed: int = SEED) -> list[PlannedLab]:
    """Return the whole fictitious programme: the same counts for the same seed.

    The days follow today, so that there is always field work going on.
    """
    rng = random.Random(seed)
    interactions = _draw_interactions(rng)
    return [
        _make_lab(rng, town, number, interactions, today)
        for town, number in zip(TOWNS, EXPERIMENTS_PER_LAB, strict=True)
    ]


def true_effect(variant: PlannedVariant, profile: str | None, interactions: dict) -> float:
    """Return what a variant truly adds on the logit scale in a profile."""
    personal = PERSONAL_EFFECT if variant.style == "persoonlijk" else 0.0
    online = ONLINE_EFFECT if variant.route.is_online and profile in ONLINE_PROFILES else 0.0
    return personal + online + interactions.get((variant.route.code, profile), 0.0)


def _draw_interactions(rng: random.Random) -> dict:
    profiles = [*CITISENS, *TOWNS[3].profiles, *TOWNS[5].profiles]
    return {
        (route.code, profile): rng.gauss(0, INTERACTION_SD)
        for route in ROUTES
        for profile in profiles
    }


def _make_lab(
    rng: random.Random, town: Town, number: int, interactions: dict, today: date
) -> PlannedLab:
    deviation = rng.gauss(0, LAB_SD)
    areas = _draw_areas(rng, town)
    experiments = [
        _make_experiment(rng, town, index, number, deviation, areas, interactions, today)
        for index in range(number)
    ]
    return PlannedLab(town, deviation, experiments)


def list_area_names(municipality: str) -> list[str]:
    """Return what the invented neighbourhoods of an invented municipality are called."""
    return [f"{municipality} buurt {number}" for number in range(1, AREAS_PER_LAB + 1)]


def _draw_areas(rng: random.Random, town: Town) -> dict[str, tuple[str, float]]:
    """Return per area its dominant profile and its deviation."""
    weights = [CITISENS.get(profile, 0.2) for profile in town.profiles]
    return {
        name: (rng.choices(town.profiles, weights)[0], rng.gauss(0, AREA_SD))
        for name in list_area_names(town.municipality)
    }


def _make_experiment(rng, town, index, number, deviation, areas, interactions, today):
    status = _draw_status(rng, index, number)
    start, end = _draw_period(rng, status, index / number, today)
    design = _draw_design(rng)
    subject = SUBJECTS[(index + len(town.lab)) % len(SUBJECTS)]
    # A lab with more experiments than subjects takes a subject up again, under a title of its own.
    again = ", opnieuw gevraagd" if index >= len(SUBJECTS) else ""
    experiment = PlannedExperiment(
        title=f"Meedenken over {subject}{again}",
        theme=rng.choice(THEMES),
        design=design,
        unit=_unit_of(design),
        status=status,
        starts_on=start,
        ends_on=end,
        is_registered_beforehand=design is not DesignType.RETROSPECTIVE and rng.random() < 0.7,
        profiles=town.profiles,
        variants=_draw_variants(rng),
    )
    if status not in {ExperimentStatus.IDEA, ExperimentStatus.PLANNED, ExperimentStatus.REGISTERED}:
        base = deviation + rng.gauss(0, EXPERIMENT_SD)
        last_day = min(end, today)
        experiment.records = _draw_records(rng, experiment, base, areas, interactions, last_day)
    return experiment


def _draw_period(
    rng: random.Random, status: ExperimentStatus, progress: float, today: date
) -> tuple[date, date]:
    """Return first and last day in the field, so that each status is true today."""
    length = timedelta(days=rng.choice((28, 42, 56)))
    jitter = timedelta(days=rng.randrange(14))
    start = {
        ExperimentStatus.IDEA: today + timedelta(days=60) + jitter,
        ExperimentStatus.PLANNED: today + timedelta(days=21) + jitter,
        ExperimentStatus.IN_FIELD: today - timedelta(days=10) - jitter,
        ExperimentStatus.CLOSED: today - length - timedelta(days=8) - jitter,
    }.get(status)
    if start is None:
        start = today - timedelta(days=HISTORY_DAYS + 120 - int(HISTORY_DAYS * progress)) - jitter
    return start, start + length


def _draw_design(rng: random.Random) -> DesignType:
    chance = rng.random()
    if chance < 0.10:
        return DesignType.RETROSPECTIVE
    if chance < 0.30:
        return DesignType.COMPARISON
    return DesignType.CLUSTER_RANDOMISED if chance < 0.45 else DesignType.RANDOMISED


def _unit_of(design: DesignType) -> AssignmentUnit:
    clustered = design is DesignType.CLUSTER_RANDOMISED
    return AssignmentUnit.STREET if clustered else AssignmentUnit.HOUSEHOLD


def _draw_status(rng: random.Random, index: int, number: int) -> ExperimentStatus:
    """The oldest are published, the newest still in the field or only planned."""
    from_the_end = number - 1 - index
    newest = (
        ExperimentStatus.IDEA,
        ExperimentStatus.PLANNED,
        ExperimentStatus.IN_FIELD,
        ExperimentStatus.CLOSED,
    )
    if from_the_end < len(newest):
        return newest[from_the_end]
    return ExperimentStatus.PUBLISHED if rng.random() < 0.75 else ExperimentStatus.ANALYSED


def _draw_variants(rng: random.Random) -> list[PlannedVariant]:
    """Mostly one channel in two styles, sometimes two channels as well."""
    first, second = rng.sample(ROUTES, 2)
    variants = [
        PlannedVariant(first, "zakelijk", True),
        PlannedVariant(first, "persoonlijk", False),
    ]
    if rng.random() < 0.45:
        variants.append(PlannedVariant(second, "zakelijk", False))
        if rng.random() < 0.35:
            variants.append(PlannedVariant(second, "persoonlijk", False))
    return variants


def _draw_records(rng, experiment, base, areas, interactions, last_day) -> list[Record]:
    without_denominator = rng.random() < 0.15
    basis = ProfileBasis.SELF_REPORT if rng.random() < 0.25 else ProfileBasis.AREA_DOMINANT
    chosen = rng.sample(sorted(areas), rng.randint(3, 8))
    days = (last_day - experiment.starts_on).days
    records = []
    for area in chosen:
        profile, area_deviation = areas[area]
        for number, variant in enumerate(experiment.variants):
            truth = base + area_deviation + true_effect(variant, profile, interactions)
            day = experiment.starts_on + timedelta(days=rng.randrange(1 + days))
            records.append(
                _draw_record(
                    rng, number, variant, truth, profile, basis, area, day, without_denominator
                )
            )
    return records


def _draw_record(rng, number, variant, truth, profile, basis, area, day, without_denominator):
    route = variant.route
    offered = rng.randint(*route.offered)
    reached = round(offered * rng.uniform(*route.reached))
    middle = sum(route.response) / 2
    rate = 1 / (1 + exp(-(log(middle / (1 - middle)) + truth)))
    responded = sum(rng.random() < rate for _ in range(reached))
    participated = sum(rng.random() < 0.3 for _ in range(responded))
    return Record(
        variant=number,
        profile=profile,
        basis=basis,
        area=area,
        day=day,
        offered=None if without_denominator else offered,
        reached=None if without_denominator else reached,
        responded=responded,
        participated=participated if rng.random() < 0.8 else None,
        method=route.method,
        remark="Regen, minder mensen thuis." if rng.random() < 0.03 else "",
    )
