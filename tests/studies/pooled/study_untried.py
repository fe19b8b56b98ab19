"""A combination that nobody tried: how well its effect is predicted from its parts.

One channel × style, drawn by lot among those whose parts remain, is left out of the counts.

python -m tests.studies.pooled.study_untried ["untried, two axes"] [--full]
"""

from functools import partial

import numpy as np

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from tests.studies.pooled.bars import Bar, largest_of, mean_of
from tests.studies.pooled.programmes import PROGRAMMES, Programme, change, simulate, write_styles
from tests.studies.pooled.running import Row, Study, run_command
from tests.studies.pooled.scores import centre_truth, list_rows, place_variants

FORMS = {
    "untried, one axis": PROGRAMMES["moderate"],
    "untried, small": PROGRAMMES["small"],
    "untried, two axes": change(PROGRAMMES["moderate"], axes=(2, 3), styles=6),
    "untried, three axes": change(PROGRAMMES["moderate"], channels=3, axes=(2, 2, 2), styles=8),
}
FULL = {"untried, small": 200}


def leave_out(rows: list, seed: int) -> tuple[list, str, str]:
    """Return the rows without one combination whose channel and style others hold, and which."""
    draw = np.random.default_rng([seed, 1])
    tried = sorted({(one.channel, one.style) for one in rows})
    for place in draw.permutation(len(tried)).tolist():
        rest = [one for one in rows if (one.channel, one.style) != tried[place]]
        channel, style = tried[place]
        if channel in {one.channel for one in rest} and style in {one.style for one in rest}:
            return rest, channel, style
    raise ValueError("no two combinations share a part")


def score_untried(programme: Programme, seed: int) -> Row:
    """Return how well the combination left out is predicted, over the profiles.

    pair_coverage: of its differences with each variant tried. wrong_marks: profiles in which it
    is called tried, or is not predicted.
    """
    truth = simulate(programme, seed)
    rows, channel, style = leave_out(truth.rows, seed)
    found = estimate_pooled(gather_cells(rows), PooledOptions())
    styles, place = write_styles(programme), place_variants(programme, found)
    wanted = int(channel[1:]) * len(styles) + styles.index(style)
    at = int(np.flatnonzero(place == wanted)[0])
    true = truth.effects.reshape(len(truth.level), -1)[:, place]
    inside, pairs, errors, wrong = [], [], [], 0
    for number, (name, held) in enumerate(list_rows(found).items()):
        own, one = true[int(name[1:])], held[at]
        wrong += one.is_tried or one.effect is None
        if one.effect is not None:
            gap = one.effect - centre_truth(held, own)[at]
            inside.append(one.effect_ci[0] - one.effect <= -gap <= one.effect_ci[1] - one.effect)
            errors.append(gap**2)
            pairs += _cover_pairs(found.draws.effects[:, number], held, own, at)
    return {
        "coverage": float(np.mean(inside)),
        "pair_coverage": float(np.mean(pairs)),
        "rmse": float(np.sqrt(np.mean(errors))),
        "wrong_marks": float(wrong),
    }


def _cover_pairs(effects: np.ndarray, held: list, true: np.ndarray, at: int) -> list[bool]:
    """Return whether the interval of the difference with each variant tried holds the truth."""
    others = [place for place, one in enumerate(held) if one.is_tried and one.part == held[at].part]
    gaps = effects[:, at, None] - effects[:, others]
    lower, upper = np.quantile(gaps, [0.025, 0.975], axis=0)
    gap = true[at] - true[others]
    return ((lower <= gap) & (gap <= upper)).tolist()


STUDIES = tuple(
    Study(
        name,
        name,
        partial(score_untried, programme),
        (
            Bar(f"{name}: coverage of its effect", mean_of("coverage"), 0.92),
            Bar(f"{name}: coverage of differences", mean_of("pair_coverage"), 0.92),
            Bar(
                f"{name}: profiles marked wrongly", largest_of("wrong_marks"), most=0, digits=".0f"
            ),
        ),
        range(1001, 1007),
        range(1001, 1001 + FULL.get(name, 80)),
    )
    for name, programme in FORMS.items()
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
