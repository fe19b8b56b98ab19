"""What a pooled question can be narrowed to, and how many experiments each choice leaves."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from analysis.pooled.choosing import choose, list_fitting
from analysis.pooled.scope import Scope
from analysis.queries.pooled import Material

BOTH_GRADES, BEST_GRADE, CHECK_GRADES = ("A", "B"), ("A",), ("C",)


class Named(Protocol):
    """Something with a number, such as a label or a lab."""

    id: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose, None for no limit, and how many experiments are left with it."""

    chosen: Named | None
    experiments: int


@dataclass(frozen=True, slots=True)
class ScopeOptions:
    """All that can be chosen beside one scope."""

    models: tuple[Option, ...]
    issue_types: tuple[Option, ...]
    phases: tuple[Option, ...]
    labs: tuple[Option, ...]
    # How many experiments are left with grades A and B, and with A alone.
    grades: tuple[int, int]
    # How many comparisons without a lottery a check would add.
    checked: int = 0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The models, labels and labs of a programme that a reader can choose from."""

    models: tuple[Named, ...]
    issue_types: tuple[Named, ...]
    phases: tuple[Named, ...]
    labs: tuple[Named, ...]


def widen(scope: Scope) -> Scope:
    """Return a scope without its limits."""
    return Scope(scope.programme_id, scope.outcome, None, scope.margin)


def list_options(material: Material, scope: Scope, vocabulary: Vocabulary) -> ScopeOptions:
    """Return what each limit leaves of a scope, the other limits as they are.

    material: read for the scope without its limits.
    """
    profiles: dict[int, set[str]] = {}
    widest = replace(widen(scope), grades=BOTH_GRADES + CHECK_GRADES)
    for row in choose(material.candidates, widest, ()).rows:
        profiles.setdefault(int(row.experiment), set()).add(row.profile)
    candidates = [one for one in material.candidates if one.id in profiles]

    def count(**limits) -> int:
        return len(list_fitting(candidates, replace(scope, **limits)))

    def count_asked(model_id: int | None) -> int:
        asked = set(material.list_asked(model_id))
        return sum(bool(profiles[one] & asked) for one in list_fitting(candidates, scope))

    return ScopeOptions(
        models=_list(vocabulary.models, count_asked),
        issue_types=_list(vocabulary.issue_types, lambda one: count(issue_type_id=one)),
        phases=_list(vocabulary.phases, lambda one: count(phase_id=one)),
        labs=_list(vocabulary.labs, lambda one: count(living_lab_id=one)),
        grades=(count(grades=BOTH_GRADES), count(grades=BEST_GRADE)),
        checked=count(grades=CHECK_GRADES),
    )


def _list(things: Iterable[Named], count: Callable[[int | None], int]) -> tuple[Option, ...]:
    """Return no limit first, then all things."""
    return (Option(None, count(None)), *(Option(one, count(one.id)) for one in things))
