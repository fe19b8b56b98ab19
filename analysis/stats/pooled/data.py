"""What the pooled estimator takes in: columns of count cells with the names behind their codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

DEFAULT_AXIS = "style"


class CellRow(NamedTuple):
    """The counts of one lab, experiment, wave, profile, variant and cluster.

    style: `axis=value` parts joined by `;`, a plain word is a value of the axis `style`.
    cluster: empty when not recorded. nobs: people in the denominator. count: those who responded.
    """

    living_lab: str
    experiment: str
    wave: str
    profile: str
    channel: str
    style: str
    cluster: str
    nobs: int
    count: int


class Variant(NamedTuple):
    """A channel with one value per style axis, in the order of the axes; empty when it has none."""

    channel: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PooledCells:
    """Cells as columns of codes, one entry per cell, and the names behind the codes.

    lab, experiment, profile, variant, wave, cluster: (cells,); an experiment is one within its
    lab, a wave and a cluster one within their experiment. cluster is -1 where none is recorded.
    nobs, count: (cells,). axes: the style axes. experiment_lab: (experiments,).
    """

    lab: Codes
    experiment: Codes
    profile: Codes
    variant: Codes
    wave: Codes
    cluster: Codes
    nobs: Array
    count: Array
    labs: tuple[str, ...]
    experiments: tuple[str, ...]
    profiles: tuple[str, ...]
    variants: tuple[Variant, ...]
    axes: tuple[str, ...]
    experiment_lab: Codes

    @property
    def size(self) -> int:
        """How many cells there are."""
        return self.nobs.size

    def select(self, rows: NDArray[np.bool_]) -> "PooledCells":
        """Return the cells for which `rows` is true, with the same codes and names."""
        columns = (
            getattr(self, name)[rows]
            for name in ("lab", "experiment", "profile", "variant", "wave", "cluster")
        )
        return PooledCells(
            *columns,
            self.nobs[rows],
            self.count[rows],
            self.labs,
            self.experiments,
            self.profiles,
            self.variants,
            self.axes,
            self.experiment_lab,
        )


def parse_style(text: str) -> dict[str, str]:
    """Return the value per axis of a style such as `tone=warm;length=short`, or of a plain word."""
    parts = [part.strip() for part in text.split(";")]
    held = (part.partition("=") for part in parts if part)
    return {
        (axis.strip() if equals else DEFAULT_AXIS): (value if equals else axis).strip()
        for axis, equals, value in held
    }


def write_style(axes: Sequence[str], values: Sequence[str]) -> str:
    """Return the style of values on axes as one text; the reverse of `parse_style`."""
    if tuple(axes) == (DEFAULT_AXIS,):
        return values[0]
    return ";".join(f"{axis}={value}" for axis, value in zip(axes, values, strict=True) if value)


def gather_cells(rows: Sequence[CellRow]) -> PooledCells:
    """Return rows as columns; rows with the same keys are added, names are put in order."""
    styles = {text: parse_style(text) for text in dict.fromkeys(row.style for row in rows)}
    axes = tuple(sorted({axis for held in styles.values() for axis in held})) or (DEFAULT_AXIS,)
    values = {text: tuple(held.get(axis, "") for axis in axes) for text, held in styles.items()}
    labs, lab = _code([row.living_lab for row in rows])
    experiments, experiment = _code([(row.living_lab, row.experiment) for row in rows])
    profiles, profile = _code([row.profile for row in rows])
    variants, variant = _code([Variant(row.channel, values[row.style]) for row in rows])
    _waves, wave = _code([row.wave for row in rows])
    _clusters, cluster = _code([row.cluster for row in rows])
    has_cluster = np.array([bool(row.cluster) for row in rows], dtype=bool)
    keys = np.column_stack(
        [lab, experiment, profile, wave, variant, np.where(has_cluster, cluster, -1)]
    )
    counts = np.array([row[-2:] for row in rows], dtype=float).reshape(-1, 2)
    unique, place = np.unique(keys, axis=0, return_inverse=True)
    sums = [np.bincount(place.ravel(), column, minlength=len(unique)) for column in counts.T]
    experiment_lab = np.zeros(len(experiments), dtype=np.int64)
    experiment_lab[experiment] = lab
    return PooledCells(
        *unique[:, [0, 1, 2, 4, 3, 5]].T.copy(),
        *sums,
        labs,
        tuple(name for _lab, name in experiments),
        profiles,
        variants,
        axes,
        experiment_lab,
    )


def _code(names: list) -> tuple[tuple, Codes]:
    ordered = tuple(sorted(set(names)))
    place = {name: position for position, name in enumerate(ordered)}
    return ordered, np.fromiter((place[name] for name in names), dtype=np.int64, count=len(names))
