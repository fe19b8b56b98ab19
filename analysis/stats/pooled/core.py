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

    common: (G, m) and of_lab: (G, q) scaled columns. own: (G,) when the last G columns of common
    are a diagonal, an effect for each key, else None. gain: (L, q, G) lab effects per unit of the
    key's common effect, with a minus. lab_inverse: (L, q, q). hessian: (m, m).
    """

    common: Array
    of_lab: Array
    own: Array | None
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
        shared = _spread_to_keys(common, self.common, self.own)
        from_shared = self.gain @ shared
        lab = self.lab_inverse + from_shared @ np.swapaxes(self.gain, 1, 2)
        # Half of the lab's own variance goes with each of the two transposed halves.
        half = self.of_lab @ (from_shared - 0.5 * (lab @ self.of_lab.T))
        key = shared - half - np.swapaxes(half, 1, 2)
        return CoreCovariance(np.diag(common), np.einsum("lqq->lq", lab).sum(axis=0), key)


@dataclass(frozen=True, slots=True, eq=False)
class CoreCovariance:
    """Posterior variances: of common effects (m,), of lab effects summed over labs (q,), and the
    covariances of the keys (L, G, G)."""

    common: Array
    lab: Array
    key: Array


def eliminate_labs(
    information: Array, common: Array, of_lab: Array, own: Array | None = None
) -> Core:
    """Return the core; information: (L, G, G) on the keys of each lab, the rest as in Core."""
    labs, keys, _keys = information.shape
    columns = of_lab.shape[1]
    crossed = (information.reshape(labs * keys, keys) @ of_lab).reshape(labs, keys, columns)
    crossed = np.swapaxes(crossed, 1, 2)
    lab_hessian = crossed @ of_lab + np.eye(columns)
    root = np.linalg.cholesky(lab_hessian)
    lab_logdet = 2.0 * float(np.log(np.einsum("lqq->lq", root)).sum())
    inverse_root = np.linalg.inv(root)
    turned = np.swapaxes(inverse_root, 1, 2)
    half = inverse_root @ crossed
    gain = turned @ half
    flat = half.reshape(labs * columns, keys)
    remaining = information.sum(axis=0) - flat.T @ flat
    hessian = _gather_from_keys(remaining, common, own)
    hessian[np.diag_indices_from(hessian)] += 1.0
    return Core(common, of_lab, own, gain, turned @ inverse_root, hessian, lab_logdet)


def _gather_from_keys(information: Array, common: Array, own: Array | None) -> Array:
    """Return common' × information × common, (m, m), using that its last columns are diagonal."""
    if own is None:
        return common.T @ information @ common
    rest = common[:, : common.shape[1] - own.size]
    crossed = information @ rest
    beside = own[:, None] * crossed
    return np.block([[rest.T @ crossed, beside.T], [beside, own[:, None] * information * own]])


def _spread_to_keys(covariance: Array, common: Array, own: Array | None) -> Array:
    """Return common × covariance × common', (G, G), using that its last columns are diagonal."""
    if own is None:
        return common @ covariance @ common.T
    count = common.shape[1] - own.size
    rest = common[:, :count]
    beside = rest @ covariance[:count, count:] * own
    whole = (
        rest @ covariance[:count, :count] @ rest.T + own[:, None] * covariance[count:, count:] * own
    )
    return whole + beside + beside.T
