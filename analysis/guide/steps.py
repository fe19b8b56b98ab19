"""Which questions the guide asks in a programme: at most four, and none with one answer only."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.guide.choices import ANY_PHASE, EVERYONE, Asked, Choices
from analysis.guide.matching import HAS_ADVICE, keep_groups, keep_matter, keep_phase
from analysis.queries.advice import ListedVersion
from lab.models.labels import IssueType, Phase
from lab.models.segmentation import Profile, SegmentationModel


@dataclass(frozen=True, slots=True)
class Material:
    """All that the guide can ask about in one programme, and the rules it answers from."""

    listed: Sequence[ListedVersion]
    issue_types: Sequence[IssueType]
    phases: Sequence[Phase]
    models: Sequence[tuple[SegmentationModel, Sequence[Profile]]]

    @property
    def profiles(self) -> dict[int, Profile]:
        """Return all profiles by number."""
        return {one.id: one for _model, profiles in self.models for one in profiles}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to choose: what stands for it in the address, and how many rules fit it."""

    value: str
    thing: IssueType | Phase | Profile | None
    rules: int


@dataclass(frozen=True, slots=True)
class Step:
    """One question with its answers, as groups under the model they are of."""

    asked: Asked
    answers: tuple[Answer, ...] = ()
    groups: tuple[tuple[SegmentationModel, tuple[Answer, ...]], ...] = ()


def list_steps(material: Material, choices: Choices) -> list[Step]:
    """Return the questions that leave something to choose, given the answers so far."""
    makers = (_ask_issue_type, _ask_profile, _ask_phase, _ask_budget)
    return [step for step in (make(material, choices) for make in makers) if step]


def find_next(steps: Sequence[Step], choices: Choices) -> Step | None:
    """Return the first question without an answer, None when all are answered."""
    return next((step for step in steps if not choices.is_answered(step.asked)), None)


def _ask_issue_type(material: Material, choices: Choices) -> Step | None:
    about = {one.rule.issue_type_id for one in material.listed}
    if about <= {None} or len(material.issue_types) < 2:
        return None
    return Step(
        Asked.ISSUE_TYPE,
        tuple(
            Answer(str(one.id), one, len(_with_advice(material.listed, issue_type=one.id)))
            for one in material.issue_types
        ),
    )


def _ask_profile(material: Material, choices: Choices) -> Step | None:
    listed = keep_matter(material.listed, choices)
    own = {one.rule.profile_id for one in listed} - {None}
    groups = tuple(
        (model, tuple(Answer(str(one.id), one, one.id in own) for one in profiles))
        for model, profiles in material.models
        if own & {one.id for one in profiles}
    )
    if not groups:
        return None
    return Step(Asked.PROFILE, (Answer(EVERYONE, None, 0),), groups)


def _ask_phase(material: Material, choices: Choices) -> Step | None:
    listed = keep_groups(keep_matter(material.listed, choices), choices)
    if {one.rule.phase_id for one in listed} <= {None} or len(material.phases) < 2:
        return None
    answers = [
        Answer(str(one.id), one, len(_with_advice(listed, phase=one.id))) for one in material.phases
    ]
    return Step(Asked.PHASE, (*answers, Answer(ANY_PHASE, None, 0)))


def _ask_budget(material: Material, choices: Choices) -> Step | None:
    listed = keep_phase(keep_groups(keep_matter(material.listed, choices), choices), choices)
    has_advice = any(one.version.proposal_state in HAS_ADVICE for one in listed)
    return Step(Asked.BUDGET) if has_advice else None


def _with_advice(listed: Sequence[ListedVersion], **wanted: int) -> list[ListedVersion]:
    return [
        one
        for one in listed
        if one.version.proposal_state in HAS_ADVICE
        and all(
            getattr(one.rule, f"{name}_id") in (None, number) for name, number in wanted.items()
        )
    ]
