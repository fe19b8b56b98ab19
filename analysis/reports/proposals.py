"""What a page on the proposals of a pooled run says about the run."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from analysis.models.runs import AnalysisRun
from analysis.pooled.labels import name_question, write_scope
from analysis.pooled.scope import SCOPE
from analysis.queries.scopes import find_scope_names


@dataclass(frozen=True, slots=True)
class DescribedRun:
    """A pooled run in words: what it is called, its question, and when it was made."""

    id: int
    name: str
    question: str
    run_at: datetime
    method_version: str
    product_version: str
    is_check: bool = False


def describe_run(session: Session, run: AnalysisRun) -> DescribedRun:
    """Return what a pooled run looked at, in the language being spoken."""
    scope = SCOPE.validate_python(run.scope["scope"])
    names = find_scope_names(session, scope)
    return DescribedRun(
        id=run.id,
        name=name_question(scope, names),
        question=write_scope(scope, names),
        run_at=run.run_at,
        method_version=run.method_version,
        product_version=run.product_version,
        is_check=scope.is_check,
    )
