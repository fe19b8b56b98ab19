"""What long work on all evidence is asked, for the pages on that work."""

from pydantic import ValidationError
from sqlmodel import Session

from analysis.pooled.labels import name_question
from analysis.pooled.scope import SCOPE
from analysis.queries.scopes import find_scope_names


def describe_question(session: Session, parameters: dict) -> str:
    """Return the question in the parameters of a job, in the language being spoken."""
    try:
        scope = SCOPE.validate_python(parameters.get("scope"))
    except ValidationError:
        # Work that an earlier version was asked must stay readable.
        return ""
    return name_question(scope, find_scope_names(session, scope))
