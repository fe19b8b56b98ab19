"""The programme that a list is about, as its address says or as fits the reader."""

from flask import abort, g, request, url_for

from lab.access import current_reader
from lab.db import get_session
from lab.i18n import in_language
from lab.models.programmes import Programme, ProgrammeKind
from lab.queries import programmes


def choose_programme() -> Programme:
    """Return the programme of this list, and let the frame know."""
    code = request.args.get("programme")
    found = programmes.find_programme_by_code(get_session(), code) if code else _fitting()
    g.programme = found or abort(404)
    return g.programme


def link_programmes(endpoint: str, **values) -> list[tuple[str, str, bool]]:
    """Return the reader's programmes: words, address for an endpoint, whether it is shown."""
    own = {post.programme_id for post in current_reader().posts}
    return [
        (
            in_language(programme, "name"),
            url_for(endpoint, programme=programme.code, **values),
            programme.id == g.programme.id,
        )
        for programme in programmes.list_programmes(get_session())
        if programme.kind is not ProgrammeKind.OWN or programme.id in own
    ]


def _fitting() -> Programme | None:
    session, posts = get_session(), current_reader().posts
    if posts:
        return programmes.find_programme(session, posts[0].programme_id)
    published = programmes.list_programmes(session, ProgrammeKind.PUBLISHED)
    everything = published or programmes.list_programmes(session)
    return everything[0] if everything else None
