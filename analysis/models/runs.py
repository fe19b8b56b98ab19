"""Calculations that are kept so that they can be made again."""

from datetime import datetime

from sqlalchemy import JSON, event
from sqlmodel import Field, SQLModel


class AnalysisRun(SQLModel, table=True):
    """One calculation: its scope, the cells it used, its method, version, seed and result."""

    __tablename__ = "analysis_run"

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    # Empty when a run looks further than one lab or one experiment.
    living_lab_id: int | None = Field(default=None, foreign_key="living_lab.id", index=True)
    experiment_id: int | None = Field(default=None, foreign_key="experiment.id", index=True)
    estimator: str = Field(max_length=60)
    method_version: str = Field(max_length=20)
    product_version: str = Field(max_length=20)
    seed: int
    scope: dict = Field(default_factory=dict, sa_type=JSON)
    cells: list = Field(default_factory=list, sa_type=JSON)
    cells_sha256: str = Field(index=True, max_length=64)
    result: dict = Field(default_factory=dict, sa_type=JSON)
    run_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    run_at: datetime


class AnalysisDraws(SQLModel, table=True):
    """The joint draws of a pooled run, as the bytes of a compressed numpy archive."""

    __tablename__ = "analysis_draws"

    run_id: int = Field(foreign_key="analysis_run.id", primary_key=True)
    content: bytes


class ImmutableRunError(RuntimeError):
    """Something tried to rewrite a calculation instead of making a new one."""


@event.listens_for(AnalysisRun, "before_update")
def keep_run_as_it_was(_mapper, _connection, run: AnalysisRun) -> None:
    """Refuse any change of a run."""
    raise ImmutableRunError(f"Run {run.id} was kept already.")
