"""Programmes with known truth: counts of living labs, in the model's own form or out of it.

logit p = level of experiment × profile + effect of profile × channel × style + lab × channel
+ experiment × variant + cell. Half of the profiles' deviations are exactly 0. Experiments with a
high level prefer later channels, so that pooling without strata misleads. The order of the random
numbers is part of the programme: the scores of other methods in tests/reference are of the same
counts.
"""

from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import CellRow

LEAST_PEOPLE, MOST_PEOPLE = 10**1.3, 10**4.3
CLUSTER_PEOPLE = 20


@dataclass(frozen=True)
class Programme:
    """How large a programme is, how its effects spread, and how it breaks the model's form.

    axes: how many values each style axis has, when a style is more than one word. heavy_tails:
    whatever differs follows Student's t with 3 degrees of freedom. clip: rates stay between these.
    lab_profile_sd: a lab × profile × channel interaction. cluster_sd: streets within cells that
    nobody recorded. is_adaptive: later waves favour what did well. is_null: no effects at all.
    """

    labs: int = 5
    experiments: int = 40
    profiles: int = 8
    channels: int = 5
    styles: int = 3
    axes: tuple[int, ...] = ()
    reach: float = 300.0
    level: float = -2.4
    waves: int = 2
    sd: dict = field(
        default_factory=lambda: {
            "channel": 0.35,
            "style": 0.20,
            "channel_style": 0.12,
            "profile_channel": 0.25,
            "profile_style": 0.15,
            "profile_channel_style": 0.10,
            "lab_channel": 0.10,
            "experiment_variant": 0.10,
            "cell": 0.05,
        }
    )
    heavy_tails: bool = False
    clip: tuple[float, float] | None = None
    lab_profile_sd: float = 0.0
    cluster_sd: float = 0.0
    is_adaptive: bool = False
    is_null: bool = False

    def draw(self, draw: np.random.Generator, sd: float, shape=None):
        """Return draws of effects that differ by a standard deviation."""
        if self.heavy_tails:
            return sd * draw.standard_t(3, shape) / np.sqrt(3)
        return draw.normal(0, sd, shape)


PROGRAMMES = {
    "moderate": Programme(),
    "small": Programme(labs=2, experiments=10, profiles=4, channels=4),
    "sparse": Programme(reach=60.0, level=-3.0, waves=1),
    "huge": Programme(labs=12, experiments=200, channels=8, styles=5),
}
BREAKS = {
    "heavy tails": {"heavy_tails": True},
    "clipped rates": {"clip": (0.01, 0.30)},
    "profile by lab": {"lab_profile_sd": 0.2},
    "unrecorded clusters": {"cluster_sd": 0.3},
    "adaptive shares": {"is_adaptive": True, "waves": 4},
}


class Truth(NamedTuple):
    """The rows of a programme and what is true.

    effects: (profiles, channels, styles), on the logit scale. level: (profiles,). lab_effects:
    (labs, profiles, channels), what a lab adds to them.
    """

    rows: list[CellRow]
    effects: np.ndarray
    level: np.ndarray
    lab_effects: np.ndarray


def simulate(programme: Programme, seed: int) -> Truth:
    """Return one programme; the same seed gives the same programme."""
    draw = np.random.default_rng(seed)
    effects = _draw_effects(programme, draw)
    level = programme.level + draw.normal(0, 0.4, programme.profiles)
    lab = draw.integers(0, programme.labs, programme.experiments)
    lab[: programme.labs] = np.arange(programme.labs)
    of_lab = draw.normal(0, 0.3, programme.labs)
    truth = Truth([], effects, level, _draw_lab_effects(programme, draw))
    for experiment in range(programme.experiments):
        own = draw.normal(0, 0.6) + of_lab[lab[experiment]]
        truth.rows.extend(hold_experiment(programme, draw, experiment, lab[experiment], own, truth))
    return truth


def draw_truth(programme: Programme, draw: np.random.Generator) -> Truth:
    """Return what is true of a programme in which nothing was counted yet."""
    effects = _draw_effects(programme, draw)
    level = programme.level + draw.normal(0, 0.4, programme.profiles)
    return Truth([], effects, level, _draw_lab_effects(programme, draw))


def _draw_lab_effects(programme: Programme, draw: np.random.Generator) -> np.ndarray:
    shape = (programme.labs, programme.profiles, programme.channels)
    by_channel = programme.draw(draw, programme.sd["lab_channel"], (shape[0], 1, shape[2]))
    lab_effects = np.broadcast_to(by_channel, shape)
    if programme.lab_profile_sd:
        lab_effects = lab_effects + programme.draw(draw, programme.lab_profile_sd, shape)
    return lab_effects


def change(programme: Programme, **parts) -> Programme:
    """Return a programme that differs in some parts."""
    return replace(programme, **parts)


def write_styles(programme: Programme) -> list[str]:
    """Return the text of each style: one word, or a value for each axis."""
    if not programme.axes:
        return [f"s{style}" for style in range(programme.styles)]
    values = product(*(range(count) for count in programme.axes))
    return [";".join(f"a{axis}=v{one}" for axis, one in enumerate(held)) for held in values]


def _draw_effects(programme: Programme, draw: np.random.Generator) -> np.ndarray:
    profiles, channels, styles = programme.profiles, programme.channels, programme.styles
    if programme.is_null:
        return np.zeros((profiles, channels, styles))
    if programme.axes:
        return _draw_component_effects(programme, draw)
    sd = programme.sd

    def often_zero(shape: tuple, size: float) -> np.ndarray:
        return programme.draw(draw, size, shape) * (draw.random(shape) > 0.5)

    return (
        programme.draw(draw, sd["channel"], (1, channels, 1))
        + programme.draw(draw, sd["style"], (1, 1, styles))
        + often_zero((1, channels, styles), sd["channel_style"])
        + often_zero((profiles, channels, 1), sd["profile_channel"])
        + often_zero((profiles, 1, styles), sd["profile_style"])
        + often_zero((profiles, channels, styles), sd["profile_channel_style"])
    )


def _draw_component_effects(programme: Programme, draw: np.random.Generator) -> np.ndarray:
    """Return effects of the channel and each axis, of their pairs, and of profiles with each."""
    sd, sizes = programme.sd, (programme.profiles, programme.channels, *programme.axes)
    names = ["channel", *["style"] * len(programme.axes)]
    effects = np.zeros(sizes)

    def add(name: str, *places: int) -> None:
        nonlocal effects
        shape = [size if at in places else 1 for at, size in enumerate(sizes)]
        effects = effects + programme.draw(draw, sd[name], shape)

    for at, name in enumerate(names, 1):
        add(name, at)
        add(f"profile_{name}", 0, at)
    for pair in combinations(range(1, len(sizes)), 2):
        add("channel_style", *pair)
    add("profile_channel_style", *range(len(sizes)))
    return effects.reshape(programme.profiles, programme.channels, -1)


def _choose_variants(programme: Programme, draw: np.random.Generator, own: float) -> list:
    channels, styles = programme.channels, programme.styles
    count = int(draw.integers(2, 7))
    weight = np.exp(own * np.linspace(-1, 1, channels))
    width = min(channels, int(draw.integers(1, 4)))
    chosen = draw.choice(channels, width, replace=False, p=weight / weight.sum())
    deep = draw.choice(styles, min(styles, -(-count // width)), replace=False)
    variants = [(int(channel), int(style)) for channel in chosen for style in deep]
    draw.shuffle(variants)
    if len(variants) < 2:
        variants = [(int(chosen[0]), int(one)) for one in draw.choice(styles, 2, replace=False)]
    return variants[:count]


def hold_experiment(programme, draw, number, lab, own, truth, with_variants=()):
    """Return the rows of one experiment; with_variants: those that it holds in any case."""
    chosen = _choose_variants(programme, draw, own)
    variants = list(dict.fromkeys((*with_variants, *chosen)))[: max(len(chosen), 2)]
    channel, style = np.array(variants).T
    deviation = programme.draw(draw, programme.sd["experiment_variant"], len(variants))
    held = max(1, round(programme.profiles * draw.uniform(0.5, 1.0)))
    profiles = draw.choice(programme.profiles, held, replace=False)
    size = np.exp(draw.normal(np.log(programme.reach), 1.0))
    own_profile = draw.normal(0, 0.2, programme.profiles)
    seen = np.zeros((2, programme.profiles, len(variants)))
    texts, rows = write_styles(programme), []
    for wave in range(int(draw.integers(1, programme.waves + 1))):
        drift = draw.normal(0, 0.1) * (wave > 0)
        for profile in profiles.tolist():
            base = truth.level[profile] + own + own_profile[profile] + drift
            effect = truth.effects[profile, channel, style]
            logit = base + effect + truth.lab_effects[lab, profile, channel] + deviation
            people = size * np.exp(draw.normal(0, 0.5)) * _favour(programme, seen[:, profile])
            counts = _count_cells(programme, draw, logit.tolist(), people)
            seen[:, profile] += np.array(counts).T
            rows += [
                CellRow(
                    f"l{lab}", f"e{number}", f"w{wave}", f"p{profile}", f"c{c}", texts[s], "", *one
                )
                for (c, s), one in zip(variants, counts, strict=True)
            ]
    return rows


def _favour(programme: Programme, seen: np.ndarray) -> np.ndarray:
    """Return how many times the equal share each variant gets, given responses and people."""
    count, nobs = seen[::-1]
    if not programme.is_adaptive or not nobs.all():
        return np.ones(nobs.size)
    rate = (count + 1) / (nobs + 10)
    return 0.1 + 0.9 * nobs.size * rate**2 / (rate**2).sum()


def _count_cells(programme, draw, logits, people):
    """Return people and responses of the cells of one profile and wave."""
    counts = []
    for logit, most in zip(logits, people, strict=True):
        nobs = int(np.clip(np.round(most * np.exp(draw.normal(0, 0.1))), LEAST_PEOPLE, MOST_PEOPLE))
        noisy = logit + programme.draw(draw, programme.sd["cell"])
        counts.append((nobs, _count(programme, draw, noisy, nobs)))
    return counts


def _count(programme, draw, logit, nobs):
    """Return responses; people in unrecorded clusters resemble each other."""
    if not programme.cluster_sd:
        return int(draw.binomial(nobs, _rate(programme, logit)))
    people = np.bincount(np.arange(nobs) // CLUSTER_PEOPLE)
    noise = programme.draw(draw, programme.cluster_sd, people.size)
    return int(draw.binomial(people, _rate(programme, logit + noise)).sum())


def _rate(programme: Programme, logit):
    rate = 1 / (1 + np.exp(-logit))
    return rate if programme.clip is None else np.clip(rate, *programme.clip)
