"""Looking up which edition of the advice was in force when a report was made."""

from datetime import UTC, datetime

from flask import url_for

from analysis.in_force import EditionThen
from analysis.queries import advice as queries
from lab import formats
from lab.db import get_session
from lab.models.programmes import Programme


def find_then(programme: Programme, made_at: datetime | None) -> EditionThen | None:
    """Return what was in force at a moment; None where there is no advice at all."""
    editions = queries.list_editions(get_session(), programme.id)
    if made_at is None or not editions:
        return None
    then = next((one for one in editions if one.published_at <= made_at.astimezone(UTC)), None)
    return EditionThen(
        number=then and then.number,
        published_on=then and then.published_at.astimezone(formats.HOME_ZONE).date(),
        url=find_url(programme, then.number) if then else "",
        newest=editions[0].number,
    )


def find_url(programme: Programme, number: int) -> str:
    """Return where an edition stands for good."""
    return url_for(
        "advice.show_edition", programme_code=programme.code, number=number, _external=True
    )
