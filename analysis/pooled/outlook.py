"""What the draws of a kept run say about experiments that could be held next."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from analysis.evidence_names import key_of
from analysis.pooled.archive import read_archive
from analysis.pooled.record import PooledRecord, ProfileRecord, TermRecord
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import Array, CellRow
from analysis.stats.pooled.information import Deviations, Outlook
from analysis.stats.pooled.next_designs import Effort, RankedDesign, list_designs, rank_designs
from analysis.stats.pooled.part import find_rates
from analysis.stats.pooled.priors import find_scale
from analysis.stats.pooled.terms import OF_LAB, Term
from analysis.stats.pooled.threads import one_thread
from analysis.stats.sizes import estimate_smallest_difference

METHOD_VERSION = "1"
# New experiments are thought to be held in so many labs, so that no lab decides the answer.
LABS = 2
# Numbers of people are told in so many digits: a plan is no count.
DIGITS = 2
# A variant that is best in fewer draws of every profile adds nothing but work.
LEAST_CHANCE, MOST_VARIANTS = 0.002, 12


@dataclass(frozen=True, slots=True)
class NextDesign:
    """One experiment to hold, with codes of profiles and places of variants in the record.

    people: per variant, in all labs together. gain, error: expected loss saved, as a share of the
    people whom advice reaches. smallest: difference that it can show, as a share. overturns:
    (profile, chance that another variant leads afterwards, which), most likely first.
    """

    variants: tuple[int, ...]
    profiles: tuple[str, ...]
    people: int
    labs: int
    gain: float
    error: float
    group: int
    smallest: float | None
    overturns: tuple[tuple[str, float, int], ...]


@dataclass(frozen=True, slots=True)
class NextRecord:
    """What is kept about what to hold next: the best first, and what knowing all would be worth.

    unranked: profiles in which nothing can be ranked, so that nothing can be worth anything.
    """

    method_version: str
    designs: tuple[NextDesign, ...]
    perfect: float
    perfect_by_profile: tuple[tuple[str, float], ...]
    unranked: tuple[str, ...]


def plan_next(
    record: PooledRecord, draws: bytes, rows: Sequence[CellRow], direction: Direction
) -> NextRecord | None:
    """Return what to hold next; None where no profile has two variants that can be ranked."""
    with one_thread():
        held = _read_draws(record, draws, direction)
        profiles = [one for one in record.profiles if one.profile in held.profiles]
        profiles = [one for one in profiles if len(_list_ranked(one)) > 1]
        if not profiles:
            return None
        codes = [one.profile for one in profiles]
        held = _keep_contenders(held, profiles)
        outlook = _look(record, held, profiles, rows)
        people = _find_usual_people(rows, codes)
        ranked = rank_designs(
            outlook, list_designs(outlook, outlook.weights, Effort(people * LABS, LABS))
        )
        return NextRecord(
            method_version=METHOD_VERSION,
            designs=tuple(_describe(one, outlook, codes, held.variants) for one in ranked),
            perfect=float(outlook.weights @ outlook.perfect),
            perfect_by_profile=tuple(zip(codes, outlook.perfect.tolist(), strict=True)),
            unranked=tuple(one.profile for one in record.profiles if one.profile not in codes),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """Draws by the code of the profile, for which more is always better.

    variants: places in the record of those in the draws.
    """

    profiles: dict[str, int]
    variants: tuple[int, ...]
    effects: Array
    level: Array


def _read_draws(record: PooledRecord, draws: bytes, direction: Direction) -> _Draws:
    held = read_archive(draws)
    sign = -1.0 if direction == Direction.LOWER else 1.0
    names = held["profiles"].tolist()
    order = {
        key_of(*code): place
        for place, code in enumerate(
            zip(held["channels"].tolist(), held["styles"].tolist(), strict=True)
        )
    }
    places = [order[key_of(*code)] for code in record.variants]
    return _Draws(
        {name: place for place, name in enumerate(names)},
        tuple(range(len(places))),
        sign * held["draws"][:, :, places],
        sign * held["level"],
    )


def _list_ranked(part: ProfileRecord) -> list[int]:
    """Return the variants that can be ranked with the advised one.

    Only the level of the largest part of the variants is kept with the draws.
    """
    advised = part.advised
    if advised is None or advised.part != 0:
        return []
    return [one.variant for one in part.variants if one.part == 0 and one.rate is not None]


def _keep_contenders(held: _Draws, profiles: list[ProfileRecord]) -> _Draws:
    """Return the draws of the variants that may be best somewhere; the cost grows with them."""
    chance, leads = np.zeros(len(held.variants)), np.zeros(len(held.variants), dtype=bool)
    for one in profiles:
        ranked = np.array(_list_ranked(one))
        best = held.effects[:, held.profiles[one.profile]][:, ranked].argmax(axis=1)
        found = np.bincount(best, minlength=ranked.size) / best.size
        chance[ranked] = np.maximum(chance[ranked], found)
        leads[one.advised.variant] = True
    # What is advised somewhere always stays, and somebody to compare it with.
    order = np.lexsort((-chance, ~leads))
    place = np.arange(order.size)
    is_kept = (
        leads[order] | (place < 2) | ((place < MOST_VARIANTS) & (chance[order] >= LEAST_CHANCE))
    )
    kept = np.sort(order[is_kept])
    return replace(held, variants=tuple(kept.tolist()), effects=held.effects[:, :, kept])


def _look(
    record: PooledRecord, held: _Draws, profiles: list[ProfileRecord], rows: Sequence[CellRow]
) -> Outlook:
    places = [held.profiles[one.profile] for one in profiles]
    logits = held.effects[:, places]
    allowed = np.zeros(logits.shape[1:], dtype=bool)
    for number, one in enumerate(profiles):
        allowed[number] = np.isin(held.variants, _list_ranked(one))
    keys = [key_of(*record.variants[one]) for one in held.variants]
    axes = sorted({axis for _channel, values in keys for axis, _value in values})
    return Outlook.of(
        logits,
        find_rates(logits, held.level[:, places, None]),
        allowed,
        _weigh(rows, [one.profile for one in profiles]),
        _code([channel for channel, _values in keys]),
        np.array([[_find_value(values, axis) for axis in axes] for _one, values in keys]).reshape(
            len(keys), len(axes)
        ),
        find_deviations(record.terms, len({row.living_lab for row in rows})),
    )


def _code(names: Sequence[str]) -> Array:
    return np.unique(np.array(names, dtype=str), return_inverse=True)[1].ravel()


def _find_value(values: Iterable[tuple[str, str]], axis: str) -> int:
    return next((int(value) for one, value in values if one == axis), -1)


def _weigh(rows: Iterable[CellRow], codes: Sequence[str]) -> Array:
    """Return the part of the people counted so far that each profile is."""
    people = dict.fromkeys(codes, 0)
    for row in rows:
        if row.profile in people:
            people[row.profile] += row.nobs
    counted = np.array(list(people.values()), dtype=float)
    return counted / counted.sum()


def find_deviations(terms: Iterable[TermRecord], labs: int) -> Deviations:
    """Return how one experiment in one lab deviates, from the standard deviations of a run.

    What too few labs or experiments tell apart has the spread of its prior, as in predictions.
    """
    held = {one.term: one for one in terms}

    def square(term: Term) -> float:
        one = held.get(term)
        if one is None:
            return 0.0
        if one.sd is not None:
            return one.sd**2
        is_inside = term in OF_LAB and one.same_as in OF_LAB
        is_hidden = one.dropped == "few_labs" or (one.dropped == "same" and not is_inside)
        return find_scale(term, labs) ** 2 if is_hidden else 0.0

    experiment = square(Term.EXPERIMENT_VARIANT)
    of_design = held.get(Term.DESIGN_VARIANT)
    if of_design is not None and of_design.sd is not None:
        experiment += of_design.sd**2
    of_cell = held.get(Term.CELL)
    return Deviations(
        experiment=experiment,
        channel=square(Term.LAB_CHANNEL),
        style=square(Term.LAB_STYLE),
        profile_channel=square(Term.LAB_PROFILE_CHANNEL),
        cell=of_cell.sd**2 if of_cell is not None and of_cell.sd is not None else 0.0,
    )


def _find_usual_people(rows: Iterable[CellRow], codes: Sequence[str]) -> int:
    """Return how many people a variant mostly reached in one experiment, in round numbers."""
    sums: dict[tuple, int] = defaultdict(int)
    for row in rows:
        if row.profile in codes and row.nobs:
            sums[row.experiment, row.channel, row.style] += row.nobs
    return round_people(median(sums.values()))


def round_people(people: float) -> int:
    """Return a number of people in two digits."""
    return max(int(float(f"{people:.{DIGITS}g}")), 1)


def _describe(
    one: RankedDesign, outlook: Outlook, codes: Sequence[str], places: Sequence[int]
) -> NextDesign:
    design, worth = one.design, one.worth
    people = round_people(design.people)
    shares = np.array(design.shares)
    rate = float(shares @ outlook.whole.rates[list(design.profiles), design.variants[0]])
    overturns = sorted(
        (
            (codes[place], float(chance), places[worth.successors[place]])
            for place, chance in enumerate(worth.overturns)
        ),
        key=lambda found: -found[1],
    )
    return NextDesign(
        variants=tuple(places[at] for at in design.variants),
        profiles=tuple(codes[place] for place in design.profiles),
        people=people,
        labs=design.labs,
        gain=worth.gain,
        error=worth.std_error,
        group=one.group,
        smallest=estimate_smallest_difference(rate, people),
        overturns=tuple(overturns),
    )
