"""Labels that a programme gives to its experiments: rows that people can edit."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from lab.models.columns import Code, LongText, ShortText, closed_set


class ChannelMode(StrEnum):
    """Whether a channel works on a screen."""

    OFFLINE = "offline"
    ONLINE = "online"
    MIXED = "mixed"


class ChannelRoute(StrEnum):
    """Whether a channel goes straight to residents or through people they know."""

    DIRECT = "direct"
    NETWORK = "network"
    MIXED = "mixed"


class DenominatorKind(StrEnum):
    """What is counted as offered or reached."""

    PEOPLE = "people"
    HOUSEHOLDS = "households"
    LETTERS = "letters"
    CARDS = "cards"
    FLYERS = "flyers"
    COPIES = "copies"
    INVITED = "invited"
    DOORS = "doors"
    APPROACHED = "approached"
    CALLS = "calls"
    VISITORS = "visitors"
    CONTACTS = "contacts"
    MEMBERS = "members"
    MESSAGES = "messages"
    ACCOUNTS = "accounts"
    IMPRESSIONS = "impressions"
    PANEL_MEMBERS = "panel_members"
    VIEWS = "views"
    NONE = "none"


class LabelBase(SQLModel):
    """What every label has."""

    code: Code
    name_nl: ShortText
    name_en: ShortText


class LabelCreate(SQLModel):
    """A label as it comes in; its code is made of its name."""

    name_nl: ShortText
    name_en: ShortText


class ChannelCreate(LabelCreate):
    """A channel as it comes in."""

    mode: ChannelMode
    route: ChannelRoute
    denominator_kind: DenominatorKind


class Label(LabelBase):
    """What every table of labels has."""

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    position: int = 0
    # A label in use cannot disappear; a retired one is no longer offered.
    is_retired: bool = False


class Channel(Label, table=True):
    """How a message travels."""

    __table_args__ = (UniqueConstraint("programme_id", "code"),)

    mode: ChannelMode = Field(sa_type=closed_set(ChannelMode, "mode"))
    route: ChannelRoute = Field(sa_type=closed_set(ChannelRoute, "route"))
    denominator_kind: DenominatorKind = Field(
        sa_type=closed_set(DenominatorKind, "denominator_kind")
    )


class StyleAxis(Label, table=True):
    """One way in which a message can speak differently."""

    __tablename__ = "style_axis"
    __table_args__ = (UniqueConstraint("programme_id", "code"),)


class Style(Label, table=True):
    """One choice on a style axis."""

    __table_args__ = (
        UniqueConstraint("style_axis_id", "code"),
        UniqueConstraint("id", "style_axis_id"),
    )

    style_axis_id: int = Field(foreign_key="style_axis.id", index=True)


class Phase(Label, table=True):
    """A step of the resident's journey."""

    __table_args__ = (UniqueConstraint("programme_id", "code"),)


class IssueType(Label, table=True):
    """What kind of matter an experiment is about: service or participation."""

    __tablename__ = "issue_type"
    __table_args__ = (UniqueConstraint("programme_id", "code"),)


class Theme(Label, table=True):
    """The subject of an experiment."""

    __table_args__ = (UniqueConstraint("programme_id", "code"),)


class DesignPrinciple(Label, table=True):
    """A rule of thumb for messages, which experiments can test."""

    __tablename__ = "design_principle"
    __table_args__ = (UniqueConstraint("programme_id", "code"),)

    description_nl: LongText = ""
    description_en: LongText = ""
