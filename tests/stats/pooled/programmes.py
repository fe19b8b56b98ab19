"""Small programmes for the tests of the pooled estimator."""

import numpy as np

from analysis.stats.pooled.data import CellRow


def row(experiment, profile, channel, nobs, count, style="-", lab="l", wave="", cluster=""):
    """Return one row of counts."""
    return CellRow(lab, experiment, wave, profile, channel, style, cluster, nobs, count)


def draw_rows(seed=1, experiments=8, labs=2, profiles=3, clusters=0, people=200):
    """Return rows of experiments that each compare some of three channels in two styles."""
    draw = np.random.default_rng(seed)
    effect = draw.normal(0, 0.4, (3, 2)) + draw.normal(0, 0.2, (profiles, 3, 2))
    rows = []
    for experiment in range(experiments):
        chosen = draw.permutation([(c, s) for c in range(3) for s in range(2)])[:4]
        level = draw.normal(-1.5, 0.5)
        for profile in range(profiles):
            for channel, style in chosen.tolist():
                for cluster in range(max(clusters, 1)):
                    logit = level + effect[profile, channel, style] + draw.normal(0, 0.2)
                    count = int(draw.binomial(people, 1 / (1 + np.exp(-logit))))
                    # A street keeps its number in every profile.
                    street = f"{channel}{style}{cluster}" if clusters else ""
                    rows.append(
                        row(
                            f"e{experiment}",
                            f"p{profile}",
                            f"c{channel}",
                            people,
                            count,
                            f"s{style}",
                            f"l{experiment % labs}",
                            cluster=street,
                        )
                    )
    return rows


def draw_labs(draw, labs=8, profiles=3, channels=3, people=500, new=40):
    """Return rows of labs that differ, and what new labs would find over all profiles.

    What new labs find: (new, channels) rates.
    """
    rows, found = draw_profiles_of_labs(draw, labs, profiles, channels, people, new)
    return rows, found.mean(axis=1)


def draw_profiles_of_labs(draw, labs=8, profiles=3, channels=3, people=500, new=40):
    """Return rows of labs that differ, and what new labs would find in each profile.

    How a lab deviates with a channel is shared by all its profiles. What new labs find:
    (new, profiles, channels) rates.
    """
    level = draw.normal(-1.5, 0.4, profiles)[:, None]
    effects = draw.normal(0, 0.4, channels) + draw.normal(0, 0.2, (profiles, channels))

    def hold(times):
        own = draw.normal(0, 0.3, (times, 1, channels)) + draw.normal(0, 0.1, (times, 1, channels))
        return 1 / (1 + np.exp(-(level + effects + own)))

    counts = draw.binomial(people, hold(labs))
    rows = [
        row("e", f"p{profile}", f"c{channel}", people, int(count), lab=f"l{lab}")
        for (lab, profile, channel), count in np.ndenumerate(counts)
    ]
    return rows, hold(new)
