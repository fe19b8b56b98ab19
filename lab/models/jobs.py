"""Long work that is done beside the pages: what was asked, how far it is, what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from lab.models.columns import closed_set


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


class Job(SQLModel, table=True):
    """One piece of long work."""

    __table_args__ = (CheckConstraint("progress >= 0 AND progress <= 1", name="progress_is_share"),)

    id: int | None = Field(default=None, primary_key=True)
    # The registered name of the work.
    kind: str = Field(max_length=60)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    # Empty when the work looks further than one lab.
    living_lab_id: int | None = Field(default=None, foreign_key="living_lab.id", index=True)
    state: JobState = Field(
        default=JobState.QUEUED, sa_type=closed_set(JobState, "job_state"), index=True
    )
    parameters: dict = Field(default_factory=dict, sa_type=JSON)
    # Where to go on after an interruption; written together with the work that it stands for.
    checkpoint: dict = Field(default_factory=dict, sa_type=JSON)
    progress: float = 0.0
    # Code of what is being done now.
    step: str = Field(default="", max_length=60)
    # What came of it, such as the number of a run.
    result: dict = Field(default_factory=dict, sa_type=JSON)
    # Code of why it failed, with what a person can do in the sentence for that code.
    error: str = Field(default="", max_length=500)
    is_cancel_requested: bool = False
    attempts: int = 0
    worker: str = Field(default="", max_length=100)
    requested_by_id: int | None = Field(default=None, foreign_key="user_account.id", index=True)
    # What the work says, such as why it cannot be done, is said in the language of who asked.
    language: str = Field(default="nl", max_length=10)
    requested_at: datetime
    started_at: datetime | None = None
    # The last sign of life of its worker.
    alive_at: datetime | None = None
    finished_at: datetime | None = None
