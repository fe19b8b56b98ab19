"""The composition root: the only module, with the command line, that knows everything."""

import os
from datetime import timedelta

from flask import Flask, send_from_directory
from flask_wtf import CSRFProtect

import analysis.queries.places
import experiments.queries.places
import lab.queries.places
from analysis.pooled.backtest.jobs import BACKTEST
from analysis.pooled.jobs import POOLED_RUN
from analysis.pooled.proposal_jobs import POOLED_PROPOSALS
from analysis.registry import warm_up
from analysis.views import (
    advice,
    backtest,
    comparisons,
    editions,
    evidence,
    evidence_map,
    exports,
    feedback,
    guide,
    learnings,
    next_experiments,
    outcome,
    preferences,
    principles,
    proposals,
    runs,
    search,
    sentences,
    shared,
    work,
)
from analysis.views.holds import blueprint as holds
from experiments.views import area_imports, imports, observations
from experiments.views import experiments as experiment_pages
from lab import access, db, errors, formats, frame, i18n, identity, security
from lab.jobs.work import JobKind
from lab.paths import STATIC, TEMPLATES
from lab.settings import MAXIMUM_FORM, MAXIMUM_UPLOAD, Settings, read_settings
from lab.views import account, areas, jobs, labels, labs, people, segmentation

BLUEPRINTS = [
    work.blueprint,
    account.blueprint,
    labs.blueprint,
    people.blueprint,
    labels.blueprint,
    segmentation.blueprint,
    holds,
    areas.blueprint,
    area_imports.blueprint,
    jobs.blueprint,
    experiment_pages.blueprint,
    observations.blueprint,
    imports.blueprint,
    outcome.blueprint,
    proposals.blueprint,
    evidence.blueprint,
    evidence_map.blueprint,
    comparisons.blueprint,
    next_experiments.blueprint,
    runs.blueprint,
    exports.blueprint,
    shared.blueprint,
    advice.blueprint,
    guide.blueprint,
    feedback.blueprint,
    preferences.blueprint,
    backtest.blueprint,
    sentences.blueprint,
    learnings.blueprint,
    principles.blueprint,
    search.blueprint,
    editions.blueprint,
]
FINDERS = (
    lab.queries.places.FINDERS
    | experiments.queries.places.FINDERS
    | analysis.queries.places.FINDERS
)
# The kinds of long work, by name.
JOB_KINDS: dict[str, JobKind] = {
    kind.name: kind for kind in (POOLED_RUN, POOLED_PROPOSALS, BACKTEST)
}


def create_app(settings: Settings | None = None) -> Flask:
    """Return the web application for an installation."""
    app = build_app()
    serve_installation(app, settings or read_settings())
    return app


def build_app() -> Flask:
    """Return the application with all its pages, for no installation yet."""
    app = Flask("lab", static_folder=STATIC, template_folder=TEMPLATES)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["warm_up"] = warm_up
    app.extensions["places"] = access.Places(FINDERS)
    CSRFProtect(app)
    for part in (db, i18n, identity, security, formats, errors, frame):
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    add_plain_addresses(app)
    return app


def serve_installation(app: Flask, settings: Settings) -> None:
    """Let an application serve an installation: its settings, its database and its theme."""
    configure(app, settings)
    app.extensions["engine"] = db.make_engine(settings.database_url)
    app.extensions["job_kinds"] = dict(JOB_KINDS)


def configure(app: Flask, settings: Settings) -> None:
    """Set what Flask and its extensions ask for."""
    theme = settings.instance / "theme"
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.is_testing,
        MAX_CONTENT_LENGTH=MAXIMUM_UPLOAD,
        MAX_FORM_MEMORY_SIZE=MAXIMUM_FORM,
        SESSION_COOKIE_NAME="proeftuin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        # A form stays good as long as its session: field work takes longer than an hour.
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=1),
        THEME=theme,
        HAS_THEME=os.path.exists(theme / "theme.css"),
    )


def add_plain_addresses(app: Flask) -> None:
    """Add the addresses that are not pages: a sign of life and the municipality's theme."""

    @app.get("/healthz")
    @access.allows(access.Action.READ_PUBLIC)
    def healthz():
        """Say that the application answers."""
        return {"status": "ok"}

    @app.get("/theme.css")
    @access.allows(access.Action.READ_PUBLIC)
    def theme_css():
        """Give the municipality's own design tokens."""
        return send_from_directory(app.config["THEME"], "theme.css")
