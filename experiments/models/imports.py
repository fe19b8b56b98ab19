"""Files of counts that were offered for import."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from lab.models.columns import closed_set


class ImportState(StrEnum):
    """How far an import has come."""

    PREVIEW = "preview"
    DONE = "done"
    CANCELLED = "cancelled"


class CountImport(SQLModel, table=True):
    """One file with counts: first a preview, then all good rows at once."""

    __tablename__ = "count_import"

    id: int | None = Field(default=None, primary_key=True)
    experiment_id: int = Field(foreign_key="experiment.id", index=True)
    file_name: str = Field(max_length=255)
    # The same file offered twice has the same hash.
    sha256: str = Field(index=True, max_length=64)
    state: ImportState = Field(
        default=ImportState.PREVIEW, sa_type=closed_set(ImportState, "state")
    )
    # What the reader of the file decided by itself, and should be seen: a code with details.
    notes: list = Field(default_factory=list, sa_type=JSON)
    columns: list = Field(default_factory=list, sa_type=JSON)
    # Rows that can be counted, as validated commands; emptied once they are observations.
    good_rows: list = Field(default_factory=list, sa_type=JSON)
    # Rows as they stood in the file, each with its line, faults and ways out.
    faulty_rows: list = Field(default_factory=list, sa_type=JSON)
    good_count: int = 0
    faulty_count: int = 0
    imported_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    offered_at: datetime
    finished_at: datetime | None = None
