"""What our words mean: every sentence that a result can be told in, for everybody."""

from functools import lru_cache

from flask import Blueprint, render_template

from analysis.reports.sentences import SentencesReport, build_sentences
from lab.access import Action, allows
from lab.i18n import current_language

blueprint = Blueprint("sentences", __name__)


@blueprint.get("/advice/sentences")
@allows(Action.READ_PUBLIC)
def list_sentences():
    """Show the four verdicts and each case in which they are said."""
    return render_template("advice/list_sentences.html", report=_build(current_language()))


@lru_cache(maxsize=4)
def _build(_language: str) -> SentencesReport:
    return build_sentences()
