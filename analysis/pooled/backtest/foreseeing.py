"""From what was known on a day to what the next experiments may show."""

from dataclasses import dataclass, field

import numpy as np

from analysis.evidence_names import VariantKey, key_of
from analysis.pooled.backtest.later import LaterPart
from analysis.stats.foresight import Foreseen, foresee_difference
from analysis.stats.pooled.data import Array, write_style
from analysis.stats.pooled.prediction import draw_cell_sd, predict_lab, predict_new_lab
from analysis.stats.pooled.results import PooledEstimate

# Of the draws of an estimate, each so many is used: neighbours mirror one another.
DRAWS = 1_000


@dataclass(slots=True)
class Foresight:
    """What an estimate foresees of any experiment, lab by lab.

    ranked: of each profile and variant the connected part in which it is ranked.
    """

    estimate: PooledEstimate
    seed: int
    profiles: dict[str, int]
    variants: dict[VariantKey, int]
    ranked: dict[tuple[int, int], int]
    _effects: dict[str | None, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, estimate: PooledEstimate, seed: int) -> "Foresight":
        """Return what an estimate foresees."""
        profiles = {name: place for place, name in enumerate(estimate.profiles)}
        places = {one: place for place, one in enumerate(estimate.variants)}
        variants = {
            key_of(one.channel, write_style(estimate.axes, one.values)): place
            for one, place in places.items()
        }
        ranked = {
            (profiles[one.profile], places[one.variant]): one.part
            for one in estimate.estimates
            if one.effect is not None
        }
        return cls(estimate, seed, profiles, variants, ranked)

    def foresee(self, part: LaterPart, one: VariantKey, other: VariantKey) -> Foreseen | None:
        """Return what an experiment may see of two variants, None where nothing tells."""
        profile = self.profiles.get(part.profile)
        pair = [self.variants.get(key) for key in (one, other)]
        parts = [self.ranked.get((profile, place)) for place in pair]
        if self.estimate.draws is None or None in parts or parts[0] != parts[1]:
            return None
        effects = self._predict(part.living_lab)
        gap = effects[:, profile, pair[0]] - effects[:, profile, pair[1]]
        rows = self._pick(gap.size)
        # The same experiment gives the same numbers, whichever others there are.
        code = [*part.experiment.encode(), 0, *part.profile.encode(), 0, *pair]
        generator = np.random.default_rng([self.seed, *code])
        noise = draw_cell_sd(self.estimate, self.seed, part.is_clustered(one, other))
        return foresee_difference(gap[rows], noise[rows], part.pair(one, other), generator)

    def is_new(self, living_lab: str) -> bool:
        """Tell whether a lab had no experiment in the estimate."""
        return living_lab not in self.estimate.labs

    def _predict(self, living_lab: str) -> Array:
        name = None if self.is_new(living_lab) else living_lab
        if name not in self._effects:
            if name is None:
                self._effects[name] = predict_new_lab(self.estimate, self.seed)
            else:
                place = self.estimate.labs.index(name)
                self._effects[name] = predict_lab(self.estimate, place, self.seed)[0]
        return self._effects[name]

    def _pick(self, size: int) -> Array:
        """Return which draws are used: some of each set of standard deviations, in their order."""
        return np.linspace(0, size - 1, min(DRAWS, size)).round().astype(np.int64)
