"""What a lab that never tried it may expect: draws that carry how labs and experiments differ."""

import numpy as np

from analysis.stats.pooled.data import Array
from analysis.stats.pooled.design import Grid
from analysis.stats.pooled.draws import JointDraws
from analysis.stats.pooled.terms import OF_LAB, Term


def predict_new_lab(
    grid: Grid, draws: JointDraws, seed: int, with_experiment: bool = True
) -> Array:
    """Return draws of the effects in a lab without experiments, (draws, profiles, variants).

    To the general effect come deviations of the lab, and of one experiment in it, drawn from the
    spread that labs and experiments showed (Higgins, Thompson & Spiegelhalter 2009).
    """
    generator = np.random.default_rng(seed)
    count, profiles, variants = draws.effects.shape
    predicted = draws.effects.copy()
    for term in OF_LAB:
        if term in draws.sd:
            own = [place for place, name in enumerate(grid.of_lab.terms) if name == term]
            marks = np.hstack([grid.of_lab.values[:, own], *_unseen(grid, term)])
            noise = generator.standard_normal((count, marks.shape[1])) @ marks.T
            predicted += draws.sd[term][:, None, None] * noise.reshape(predicted.shape)
    if with_experiment and Term.EXPERIMENT_VARIANT in draws.sd:
        noise = generator.standard_normal((count, 1, variants))
        predicted += draws.sd[Term.EXPERIMENT_VARIANT][:, None, None] * noise
    return predicted


def find_contrast_interval(
    effects: Array, profile: int, one: int, other: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the central interval of one variant less another, on the logit scale."""
    gap = effects[:, profile, one] - effects[:, profile, other]
    tail = (1.0 - level) / 2
    lower, upper = np.quantile(gap, [tail, 1.0 - tail])
    return float(lower), float(upper)


def _unseen(grid: Grid, term: Term) -> list[Array]:
    return [grid.of_lab.unseen[term]] if term in grid.of_lab.unseen else []
