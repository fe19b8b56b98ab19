"""Addresses to go back to, which never leave this site."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

HOME = "/"
WORK = "/work"


def own_address(wanted: str | None, default: str) -> str:
    """Return an address somebody asked to go to when it is a page of ours, else the default."""
    is_ours = wanted and _is_own_path(wanted) and _is_page(urlsplit(wanted).path)
    return request.script_root + (wanted if is_ours else default)


def _is_own_path(wanted: str) -> bool:
    # Browsers read «//host» and «/\host» as another site, and skip control characters.
    has_strange_signs = "\\" in wanted or any(ord(sign) <= 32 for sign in wanted)
    return wanted.startswith("/") and not wanted.startswith("//") and not has_strange_signs


def _is_page(path: str) -> bool:
    try:
        current_app.create_url_adapter(request).match(path, method="GET")
    except HTTPException:
        return False
    return True
