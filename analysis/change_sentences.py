"""What a proposal changes, who is for and against, and what would overturn it, in sentences."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.advice_sentences import name_variant
from analysis.changes import ADVICE, ProposalChange
from analysis.evidence import RuleEvidence, Support
from analysis.models.advice import ProposalState
from experiments.labels import DENOMINATOR_KINDS
from lab import formats
from lab.models.labels import DenominatorKind

CHANGES: Mapping[ProposalChange, LazyString] = {
    ProposalChange.NEW: _l("new"),
    ProposalChange.STRONGER: _l("stronger"),
    ProposalChange.WEAKER: _l("weaker"),
    ProposalChange.REVERSED: _l("another answer"),
    ProposalChange.UNCHANGED: _l("unchanged"),
    ProposalChange.RETIRED_FOR_AGE: _l("retired for age"),
}
SHAPES: Mapping[ProposalChange, str] = {
    ProposalChange.NEW: "+",
    ProposalChange.STRONGER: "↑",
    ProposalChange.WEAKER: "↓",
    ProposalChange.REVERSED: "⇄",
    ProposalChange.UNCHANGED: "=",
    ProposalChange.RETIRED_FOR_AGE: "✕",
}


def write_change(change: ProposalChange) -> str:
    """Return what changes, as a shape and a word."""
    return f"{SHAPES[change]} {CHANGES[change]}"


def write_overturn(state: ProposalState, evidence: RuleEvidence) -> list[str]:
    """Return which results of a next experiment would change a rule; empty when not known."""
    known = evidence.overturn
    if known is None or evidence.part.leader is None:
        return []
    if state not in ADVICE:
        rival = known.rival if known.settled_against is None else known.settled_against
        people = known.settled_people or known.people
        return [_write_settling(known.settles_above, _name_both(evidence, rival, people))]
    names = _name_both(evidence, known.rival, known.people)
    return [
        _write_turn(known.turns_below, names),
        *_write_turned(evidence),
        *_write_weakening(state, known.weakens_below, known.turns_below, names),
    ]


def _name_both(evidence: RuleEvidence, rival: int, people: int) -> dict[str, str]:
    return {
        "leader": f"“{_name(evidence, evidence.part.leader)}”",
        "rival": f"“{_name(evidence, rival)}”",
        "size": _write_size(evidence, people),
    }


def _write_turn(below: float | None, names: Mapping[str, str]) -> str:
    if below is None:
        return _(
            "No single new experiment with about %(size)s would turn this advice, whatever it"
            " shows.",
            **names,
        )
    if below > 0:
        return _(
            "A new experiment with about %(size)s turns this advice if %(leader)s does at most"
            " %(points)s better than %(rival)s in it.",
            points=_write_points(below),
            **names,
        )
    if below == 0:
        return _(
            "A new experiment with about %(size)s in which %(rival)s does at least as well as"
            " %(leader)s would turn this advice.",
            **names,
        )
    return _(
        "A new experiment with about %(size)s in which %(rival)s does %(points)s or more better"
        " than %(leader)s would turn this advice.",
        points=_write_points(-below),
        **names,
    )


def _write_turned(evidence: RuleEvidence) -> list[str]:
    """Return what is advised then, where that is a third variant, and that no other asks less."""
    known = evidence.overturn
    if known.turns_below is None:
        return []
    told = []
    if known.becomes is not None and known.becomes != known.rival:
        told.append(_("Then “%(name)s” is advised.", name=_name(evidence, known.becomes)))
    if known.rivals > 1:
        told.append(_("With each of the other variants it would take more."))
    return told


def _write_weakening(
    state: ProposalState, below: float | None, turns: float | None, names: Mapping[str, str]
) -> list[str]:
    if state is not ProposalState.ADVISE or below is None:
        return []
    if turns is not None and below <= turns:
        return []
    if below > 0:
        return [
            _(
                "It becomes advice with reserve if the lead of %(leader)s in it is less than"
                " %(points)s.",
                points=_write_points(below),
                **names,
            )
        ]
    if below == 0:
        return [
            _(
                "It becomes advice with reserve if %(rival)s does at least as well in it.",
                **names,
            )
        ]
    return [
        _(
            "It becomes advice with reserve if %(rival)s does %(points)s or more better in it.",
            points=_write_points(-below),
            **names,
        )
    ]


def _write_settling(above: float | None, names: Mapping[str, str]) -> str:
    if above is None:
        return _(
            "No single new experiment with about %(size)s can make this an advice without reserve.",
            **names,
        )
    return _(
        "A new experiment with about %(size)s in which %(leader)s does more than %(points)s better"
        " than %(rival)s would make it the advice.",
        points=_write_points(above),
        **names,
    )


def write_support(support: Support | None) -> list[str]:
    """Return how many experiments and labs found the same, and how many the opposite."""
    if support is None:
        return []
    found = [_write_for(support), _write_against(support)]
    if support.unseen:
        found.append(
            ngettext(
                "Of %(num)s experiment that held both, the own result is not public.",
                "Of %(num)s experiments that held both, the own result is not public.",
                support.unseen,
            )
        )
    return found


def _write_for(support: Support) -> str:
    if not support.experiments_for:
        return _("For: no experiment found the same by itself.")
    return ngettext(
        "For: %(num)s experiment found the same, in %(labs)s.",
        "For: %(num)s experiments found the same, in %(labs)s.",
        support.experiments_for,
        labs=_count_labs(support.labs_for),
    )


def _write_against(support: Support) -> str:
    if not support.experiments_against:
        return _("Against: no experiment found the opposite.")
    return ngettext(
        "Against: %(num)s experiment found the opposite, in %(labs)s.",
        "Against: %(num)s experiments found the opposite, in %(labs)s.",
        support.experiments_against,
        labs=_count_labs(support.labs_against),
    )


def write_sureness(evidence: RuleEvidence) -> str:
    """Return how likely the advice is near the best, and what it loses on average."""
    part, margin = evidence.part, evidence.basis.outcome.margin
    if part.near_best is None or part.expected_loss is None:
        return ""
    return _(
        "In %(times)s of 100 cases nothing does more than %(margin)s better. On average the choice"
        " loses %(loss)s to whichever is best.",
        times=_write_times(part.near_best),
        margin=_write_points(margin),
        loss=_write_points(part.expected_loss, 2),
    )


def write_review(review_on: date | None, is_past: bool) -> str:
    """Return when an advice is looked at again, or that this should have been."""
    if review_on is None:
        return ""
    if is_past:
        return _(
            "This advice should have been looked at again before %(date)s. It may be out of date.",
            date=formats.date(review_on),
        )
    return _("This advice is looked at again before %(date)s.", date=formats.date(review_on))


def _write_times(share: float) -> str:
    if share > 0.99:
        return _("more than 99")
    return formats.number(round(100 * share))


def _write_points(share: float, decimals: int = 1) -> str:
    number = formats.points(share, decimals, plus=False)
    return _("%(number)s percentage points", number=number)


def _count_labs(count: int) -> str:
    return ngettext("%(num)s lab", "%(num)s labs", count)


def _write_size(evidence: RuleEvidence, people: int) -> str:
    kind = DenominatorKind(evidence.basis.outcome.denominator_kind)
    known = DenominatorKind.PEOPLE if kind is DenominatorKind.NONE else kind
    number = formats.number(people)
    return _("%(number)s %(units)s per variant", number=number, units=DENOMINATOR_KINDS[known])


def _name(evidence: RuleEvidence, variant: int) -> str:
    return name_variant(evidence.basis.variants[variant])
