"""How an estimate compares with the truth: coverage, regret, calibration and false claims."""

from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import write_style
from tests.studies.pooled.programmes import write_styles


class Score(NamedTuple):
    """Per programme; regret in percentage points, the others shares or counts."""

    coverage: float
    regret: float
    right_advice: float
    calibration_gap: float
    claims: int
    false_claims: int
    profiles_with_false_claim: float
    rmse: float


def place_variants(programme, estimate):
    """Return where each variant of an estimate stands among all of the programme, (variants,)."""
    style = {text: place for place, text in enumerate(write_styles(programme))}
    return np.array(
        [
            int(one.channel[1:]) * len(style) + style[write_style(estimate.axes, one.values)]
            for one in estimate.variants
        ]
    )


def list_rows(estimate):
    """Return the rows of an estimate per profile, in the order of its variants."""
    rows = {(one.profile, one.variant): one for one in estimate.estimates}
    return {name: [rows[name, one] for one in estimate.variants] for name in estimate.profiles}


def centre_truth(held, true):
    """Return the true effect of each row, centred over the known rows of its part."""
    part = np.array([one.part if one.effect is not None else -1 for one in held])
    centred = np.full(len(held), np.nan)
    for one in set(part.tolist()) - {-1}:
        centred[part == one] = true[part == one] - true[part == one].mean()
    return centred


def score(estimate, truth, programme):
    """Return the scores of a pooled estimate of a simulated programme.

    Intervals are those of effects centred over the variants of a profile; truth that is equal
    makes every claim false.
    """
    place = place_variants(programme, estimate)
    true = truth.effects.reshape(len(truth.level), -1)[:, place]
    inside, errors, regret, right, stated = [], [], [], [], []
    for name, held in list_rows(estimate).items():
        profile = int(name[1:])
        for one, value in zip(held, centre_truth(held, true[profile]), strict=True):
            if one.effect is not None:
                inside.append(one.effect_ci[0] <= value <= one.effect_ci[1])
                errors.append((one.effect - value) ** 2)
        advised = find_advised(held)
        rate = 1 / (1 + np.exp(-(truth.level[profile] + truth.effects[profile].ravel())))
        lost = rate.max() - rate[place[advised]]
        regret.append(100 * lost)
        right.append(lost < 1e-12)
        stated.append(held[advised].p_best)
    false = find_false_claims(estimate, true)
    return Score(
        np.mean(inside),
        np.mean(regret),
        np.mean(right),
        np.mean(stated) - np.mean(right),
        len(estimate.claims),
        len(false),
        len({claim.profile for claim in false}) / len(truth.level),
        np.sqrt(np.mean(errors)),
    )


def find_advised(held):
    """Return the place of the advised row, or of the largest effect when none is advised."""
    effects = [-np.inf if one.effect is None else one.effect for one in held]
    return max(range(len(held)), key=lambda at: (held[at].is_advised, effects[at]))


def find_false_claims(estimate, true):
    """Return the claims of a variant that is no better in truth."""
    at = {variant: position for position, variant in enumerate(estimate.variants)}
    return [
        claim
        for claim in estimate.claims
        if true[int(claim.profile[1:]), at[claim.better]]
        <= true[int(claim.profile[1:]), at[claim.worse]]
    ]
