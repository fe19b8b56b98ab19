"""Deciding per experiment what a scope lets through, from what was read of a programme."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from analysis.pooled.scope import NotUsed, NotUsedReason, Scope, ScopeOutcome
from analysis.pooled.selection import EVERYONE, PROFILE_UNKNOWN
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import CellRow
from experiments.grade import Grade
from experiments.models.experiments import ExperimentStatus, Step
from lab.models.labels import DenominatorKind

# Looking at an experiment that still runs would be peeking.
FIELD_WORK_OVER = frozenset(
    {ExperimentStatus.CLOSED, ExperimentStatus.ANALYSED, ExperimentStatus.PUBLISHED}
)
POOLED_GRADES = frozenset({Grade.A, Grade.B})
# Only as a check, where a scope asks for it; the others never, whatever a scope asks.
CHECKED_GRADES = POOLED_GRADES | {Grade.C}


class VariantFacts(NamedTuple):
    """A variant as the estimator sees it: codes of its channel and style, and what is counted."""

    id: int
    channel: str
    style: str
    kind: DenominatorKind


class CellSum(NamedTuple):
    """Records that share a variant, profile, wave and cluster, added up.

    people, responses: over the records that know both. without_people, without_responses: how many
    records lack the denominator, and the numerator.
    """

    variant_id: int
    profile_id: int | None
    is_profile_known_before: bool
    wave: int
    cluster: str
    records: int
    without_people: int
    without_responses: int
    people: int
    responses: int

    @property
    def is_complete(self) -> bool:
        """Tell whether every record knows both numbers."""
        return not (self.without_people or self.without_responses)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was read of one experiment; grade and cells only where they can matter."""

    id: int
    living_lab_id: int
    status: ExperimentStatus
    numerator_step: Step
    denominator_step: Step
    direction: Direction
    issue_type_id: int | None
    phase_id: int | None
    starts_on: date | None
    ends_on: date | None
    grade: str = ""
    variants: tuple[VariantFacts, ...] = ()
    cells: tuple[CellSum, ...] = ()

    def lies_within(self, from_day: date | None, to_day: date | None) -> bool:
        """Tell whether a part of its field work falls in a period."""
        if not (from_day or to_day):
            return True
        if not (self.starts_on or self.ends_on):
            return False
        first, last = self.starts_on or date.min, self.ends_on or date.max
        return first <= (to_day or date.max) and last >= (from_day or date.min)

    def has_outcome(self, outcome: ScopeOutcome) -> bool:
        """Tell whether it measured the same thing, whatever kind of people were counted."""
        return (self.numerator_step, self.denominator_step, self.direction) == (
            outcome.numerator_step,
            outcome.denominator_step,
            outcome.direction,
        )


class Choice(NamedTuple):
    """What is used of one experiment, and what is not."""

    rows: tuple[CellRow, ...] = ()
    not_used: tuple[NotUsed, ...] = ()


Check = tuple[NotUsedReason, Callable[[Candidate, Scope], bool]]

# In this order; the first that fails is why an experiment is not used.
SUBJECT_CHECKS: tuple[Check, ...] = (
    (NotUsedReason.WITHDRAWN, lambda one, _scope: one.status is not ExperimentStatus.WITHDRAWN),
    (NotUsedReason.FIELD_WORK_NOT_OVER, lambda one, _scope: one.status in FIELD_WORK_OVER),
    (NotUsedReason.OTHER_OUTCOME, lambda one, scope: one.has_outcome(scope.outcome)),
    (
        NotUsedReason.OTHER_KIND,
        lambda one, scope: (
            not one.variants
            or any(each.kind is scope.outcome.denominator_kind for each in one.variants)
        ),
    ),
    (
        NotUsedReason.OTHER_LAB,
        lambda one, scope: scope.living_lab_id in (None, one.living_lab_id),
    ),
    (
        NotUsedReason.OTHER_ISSUE_TYPE,
        lambda one, scope: scope.issue_type_id in (None, one.issue_type_id),
    ),
    (NotUsedReason.OTHER_PHASE, lambda one, scope: scope.phase_id in (None, one.phase_id)),
    (
        NotUsedReason.OUTSIDE_PERIOD,
        lambda one, scope: one.lies_within(scope.from_day, scope.to_day),
    ),
)
EVIDENCE_CHECKS: tuple[Check, ...] = (
    (NotUsedReason.NOTHING_COUNTED, lambda one, _scope: bool(one.cells)),
    (
        NotUsedReason.GRADE,
        lambda one, scope: one.grade in CHECKED_GRADES and one.grade in scope.grades,
    ),
)


def choose(candidates: Iterable[Candidate], scope: Scope, asked: Sequence[str]) -> Choice:
    """Return the cells that a scope lets through, in a fixed order, and what is left out.

    asked: codes of the profiles that the question is about.
    """
    rows: list[CellRow] = []
    not_used: list[NotUsed] = []
    for one in sorted(candidates, key=lambda one: one.id):
        own = choose_own(one, scope, frozenset(asked))
        rows += own.rows
        not_used += own.not_used
    return Choice(tuple(sorted(rows)), tuple(not_used))


def choose_own(one: Candidate, scope: Scope, asked: frozenset[str]) -> Choice:
    """Return what is used of one experiment, and why the rest is not."""
    obstacle = find_obstacle(one, scope, SUBJECT_CHECKS + EVIDENCE_CHECKS)
    if obstacle:
        return Choice(not_used=(obstacle,))
    parts = _Parts.of(one, scope.outcome.denominator_kind)
    if parts.reason_for_nothing:
        reason = parts.reason_for_nothing
        detail = next((each.detail for each in parts.left_out if each.reason is reason), "")
        return Choice(not_used=(NotUsed(one.id, reason, detail),))
    rows = _write_rows(one, parts, scope.outcome)
    return Choice(rows, (*parts.left_out, *_find_other_model(one, rows, asked)))


def find_obstacle(one: Candidate, scope: Scope, checks: Iterable[Check]) -> NotUsed | None:
    """Return why an experiment as a whole is not used, or None."""
    for reason, passes in checks:
        if not passes(one, scope):
            return NotUsed(one.id, reason, _describe(one, reason))
    return None


def list_fitting(candidates: Iterable[Candidate], scope: Scope) -> set[int]:
    """Return the experiments that a scope lets through as a whole, whatever their cells show."""
    checks = SUBJECT_CHECKS + EVIDENCE_CHECKS
    return {one.id for one in candidates if find_obstacle(one, scope, checks) is None}


def write_outcome(numerator_step: Step, denominator_step: Step, direction: Direction) -> str:
    """Return an outcome as one code, such as `responded/offered/higher`."""
    return "/".join((numerator_step, denominator_step, direction))


def _describe(one: Candidate, reason: NotUsedReason) -> str:
    if reason is NotUsedReason.GRADE:
        return one.grade
    if reason is NotUsedReason.OTHER_OUTCOME:
        return write_outcome(one.numerator_step, one.denominator_step, one.direction)
    if reason is NotUsedReason.OTHER_KIND:
        return _join_kinds(one.variants)
    return ""


def _join_kinds(variants: Iterable[VariantFacts]) -> str:
    return ",".join(sorted({variant.kind.value for variant in variants}))


Key = tuple[str, int, VariantFacts, str]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The sums of one experiment that can be compared, and what had to stay out.

    sums: people and responses per profile, wave, variant and cluster. reason_for_nothing: why
    nothing of it can be compared, if so.
    """

    sums: dict[Key, tuple[int, int]]
    left_out: tuple[NotUsed, ...]
    reason_for_nothing: NotUsedReason | None

    @classmethod
    def of(cls, one: Candidate, kind: DenominatorKind) -> "_Parts":
        variants = {each.id: each for each in one.variants if each.kind is kind}
        others = [each for each in one.variants if each.kind is not kind]
        kinds = [
            NotUsed(one.id, NotUsedReason.OTHER_KIND, _join_kinds(others), is_partly=True)
            for _kind in others[:1]
        ]
        if len({(each.channel, each.style) for each in variants.values()}) < 2:
            alone = NotUsedReason.OTHER_KIND if others else NotUsedReason.ONE_VARIANT
            return cls({}, tuple(kinds), alone)
        cells = [cell for cell in one.cells if cell.variant_id in variants]
        known, rest, left_out = _split_by_profile(one.id, cells)
        left_out += _find_lacking(one, known + rest)
        sums = _add_up(known, rest, variants)
        reason = _find_reason_for_nothing(sums, left_out)
        return cls(sums, (*kinds, *left_out), reason)


def _split_by_profile(
    experiment_id: int, cells: list[CellSum]
) -> tuple[list[CellSum], list[CellSum], list[NotUsed]]:
    """Return cells of profiles known beforehand, cells of everybody else, and what stays out.

    Who responds tells a profile, so residents of whom it became known afterwards cannot be told
    apart from those of whom it never did: only both together were compared by lottery. Where a
    number of theirs is missing, even their sum tells nothing.
    """
    known = [cell for cell in cells if cell.profile_id is not None and cell.is_profile_known_before]
    rest = [cell for cell in cells if cell.profile_id is None or not cell.is_profile_known_before]
    if all(cell.profile_id is None for cell in rest):
        return known, rest, []
    reason = NotUsed(experiment_id, NotUsedReason.PROFILE_KNOWN_AFTERWARDS, is_partly=True)
    is_whole = all(cell.is_complete for cell in rest)
    return known, rest if is_whole else [], [reason]


def _find_lacking(one: Candidate, cells: Iterable[CellSum]) -> list[NotUsed]:
    cells = list(cells)
    for step, name in (
        (one.denominator_step, "without_people"),
        (one.numerator_step, "without_responses"),
    ):
        if any(getattr(cell, name) for cell in cells):
            return [NotUsed(one.id, NotUsedReason.STEP_UNKNOWN, step.value, is_partly=True)]
    return []


def _add_up(
    known: list[CellSum], rest: list[CellSum], variants: dict[int, VariantFacts]
) -> dict[Key, tuple[int, int]]:
    """Return people and responses by what the estimator tells apart; nobody is left out.

    Those without a profile are all residents together only where nobody else was counted.
    """
    sums: dict[Key, tuple[int, int]] = {}
    without = PROFILE_UNKNOWN if any(cell.people for cell in known) else EVERYONE
    named = [(str(cell.profile_id), cell) for cell in known] + [(without, cell) for cell in rest]
    for profile, cell in named:
        if cell.people:
            key = profile, cell.wave, variants[cell.variant_id], cell.cluster
            people, responses = sums.get(key, (0, 0))
            sums[key] = people + cell.people, responses + cell.responses
    return sums


def _find_reason_for_nothing(
    sums: dict[Key, tuple[int, int]], left_out: list[NotUsed]
) -> NotUsedReason | None:
    """Return why no profile and wave holds two variants that differ in anything, or None."""
    strata: dict[tuple[str, int], list] = {}
    for (profile, wave, variant, _cluster), (people, responses) in sums.items():
        held = strata.setdefault((profile, wave), [set(), 0, 0])
        held[0].add((variant.channel, variant.style))
        held[1] += people
        held[2] += responses
    compared = [held for held in strata.values() if len(held[0]) > 1]
    if any(0 < responses < people for _variants, people, responses in compared):
        return None
    if compared:
        return NotUsedReason.NO_RESPONSE
    alone = NotUsedReason.ONE_VARIANT if sums else NotUsedReason.NOTHING_COUNTED
    return left_out[0].reason if left_out else alone


def _write_rows(one: Candidate, parts: _Parts, outcome: ScopeOutcome) -> tuple[CellRow, ...]:
    """Return the sums as rows of the estimator, for which more is always better."""
    is_turned = outcome.direction is Direction.LOWER
    lab, experiment = str(one.living_lab_id), str(one.id)
    counts: dict[tuple[str, ...], tuple[int, int]] = {}
    for (profile, wave, variant, cluster), (people, responses) in parts.sums.items():
        text = f"{wave}|{outcome.denominator_kind.value}"
        key = lab, experiment, text, profile, variant.channel, variant.style, cluster
        held = counts.get(key, (0, 0))
        good = people - responses if is_turned else responses
        counts[key] = held[0] + people, held[1] + good
    return tuple(CellRow(*key, *held) for key, held in counts.items())


def _find_other_model(
    one: Candidate, rows: Iterable[CellRow], asked: frozenset[str]
) -> list[NotUsed]:
    if any(row.profile in asked for row in rows):
        return []
    return [NotUsed(one.id, NotUsedReason.OTHER_MODEL, is_partly=True)]
