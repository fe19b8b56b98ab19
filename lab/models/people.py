"""People, their roles per lab, invitations and attempts to sign in."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from lab.models.columns import ShortText, closed_set

EmailText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        pattern=r"^[^@\s\x00]+@[^@\s\x00]+$",
        max_length=254,
    ),
]


class Role(StrEnum):
    """What somebody does in a living lab."""

    ADMINISTRATOR = "administrator"
    RESEARCHER = "researcher"
    SUPERVISOR = "supervisor"
    TEAM = "team"
    STUDENT = "student"


class User(SQLModel, table=True):
    """Somebody who can sign in."""

    __tablename__ = "user_account"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=200)
    password_hash: str
    # Part of the session's key: changing it signs the person out everywhere.
    session_key: str = Field(max_length=64)
    is_active: bool = True
    is_demonstration: bool = False
    created_at: datetime
    # «New since last time» on the work page counts from the visit before this one.
    visited_at: datetime | None = None
    previous_visit_at: datetime | None = None


class UserCreate(SQLModel):
    """A person as they come in."""

    email: EmailText
    name: ShortText


class Membership(SQLModel, table=True):
    """The role of one person in one lab."""

    __table_args__ = (UniqueConstraint("user_id", "living_lab_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    living_lab_id: int = Field(foreign_key="living_lab.id", index=True)
    role: Role = Field(sa_type=closed_set(Role, "role"))
    since: datetime


class Invitation(SQLModel, table=True):
    """A link, handed over by a person, that gives somebody a role in a lab."""

    id: int | None = Field(default=None, primary_key=True)
    # Only the hash is kept: who reads the database cannot use the link.
    token_hash: str = Field(unique=True, max_length=64)
    living_lab_id: int = Field(foreign_key="living_lab.id", index=True)
    role: Role = Field(sa_type=closed_set(Role, "role"))
    email: str = Field(max_length=254)
    name: str = Field(max_length=200)
    invited_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    revoked_at: datetime | None = None


class InvitationCreate(SQLModel):
    """An invitation as it comes in."""

    email: EmailText
    name: ShortText
    role: Role


class SignInAttempt(SQLModel, table=True):
    """A failed attempt to sign in, kept to slow down guessing."""

    __tablename__ = "sign_in_attempt"

    id: int | None = Field(default=None, primary_key=True)
    # A hash of the address or the account: the throttle needs no more.
    key_hash: str = Field(index=True, max_length=64)
    attempted_at: datetime = Field(index=True)
