"""Pooled evidence as a reader may see it: small cells of labs that are not the reader's own.

Each experiment is protected as in its own report, in the same way in every run. Sums over
experiments are sums of what is shown of each: two runs with other limits differ by nothing else.
Which sums stand for a figure is decided per variant, so that neither the profiles that are shown
nor the experiments that are shown give away what is withheld.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from analysis.disclosure import TableCell, leave_exact, protect
from analysis.evidence_names import VariantKey, key_of
from analysis.pooled.record import Counted, PooledRecord, ProfileRecord, VariantRecord
from analysis.reports.evidence.unpublished import (
    Sources,
    find_of_one_lab,
    keeps_secret,
    leave_out_unpublished,
)
from analysis.stats.pooled.data import CellRow

# Of an experiment, a profile and a variant: people who responded, and people.
Key = tuple[str, str, int]
Counts = tuple[int, int]
# A profile, None for all of them together, and a variant.
Place = tuple[str | None, int]
Sums = dict[Place, Counts]
NOBODY = (0, 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """A record and the counts behind it, as a reader may see them.

    experiments: counts (responses, people) by experiment, profile and variant; a cell that is
    withheld is not in it. withheld: the (profile, variant) of which nothing is said, a profile of
    None standing for everyone. exact_experiments: of which all counts may be seen.
    """

    record: PooledRecord
    experiments: dict[Key, Counts]
    withheld: frozenset[Place]
    exact_experiments: frozenset[str]
    is_protected: bool

    def holds(self, experiment: str, profile: str, variant: int) -> bool:
        """Tell whether the counts of a cell may be seen."""
        return (experiment, profile, variant) in self.experiments


def show_evidence(
    record: PooledRecord,
    rows: Iterable[CellRow],
    known_labs: frozenset[str] | None,
    unpublished: frozenset[str] = frozenset(),
) -> Shown:
    """Return what somebody may see who knows the counts of some labs; None: of all of them.

    unpublished: experiments of which the own result is not for this reader.
    """
    rows = list(rows)
    places = {key_of(*code): place for place, code in enumerate(record.variants)}
    labs = {row.experiment: row.living_lab for row in rows}
    cells = _sum_rows(rows, places)
    known = frozenset(one for one, lab in labs.items() if known_labs is None or lab in known_labs)
    unpublished &= set(labs)
    if set(labs) <= known and not unpublished:
        return Shown(record, cells, frozenset(), known, is_protected=False)
    shown = protect_experiments(cells, known)
    # Sums are of the profiles of the question, as they are in the record.
    asked = {part.profile for part in record.profiles}
    summed = {key: counts for key, counts in cells.items() if key[1] in asked}
    withheld, people = _protect_sums(summed, shown, known)
    withheld |= find_of_one_lab(summed, labs, unpublished)
    hidden = {key: counts for key, counts in cells.items() if key not in shown}
    held = leave_out_unpublished(record, Sources(cells, labs, hidden, unpublished))
    return Shown(
        record=_withhold(held, withheld, people),
        experiments={key: one for key, one in shown.items() if key[0] not in unpublished},
        withheld=withheld,
        exact_experiments=known - unpublished,
        is_protected=True,
    )


def _sum_rows(rows: Iterable[CellRow], places: dict[VariantKey, int]) -> dict[Key, Counts]:
    sums: dict[Key, Counts] = defaultdict(lambda: NOBODY)
    for row in rows:
        variant = places.get(key_of(row.channel, row.style))
        # A variant that no comparison could use is not in the record.
        if variant is not None and row.nobs:
            key = row.experiment, row.profile, variant
            sums[key] = _add(sums[key], (row.count, row.nobs))
    return sums


def protect_experiments(cells: dict[Key, Counts], known: frozenset[str]) -> dict[Key, Counts]:
    """Return the cells that may be seen of experiments; known: those of which all may be."""
    tables: dict[str, list[TableCell]] = defaultdict(list)
    for (experiment, profile, variant), counts in cells.items():
        tables[experiment].append(TableCell(profile, variant, *counts))
    shown: dict[Key, Counts] = {}
    for experiment, table in tables.items():
        guarded = leave_exact(table) if experiment in known else protect(table)
        for cell in guarded.cells:
            if cell.numerator is not None:
                counts = cell.numerator, cell.denominator
                shown[experiment, cell.profile, cell.variant] = counts
    return shown


def _protect_sums(
    cells: dict[Key, Counts], shown: dict[Key, Counts], known: frozenset[str]
) -> tuple[frozenset[Place], Sums]:
    """Return which sums over experiments are withheld, and the others as they may be seen."""
    withheld: set[Place] = set()
    sums: Sums = {}
    for variant in sorted({key[2] for key in cells}):
        own = {key: counts for key, counts in cells.items() if key[2] == variant}
        mine = {key: counts for key, counts in own.items() if key[0] in known}
        others = {key: counts for key, counts in own.items() if key[0] not in known}
        hidden = {key: counts for key, counts in others.items() if key not in shown}
        seen = _protect_column(variant, others, hidden, shown)
        withheld |= {(one, variant) for one in _list_places(others)} - set(seen)
        for profile, counts in _add_by_profile(mine).items():
            for place in (profile, variant), (None, variant):
                seen[place] = _add(seen.get(place, NOBODY), counts)
        sums |= seen
    return frozenset(withheld), sums


def _protect_column(
    variant: int,
    others: dict[Key, Counts],
    hidden: dict[Key, Counts],
    shown: dict[Key, Counts],
) -> Sums:
    """Return the sums of one variant, by profile and over all of them, that may be seen.

    They are nobody where few people were counted each time, and only all together are enough.
    """
    sums = _add_by_profile(others)
    table = protect(TableCell(profile, variant, *counts) for profile, counts in sums.items())
    told = _add_by_profile({key: shown[key] for key in others if key in shown})
    seen: Sums = {
        (cell.profile, variant): told.get(cell.profile, NOBODY)
        for cell in table.cells
        if cell.numerator is not None and _is_safe(hidden, cell.profile)
    }
    gone = [counts for profile, counts in sums.items() if (profile, variant) not in seen]
    for total in table.variant_totals:
        if total.numerator is not None and keeps_secret(gone):
            seen[None, variant] = _add_up(told.values())
    return seen


def _list_places(cells: dict[Key, Counts]) -> set[str | None]:
    """Return the profiles of cells, and None for all of them together."""
    return {profile for _one, profile, _two in cells} | ({None} if cells else set())


def _is_safe(hidden: dict[Key, Counts], profile: str) -> bool:
    """Tell whether a sum keeps what its experiments withhold."""
    return keeps_secret([counts for key, counts in hidden.items() if key[1] == profile])


def _add_by_profile(cells: dict[Key, Counts]) -> dict[str, Counts]:
    sums: dict[str, Counts] = {}
    for (_experiment, profile, _variant), counts in cells.items():
        sums[profile] = _add(sums.get(profile, NOBODY), counts)
    return sums


def _add_up(several: Iterable[Counts]) -> Counts:
    total = NOBODY
    for one in several:
        total = _add(total, one)
    return total


def _add(one: Counts, other: Counts) -> Counts:
    return one[0] + other[0], one[1] + other[1]


def _withhold(record: PooledRecord, withheld: frozenset[Place], sums: Sums) -> PooledRecord:
    parts = tuple(_withhold_part(part, withheld, sums) for part in record.profiles)
    together = record.together and _withhold_part(record.together, withheld, sums)
    return replace(
        record,
        profiles=parts,
        together=together,
        influence=record.influence
        and tuple(
            one
            for one in record.influence
            if not {(one.profile, one.advised), (one.profile, one.without)} & withheld
        ),
    )


def _withhold_part(part: ProfileRecord, withheld: frozenset[Place], sums: Sums) -> ProfileRecord:
    gone = {variant for profile, variant in withheld if profile == part.profile}
    return replace(
        part,
        variants=tuple(_withhold_variant(one, part.profile, gone, sums) for one in part.variants),
        claims=tuple(one for one in part.claims if not {one.better, one.worse} & gone),
        pairs=tuple(one for one in part.pairs if not {one.one, one.other} & gone),
    )


def _withhold_variant(
    one: VariantRecord, profile: str | None, gone: set[int], sums: Sums
) -> VariantRecord:
    if one.variant in gone:
        counted = replace(one.counted, people=0, responses=0)
        return VariantRecord(one.variant, one.status, one.is_tried, one.part, counted)
    responses, people = sums.get((profile, one.variant), NOBODY)
    counted = Counted(people, responses, one.counted.experiments, one.counted.labs)
    if one.against not in gone:
        return replace(one, counted=counted)
    # What would say how it compares with a variant that is withheld.
    return replace(
        one,
        counted=counted,
        verdict=None,
        against=None,
        difference=None,
        difference_ci=None,
        probability_better=None,
        predictions=tuple(replace(each, difference=None) for each in one.predictions),
    )
