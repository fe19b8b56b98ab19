"""Simulated experiments with known truth."""

import numpy as np

from analysis.stats.cells import Cell, ExperimentDesign


def draw_experiments(seed, times, rates, people, profiles=1, margin=0.02):
    """Return experiments with a control, each variant with its true rate in every profile."""
    generator = np.random.default_rng(seed)
    design = ExperimentDesign(len(rates), control=0, margin=margin)
    counts = generator.binomial(people, rates, (times, profiles, len(rates))).tolist()
    return [
        (
            tuple(
                Cell(f"p{profile}", variant, "", None, people, None, count)
                for profile, held in enumerate(one)
                for variant, count in enumerate(held)
            ),
            design,
        )
        for one in counts
    ]


def draw_clustered(seed, times, rate, clusters, people, likeness):
    """Return experiments without effect in which clusters of people went to one of two variants.

    likeness: the intra-cluster correlation of people within a cluster.
    """
    generator = np.random.default_rng(seed)
    strength = 1 / likeness - 1
    shares = generator.beta(rate * strength, (1 - rate) * strength, (times, clusters))
    counts = generator.binomial(people, shares).tolist()
    design = ExperimentDesign(2, control=0)
    return [
        (
            tuple(
                Cell("a", place % 2, "", f"c{place:03d}", people, None, count)
                for place, count in enumerate(one)
            ),
            design,
        )
        for one in counts
    ]
