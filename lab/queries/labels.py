"""Queries on the labels of a programme."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from lab.models.labels import (
    Channel,
    DesignPrinciple,
    IssueType,
    Label,
    Phase,
    Style,
    StyleAxis,
    Theme,
)


class LabelKind(StrEnum):
    """The kinds of labels, as addresses name them."""

    CHANNELS = "channels"
    STYLE_AXES = "style-axes"
    STYLES = "styles"
    PHASES = "phases"
    ISSUE_TYPES = "issue-types"
    THEMES = "themes"
    PRINCIPLES = "principles"


TABLES: dict[LabelKind, type[Label]] = {
    LabelKind.CHANNELS: Channel,
    LabelKind.STYLE_AXES: StyleAxis,
    LabelKind.STYLES: Style,
    LabelKind.PHASES: Phase,
    LabelKind.ISSUE_TYPES: IssueType,
    LabelKind.THEMES: Theme,
    LabelKind.PRINCIPLES: DesignPrinciple,
}


@dataclass(frozen=True, slots=True)
class AxisWithStyles:
    """A style axis with the styles to choose from, in order."""

    axis: StyleAxis
    styles: list[Style]


def list_labels(
    session: Session, kind: LabelKind, programme_id: int, with_retired: bool = False
) -> list:
    """Return a programme's labels of one kind, in the order that people gave them."""
    table = TABLES[kind]
    statement = select(table).where(table.programme_id == programme_id)
    if not with_retired:
        statement = statement.where(col(table.is_retired).is_(False))
    return list(session.exec(statement.order_by(table.position, table.id)))


def list_channels(session: Session, programme_id: int, with_retired: bool = False) -> list[Channel]:
    """Return a programme's channels, in the order that people gave them."""
    return list_labels(session, LabelKind.CHANNELS, programme_id, with_retired)


def list_styles(session: Session, programme_id: int, with_retired: bool = False) -> list[Style]:
    """Return a programme's styles of all axes, in the order that people gave them."""
    return list_labels(session, LabelKind.STYLES, programme_id, with_retired)


def list_style_axes(
    session: Session, programme_id: int, with_retired: bool = False
) -> list[AxisWithStyles]:
    """Return a programme's style axes with their styles, in the order that people gave them."""
    axes = list_labels(session, LabelKind.STYLE_AXES, programme_id, with_retired)
    styles = list_styles(session, programme_id, with_retired)
    return [
        AxisWithStyles(axis, [style for style in styles if style.style_axis_id == axis.id])
        for axis in axes
    ]


def list_phases(session: Session, programme_id: int, with_retired: bool = False) -> list[Phase]:
    """Return a programme's phases, in the order that people gave them."""
    return list_labels(session, LabelKind.PHASES, programme_id, with_retired)


def list_issue_types(
    session: Session, programme_id: int, with_retired: bool = False
) -> list[IssueType]:
    """Return a programme's issue types, in the order that people gave them."""
    return list_labels(session, LabelKind.ISSUE_TYPES, programme_id, with_retired)


def list_themes(session: Session, programme_id: int, with_retired: bool = False) -> list[Theme]:
    """Return a programme's themes, in the order that people gave them."""
    return list_labels(session, LabelKind.THEMES, programme_id, with_retired)


def find_label(session: Session, kind: LabelKind, programme_id: int, code: str):
    """Return the label of a programme with a code, or None."""
    table = TABLES[kind]
    statement = select(table).where(table.programme_id == programme_id, table.code == code)
    return session.exec(statement).first()


def get_channel(session: Session, channel_id: int) -> Channel:
    """Return a channel."""
    return session.get_one(Channel, channel_id)


def get_style_axis(session: Session, style_axis_id: int) -> StyleAxis:
    """Return a style axis."""
    return session.get_one(StyleAxis, style_axis_id)


def get_style(session: Session, style_id: int) -> Style:
    """Return a style."""
    return session.get_one(Style, style_id)


def get_phase(session: Session, phase_id: int) -> Phase:
    """Return a phase."""
    return session.get_one(Phase, phase_id)


def get_issue_type(session: Session, issue_type_id: int) -> IssueType:
    """Return an issue type."""
    return session.get_one(IssueType, issue_type_id)


def get_theme(session: Session, theme_id: int) -> Theme:
    """Return a theme."""
    return session.get_one(Theme, theme_id)
