"""Languages: which one a reader gets, and texts outside a web request."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale

from lab.paths import TRANSLATIONS

LANGUAGES = {"nl": "Nederlands", "en": "English"}
DEFAULT_LANGUAGE = "nl"
COOKIE = "language"
# What every command that speaks to people offers.
language_option = click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default=DEFAULT_LANGUAGE,
    show_default=True,
    help="Language of messages.",
)


class KeptDomain(Domain):
    """Texts of which the language is looked up once, until somebody speaks another one.

    A report has hundreds of texts, and finding its language anew for each takes a quarter of the
    time of the whole page.
    """

    def get_translations(self) -> NullTranslations:
        """Return the texts in the language being spoken."""
        try:
            # Where the library itself forgets what it kept, when the language is changed.
            kept = g._flask_babel.babel_translations
        except (AttributeError, RuntimeError):
            kept = None
        if kept is None:
            kept = super().get_translations()
            if g:
                g._flask_babel.babel_translations = kept
        return kept


def init_app(app: Flask) -> None:
    """Let an application speak its languages."""
    compile_catalogues()
    babel = Babel(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_timezone="Europe/Amsterdam",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=choose_language,
    )
    babel.domain_instance = KeptDomain()


def choose_language() -> str:
    """Return the language that a reader chose, else Dutch."""
    chosen = request.cookies.get(COOKIE) if has_request_context() else None
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def current_language() -> str:
    """Return the code of the language being spoken."""
    locale = get_locale()
    return locale.language if locale else DEFAULT_LANGUAGE


def in_language(thing: object, name: str) -> str:
    """Return a field that is kept in two languages, in the language being spoken."""
    return getattr(thing, f"{name}_{current_language()}")


@contextmanager
def command_context(language: str | None = None) -> Iterator[None]:
    """Speak a language outside the web application."""
    app = Flask("proeftuin")
    init_app(app)
    with app.app_context(), force_locale(language or DEFAULT_LANGUAGE):
        yield


def compile_catalogues() -> None:
    """Make the catalogues that are read at run time where the texts are newer."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            _compile(source, compiled)


def _compile(source: Path, compiled: Path) -> None:
    with source.open("rb") as handle:
        catalogue = read_po(handle)
    # Two processes may start together: each writes apart and the last one stands.
    unfinished = compiled.with_suffix(f".{id(catalogue)}.tmp")
    with unfinished.open("wb") as handle:
        write_mo(handle, catalogue)
    unfinished.replace(compiled)
