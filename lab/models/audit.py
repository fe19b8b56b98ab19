"""The log of what people did: entries are added, never changed."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class AuditEntry(SQLModel, table=True):
    """One thing that somebody did."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True)
    user_name: str = Field(max_length=200)
    programme_id: int | None = Field(default=None, foreign_key="programme.id", index=True)
    living_lab_id: int | None = Field(default=None, foreign_key="living_lab.id", index=True)
    action: str = Field(max_length=60)
    subject: str = Field(max_length=60)
    subject_id: int | None = None
    details: dict = Field(default_factory=dict, sa_type=JSON)
