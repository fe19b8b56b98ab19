"""Programmes of several labs with counts, and pooled runs of them, for tests."""

from random import Random

from analysis.models.runs import AnalysisRun
from analysis.pooled.scope import Scope, ScopeOutcome
from analysis.services.pooled_runs import PooledRunCreate, run_pooled
from analysis.stats.cells import Direction
from experiments.models.experiments import Experiment, ExperimentStatus, Step, Variant, VariantStyle
from lab.access import PUBLIC, Reader
from lab.models.labels import DenominatorKind
from lab.models.labs import LivingLab
from lab.models.programmes import Programme
from tests.analysis.counted import count
from tests.builders import MOMENT, Builder

CHANNELS = ("brief_adres", "nieuwsbrief")
STYLES = ("zakelijk", "persoonlijk")
PROFILES = 3
PEOPLE = 400
# Personal works better everywhere, and the newsletter worse among the first profile only.
PERSONAL, NEWSLETTER = 0.06, -0.05


def pooled_labs(
    build: Builder,
    labs: int = 3,
    experiments: int = 2,
    programme: Programme | None = None,
    status: ExperimentStatus = ExperimentStatus.PUBLISHED,
    people: int = PEOPLE,
    **fields,
) -> list[LivingLab]:
    """Make labs with experiments of letters and newsletters in two styles, counted by profile.

    Every second experiment lacks the personal newsletter.
    """
    draw = Random(7)
    made = [build.lab(programme) for _number in range(labs)]
    for lab in made:
        for number in range(experiments):
            is_whole = number % 2 == 0
            pooled_experiment(build, lab, draw, is_whole, people, status=status, **fields)
    return made


def pooled_experiment(
    build: Builder, lab: LivingLab, draw: Random, is_whole: bool = True, people=PEOPLE, **fields
) -> Experiment:
    """Make one such experiment with counts that differ a little each time."""
    experiment = build.experiment(lab, styles=(), **fields)
    pairs = [(channel, style) for channel in CHANNELS for style in STYLES]
    for position, (channel, style) in enumerate(pairs if is_whole else pairs[:3]):
        add_variant(build, experiment, lab, channel, style, position)
    level = 0.15 + draw.uniform(-0.03, 0.03)
    for place, profile in enumerate(build.profiles(lab)[:PROFILES]):
        rates = [
            level
            + PERSONAL * (style == "persoonlijk")
            + NEWSLETTER * (channel == "nieuwsbrief" and place == 0)
            + draw.uniform(-0.01, 0.01)
            for channel, style in (pairs if is_whole else pairs[:3])
        ]
        counts = [(round(rate * people), people) for rate in rates]
        count(build.session, experiment, counts, profile.id)
    return experiment


def add_variant(
    build: Builder, experiment: Experiment, lab: LivingLab, channel: str, style: str, position: int
) -> Variant:
    """Add a variant of any channel, counted in letters; the first is the control."""
    chosen = build.style(lab, style)
    variant = Variant(
        experiment_id=experiment.id,
        channel_id=build.channel(lab, channel).id,
        denominator_kind=DenominatorKind.LETTERS,
        is_control=position == 0,
        position=position,
    )
    build.session.add(variant)
    build.session.flush()
    build.session.add(
        VariantStyle(variant_id=variant.id, style_axis_id=chosen.style_axis_id, style_id=chosen.id)
    )
    build.session.commit()
    return variant


def pooled_scope(build: Builder, lab: LivingLab, **fields) -> Scope:
    """Return the question to all labs of a lab's programme: responses per letter, by profile."""
    direction = fields.pop("direction", Direction.HIGHER)
    values = {
        "programme_id": lab.programme_id,
        "outcome": ScopeOutcome(Step.RESPONDED, Step.OFFERED, DenominatorKind.LETTERS, direction),
        "segmentation_model_id": build.profiles(lab)[0].segmentation_model_id,
        "margin": 0.02,
    }
    return Scope(**values | fields)


def keep_pooled_run(
    build: Builder, scope: Scope, by: Reader = PUBLIC, with_influence: bool = False
) -> AnalysisRun:
    """Keep the run of a question to what was counted, for pages and proposals to read."""
    command = PooledRunCreate(scope, with_influence=with_influence)
    run = run_pooled(build.session, command, by=by, at=MOMENT)
    build.session.commit()
    return run
