"""The labels and profiles of a programme that an experiment can choose from."""

from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from lab.models.labels import IssueType, Label, Phase, Theme
from lab.models.segmentation import Profile, SegmentationModel
from lab.queries import labels
from lab.queries.segmentation import list_models


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an experiment of a programme can be about, retired labels too."""

    phases: list[Phase]
    issue_types: list[IssueType]
    themes: list[Theme]
    models: list[SegmentationModel]
    profiles: dict[int, list[Profile]] = field(default_factory=dict)

    def has(self, kind: str, label_id: int | None) -> bool:
        """Tell whether a label is one of these, or none is meant."""
        return label_id is None or self.find(kind, label_id) is not None

    def find(self, kind: str, label_id: int | None) -> Label | SegmentationModel | None:
        """Return a label of a kind, or None."""
        return next((label for label in getattr(self, kind) if label.id == label_id), None)

    def profiles_of(self, segmentation_model_id: int | None) -> list[Profile]:
        """Return the profiles of a model, none without a model."""
        return self.profiles.get(segmentation_model_id, [])


def read_vocabulary(session: Session, programme_id: int) -> Vocabulary:
    """Return all that experiments of a programme can choose from."""
    models = list_models(session, programme_id, with_retired=True)
    profiles: dict[int, list[Profile]] = {model.id: [] for model in models}
    statement = (
        select(Profile)
        .where(col(Profile.segmentation_model_id).in_(profiles))
        .order_by(col(Profile.position), col(Profile.id))
    )
    for profile in session.exec(statement):
        profiles[profile.segmentation_model_id].append(profile)
    return Vocabulary(
        phases=labels.list_phases(session, programme_id, with_retired=True),
        issue_types=labels.list_issue_types(session, programme_id, with_retired=True),
        themes=labels.list_themes(session, programme_id, with_retired=True),
        models=models,
        profiles=profiles,
    )
