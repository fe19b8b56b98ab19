"""Programmes with known truth: counts of living labs, in the model's own form or out of it.

logit p = level of experiment × profile + effect of profile × channel × style + lab × channel
+ experiment × variant + cell. Half of the profiles' deviations are exactly 0. Experiments with a
high level prefer later channels, so that pooling without strata misleads.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from analysis.stats.pooled.data import CellRow


@dataclass(frozen=True)
class Programme:
    """How large a programme is, how its effects spread, and how it breaks the model's form.

    heavy_tails: effects follow Student's t with 3 degrees of freedom. clip: rates stay between
    these. lab_profile_sd: a lab × profile × channel interaction. cluster_sd: streets within cells
    that nobody recorded. is_adaptive: later waves favour what did well. is_null: no effects at all.
    """

    labs: int = 5
    experiments: int = 40
    profiles: int = 8
    channels: int = 5
    styles: int = 3
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


PROGRAMMES = {
    "moderate": Programme(),
    "small": Programme(labs=2, experiments=10, profiles=4, channels=4),
    "sparse": Programme(reach=60.0, level=-3.0, waves=1),
}
BREAKS = {
    "heavy tails": {"heavy_tails": True},
    "clipped rates": {"clip": (0.01, 0.30)},
    "profile by lab": {"lab_profile_sd": 0.2},
    "unrecorded clusters": {"cluster_sd": 0.3},
    "adaptive shares": {"is_adaptive": True},
}


@dataclass(frozen=True)
class Truth:
    """The rows of a programme and what is true: (profiles, channels, styles) effects, and the
    level of each profile."""

    rows: list
    effects: np.ndarray
    level: np.ndarray


def simulate(programme: Programme, seed: int) -> Truth:
    """Return one programme; the same seed gives the same programme."""
    draw = np.random.default_rng(seed)
    effects = _draw_effects(programme, draw)
    level = programme.level + draw.normal(0, 0.4, programme.profiles)
    lab = draw.integers(0, programme.labs, programme.experiments)
    lab[: programme.labs] = np.arange(programme.labs)
    of_lab = draw.normal(0, 0.3, programme.labs)
    shape = (programme.labs, programme.profiles, programme.channels)
    lab_channel = draw.normal(0, programme.sd["lab_channel"], (shape[0], 1, shape[2]))
    lab_channel = lab_channel + draw.normal(0, 1, shape) * programme.lab_profile_sd
    rows = []
    for experiment in range(programme.experiments):
        own = draw.normal(0, 0.6) + of_lab[lab[experiment]]
        rows += _run_experiment(
            programme, draw, f"e{experiment}", lab[experiment], own, effects, level, lab_channel
        )
    return Truth(rows, effects, level)


def change(programme: Programme, **parts) -> Programme:
    """Return a programme that differs in some parts."""
    return replace(programme, **parts)


def _draw_effects(programme: Programme, draw: np.random.Generator) -> np.ndarray:
    profiles, channels, styles = programme.profiles, programme.channels, programme.styles
    if programme.is_null:
        return np.zeros((profiles, channels, styles))

    def normal(shape: tuple, sd: float) -> np.ndarray:
        if programme.heavy_tails:
            return sd * draw.standard_t(3, shape) / np.sqrt(3)
        return draw.normal(0, sd, shape)

    def often_zero(shape: tuple, sd: float) -> np.ndarray:
        return normal(shape, sd) * (draw.random(shape) > 0.5)

    sd = programme.sd
    return (
        normal((1, channels, 1), sd["channel"])
        + normal((1, 1, styles), sd["style"])
        + often_zero((1, channels, styles), sd["channel_style"])
        + often_zero((profiles, channels, 1), sd["profile_channel"])
        + often_zero((profiles, 1, styles), sd["profile_style"])
        + often_zero((profiles, channels, styles), sd["profile_channel_style"])
    )


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


def _run_experiment(programme, draw, name, lab, own, effects, level, lab_channel):
    variants = _choose_variants(programme, draw, own)
    channel, style = np.array(variants).T
    deviation = draw.normal(0, programme.sd["experiment_variant"], len(variants))
    held = max(1, round(programme.profiles * draw.uniform(0.5, 1.0)))
    profiles = draw.choice(programme.profiles, held, replace=False)
    size = programme.reach * np.exp(draw.normal(0, 1.0))
    own_profile = draw.normal(0, 0.2, programme.profiles)
    responses = np.zeros((2, programme.profiles, len(variants)))
    rows = []
    for wave in range(int(draw.integers(1, programme.waves + 1))):
        drift = draw.normal(0, 0.1) * (wave > 0)
        for profile in profiles.tolist():
            logit = (
                level[profile]
                + own
                + own_profile[profile]
                + drift
                + deviation
                + effects[profile, channel, style]
                + lab_channel[lab, profile, channel]
                + draw.normal(0, programme.sd["cell"], len(variants))
            )
            share = _choose_shares(programme, responses[:, profile])
            people = size * np.exp(draw.normal(0, 0.5)) * share * len(variants)
            nobs = np.clip(
                np.round(people * np.exp(draw.normal(0, 0.1, len(variants)))), 20, 20_000
            )
            count = _count(programme, draw, logit, nobs.astype(int))
            responses[:, profile] += count, nobs
            rows += [
                CellRow(f"l{lab}", name, f"w{wave}", f"p{profile}", f"c{c}", f"s{s}", "", int(n), y)
                for (c, s), n, y in zip(variants, nobs, count.tolist(), strict=True)
            ]
    return rows


def _choose_shares(programme: Programme, seen: np.ndarray) -> np.ndarray:
    count, nobs = seen
    if not programme.is_adaptive or not nobs.all():
        return np.full(nobs.size, 1 / nobs.size)
    rate = (count + 1) / (nobs + 10)
    return 0.1 / nobs.size + 0.9 * rate**2 / (rate**2).sum()


def _count(programme, draw, logit, nobs):
    """Return responses; people in unrecorded clusters of 20 resemble each other."""
    if not programme.cluster_sd:
        return draw.binomial(nobs, _rate(programme, logit))
    total = np.zeros(nobs.size, dtype=int)
    for place, people in enumerate(nobs.tolist()):
        clusters = np.bincount(np.arange(people) // 20)
        noise = draw.normal(0, programme.cluster_sd, clusters.size)
        total[place] = draw.binomial(clusters, _rate(programme, logit[place] + noise)).sum()
    return total


def _rate(programme: Programme, logit: np.ndarray) -> np.ndarray:
    rate = 1 / (1 + np.exp(-logit))
    return rate if programme.clip is None else np.clip(rate, *programme.clip)
