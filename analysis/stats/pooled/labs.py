"""How the labs that took part deviate, given what all labs have in common."""

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.data import Array
from analysis.stats.pooled.mode import Mode

# More numbers than these per draw of the standard deviations are too many to keep.
MOST_NUMBERS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class LabsGiven:
    """The deviations of labs given the common effects, at one draw of the standard deviations.

    key: (G,) most likely general effects at the keys, on the logit scale. mode: (L, q) most likely
    deviations, on the unit scale. gain: (L, q, G) their change per unit of the general effects,
    with a minus. root: (L, q, q) a root of their covariance.
    """

    key: Array
    mode: Array
    gain: Array
    root: Array

    @classmethod
    def of(cls, mode: Mode) -> "LabsGiven":
        """Return what a mode tells about the labs; kept in half the usual precision."""
        core = mode.system.core
        half = np.float32
        # Effects of designs come last; they are no part of a general effect.
        general = slice(len(mode.system.model.grid.common.terms))
        return cls(
            core.common[:, general] @ mode.effects.common[general],
            mode.effects.lab,
            core.gain.astype(half),
            np.linalg.cholesky(core.lab_inverse).astype(half),
        )

    def draw(self, lab: int, key: Array, noise: Array) -> Array:
        """Return draws (D, q) of one lab's deviations, on the unit scale.

        key: (D, G) draws of the general effects at the keys; noise: (D, q) standard normal.
        """
        return self.mode[lab] - (key - self.key) @ self.gain[lab].T + noise @ self.root[lab].T


def is_kept(mode: Mode) -> bool:
    """Tell whether the labs can be kept for every draw of the standard deviations.

    If not, those at the peak stand in for all: on the unit scale they change little.
    """
    core = mode.system.core
    return core.gain.size + core.lab_inverse.size <= MOST_NUMBERS
