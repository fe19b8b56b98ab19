"""Queries on segmentation models and their profiles."""

from sqlmodel import Session, func, select

from lab.models.segmentation import ModelStatus, Profile, SegmentationModel


def get_model(session: Session, segmentation_model_id: int) -> SegmentationModel:
    """Return a segmentation model."""
    return session.get_one(SegmentationModel, segmentation_model_id)


def find_model(
    session: Session, programme_id: int, code: str, version: str
) -> SegmentationModel | None:
    """Return one version of a programme's segmentation model, or None."""
    statement = select(SegmentationModel).where(
        SegmentationModel.programme_id == programme_id,
        SegmentationModel.code == code,
        SegmentationModel.version == version,
    )
    return session.exec(statement).first()


def list_models(
    session: Session, programme_id: int, with_retired: bool = False
) -> list[SegmentationModel]:
    """Return a programme's segmentation models, the oldest first."""
    statement = select(SegmentationModel).where(SegmentationModel.programme_id == programme_id)
    if not with_retired:
        statement = statement.where(SegmentationModel.status != ModelStatus.RETIRED)
    return list(session.exec(statement.order_by(SegmentationModel.id)))


def get_profile(session: Session, profile_id: int) -> Profile:
    """Return a profile."""
    return session.get_one(Profile, profile_id)


def list_profiles(session: Session, segmentation_model_id: int) -> list[Profile]:
    """Return the profiles of a segmentation model, in its own order."""
    statement = select(Profile).where(Profile.segmentation_model_id == segmentation_model_id)
    return list(session.exec(statement.order_by(Profile.position, Profile.id)))


def count_profiles(session: Session, programme_id: int) -> dict[int, int]:
    """Return how many profiles each of a programme's segmentation models has."""
    statement = (
        select(Profile.segmentation_model_id, func.count())
        .join(SegmentationModel, SegmentationModel.id == Profile.segmentation_model_id)
        .where(SegmentationModel.programme_id == programme_id)
        .group_by(Profile.segmentation_model_id)
    )
    return dict(session.exec(statement).all())
