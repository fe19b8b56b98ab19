"""When somebody last read a report, and what it said then."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Reading(SQLModel, table=True):
    """The last visit of one reader to one report, and the visit before that.

    state, previous_state: what the report said, as far as news of it is told.
    """

    user_id: int = Field(foreign_key="user_account.id", primary_key=True)
    subject: str = Field(primary_key=True, max_length=100)
    read_at: datetime
    state: dict = Field(default_factory=dict, sa_type=JSON)
    previous_at: datetime | None = None
    previous_state: dict = Field(default_factory=dict, sa_type=JSON)
