"""Direct against indirect: what experiments that held both variants tell, and what all else does.

Both variants get an effect of their own in the strata that hold the two of them: what is left of
the model there has no say in their difference, and they have none in it. Their difference with it
is direct, that without it indirect (side splitting: Dias et al. 2010; White 2015, here with both
sides free, so that it does not matter which comes first). In an experiment of more than two
variants only the two are set apart; how its other variants compare remains indirect evidence.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from analysis.stats.pooled.connected import mark_levels
from analysis.stats.pooled.data import Array, Codes
from analysis.stats.pooled.extended import Part, Step, climb, free_effects, invert_known
from analysis.stats.pooled.mode import Effects, Mode, System
from analysis.stats.pooled.terms import MAIN
from analysis.stats.pooled.threads import one_thread
from analysis.stats.results import Status

NORMAL_95 = 1.959963984540054
MOST_ROUNDS, LONGEST_STEP = 25, 2.0
# A side with a larger standard error (logit) tells nothing.
LOOSEST = 5.0
# A round that moves less than this many squared standard errors is the last.
LEAST_MOVE = 1e-4
# An indirect side farther from the whole than this (logit) is worth a refit.
MOST_MOVED = 0.25
TURN = np.array([1.0, -1.0])


class NoEvidence(StrEnum):
    """Why one side tells nothing."""

    NOT_HELD_TOGETHER = "no experiment held both"
    NOT_CONNECTED = "no chain of other experiments connects them"
    NO_RESPONSE = "nobody responded to one of them, or everybody did"
    TOO_FEW = "too few responses to tell"


class Evidence(NamedTuple):
    """What one side tells of a difference on the logit scale, with 95 % limits.

    experiments: how many it comes from. The figures are None when status is not `ok`.
    """

    status: Status
    experiments: int
    reason: NoEvidence | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None


class PairSplit(NamedTuple):
    """One variant less another, by side, and how the sides differ (direct less indirect).

    one, other: places in the grid. The difference is None where a side is missing.
    """

    one: int
    other: int
    direct: Evidence
    indirect: Evidence
    difference: float | None = None
    difference_ci: tuple[float, float] | None = None
    pvalue: float | None = None


class _Sides(NamedTuple):
    """Estimates and variances of direct, indirect, and their difference."""

    direct: tuple[float, float]
    indirect: tuple[float, float]
    difference: tuple[float, float]


class Splitter:
    """Splits pairs of variants of one fit; what all pairs need is worked out once."""

    @one_thread()
    def __init__(self, mode: Mode) -> None:
        """Take the mode at the most likely standard deviations.

        Channel and style effects are freed of their priors, so that no prior pulls a side to 0.
        """
        self.mode = free_effects(mode, MAIN)
        model = mode.system.model
        self.model, cells = model, model.cells
        place = {one: at for at, one in enumerate(model.grid.variants)}
        self.place = np.array([place[one] for one in cells.variants])
        self.variant = self.place[cells.variant]
        self.people = np.bincount(cells.profile, cells.nobs, minlength=len(cells.profiles))
        general = slice(len(model.grid.common.terms))
        scales = self.mode.system.scales.common[general]
        self.effects = model.grid.common.values * scales
        self.covariance = self.mode.system.core.inverse[general, general]
        self.levels = mark_levels(cells, model.grid.variants)[1]
        self.gram = _find_gram(self.levels[self.variant], model.stratum)

    @one_thread()
    def split(
        self, profiles: Sequence[int], one: int, others: Sequence[int]
    ) -> tuple[PairSplit, ...]:
        """Return one variant against others in some profiles, together when there are several.

        profiles: their places; of several, the mean weighted by the people counted. one, others:
        places of variants in the grid. Cost: linear in the cells of the experiments that hold the
        variant.
        """
        cells, stratum = self.model.cells, self.model.stratum
        rows = np.isin(cells.profile, profiles)
        holds = np.zeros((len(self.model.grid.variants), stratum.max() + 1), dtype=bool)
        holds[self.variant[rows], stratum[rows]] = True
        met = holds & holds[one]
        known = met[list(others)].any(axis=0)[stratum]
        part = Part.of(self.mode, np.unique(cells.experiment[known])) if known.any() else None
        return tuple(
            self._split_pair(
                part, self._find_contrast(profiles, one, other), one, other, met[other]
            )
            for other in others
        )

    def _split_pair(
        self, part: Part | None, contrast: Array, one: int, other: int, met: Array
    ) -> PairSplit:
        is_own = (self.variant == one) | (self.variant == other)
        is_own &= met[self.model.stratum]
        direct = self._judge_direct(is_own, one, other)
        indirect = self._judge_indirect(is_own, met, one, other)
        if part is None or not is_own.any() or indirect.status != Status.OK:
            # All there is stands on one side, if on any.
            whole = self._estimate_whole(contrast)
            return PairSplit(one, other, _fill(direct, whole), _fill(indirect, whole))
        sides = self._estimate_sides(part, contrast, is_own, one, other)
        found = PairSplit(one, other, _fill(direct, sides.direct), _fill(indirect, sides.indirect))
        is_known = found.direct.status == found.indirect.status == Status.OK
        return _compare(found, sides.difference) if is_known else found

    def _judge_direct(self, is_own: Array, one: int, other: int) -> Evidence:
        cells = self.model.cells
        if not is_own.any():
            return Evidence(Status.UNDEFINED, 0, NoEvidence.NOT_HELD_TOGETHER)
        experiments = np.unique(cells.experiment[is_own]).size
        for variant in (one, other):
            rows = is_own & (self.variant == variant)
            if cells.count[rows].sum() in (0, cells.nobs[rows].sum()):
                return Evidence(Status.TOO_LITTLE, experiments, NoEvidence.NO_RESPONSE)
        return Evidence(Status.OK, experiments)

    def _judge_indirect(self, is_own: Array, met: Array, one: int, other: int) -> Evidence:
        """Tell whether what is left compares the two, by adding up channels and styles."""
        stratum = self.model.stratum
        rows = met[stratum]
        levels, held = self.levels[self.variant], ~is_own
        gram = self.gram.copy()
        if rows.any():
            gram -= _find_gram(levels[rows], stratum[rows])
            gram += _find_gram(levels[rows & held], stratum[rows & held])
        values, vectors = np.linalg.eigh(gram)
        free = vectors[:, values <= 1e-9 * max(values.max(initial=0.0), 1.0)]
        if np.abs((self.levels[one] - self.levels[other]) @ free).max(initial=0.0) > 1e-6:
            return Evidence(Status.UNDEFINED, 0, NoEvidence.NOT_CONNECTED)
        size = np.bincount(stratum[held], minlength=stratum.max() + 1)
        kept = held & (size > 1)[stratum]
        return Evidence(Status.OK, np.unique(self.model.cells.experiment[kept]).size)

    def _find_contrast(self, profiles: Sequence[int], one: int, other: int) -> Array:
        """Return the columns of one less another, averaged over the people of some profiles."""
        rows = self.effects.reshape(*self.model.grid.shape, -1)
        places = list(profiles)
        people = self.people[places]
        return people @ (rows[places, one] - rows[places, other]) / people.sum()

    def _estimate_whole(self, contrast: Array) -> tuple[float, float]:
        common = self.mode.effects.common[: contrast.size]
        return float(contrast @ common), float(contrast @ self.covariance @ contrast)

    def _estimate_sides(
        self, part: Part, contrast: Array, is_own: Array, one: int, other: int
    ) -> _Sides:
        columns = np.column_stack([(is_own & (self.variant == at)) * 1.0 for at in (one, other)])
        own = columns[part.rows]
        added = add_effects(part, own)
        # The direct side knows as much as its people do at the rates that they showed.
        known, _count = invert_known(part.find_own_information(own))
        shown, _count = invert_known(part.find_own_information(own, added.predictor))
        sides = _read_sides(added, contrast, self._estimate_whole(contrast), shown - known)
        if abs(float(contrast @ added.moved[: contrast.size])) < MOST_MOVED:
            return sides
        exact, system = add_exactly(self.mode, columns)
        held = slice(contrast.size)
        covariance = np.linalg.inv(system.core.hessian)[held, held]
        whole = float(contrast @ self.mode.effects.common[held])
        return _read_sides(exact, contrast, (whole, float(contrast @ covariance @ contrast)))


def _read_sides(
    added: "Added", contrast: Array, whole: tuple[float, float], more: Array | float = 0.0
) -> _Sides:
    """Return both sides; whole: estimate and variance of all evidence, more: covariance (2, 2)
    that comes to that of the two effects for the people of the direct side."""
    carried = contrast @ added.carried[: contrast.size]
    gap = float(TURN @ added.values)
    indirect = whole[0] + float(contrast @ added.moved[: contrast.size])
    wider = float(TURN @ (more * np.ones((2, 2))) @ TURN)
    rest = TURN - carried
    return _Sides(
        (indirect + gap, whole[1] + float(rest @ added.inverse @ rest) + wider),
        (indirect, whole[1] + float(carried @ added.inverse @ carried)),
        (gap, float(TURN @ added.inverse @ TURN) + wider),
    )


class Added(NamedTuple):
    """Effects (k,) that were added to a mode, and what they did to all else.

    inverse: (k, k) their covariance. carried: (m, k) common effects that go with one unit of each,
    with a minus. moved: (m,) by how much the common effects moved. predictor: (N,) of the part.
    """

    values: Array
    inverse: Array
    carried: Array
    moved: Array
    predictor: Array | None = None


def add_effects(part: Part, columns: Array) -> Added:
    """Return effects of columns (N, k) of the part's cells, without priors.

    Newton's method with the Hessian of the mode; outside the part the log likelihood is taken as
    quadratic, of which it differs little since hardly anything moves there.
    """
    weighed = part.weight[:, None] * columns
    solved = [part.solve(one) for one in weighed.T]
    carried = np.column_stack([common for common, _fitted in solved])
    left = columns - np.column_stack([fitted for _common, fitted in solved])
    inverse, _known = invert_known(_symmetric(weighed.T @ left))
    values = inverse @ (columns.T @ part.residual)
    moved, change = -carried @ values, left @ values
    for _round in range(MOST_ROUNDS):
        rate = 1.0 / (1.0 + np.exp(-(part.predictor + change)))
        rest = part.count - part.nobs * rate - part.residual + part.weight * change
        common, fitted = part.solve(rest)
        score = columns.T @ (part.residual + rest - part.weight * fitted)
        step = inverse @ score - values
        # Without response the effect has no end, and without a bound the numbers have none either.
        step *= min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        values = values + step
        moved, change = common - carried @ values, fitted + left @ values
        if step @ (weighed.T @ left) @ step < LEAST_MOVE:
            break
    return Added(values, inverse, carried, moved, part.predictor + change)


def add_exactly(mode: Mode, columns: Array) -> tuple[Added, System]:
    """Return effects of columns (cells, k), without priors, and the system there: a whole refit."""
    blocks = mode.system.model.blocks
    held = [columns[block.rows] for block in blocks]
    found: dict[str, Array] = {}

    def find_step(system: System, scores: tuple[Array, ...], effects: Effects) -> Step:
        move, fitted = system.solve(scores, effects)
        left, score, carried = [one.copy() for one in held], 0.0, []
        for at in range(columns.shape[1]):
            weighed = (w * one[:, at] for w, one in zip(system.weights, held, strict=True))
            solved, values = system.solve(tuple(weighed), None)
            carried.append(solved)
            for one, value in zip(left, values, strict=True):
                one[:, at] -= value
        weights = [w[:, None] * one for w, one in zip(system.weights, held, strict=True)]
        information = sum(w.T @ one for w, one in zip(weights, left, strict=True))
        found["inverse"], _known = invert_known(_symmetric(information))
        found["carried"] = np.column_stack([one.common for one in carried])
        for w, s, one, value in zip(system.weights, scores, held, fitted, strict=True):
            score = score + one.T @ (s - w * value)
        change = found["inverse"] @ score
        for one, size in zip(carried, change.tolist(), strict=True):
            move = move.move(one, -size)
        return Step(move, change)

    climbed = climb(mode, columns.shape[1], lambda added: [one @ added for one in held], find_step)
    moved = climbed.effects.common - mode.effects.common
    return Added(climbed.added, found["inverse"], found["carried"], moved), climbed.system


def _find_gram(levels: Array, stratum: Codes) -> Array:
    """Return what is compared within strata: the squares of levels (cells, k) less their means."""
    _known, place = np.unique(stratum, return_inverse=True)
    size = np.bincount(place.ravel())
    means = np.zeros((size.size, levels.shape[1]))
    np.add.at(means, place.ravel(), levels)
    centred = levels - (means / size[:, None])[place.ravel()]
    return centred.T @ centred


def _compare(split: PairSplit, difference: tuple[float, float]) -> PairSplit:
    gap, error = difference[0], float(np.sqrt(difference[1]))
    limits = (gap - NORMAL_95 * error, gap + NORMAL_95 * error)
    pvalue = float(2.0 * ndtr(-abs(gap) / error))
    return split._replace(difference=gap, difference_ci=limits, pvalue=pvalue)


def _fill(held: Evidence, figures: tuple[float, float]) -> Evidence:
    if held.status != Status.OK:
        return held
    estimate, error = figures[0], float(np.sqrt(max(figures[1], 0.0)))
    if not error < LOOSEST:
        return held._replace(status=Status.TOO_LITTLE, reason=NoEvidence.TOO_FEW)
    return held._replace(
        estimate=estimate,
        lower=estimate - NORMAL_95 * error,
        upper=estimate + NORMAL_95 * error,
    )


def _symmetric(matrix: Array) -> Array:
    return (matrix + matrix.T) / 2
