"""Queries on what people say they want."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from analysis.models.preferences import PreferenceCreate, StatedPreference
from lab.models.labels import Channel, IssueType, Phase, Style
from lab.models.segmentation import Profile


@dataclass(frozen=True, slots=True)
class ListedPreference:
    """A stated preference with what it is about."""

    preference: StatedPreference
    channel: Channel
    style: Style | None
    profile: Profile | None
    issue_type: IssueType | None
    phase: Phase | None


def list_preferences(session: Session, programme_id: int) -> list[ListedPreference]:
    """Return the preferences of a programme that stand: by group, the most wanted first."""
    statement = (
        select(StatedPreference, Channel, Style, Profile, IssueType, Phase)
        .join(Channel, col(Channel.id) == StatedPreference.channel_id)
        .outerjoin(Style, col(Style.id) == StatedPreference.style_id)
        .outerjoin(Profile, col(Profile.id) == StatedPreference.profile_id)
        .outerjoin(IssueType, col(IssueType.id) == StatedPreference.issue_type_id)
        .outerjoin(Phase, col(Phase.id) == StatedPreference.phase_id)
        .where(
            StatedPreference.programme_id == programme_id,
            col(StatedPreference.withdrawn_at).is_(None),
        )
    )
    return sorted((ListedPreference(*row) for row in session.exec(statement)), key=_place_of)


def get_preference(session: Session, preference_id: int) -> StatedPreference:
    """Return a preference that is known to exist."""
    return session.get_one(StatedPreference, preference_id)


def list_known(session: Session, programme_id: int) -> set[tuple]:
    """Return what the preferences of a programme that stand say, to recognise repeats by."""
    return {content_of(one.preference) for one in list_preferences(session, programme_id)}


def content_of(preference: StatedPreference | PreferenceCreate) -> tuple:
    """Return everything that a preference says."""
    return tuple(getattr(preference, name) for name in PreferenceCreate.model_fields)


def _place_of(one: ListedPreference) -> tuple:
    profile, said = one.profile, one.preference
    return (
        profile is not None,
        (profile.segmentation_model_id, profile.position) if profile else (0, 0),
        -(said.share or 0.0),
        said.rank or 0,
        one.channel.position,
        said.id,
    )
