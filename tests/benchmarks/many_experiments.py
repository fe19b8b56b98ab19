"""A database with many experiments, kept runs and decided advice, for benchmarks of pages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, col, select

from analysis.models.advice import AdviceRuleVersion, DecisionCreate, VersionState
from analysis.pooled.scope import Scope, ScopeOutcome
from analysis.services.advice import publish_version
from analysis.services.backtests import run_backtest
from analysis.services.pooled_proposals import propose_from_runs
from analysis.services.pooled_runs import PooledRunCreate, run_pooled
from experiments.models.experiments import (
    Experiment,
    ExperimentStatus,
    Step,
    Variant,
    VariantStyle,
    Wave,
)
from experiments.models.observations import CountMethod, Observation, ProfileBasis, ReviewState
from experiments.services.cells import rebuild
from lab import db
from lab.access import Post, Reader
from lab.models.labels import DenominatorKind
from lab.models.labs import LivingLab
from lab.models.people import Role
from lab.models.programmes import Programme, ProgrammeKind
from tests.builders import MOMENT, Builder

LABS = 12
EXPERIMENTS = 200
PROFILES = 8
CHANNELS = ("brief_adres", "ansichtkaart", "flyer", "nieuwsbrief")
STYLES = ("zakelijk", "persoonlijk")
FIRST_DAY = date(2016, 1, 1)
MARGIN = 0.02
# A back-test asks for an estimate per day; the page does not know how long that took.
BACKTESTED = timedelta(days=200)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the addresses of the pages are made of."""

    programme: str
    programme_id: int
    lab: int
    experiment: int
    profile: int
    run: int
    backtest: int
    rule: int
    user: int
    contacts: int
    records: int


def fill(url: str, folder: Path, records: int, people: int) -> Numbers:
    """Make a database at an address; records, people: of each cell of profile and variant."""
    folder.mkdir()
    db.upgrade(url)
    with db.open_session(url) as session:
        build = Builder(session)
        programme = build.programme(ProgrammeKind.FICTITIOUS)
        labs = [build.lab(programme) for _number in range(LABS)]
        draw = Random(1)
        experiments = [
            add_experiment(build, labs[number % LABS], number, draw, records, people)
            for number in range(EXPERIMENTS)
        ]
        session.commit()
        return keep_answers(build, programme, labs, experiments, records, people)


def add_experiment(
    build: Builder, lab: LivingLab, number: int, draw: Random, records: int, people: int
) -> Experiment:
    """Add a published experiment with four variants, all of its cells counted."""
    ends_on = FIRST_DAY + timedelta(days=15 * (number + 4))
    experiment = build.experiment(
        lab, styles=(), status=ExperimentStatus.PUBLISHED,
        starts_on=ends_on - timedelta(days=50), ends_on=ends_on,
    )  # fmt: skip
    session = build.session
    channels = draw.sample(CHANNELS, 2)
    pairs = [(channel, style) for channel in channels for style in STYLES]
    variants = [
        add_variant(build, experiment, lab, pair, position) for position, pair in enumerate(pairs)
    ]
    wave = session.exec(select(Wave.id).where(Wave.experiment_id == experiment.id)).one()
    rows = write_records(build, lab, experiment, wave, variants, pairs, draw, records, people)
    session.execute(insert(Observation), list(rows))
    rebuild(session, experiment.id)
    return experiment


def add_variant(build: Builder, experiment, lab, pair, position: int) -> int:
    """Add a variant, the first one as control; return its number."""
    chosen = build.style(lab, pair[1])
    variant = Variant(
        experiment_id=experiment.id, channel_id=build.channel(lab, pair[0]).id,
        denominator_kind=DenominatorKind.LETTERS, is_control=position == 0, position=position,
    )  # fmt: skip
    build.session.add(variant)
    build.session.flush()
    build.session.add(
        VariantStyle(variant_id=variant.id, style_axis_id=chosen.style_axis_id, style_id=chosen.id)
    )
    return variant.id


def write_records(
    build, lab, experiment, wave, variants, pairs, draw, records, people
) -> Iterator[dict]:
    """Return the records of all cells; each cell is spread evenly over its records."""
    own = draw.uniform(-0.03, 0.03)
    for place, profile in enumerate(build.profiles(lab)[:PROFILES]):
        for variant, (channel, style) in zip(variants, pairs, strict=True):
            rate = 0.15 + own + 0.01 * CHANNELS.index(channel) + 0.02 * (style == STYLES[1])
            rate += 0.01 * ((place + CHANNELS.index(channel)) % 3) + draw.uniform(-0.01, 0.01)
            count = round(rate * people)
            for record in range(records):
                yield {
                    "uuid": UUID(int=draw.getrandbits(128)),
                    "experiment_id": experiment.id, "wave_id": wave, "variant_id": variant,
                    "profile_id": profile.id, "profile_basis": ProfileBasis.PANEL,
                    "is_profile_known_before": True, "area": "", "cluster": "",
                    "observed_on": experiment.starts_on + timedelta(days=record % 28),
                    "offered": people // records,
                    "responded": count // records + (record < count % records),
                    "count_method": CountMethod.COUNTED,
                    "review_state": ReviewState.APPROVED, "recorded_at": MOMENT,
                }  # fmt: skip


def keep_answers(
    build: Builder, programme: Programme, labs, experiments, records: int, people: int
) -> Numbers:
    """Keep a run, its proposals as published advice, and a back-test; return all numbers."""
    session, lab = build.session, labs[0]
    by = Reader(posts=tuple(Post(one.id, programme.id, Role.RESEARCHER) for one in labs))
    profiles = build.profiles(lab)
    outcome = ScopeOutcome(Step.RESPONDED, Step.OFFERED, DenominatorKind.LETTERS)
    scope = Scope(programme.id, outcome, profiles[0].segmentation_model_id, MARGIN)
    run = run_pooled(session, PooledRunCreate(scope), by=by, at=MOMENT)
    own = replace(scope, living_lab_id=lab.id)
    run_pooled(session, PooledRunCreate(own), by=by, at=MOMENT)
    propose_from_runs(session, scope, [run.id], by=by, at=MOMENT)
    publish(session, by)
    last = max(one.ends_on for one in experiments)
    backtest = run_backtest(session, replace(scope, from_day=last - BACKTESTED), by=by, at=MOMENT)
    rule = session.exec(select(AdviceRuleVersion.advice_rule_id)).first()
    user = build.user(Role.RESEARCHER, lab)
    session.commit()
    cells = EXPERIMENTS * PROFILES * 4
    return Numbers(
        programme.code, programme.id, lab.id, experiments[0].id, profiles[0].id,
        run.id, backtest.id, rule, user.id, cells * people, cells * records,
    )  # fmt: skip


def publish(session: Session, by: Reader) -> None:
    """Publish every proposal."""
    proposed = select(AdviceRuleVersion.id).where(
        col(AdviceRuleVersion.state) == VersionState.PROPOSED
    )
    for number in list(session.exec(proposed)):
        publish_version(session, number, DecisionCreate(reason="Clear."), by=by, at=MOMENT)
