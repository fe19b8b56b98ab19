"""How a scope reads, and why an experiment is not used, in the words of the reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.pooled.scope import NotUsed, NotUsedReason, Scope, ScopeOutcome
from analysis.pooled.selection import Name
from analysis.queries.scopes import ScopeNames
from analysis.stats.cells import Direction
from experiments.grade import Grade
from experiments.labels import DENOMINATOR_KINDS, GRADES, STEPS, capitalise
from experiments.models.experiments import Step
from lab import formats
from lab.i18n import current_language
from lab.models.labels import DenominatorKind

Reasons = Mapping[NotUsedReason, LazyString]

# Why an experiment is not used at all.
REASONS: Reasons = {
    NotUsedReason.FIELD_WORK_NOT_OVER: _l(
        "The field work is not over yet. Whoever looks before the end easily takes chance for an "
        "effect."
    ),
    NotUsedReason.WITHDRAWN: _l("Withdrawn."),
    NotUsedReason.OTHER_OUTCOME: _l("Measures something else: %(detail)s."),
    NotUsedReason.OTHER_KIND: _l("Counts something else: %(detail)s."),
    NotUsedReason.OTHER_MODEL: _l("Divides residents in another way."),
    NotUsedReason.OTHER_ISSUE_TYPE: _l("Is about another kind of matter."),
    NotUsedReason.OTHER_PHASE: _l("Is about another phase."),
    NotUsedReason.OTHER_LAB: _l("Belongs to another lab."),
    NotUsedReason.OUTSIDE_PERIOD: _l("Was held outside this period."),
    NotUsedReason.GRADE: _l("Proves too little for this question: %(detail)s."),
    NotUsedReason.NOTHING_COUNTED: _l("Nothing was counted."),
    NotUsedReason.STEP_UNKNOWN: _l("The number of this step is not known: %(detail)s."),
    NotUsedReason.PROFILE_KNOWN_AFTERWARDS: _l(
        "The profile of residents became known only through their response, and numbers of "
        "others are missing."
    ),
    NotUsedReason.ONE_VARIANT: _l("No two variants were tried on the same residents."),
    NotUsedReason.NO_RESPONSE: _l("Nobody responded, or everybody did: that tells no difference."),
}
# Why a part of an experiment is not used.
PARTLY: Reasons = {
    NotUsedReason.OTHER_KIND: _l("Without the variants that count something else: %(detail)s."),
    NotUsedReason.OTHER_MODEL: _l(
        "Divides residents in another way, so it only tells what channels and styles do in general."
    ),
    NotUsedReason.STEP_UNKNOWN: _l(
        "Without the counts in which the number of this step is not known: %(detail)s."
    ),
    NotUsedReason.PROFILE_KNOWN_AFTERWARDS: _l(
        "Not by profile where the profile became known only through the response."
    ),
}
# What counts as success, and out of whom, so that the two make one phrase.
SUCCESSES: Mapping[Step, LazyString] = {
    Step.REACHED: _l("how many were reached"),
    Step.RESPONDED: _l("how many responded"),
    Step.PARTICIPATED: _l("how many took part"),
}
OUT_OF: Mapping[Step, LazyString] = {
    Step.OFFERED: _l("of those it was offered to"),
    Step.REACHED: _l("of those who were reached"),
    Step.RESPONDED: _l("of those who responded"),
}

# What is asked, in the fewest words.
QUESTIONS: Mapping[tuple[Step, Direction], LazyString] = {
    (Step.REACHED, Direction.HIGHER): _l("What reaches most people?"),
    (Step.REACHED, Direction.LOWER): _l("What reaches fewest people?"),
    (Step.RESPONDED, Direction.HIGHER): _l("What brings most responses?"),
    (Step.RESPONDED, Direction.LOWER): _l("What brings fewest responses?"),
    (Step.PARTICIPATED, Direction.HIGHER): _l("What makes most people take part?"),
    (Step.PARTICIPATED, Direction.LOWER): _l("What makes fewest people take part?"),
}


def call(name: Name) -> str:
    """Return a name in the language being spoken."""
    return getattr(name, current_language())


def describe_not_used(one: NotUsed) -> str:
    """Return why an experiment, or a part of it, is not used."""
    known = PARTLY if one.is_partly else REASONS
    sentence = str(known.get(one.reason, REASONS[one.reason]))
    return sentence % {"detail": _describe_detail(one)} if "%(" in sentence else sentence


def _describe_detail(one: NotUsed) -> str:
    if one.reason is NotUsedReason.OTHER_OUTCOME:
        numerator, denominator, direction = one.detail.split("/")
        return write_steps(Step(numerator), Step(denominator), Direction(direction))
    if one.reason is NotUsedReason.OTHER_KIND:
        kinds = map(DenominatorKind, one.detail.split(","))
        return ", ".join(str(DENOMINATOR_KINDS[kind]) for kind in kinds)
    if one.reason is NotUsedReason.GRADE:
        return _("grade %(grade)s, %(why)s", grade=one.detail, why=GRADES[Grade(one.detail)])
    if one.reason is NotUsedReason.STEP_UNKNOWN:
        return str(STEPS[Step(one.detail)])
    return one.detail


@dataclass(frozen=True, slots=True)
class NotUsedGroup:
    """Experiments that are not used for one reason: titles by number, and how many others."""

    reason: str
    titles: tuple[tuple[int, str], ...]
    others: int

    @property
    def experiments(self) -> int:
        """Return how many experiments there are."""
        return len(self.titles) + self.others


def group_not_used(
    not_used: Iterable[NotUsed], titles: Mapping[int, str], *, is_partly: bool
) -> tuple[NotUsedGroup, ...]:
    """Return what is left out wholly, or in part, by reason, the most common first.

    titles: of the experiments that the reader may know of; the others are only counted.
    """
    groups: dict[tuple[str, str], list[NotUsed]] = {}
    for one in not_used:
        if one.is_partly is is_partly:
            # Kinds come in many mixes, and which one it was tells little.
            detail = "" if one.reason is NotUsedReason.OTHER_KIND else one.detail
            groups.setdefault((one.reason, detail), []).append(one)
    found = [_make_group(held, titles) for held in groups.values()]
    return tuple(sorted(found, key=lambda group: (-group.experiments, group.reason)))


def _make_group(held: list[NotUsed], titles: Mapping[int, str]) -> NotUsedGroup:
    details = sorted({detail for one in held for detail in one.detail.split(",")})
    numbers = [one.experiment_id for one in held]
    return NotUsedGroup(
        describe_not_used(replace(held[0], detail=",".join(details))),
        tuple((number, titles[number]) for number in numbers if number in titles),
        sum(number not in titles for number in numbers),
    )


def write_steps(numerator: Step, denominator: Step, direction: Direction) -> str:
    """Return what counts as success and out of whom, as a piece of a sentence."""
    return _write_outcome(str(OUT_OF[denominator]), numerator, direction)


def write_outcome(outcome: ScopeOutcome) -> str:
    """Return what is measured, with what is counted."""
    kind = DENOMINATOR_KINDS[outcome.denominator_kind]
    out_of = f"{OUT_OF[outcome.denominator_step]} ({kind})"
    return capitalise(_write_outcome(out_of, outcome.numerator_step, outcome.direction))


def _write_outcome(out_of: str, numerator: Step, direction: Direction) -> str:
    text = f"{SUCCESSES[numerator]}, {out_of}"
    if direction is Direction.LOWER:
        return _("%(outcome)s, fewer is better", outcome=text)
    return text


def write_scope(scope: Scope, names: ScopeNames) -> str:
    """Return the question of a run: what is measured, for whom, and within which limits."""
    values = {"outcome": write_outcome(scope.outcome)}
    if names.segmentation_model is None:
        first = _("%(outcome)s, for all residents together.", **values)
    else:
        model = call(names.segmentation_model)
        first = _("%(outcome)s, for each profile of %(model)s.", model=model, **values)
    limits = list_limits(scope, names)
    only = _("Only: %(limits)s.", limits="; ".join(limits)) if limits else ""
    check = _("As a check, comparisons without a lottery count too.") if scope.is_check else ""
    return " ".join(filter(None, (first, only, check)))


def write_question(scope: Scope) -> str:
    """Return what a run is about in the fewest words, without its limits."""
    outcome = scope.outcome
    return str(QUESTIONS[outcome.numerator_step, outcome.direction])


def write_about(scope: Scope, names: ScopeNames) -> str:
    """Return what tells a question from others like it: of what, for whom, within which limits."""
    outcome = scope.outcome
    model = names.segmentation_model
    about = [
        str(DENOMINATOR_KINDS[outcome.denominator_kind]),
        "" if outcome.denominator_step is Step.OFFERED else str(OUT_OF[outcome.denominator_step]),
        call(model) if model else _("all residents together"),
        *list_limits(scope, names),
        _("check with comparisons without a lottery") if scope.is_check else "",
        _("differences from %(margin)s points", margin=write_margin(scope)),
    ]
    return " · ".join(filter(None, about))


def name_question(scope: Scope, names: ScopeNames) -> str:
    """Return what a question is called where it is one among many."""
    return f"{write_question(scope)} {write_about(scope, names)}"


def write_margin(scope: Scope) -> str:
    """Return the smallest difference that matters, in percentage points."""
    points = round(100 * scope.margin, 4)
    return formats.decimal(points, 0 if points == int(points) else 1)


def list_limits(scope: Scope, names: ScopeNames) -> list[str]:
    """Return what narrows a scope, one piece each."""
    limits = []
    if names.issue_type:
        limits.append(_("kind of matter %(name)s", name=call(names.issue_type)))
    if names.phase:
        limits.append(_("phase %(name)s", name=call(names.phase)))
    if names.living_lab:
        limits.append(_("lab %(name)s", name=names.living_lab))
    limits += _list_days(scope)
    if len(scope.lottery_grades) == 1:
        limits.append(_("grade %(grade)s", grade=scope.lottery_grades[0]))
    return limits


def _list_days(scope: Scope) -> list[str]:
    if scope.from_day and scope.to_day:
        return [formats.period(scope.from_day, scope.to_day)]
    if scope.from_day:
        return [_("from %(day)s", day=formats.date(scope.from_day))]
    if scope.to_day:
        return [_("until %(day)s", day=formats.date(scope.to_day))]
    return []
