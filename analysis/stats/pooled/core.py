"""Elimination of lab effects, and the dense core of common effects that remains.

Shapes: L labs, G keys (profile × variant), q lab columns, m common columns. Effects are on a unit
scale: each has a standard normal prior and its column is multiplied by its standard deviation, so
that a standard deviation of 0 needs no care.
"""

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.data import Array


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Labs eliminated and the common Hessian, at given information on the keys.

    common: (G, m) and of_lab: (G, q) scaled columns. gain: (L, q, G) lab effects per unit of the
    key's common effect, with a minus. lab_inverse: (L, q, q). hessian: (m, m).
    """

    common: Array
    of_lab: Array
    gain: Array
    lab_inverse: Array
    hessian: Array
    lab_logdet: float

    def solve(
        self, score: Array, lab_pull: Array, common_pull: Array
    ) -> tuple[Array, Array, Array]:
        """Return lab effects (L, q), common effects (m,) and values of the keys (L, G).

        score: (L, G) reduced score of the keys; pulls: those of the priors.
        """
        lab_score = score @ self.of_lab + lab_pull
        reduced = score.sum(axis=0) - np.einsum("lqg,lq->g", self.gain, lab_score)
        common = np.linalg.solve(self.hessian, self.common.T @ reduced + common_pull)
        shared = self.common @ common
        lab = np.einsum("lqr,lr->lq", self.lab_inverse, lab_score) - self.gain @ shared
        return lab, common, shared + lab @ self.of_lab.T

    def find_logdet(self) -> float:
        """Return the log determinant of the Hessian of lab and common effects."""
        root = np.linalg.cholesky(self.hessian)
        return self.lab_logdet + 2.0 * float(np.log(np.diag(root)).sum())

    def find_covariance(self) -> "CoreCovariance":
        """Return the covariances of common effects, lab effects and keys."""
        common = np.linalg.inv(self.hessian)
        shared = self.common @ common @ self.common.T
        from_shared = self.gain @ shared
        lab = self.lab_inverse + from_shared @ np.swapaxes(self.gain, 1, 2)
        between = self.of_lab @ from_shared
        key = shared - between - np.swapaxes(between, 1, 2) + self.of_lab @ lab @ self.of_lab.T
        return CoreCovariance(np.diag(common), np.einsum("lqq->lq", lab).sum(axis=0), key)


@dataclass(frozen=True, slots=True, eq=False)
class CoreCovariance:
    """Posterior variances: of common effects (m,), of lab effects summed over labs (q,), and the
    covariances of the keys (L, G, G)."""

    common: Array
    lab: Array
    key: Array


def eliminate_labs(information: Array, common: Array, of_lab: Array) -> Core:
    """Return the core; information: (L, G, G) on the keys of each lab, the rest as in Core."""
    labs, keys, _keys = information.shape
    columns = of_lab.shape[1]
    crossed = (information.reshape(labs * keys, keys) @ of_lab).reshape(labs, keys, columns)
    crossed = np.swapaxes(crossed, 1, 2)
    lab_hessian = crossed @ of_lab + np.eye(columns)
    root = np.linalg.cholesky(lab_hessian)
    lab_logdet = 2.0 * float(np.log(np.einsum("lqq->lq", root)).sum())
    lab_inverse = np.linalg.inv(lab_hessian)
    gain = lab_inverse @ crossed
    flat = (labs * columns, keys)
    remaining = information.sum(axis=0) - gain.reshape(flat).T @ crossed.reshape(flat)
    hessian = common.T @ remaining @ common
    hessian = (hessian + hessian.T) / 2
    hessian[np.diag_indices_from(hessian)] += 1.0
    return Core(common, of_lab, gain, lab_inverse, hessian, lab_logdet)
