"""What the pooled estimator takes in: columns of count cells with the names behind their codes."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

DEFAULT_AXIS = "style"
NUMBER = re.compile("[0-9]*")
# By how much a comparison without a lottery may be off, per variant and on the logit scale, so that
# two variants differ by a bias of sd √2 · 0.3 = 0.42 at least. Of such biases 10 in 100 at least
# double or halve the odds. In 45 medical questions that were answered both ways, odds ratios did so
# in 33 of 100, chance included, and differed beyond chance in 16 (Ioannidis et al. 2001, JAMA
# 286:821). A bias of known variance and mean 0: Welton et al. 2009, J R Stat Soc A 172:119; Turner
# et al. 2009, J R Stat Soc A 172:21.
BIAS_SD = 0.3


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


class Coded(NamedTuple):
    """A column of names: the different ones, and per cell which it is."""

    names: list
    codes: Codes


class CellColumns(NamedTuple):
    """Counts of cells column by column; the columns are those of CellRow."""

    living_lab: Coded
    experiment: Coded
    wave: Coded
    profile: Coded
    channel: Coded
    style: Coded
    cluster: Coded
    nobs: Array
    count: Array


class Variant(NamedTuple):
    """A channel with one value per style axis, in the order of the axes; empty when it has none."""

    channel: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PooledCells:
    """Cells as columns of codes, one entry per cell, and the names behind the codes.

    lab, experiment, profile, variant, wave, cluster: (cells,); an experiment is one within its
    lab, a wave and a cluster one within their experiment. cluster is -1 where none is recorded.
    nobs, count: (cells,). axes: the style axes. experiment_lab: (experiments,). experiment_bias:
    (experiments,) known standard deviation (logit) of what each of its variants is off, 0 for none.
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
    experiment_bias: Array

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
            self.experiment_bias,
        )

    def allow_bias(self, biased: Collection[tuple[str, str]], sd: float = BIAS_SD) -> "PooledCells":
        """Return the cells with a known bias in some experiments; biased: their lab and name."""
        names = [self.labs[lab] for lab in self.experiment_lab.tolist()]
        is_biased = [one in biased for one in zip(names, self.experiments, strict=True)]
        return replace(self, experiment_bias=np.where(is_biased, sd, 0.0))


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
    texts = [_code([row[place] for row in rows]) for place in range(len(CellRow._fields) - 2)]
    nobs, count = np.array([row[-2:] for row in rows], dtype=float).reshape(-1, 2).T
    return gather_columns(CellColumns(*texts, nobs, count))


def gather_columns(columns: CellColumns) -> PooledCells:
    """Return the cells of columns; those with the same keys are added, names are put in order."""
    labs, lab = _order(columns.living_lab)
    experiments, experiment = _order(_join(columns.living_lab, columns.experiment))
    profiles, profile = _order(columns.profile)
    _waves, wave = _order(columns.wave, _by_number)
    axes, styles = _read_styles(columns.style.names)
    by_variant = _join(columns.channel, columns.style)
    variants, variant = _order(
        Coded([Variant(one, styles[text]) for one, text in by_variant.names], by_variant.codes)
    )
    clusters, cluster = _order(columns.cluster)
    # A cell without a recorded cluster has none, and the empty name sorts first.
    cluster = cluster - (1 if clusters[:1] == ("",) else 0)
    keys = (experiment, profile, wave, variant, cluster + 1)
    first, place = _find_distinct(keys)
    experiment_lab = np.zeros(len(experiments), dtype=np.int64)
    experiment_lab[experiment] = lab
    return PooledCells(
        *(one[first] for one in (lab, experiment, profile, variant, wave, cluster)),
        np.bincount(place, columns.nobs, minlength=first.size),
        np.bincount(place, columns.count, minlength=first.size),
        labs,
        tuple(name for _lab, name in experiments),
        profiles,
        variants,
        axes,
        experiment_lab,
        np.zeros(len(experiments)),
    )


def _read_styles(texts: Sequence[str]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the style axes, and the values on them of each style."""
    held = {text: parse_style(text) for text in texts}
    axes = tuple(sorted({axis for one in held.values() for axis in one})) or (DEFAULT_AXIS,)
    values = {text: tuple(one.get(axis, "") for axis in axes) for text, one in held.items()}
    return axes, values


def _code(names: Sequence[str]) -> Coded:
    place: dict[str, int] = {}
    codes = [place.setdefault(name, len(place)) for name in names]
    return Coded(list(place), np.array(codes, dtype=np.int64))


def _join(one: Coded, other: Coded) -> Coded:
    """Return the pairs of two columns."""
    width = max(len(other.names), 1)
    held, codes = np.unique(one.codes * width + other.codes, return_inverse=True)
    names = [(one.names[at // width], other.names[at % width]) for at in held.tolist()]
    return Coded(names, codes.ravel())


def _by_number(name: str) -> tuple[int, str, str]:
    """Return what puts names that start with a number in the order of those numbers."""
    number = NUMBER.match(name).group().lstrip("0")
    return len(number), number, name


def _order(column: Coded, key: Callable | None = None) -> tuple[tuple, Codes]:
    """Return the different names in order, and the codes of the cells in that order."""
    ordered = tuple(sorted(set(column.names), key=key))
    place = {name: position for position, name in enumerate(ordered)}
    turn = np.array([place[name] for name in column.names], dtype=np.int64)
    return ordered, turn[column.codes]


def _find_distinct(keys: Sequence[Codes]) -> tuple[Codes, Codes]:
    """Return where each different combination of keys stands first, in the order of the keys, and
    the number of that of each cell."""
    joint = np.zeros_like(keys[0])
    for key in keys:
        joint = np.unique(joint, return_inverse=True)[1].ravel()
        joint = joint * (key.max(initial=0) + 1) + key
    _held, first, place = np.unique(joint, return_index=True, return_inverse=True)
    return first, place.ravel()
