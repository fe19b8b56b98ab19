"""Errors of the product's own rules, and the pages that tell people of errors."""

from flask import Flask, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

PAGES = {400, 403, 404, 405, 413, 429}


class DomainError(Exception):
    """Something that the product's rules do not allow; its text says why, for people."""

    status = 409


class StaleError(DomainError):
    """Somebody else changed the same thing in the meantime."""


def init_app(app: Flask) -> None:
    """Give an application its error pages."""
    app.register_error_handler(DomainError, show_refusal)
    app.register_error_handler(CSRFError, show_lost_form)
    app.register_error_handler(HTTPException, show_http_error)


def show_refusal(error: DomainError):
    """Show why something was not done."""
    return render_template("errors/refused.html", message=str(error)), error.status


def show_lost_form(_error: CSRFError):
    """Show that a form was too old or came from elsewhere."""
    return render_template("errors/400.html"), 400


def show_http_error(error: HTTPException):
    """Show the page of an error that HTTP has a number for."""
    if error.code is not None and error.code < 400:
        return error
    if error.code not in PAGES:
        return show_failure(), error.code or 500
    return render_template(f"errors/{error.code}.html", message=_too_large(error)), error.code


def show_failure() -> str:
    """Return the page for when something broke, perhaps the database that a frame needs."""
    return current_app.jinja_env.get_template("errors/500.html").render(
        url_for=url_for, request=request
    )


def _too_large(error: HTTPException) -> str:
    if not isinstance(error, RequestEntityTooLarge):
        return ""
    limit = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
    return _("The file is larger than %(limit)s MB. Split it in smaller files.", limit=limit)
