"""Headers that keep a page to itself."""

from flask import Flask, Response, abort, request

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Refuse addresses that cannot be, and send the headers with every answer."""
    app.before_request(_refuse_impossible_address)
    app.after_request(_add_headers)


def _refuse_impossible_address() -> None:
    # No text of ours holds this sign, and PostgreSQL fails on any question with it.
    if any("\0" in text for text in (request.path, *request.args, *_list_asked())):
        abort(400)


def _list_asked() -> list[str]:
    return [value for values in request.args.listvalues() for value in values]


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        # A page may keep more to itself, as one that somebody shares.
        response.headers.setdefault(name, value)
    response.vary.update(["Cookie"])
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
