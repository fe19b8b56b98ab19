"""Links by which somebody without an account reads one report."""

from datetime import datetime

from sqlmodel import Field, SQLModel

LONGEST_PAGE = 500


class SharedLink(SQLModel, table=True):
    """A link to one report, until it expires or is taken back."""

    __tablename__ = "shared_link"

    id: int | None = Field(default=None, primary_key=True)
    # Only the hash is kept: who reads the database cannot use the link.
    token_hash: str = Field(unique=True, max_length=64)
    # The address of the report, with what was asked of it.
    page: str = Field(index=True, max_length=LONGEST_PAGE)
    made_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by_id: int | None = Field(default=None, foreign_key="user_account.id")
