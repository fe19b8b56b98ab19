"""Starting programmes with the vocabulary that ships."""

import csv
from datetime import UTC, datetime

from sqlmodel import Session

from lab.models.labels import Channel, DesignPrinciple, IssueType, Phase, Style, StyleAxis, Theme
from lab.models.programmes import Programme, ProgrammeCreate, ProgrammeKind
from lab.models.segmentation import ModelStatus, Profile, SegmentationModel
from lab.paths import VOCABULARY
from lab.queries import programmes

OWN_CODE = "own"
LABEL_FILES = {
    "channels": Channel,
    "phases": Phase,
    "issue_types": IssueType,
    "themes": Theme,
    "design_principles": DesignPrinciple,
}


def add_own_programme(session: Session) -> Programme:
    """Return the installation's own programme, made with all shipped labels at first use."""
    found = programmes.find_programme_by_code(session, OWN_CODE)
    if found:
        return found
    command = ProgrammeCreate(
        code=OWN_CODE, kind=ProgrammeKind.OWN, name_nl="Eigen werk", name_en="Own work"
    )
    programme = add_programme(session, command, at=datetime.now(UTC))
    ship_vocabulary(session, programme)
    return programme


def add_programme(session: Session, command: ProgrammeCreate, at: datetime) -> Programme:
    """Add an empty programme."""
    programme = Programme(**command.model_dump(), created_at=at)
    session.add(programme)
    session.flush()
    return programme


def ship_vocabulary(session: Session, programme: Programme) -> None:
    """Give a programme its own copy of the shipped labels and segmentation models."""
    for name, table in LABEL_FILES.items():
        for position, row in enumerate(read_vocabulary(name)):
            session.add(table(**row, programme_id=programme.id, position=position))
    _ship_styles(session, programme)
    _ship_models(session, programme)
    session.flush()


def _ship_styles(session: Session, programme: Programme) -> None:
    axes = {}
    for position, row in enumerate(read_vocabulary("style_axes")):
        axes[row["code"]] = StyleAxis(**row, programme_id=programme.id, position=position)
    session.add_all(axes.values())
    session.flush()
    for position, row in enumerate(read_vocabulary("styles")):
        axis = axes[row.pop("axis")]
        session.add(
            Style(**row, style_axis_id=axis.id, programme_id=programme.id, position=position)
        )


def _ship_models(session: Session, programme: Programme) -> None:
    models = {}
    for row in read_vocabulary("segmentation_models"):
        row["status"] = ModelStatus(row["status"])
        models[row["code"]] = SegmentationModel(
            **row, programme_id=programme.id, created_at=programme.created_at
        )
    session.add_all(models.values())
    session.flush()
    for position, row in enumerate(read_vocabulary("profiles")):
        model = models[row.pop("model")]
        row["share"] = float(row["share"]) if row["share"] else None
        session.add(Profile(**row, segmentation_model_id=model.id, position=position))


def read_vocabulary(name: str) -> list[dict]:
    """Return the rows of one shipped list."""
    with (VOCABULARY / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
