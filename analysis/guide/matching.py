"""Which rule of an edition is about whom somebody asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.guide.choices import ANY_PHASE, Choices
from analysis.models.advice import ProposalState
from analysis.queries.advice import ListedVersion

HAS_ADVICE = {ProposalState.ADVISE, ProposalState.TENTATIVE, ProposalState.NO_DIFFERENCE}


@dataclass(frozen=True, slots=True)
class GroupMatch:
    """The rules about one group, or about everyone when it has no number; the first one counts.

    is_borrowed: what counts is about everyone, since of the group alone too little is known.
    """

    profile_id: int | None
    rules: tuple[ListedVersion, ...]
    is_borrowed: bool = False

    @property
    def chosen(self) -> ListedVersion | None:
        """Return the rule that counts, or None when nothing is known."""
        return self.rules[0] if self.rules else None


def keep_matter(listed: Iterable[ListedVersion], choices: Choices) -> list[ListedVersion]:
    """Return the rules that are about the kind of matter that was chosen."""
    asked = choices.issue_type
    return [one for one in listed if asked is None or one.rule.issue_type_id in (None, asked)]


def keep_groups(listed: Iterable[ListedVersion], choices: Choices) -> list[ListedVersion]:
    """Return the rules that are about the groups that were chosen, or about everyone."""
    if not choices.profiles:
        return list(listed)
    return [one for one in listed if one.rule.profile_id in (None, *choices.profiles)]


def keep_phase(listed: Iterable[ListedVersion], choices: Choices) -> list[ListedVersion]:
    """Return the rules that are about the phase that was chosen."""
    if choices.phase in (None, ANY_PHASE):
        return list(listed)
    return [one for one in listed if one.rule.phase_id in (None, choices.phase)]


def match_groups(listed: Sequence[ListedVersion], choices: Choices) -> list[GroupMatch]:
    """Return for each group that was chosen the rules about it, the one that counts first."""
    fitting = keep_phase(keep_matter(listed, choices), choices)
    return [_match(fitting, number) for number in choices.profiles or _list_everyone(fitting)]


def _list_everyone(fitting: Sequence[ListedVersion]) -> tuple[int | None, ...]:
    """Return who everyone is: all together, or each group where there is only advice for groups."""
    own = dict.fromkeys(one.rule.profile_id for one in fitting)
    return tuple(own) if own and None not in own else (None,)


def _match(fitting: Sequence[ListedVersion], profile_id: int | None) -> GroupMatch:
    about = [one for one in fitting if one.rule.profile_id in (None, profile_id)]
    # What is about the group, the matter and the phase themselves comes before what is wider.
    ordered = sorted(about, key=_width)
    advising = [one for one in ordered if one.version.proposal_state in HAS_ADVICE]
    rest = [one for one in ordered if one not in advising]
    has_own = any(one.rule.profile_id is not None for one in ordered)
    is_borrowed = bool(
        profile_id is not None and has_own and advising and advising[0].rule.profile_id is None
    )
    return GroupMatch(profile_id, (*advising, *rest), is_borrowed)


def _width(one: ListedVersion) -> tuple:
    rule = one.rule
    return (
        rule.profile_id is None,
        rule.issue_type_id is None,
        rule.phase_id is None,
        one.version.proposal_state.value != ProposalState.ADVISE,
        rule.id,
    )


def merge_alike(matches: Sequence[GroupMatch]) -> list[list[GroupMatch]]:
    """Return the groups together for which the same rule counts, in the order asked for."""
    merged: dict[object, list[GroupMatch]] = {}
    for one in matches:
        key = one.chosen.version.id if one.chosen else ("unknown",)
        merged.setdefault(key, []).append(one)
    return list(merged.values())
