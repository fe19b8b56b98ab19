"""Two published trials as they were counted, in a programme of their own."""

import csv
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from sqlmodel import Session

from experiments.demonstration.writing import PATH, ExperimentPlan, write_counts, write_experiment
from experiments.models.experiments import (
    AssignmentUnit,
    DesignType,
    Experiment,
    ExperimentCreate,
    ExperimentStatus,
    Purpose,
    Step,
    VariantCreate,
)
from experiments.models.observations import ObservationCreate, ProfileBasis
from lab.access import PUBLIC
from lab.models.labels import (
    Channel,
    ChannelMode,
    ChannelRoute,
    DenominatorKind,
    Style,
    StyleAxis,
)
from lab.models.labs import LivingLab
from lab.models.programmes import Programme, ProgrammeCreate, ProgrammeKind
from lab.models.segmentation import ModelStatus, Profile, SegmentationModel
from lab.services.programmes import add_programme

DATA = Path(__file__).parent / "data"
PUBLISHED_CODE = "published"
SOCIAL_PRESSURE_SOURCE = (
    "A.S. Gerber, D.P. Green & C.W. Larimer (2008), American Political Science Review 102(1), "
    "33–48. https://doi.org/10.1017/S000305540808009X"
)
SMOKING_SOURCE = (
    "V. Hasselblad (1998), Medical Decision Making 18(1), 37–43. "
    "https://doi.org/10.1177/0272989X9801800110"
)
ELECTION_DAY = date(2006, 8, 8)
# When each trial ran is not in the source: the year of the overview stands for it.
OVERVIEW_DAY = date(1998, 1, 1)

AGES = {
    "under40": ("jonger dan 40", "under 40"),
    "age40to59": ("40 tot en met 59", "40 to 59"),
    "over60": ("60 of ouder", "60 or older"),
}
HABITS = {
    "notvoted": ("stemde niet in 2004", "did not vote in 2004"),
    "voted": ("stemde in 2004", "voted in 2004"),
}
HOUSEHOLDS = {
    "alone": ("woont alleen", "lives alone"),
    "together": ("woont samen", "shares a home"),
}
LETTERS = {
    "control": ("Geen brief", "No letter"),
    "civic_duty": ("Burgerplicht", "Civic duty"),
    "hawthorne": ("Je wordt onderzocht", "You are being studied"),
    "neighbors": ("Je buren zien of je stemt", "Your neighbours see whether you vote"),
}
COUNSELLING = {
    "no_contact": ("Geen contact", "No contact"),
    "self_help": ("Zelfhulp", "Self-help"),
    "ind_counseling": ("Persoonlijke begeleiding", "Individual counselling"),
    "grp_counseling": ("Begeleiding in een groep", "Group counselling"),
}


def load_trials(session: Session, at: datetime) -> list[Experiment]:
    """Add the programme of published trials; the first is the one with the most people."""
    programme = add_programme(
        session,
        ProgrammeCreate(
            code=PUBLISHED_CODE,
            kind=ProgrammeKind.PUBLISHED,
            name_nl="Gepubliceerde proeven",
            name_en="Published trials",
            description_nl="Echte proeven van anderen, met hun aantallen zoals ze verschenen zijn.",
            description_en="Real trials by others, with their counts as they were published.",
            is_exempt_from_suppression=True,
        ),
        at,
    )
    return [_load_social_pressure(session, programme, at), *_load_smoking(session, programme, at)]


def _read(name: str) -> list[dict]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _load_social_pressure(session: Session, programme: Programme, at: datetime) -> Experiment:
    lab = _add_lab(session, programme, at, "Social pressure, Michigan 2006", "Michigan")
    profiles = _add_voters(session, programme, at)
    letter = _add_channel(session, programme, "letter", "Brief", "Letter", ChannelMode.OFFLINE)
    none = _add_channel(session, programme, "control", *LETTERS["control"], ChannelMode.OFFLINE)
    styles = _add_letter_styles(session, programme)
    rows = _read("social_pressure.csv")
    variants = [
        VariantCreate(
            channel_id=none.id if code == "control" else letter.id,
            style_ids=[] if code == "control" else [styles[code].id],
            denominator_kind=DenominatorKind.PEOPLE,
            is_control=code == "control",
        )
        for code in LETTERS
    ]
    command = ExperimentCreate(
        title="Sociale druk en de opkomst bij verkiezingen",
        question="Welke brief brengt meer mensen naar de stembus?",
        hypothesis="Een brief die zegt dat de buren het zien, werkt het best.",
        purpose=Purpose.ACTIVATION,
        design_type=DesignType.RANDOMISED,
        assignment_unit=AssignmentUnit.HOUSEHOLD,
        denominator_kind=DenominatorKind.PEOPLE,
        segmentation_model_id=next(iter(profiles.values())).segmentation_model_id,
        profile_ids=[profile.id for profile in profiles.values()],
        smallest_difference=0.02,
        ends_on=ELECTION_DAY,
        sources=SOCIAL_PRESSURE_SOURCE,
    )
    styles_by_id = {style.id: style for style in styles.values()}
    plan = ExperimentPlan(command, variants, ExperimentStatus.PUBLISHED, _moments(at), styles_by_id)
    experiment, written = write_experiment(session, lab, plan, PUBLIC)
    numbers = dict(zip(LETTERS, written, strict=True))
    counts = [
        ObservationCreate(
            variant_id=numbers[row["variant"]].id,
            profile_id=profiles[row["profile"]].id,
            profile_basis=ProfileBasis.RECORDS,
            observed_on=ELECTION_DAY,
            offered=int(row["people"]),
            responded=int(row["voted"]),
        )
        for row in rows
    ]
    write_counts(session, experiment, counts, PUBLIC, at)
    return experiment


def _load_smoking(session: Session, programme: Programme, at: datetime) -> list[Experiment]:
    lab = _add_lab(session, programme, at, "Stoppen met roken: 24 proeven", "24 studies")
    channels = {
        code: _add_channel(session, programme, code, *names, ChannelMode.MIXED)
        for code, names in COUNSELLING.items()
    }
    studies = groupby(_read("smoking_counselling.csv"), key=lambda row: row["study"])
    return [_load_study(session, lab, study, list(rows), channels, at) for study, rows in studies]


def _load_study(session, lab, study, rows, channels, at) -> Experiment:
    variants = [
        VariantCreate(
            channel_id=channels[row["variant"]].id,
            denominator_kind=DenominatorKind.PEOPLE,
            is_control=row["variant"] == "no_contact",
        )
        for row in rows
    ]
    command = ExperimentCreate(
        title=f"Begeleiding bij stoppen met roken, proef {int(study):02d}",
        question="Welke begeleiding helpt om te stoppen met roken?",
        purpose=Purpose.ACTIVATION,
        design_type=DesignType.RANDOMISED,
        assignment_unit=AssignmentUnit.PERSON,
        denominator_kind=DenominatorKind.PEOPLE,
        denominator_step=Step.OFFERED,
        smallest_difference=0.02,
        sources=SMOKING_SOURCE,
    )
    plan = ExperimentPlan(command, variants, ExperimentStatus.PUBLISHED, _moments(at))
    experiment, written = write_experiment(session, lab, plan, PUBLIC)
    counts = [
        ObservationCreate(
            variant_id=variant.id,
            observed_on=OVERVIEW_DAY,
            offered=int(row["people"]),
            responded=int(row["stopped"]),
        )
        for row, variant in zip(rows, written, strict=True)
    ]
    write_counts(session, experiment, counts, PUBLIC, at)
    return experiment


def _moments(at: datetime) -> dict[ExperimentStatus, datetime]:
    """All steps were taken when the trial was entered, long after it ended."""
    return dict.fromkeys(PATH, at)


def _add_lab(
    session: Session, programme: Programme, at: datetime, name: str, municipality: str
) -> LivingLab:
    lab = LivingLab(programme_id=programme.id, name=name, municipality=municipality, created_at=at)
    session.add(lab)
    session.flush()
    return lab


def _add_channel(
    session: Session, programme: Programme, code: str, name_nl: str, name_en: str, mode: ChannelMode
) -> Channel:
    channel = Channel(
        programme_id=programme.id,
        code=code,
        name_nl=name_nl,
        name_en=name_en,
        mode=mode,
        route=ChannelRoute.DIRECT,
        denominator_kind=DenominatorKind.PEOPLE,
    )
    session.add(channel)
    session.flush()
    return channel


def _add_letter_styles(session: Session, programme: Programme) -> dict[str, Style]:
    axis = StyleAxis(
        programme_id=programme.id, code="appeal", name_nl="Aansporing", name_en="Appeal"
    )
    session.add(axis)
    session.flush()
    styles = {
        code: Style(
            programme_id=programme.id,
            style_axis_id=axis.id,
            code=code,
            name_nl=names[0],
            name_en=names[1],
        )
        for code, names in LETTERS.items()
        if code != "control"
    }
    session.add_all(styles.values())
    session.flush()
    return styles


def _add_voters(session: Session, programme: Programme, at: datetime) -> dict[str, Profile]:
    model = SegmentationModel(
        programme_id=programme.id,
        code="voters",
        version="2006",
        name_nl="Kiezers naar leeftijd, stemgedrag en huishouden",
        name_en="Voters by age, voting and household",
        status=ModelStatus.VALIDATED,
        source=SOCIAL_PRESSURE_SOURCE,
        created_at=at,
    )
    session.add(model)
    session.flush()
    profiles = {}
    for code in dict.fromkeys(row["profile"] for row in _read("social_pressure.csv")):
        age, habit, household = code.split("_")
        names = zip(AGES[age], HABITS[habit], HOUSEHOLDS[household], strict=True)
        name_nl, name_en = (", ".join(parts).capitalize() for parts in names)
        profiles[code] = Profile(
            segmentation_model_id=model.id,
            code=code,
            name_nl=name_nl,
            name_en=name_en,
            position=len(profiles),
        )
    session.add_all(profiles.values())
    session.flush()
    return profiles
