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
