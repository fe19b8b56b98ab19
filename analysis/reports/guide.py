"""What the guide answers: for each group a mix, what it brings and costs, and what is not known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from analysis.advice import Remark
from analysis.evidence import RuleEvidence
from analysis.guide import sentences as words
from analysis.guide.allocation import Use, Way, allocate, sum_responses
from analysis.guide.choices import Choices
from analysis.guide.matching import HAS_ADVICE, GroupMatch, match_groups, merge_alike
from analysis.guide.options import Offer, Option, TriedVariant, gather_offer
from analysis.guide.steps import Material
from analysis.kept_evidence import read_kept
from analysis.models.advice import ProposalState
from analysis.queries.advice import ListedVersion
from analysis.queries.preferences import ListedPreference
from analysis.reports.advice import RuleCard, Unpublished, build_cards
from analysis.reports.stated import Stated, Subject, build_stated, find_stated
from analysis.stats.cells import Direction
from lab.i18n import in_language
from lab.models.labels import Channel
from lab.models.segmentation import Profile

MOST_UNTRIED = 4


@dataclass(frozen=True, slots=True)
class OptionLine:
    """One way to reach a group, in words."""

    key: str
    name: str
    is_advised: bool
    expected: str
    cost: str
    cost_per_response: str
    use: str
    needs_cost: bool
    # What the reader filled in, as they would type it.
    own_cost: str = ""


@dataclass(frozen=True, slots=True)
class GroupAdvice:
    """What to do for one group, or for several that the same rule is about."""

    number: int
    names: tuple[str, ...]
    card: RuleCard | None
    notes: tuple[str, ...]
    do: tuple[OptionLine, ...]
    dont: tuple[str, ...]
    unsure: tuple[str, ...]
    # Other rules about this group, for another phase or kind of matter.
    others: tuple[RuleCard, ...]
    # What these groups say they want, one block for each that was asked.
    stated: tuple[Stated, ...] = ()
    is_alternatives: bool = False

    @property
    def heading(self) -> str:
        """Return whom this is about."""
        return ", ".join(self.names)


@dataclass(frozen=True, slots=True)
class GuideResult:
    """All that the guide answers to one set of choices."""

    groups: tuple[GroupAdvice, ...]
    is_one_for_all: bool
    shares: str
    total: tuple[str, ...]
    division: str
    untried: tuple[str, ...]
    untried_more: int
    needs_people: bool

    @property
    def rule_ids(self) -> list[int]:
        """Return the rules that this rests on."""
        return [group.card.rule_id for group in self.groups if group.card]


@dataclass(frozen=True, slots=True)
class GuideSources:
    """What the guide reads besides the rules: what was tried, and how far experiments are."""

    tried: Sequence[TriedVariant]
    unpublished: Unpublished
    channels: Sequence[Channel]
    tried_channels: frozenset[int]
    preferences: Sequence[ListedPreference] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    """Groups of which one rule counts, with what it offers and how many people they are."""

    matches: Sequence[GroupMatch]
    listed: ListedVersion | None
    evidence: RuleEvidence | None
    offer: Offer
    share: float
    people: int | None

    @property
    def can_divide(self) -> bool:
        """Tell whether more responses are better, so that a budget can be divided by them."""
        return (
            self.evidence is not None and self.evidence.basis.outcome.direction != Direction.LOWER
        )


def build_guide(material: Material, choices: Choices, sources: GuideSources) -> GuideResult:
    """Return what to do for whom, given the answers of whoever asks."""
    matches = match_groups(material.listed, choices)
    profiles = material.profiles
    shares, are_known = find_shares(matches, profiles)
    groups = [_gather(alike, shares, choices, sources.tried) for alike in merge_alike(matches)]
    slots = _list_slots(groups)
    ways = [way for _number, _option, way in slots]
    uses = _divide(ways, choices)
    base = words.choose_base(one for group in groups for one in group.offer.do)
    found = {
        (number, option.key): use for (number, option, _way), use in zip(slots, uses, strict=True)
    }
    return GuideResult(
        groups=tuple(
            _write_group(number, group, found, base, choices, sources, profiles)
            for number, group in enumerate(groups)
        ),
        is_one_for_all=len(groups) == 1 and len(matches) > 1 and groups[0].listed is not None,
        shares=_write_shares(matches, shares, are_known, profiles) if uses else "",
        total=tuple(_write_total(ways, uses)),
        division=words.write_division() if uses and choices.budget is not None else "",
        **_list_untried(groups, sources),
        needs_people=choices.budget is not None and choices.people is None,
    )


def find_shares(
    matches: Sequence[GroupMatch], profiles: Mapping[int, Profile]
) -> tuple[dict[int | None, float], bool]:
    """Return which part of the people each group is, and whether that is known."""
    numbers = [one.profile_id for one in matches]
    known = [profiles[number].share if number in profiles else None for number in numbers]
    if len(numbers) > 1 and all(known):
        return {
            number: share / sum(known) for number, share in zip(numbers, known, strict=True)
        }, True
    return dict.fromkeys(numbers, 1 / len(numbers)), len(numbers) == 1


def _gather(
    alike: Sequence[GroupMatch],
    shares: Mapping[int | None, float],
    choices: Choices,
    tried: Sequence[TriedVariant],
) -> _Group:
    listed = alike[0].chosen
    share = sum(shares[one.profile_id] for one in alike)
    people = None if choices.people is None else int(choices.people * share + 1e-6)
    if listed is None:
        return _Group(alike, None, None, Offer(), share, people)
    evidence = read_kept(listed.version)
    numbers = {source.experiment_id for source in evidence.basis.sources}
    own = [one for one in tried if one.experiment_id in numbers]
    offer = gather_offer(evidence, listed.version.proposal_state, own, choices.costs)
    return _Group(alike, listed, evidence, offer, share, people)


def _list_slots(groups: Sequence[_Group]) -> list[tuple[int, Option, Way]]:
    return [
        (number, option, _make_way(str(number), group.people, option))
        for number, group in enumerate(groups)
        if group.people and group.can_divide
        for option in _list_usable(group)
        if option.limits is not None
    ]


def _list_usable(group: _Group) -> Sequence[Option]:
    """Return the options to spend on: of ways between which nothing differs, only the first."""
    is_alike = group.listed.version.proposal_state is ProposalState.NO_DIFFERENCE
    return group.offer.do[:1] if is_alike else group.offer.do


def _make_way(group: str, people: int, option: Option) -> Way:
    lower, upper = option.limits
    cost = None if option.cost is None else option.cost.middle
    return Way(group, people, cost, min(max(option.rate, lower), upper), lower, upper)


def _divide(ways: Sequence[Way], choices: Choices) -> list[Use]:
    budget = None if choices.budget is None else float(choices.budget)
    return allocate(ways, budget)


def _write_shares(
    matches: Sequence[GroupMatch],
    shares: Mapping[int | None, float],
    are_known: bool,
    profiles: Mapping[int, Profile],
) -> str:
    numbers = [one.profile_id for one in matches]
    names = [_name(number, profiles) for number in numbers]
    return words.write_shares(names, [shares[number] for number in numbers], are_known)


def _write_total(ways: Sequence[Way], uses: Sequence[Use]) -> list[str]:
    used = [(way, use) for way, use in zip(ways, uses, strict=True) if use.units]
    if not used:
        return []
    costs = [use.cost for _way, use in used]
    total = None if None in costs else sum(costs)
    limits = sum_responses(*zip(*used, strict=True))
    return words.write_total(limits, total, len(used))


def _write_group(
    number: int,
    group: _Group,
    uses: Mapping[tuple[int, str], Use],
    base: int,
    choices: Choices,
    sources: GuideSources,
    profiles: Mapping[int, Profile],
) -> GroupAdvice:
    names = tuple(_name(one.profile_id, profiles) for one in group.matches)
    stated = tuple(_list_stated(group, choices, sources))
    if group.listed is None:
        return GroupAdvice(number, names, None, (), (), (), (), (), stated)
    rules = (group.listed, *_list_others(group))
    card, *others = build_cards(rules, sources.unpublished)
    lines = [
        _write_option(one, group.evidence, base, uses.get((number, one.key)), choices)
        for one in _order(group, uses, number)
    ]
    return GroupAdvice(
        number=number,
        names=names,
        card=card,
        notes=tuple(_list_notes(group)),
        do=tuple(lines),
        dont=tuple(_begin(in_language(one.variant, "name")) for one in group.offer.dont),
        unsure=tuple(_begin(in_language(one.variant, "name")) for one in group.offer.unsure),
        others=tuple(others),
        stated=stated,
        is_alternatives=group.listed.version.proposal_state is ProposalState.NO_DIFFERENCE,
    )


def _list_stated(group: _Group, choices: Choices, sources: GuideSources) -> Iterator[Stated]:
    """List what each of the groups says it wants, once where that is the same."""
    phase = choices.phase if isinstance(choices.phase, int) else None
    compared = group.evidence.basis.variants if group.evidence else ()
    said: dict[tuple, list[ListedPreference]] = {}
    for one in group.matches:
        subject = Subject(one.profile_id, choices.issue_type, phase)
        found = find_stated(sources.preferences, subject)
        said[tuple(item.preference.id for item in found)] = found
    advised = group.listed.version.channel_id if group.listed else None
    for found in said.values():
        stated = build_stated(found, advised, {one.channel_id for one in compared})
        if stated:
            yield stated


def _list_others(group: _Group) -> list[ListedVersion]:
    """Return the other rules about these groups that advise something."""
    others = group.matches[0].rules[1:]
    return [one for one in others if one.version.proposal_state in HAS_ADVICE]


def _order(group: _Group, uses: Mapping[tuple[int, str], Use], number: int) -> Sequence[Option]:
    """Return what the budget pays for first; the advised option leads those."""

    def is_unused(option: Option) -> bool:
        use = uses.get((number, option.key))
        return use is not None and use.units == 0

    return sorted(group.offer.do, key=is_unused)


def _write_option(
    option: Option, evidence: RuleEvidence, base: int, use: Use | None, choices: Choices
) -> OptionLine:
    own = choices.costs.get(option.key)
    return OptionLine(
        key=option.key,
        name=_begin(in_language(option.variant, "name")),
        is_advised=option.is_advised,
        expected=words.write_expected(option, evidence, base),
        cost=words.write_cost(option.cost),
        cost_per_response=words.write_cost_per_response(option),
        use=words.write_use(use, option, evidence) if use else "",
        needs_cost=option.cost is None,
        own_cost="" if own is None else f"{own:f}",
    )


def _list_notes(group: _Group) -> list[str]:
    notes = []
    profile_ids = [one.profile_id for one in group.matches]
    is_for_everyone = group.listed.rule.profile_id is None
    if Remark.PROFILES_ALIKE in group.evidence.remarks:
        notes.append(
            _("We found no difference that matters between the groups. One approach is enough.")
        )
    elif is_for_everyone and profile_ids != [None]:
        notes.append(
            _("About this group alone too little is known. This is the advice for everyone.")
        )
    channels = {one.channel_id for one in group.evidence.basis.variants}
    if len(channels) == 1:
        notes.append(
            _("Only one channel was compared here. What a second channel adds is not known.")
        )
    elif group.offer.do and not any(one.limits for one in group.offer.do):
        notes.append(
            _(
                "The numbers behind this are withheld, so we cannot say how many responses to"
                " expect, or what another channel adds."
            )
        )
    if not group.can_divide:
        notes.append(_("Here fewer is better, so we do not count what a budget brings."))
    return notes


def _list_untried(groups: Sequence[_Group], sources: GuideSources) -> dict:
    compared = {
        variant.channel_id
        for group in groups
        if group.evidence
        for variant in group.evidence.basis.variants
    }
    wanted = {one.channel.id for one in sources.preferences}
    # What people say they want is worth a test first.
    names = [
        in_language(one, "name")
        for one in sorted(sources.channels, key=lambda one: one.id not in wanted)
        if one.id not in compared | sources.tried_channels
    ]
    return {
        "untried": tuple(names[:MOST_UNTRIED]),
        "untried_more": max(0, len(names) - MOST_UNTRIED),
    }


def _name(profile_id: int | None, profiles: Mapping[int, Profile]) -> str:
    return in_language(profiles[profile_id], "name") if profile_id in profiles else _("Everyone")


def _begin(name: str) -> str:
    """Return a name as it stands at the beginning of a line."""
    return name[:1].upper() + name[1:]
