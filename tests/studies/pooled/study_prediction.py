"""What a next experiment shows: coverage of predictions for a new lab and for labs that took part.

What a next experiment finds is drawn many times per programme: the general effects, how its lab
deviates, and how the experiment itself does.

python -m tests.studies.pooled.study_prediction ["prediction, small"] [--full]
"""

from functools import partial

import numpy as np

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.prediction import list_predictions, predict_lab, predict_new_lab
from analysis.stats.pooled.together import summarise_together
from tests.stats.pooled.programmes import draw_labs
from tests.studies.pooled.bars import Bar, mean_of
from tests.studies.pooled.programmes import PROGRAMMES, Programme, Truth, change, simulate
from tests.studies.pooled.running import Row, Study, run_command
from tests.studies.pooled.scores import place_variants

EXPERIMENTS = 20
MARGIN = 0.005
SD = PROGRAMMES["moderate"].sd
FORMS = {
    "prediction, moderate": PROGRAMMES["moderate"],
    "prediction, small": PROGRAMMES["small"],
    "prediction, labs differ": change(PROGRAMMES["moderate"], sd=SD | {"lab_channel": 0.25}),
}
FULL = {"prediction, small": 120}


def score_prediction(programme: Programme, seed: int) -> Row:
    """Return how often what a next experiment finds is as predicted, over profiles and variants.

    without_spread: how often the intervals of the general effects hold it, in a new lab.
    """
    truth = simulate(programme, seed)
    found = estimate_pooled(gather_cells(truth.rows), PooledOptions())
    members = np.flatnonzero(found.parts == 0)
    place = place_variants(programme, found)[members]
    profiles = [int(name[1:]) for name in found.profiles]
    draw = np.random.default_rng([seed, 3])

    def cover(predicted: np.ndarray, lab: int | None) -> float:
        lower, upper = np.quantile(centre(predicted[..., members]), [0.025, 0.975], axis=0)
        held = []
        for _experiment in range(EXPERIMENTS):
            true = centre(find_next(programme, truth, lab, draw)[profiles][:, place])
            held.append(((lower <= true) & (true <= upper)).mean())
        return float(np.mean(held))

    labs = enumerate(found.labs)
    known = [cover(predict_lab(found, at, seed)[0], int(name[1:])) for at, name in labs]
    return {
        "new_lab": cover(predict_new_lab(found, seed), None),
        "known_lab": float(np.mean(known)),
        "without_spread": cover(found.draws.effects, None),
    }


def find_next(
    programme: Programme, truth: Truth, lab: int | None, draw: np.random.Generator
) -> np.ndarray:
    """Return the true effects in a next experiment, (profiles, variants); lab None: a new one."""
    profiles, channels, styles = truth.effects.shape
    own = truth.lab_effects[lab][:, :, None] if lab is not None else 0.0
    if lab is None:
        own = programme.draw(draw, programme.sd["lab_channel"], (1, channels, 1))
    experiment = programme.draw(draw, programme.sd["experiment_variant"], (1, channels, styles))
    return (truth.effects + own + experiment).reshape(profiles, -1)


def centre(effects: np.ndarray) -> np.ndarray:
    """Return effects less their mean over the variants."""
    return effects - effects.mean(axis=-1, keepdims=True)


def score_together(labs: int, seed: int) -> Row:
    """Return how often new labs find over all profiles together what was predicted."""
    rows, true = draw_labs(np.random.default_rng(seed), labs)
    found = estimate_pooled(gather_cells(rows), PooledOptions())
    rate, difference = [], []
    for one in list_predictions(found, seed, None, summarise_together(found, MARGIN)):
        if one.profile or one.living_lab:
            continue
        own, other = (true[:, int(each.channel[1:])] for each in (one.variant, one.against))
        rate.append(hold(own, one.rate_ci))
        difference.append(hold(own - other, one.difference_ci))
    return {"rate": float(np.mean(rate)), "difference": float(np.mean(difference))}


def hold(true: np.ndarray, limits: tuple[float, float]) -> float:
    """Return how often limits hold what is true."""
    return float(((limits[0] <= true) & (true <= limits[1])).mean())


TOGETHER = tuple(
    Study(
        f"prediction, together, {labs} labs",
        f"prediction, together, {labs} labs",
        partial(score_together, labs),
        (
            Bar(f"{labs} labs, all profiles together: coverage of rates", mean_of("rate"), 0.92),
            Bar(f"{labs} labs, all profiles together: of differences", mean_of("difference"), 0.92),
        ),
        range(1001, 1005),
        range(1001, 1101),
    )
    for labs in (8, 16)
)

STUDIES = TOGETHER + tuple(
    Study(
        name,
        name,
        partial(score_prediction, programme),
        (
            Bar(f"{name}: coverage in a new lab", mean_of("new_lab"), 0.94),
            Bar(f"{name}: coverage in labs that took part", mean_of("known_lab"), 0.94),
            Bar(f"{name}: of intervals of general effects", mean_of("without_spread")),
        ),
        range(1001, 1005),
        range(1001, 1001 + FULL.get(name, 60)),
    )
    for name, programme in FORMS.items()
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
