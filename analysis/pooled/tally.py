"""What was tried where, without any verdict: counts of a question that nobody had answered."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from analysis.evidence_names import VariantKey, key_of
from analysis.pooled.choosing import (
    POOLED_GRADES,
    SUBJECT_CHECKS,
    Candidate,
    find_obstacle,
)
from analysis.pooled.record import Counted, PooledRecord, ProfileRecord, VariantRecord
from analysis.pooled.scope import Scope
from analysis.pooled.selection import EVERYONE, Selection
from analysis.stats.results import Status


class Tried(NamedTuple):
    """An experiment that tried a variant in a profile without telling how it compares."""

    experiment_id: int
    grade: str


# A profile and a variant.
Place = tuple[str, VariantKey]


def find_uncompared(
    candidates: Iterable[Candidate], scope: Scope
) -> dict[Place, tuple[Tried, ...]]:
    """Return the experiments that were about the question and proved too little to pool.

    Those are of grade C, D or P, or of a grade that the scope leaves out.
    """
    found: dict[Place, dict[int, Tried]] = defaultdict(dict)
    for one in candidates:
        if one.grade in POOLED_GRADES.intersection(scope.grades) or not one.grade:
            continue
        if find_obstacle(one, scope, SUBJECT_CHECKS):
            continue
        for place in _list_places(one, scope):
            found[place][one.id] = Tried(one.id, one.grade)
    return {place: tuple(held.values()) for place, held in found.items()}


def _list_places(one: Candidate, scope: Scope) -> Iterable[Place]:
    variants = {
        each.id: key_of(each.channel, each.style)
        for each in one.variants
        if each.kind is scope.outcome.denominator_kind
    }
    for cell in one.cells:
        if cell.variant_id in variants:
            profile = EVERYONE if cell.profile_id is None else str(cell.profile_id)
            yield profile, variants[cell.variant_id]


def tally(selection: Selection, margin: float) -> PooledRecord:
    """Return a record of what was counted, in the form of an answer that tells nothing yet."""
    variants = tuple(dict.fromkeys((row.channel, row.style) for row in selection.rows))
    place = {code: number for number, code in enumerate(variants)}
    held = {row.profile for row in selection.rows}
    return PooledRecord(
        method_version="",
        seed=0,
        margin=margin,
        variants=variants,
        profiles=tuple(
            ProfileRecord(profile, tuple(_count(selection, profile, place)))
            for profile in selection.asked
            if profile in held
        ),
        together=None,
        are_profiles_alike=None,
        terms=(),
        heterogeneity=None,
        consistency=None,
        influence=None,
        experiments_used=selection.experiments_used,
        experiments_unused=(),
        cells=len(selection.rows),
        cells_used=0,
        evaluations=0,
    )


def _count(
    selection: Selection, profile: str, place: dict[tuple[str, str], int]
) -> Iterable[VariantRecord]:
    rows = defaultdict(list)
    for row in selection.rows:
        if row.profile == profile and row.nobs:
            rows[place[row.channel, row.style]].append(row)
    for number, held in sorted(rows.items()):
        counted = Counted(
            people=sum(row.nobs for row in held),
            responses=sum(row.count for row in held),
            experiments=len({row.experiment for row in held}),
            labs=len({row.living_lab for row in held}),
        )
        yield VariantRecord(number, Status.TOO_LITTLE, True, -1, counted)
