"""Search over everything that a reader may read."""

from collections.abc import Iterator

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from analysis.advice_sentences import write_advice, write_for_whom
from analysis.kept_evidence import read_kept
from analysis.learning_words import tell_sentence
from analysis.queries import advice, evidence
from analysis.queries import search as queries
from analysis.searching import LONGEST_QUERY, MOST_SHOWN, Findable, Kind, rank, read_query
from analysis.views.evidence import ask_page, summarise
from analysis.views.learning_sources import tell_sources
from analysis.views.learnings import list_visible
from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session
from lab.i18n import in_language
from lab.models.programmes import Programme
from lab.queries.programmes import list_programmes

blueprint = Blueprint("search", __name__)

KINDS = {
    Kind.RULE: _l("advice"),
    Kind.LEARNING: _l("lesson"),
    Kind.QUESTION: _l("question to all labs"),
    Kind.EXPERIMENT: _l("experiment"),
    Kind.PRINCIPLE: _l("design principle"),
    Kind.PROFILE: _l("profile"),
    Kind.LABEL: _l("channel or style"),
    Kind.LAB: _l("living lab"),
}


@blueprint.get("/search")
@allows(Action.SEARCH)
def show_results():
    """Show what holds all words of a question, best first."""
    asked = request.args.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    words = read_query(asked)
    programmes = list_programmes(get_session())
    found = rank(list_findable(programmes), words) if words else []
    return render_template(
        "search/show_results.html",
        searched=asked,
        has_words=bool(words),
        found=found[:MOST_SHOWN],
        count=len(found),
        kinds=KINDS,
        names={one.id: in_language(one, "name") for one in programmes},
    )


def list_findable(programmes: list[Programme]) -> Iterator[Findable]:
    """Yield everything that this reader may read."""
    yield from _list_experiments()
    yield from _list_labs()
    yield from _list_words()
    for programme in programmes:
        yield from _list_learnings(programme)
        yield from _list_rules(programme)
        yield from _list_questions(programme)


def _list_experiments() -> Iterator[Findable]:
    for number, title, question, hypothesis, lab, programme_id in queries.list_experiment_texts(
        get_session(), current_reader()
    ):
        url = url_for("experiments.show_experiment", experiment_id=number)
        text = f"{question} {hypothesis} {lab}"
        yield Findable(Kind.EXPERIMENT, title, text, programme_id, url)


def _list_labs() -> Iterator[Findable]:
    for number, name, municipality, programme_id in queries.list_lab_texts(
        get_session(), current_reader()
    ):
        url = url_for("labs.show_lab", living_lab_id=number)
        yield Findable(Kind.LAB, name, municipality or "", programme_id, url)


def _list_words() -> Iterator[Findable]:
    """Yield profiles, principles, channels and styles; the other language finds them too."""
    session, reader = get_session(), current_reader()
    programmes = {one.id: one for one in queries.list_open_programmes(session, reader)}
    for one in queries.list_principles(session, programmes):
        url = url_for("principles.show_principle", principle_id=one.id)
        yield _name(Kind.PRINCIPLE, one, one.programme_id, url)
    for profile, model in queries.list_profiles(session, programmes):
        url = url_for("segmentation.show_model", segmentation_model_id=model.id)
        yield _name(Kind.PROFILE, profile, model.programme_id, url)
    for one in queries.list_labels(session, programmes):
        chosen = programmes[one.programme_id]
        url = url_for("experiments.list_experiments", programme=chosen.code)
        if may(reader, Action.READ_LABELS, Place(one.programme_id)):
            url = url_for("labels.list_labels", programme_id=one.programme_id)
        yield _name(Kind.LABEL, one, one.programme_id, url)


def _name(kind: Kind, one, programme_id: int, url: str) -> Findable:
    held = (getattr(one, name, "") for name in ("name_nl", "name_en", "description_nl"))
    return Findable(kind, in_language(one, "name"), " ".join(held), programme_id, url)


def _list_learnings(programme: Programme) -> Iterator[Findable]:
    learnings = list_visible(programme.id)
    told = tell_sources([one.id for one in learnings], programme)
    for one in learnings:
        url = url_for("learnings.show_learning", learning_id=one.id)
        # A lesson is found by what it rests on too.
        text = f"{one.sentence_nl} {one.sentence_en} {told.get(one.id, '')}"
        yield Findable(Kind.LEARNING, tell_sentence(one), text, programme.id, url)


def _list_rules(programme: Programme) -> Iterator[Findable]:
    session = get_session()
    edition = advice.find_newest_edition(session, programme.id)
    for one in advice.list_edition_versions(session, edition.id) if edition else ():
        held = read_kept(one.version)
        title = f"{write_for_whom(held)}: {write_advice(one.version.proposal_state, held)}"
        named = " ".join(f"{each.name_nl} {each.name_en}" for each in held.basis.variants)
        url = url_for("advice.show_rule", rule_id=one.rule.id)
        yield Findable(Kind.RULE, title, named, programme.id, url)


def _list_questions(programme: Programme) -> Iterator[Findable]:
    heads = evidence.list_open_heads(get_session(), current_reader(), programme)
    for head in evidence.keep_newest(heads):
        told = summarise(ask_page(head.id, programme))
        url = url_for("evidence.show_run", run_id=head.id)
        title = " · ".join(filter(None, (told.question, told.about)))
        yield Findable(Kind.QUESTION, title, told.finding, programme.id, url)
