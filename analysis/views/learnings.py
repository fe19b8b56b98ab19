"""What was learned: lessons with what speaks for and against, and who checked them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import TypeAdapter, ValidationError

from analysis import learning_words as words
from analysis.forms.learnings import CheckForm, LearningForm, LinkForm
from analysis.models.learnings import (
    CheckCreate,
    Learning,
    LearningCreate,
    LearningStatus,
    LinkCreate,
    Source,
    SourceText,
    Stance,
)
from analysis.queries import learnings as queries
from analysis.services import learnings as services
from analysis.views.learning_sources import find_found, list_choices, list_hidden, name_sources
from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session, transaction
from lab.errors import DomainError
from lab.forms.commands import make_command, show_refusal, status_of
from lab.models.programmes import Programme, ProgrammeKind
from lab.queries.programmes import find_programme
from lab.views.programmes import choose_programme, link_programmes

blueprint = Blueprint("learnings", __name__)

SOURCE_TEXT = TypeAdapter(SourceText)


@dataclass(frozen=True, slots=True)
class LearningLine:
    """A lesson in a list."""

    learning: Learning
    sentence: str
    status: str
    supports: int
    contradicts: int
    cautions: list[str]


@blueprint.get("/learnings")
@allows(Action.LIST_EVIDENCE)
def list_learnings():
    """Show the lessons of one programme."""
    session, chosen = get_session(), choose_programme()
    place = Place(chosen.id)
    return render_template(
        "learnings/list_learnings.html",
        chosen=chosen,
        programmes=link_programmes(".list_learnings"),
        lines=[_summarise(one) for one in list_visible(chosen.id)],
        principles=queries.list_principles(session, chosen.id),
        may_write=may(current_reader(), Action.WRITE_LEARNING, place),
    )


@blueprint.get("/learnings/<int:learning_id>")
@allows(Action.READ_LEARNING)
def show_learning(learning_id):
    """Show a lesson, what speaks for it and against it, and what was done to it."""
    session, learning = get_session(), _get_visible(learning_id)
    programme = find_programme(session, learning.programme_id)
    links = queries.list_links(session, [learning_id])
    named = name_sources(map(Source.find, links), programme)
    found = find_found(session, links)
    told = [(one, source := Source.find(one), named[source], found.get(source)) for one in links]
    verdicts = [(one.stance, held.verdict) for one, _source, _named, held in told if held]
    suggested = words.suggest_status(verdicts)
    return render_template(
        "learnings/show_learning.html",
        shown=programme,
        learning=learning,
        line=_summarise(learning),
        supports=[one for one in told if one[0].stance is Stance.SUPPORTS],
        contradicts=[one for one in told if one[0].stance is Stance.CONTRADICTS],
        sources=words.SOURCES,
        suggested="" if suggested is learning.status else str(words.STATUSES[suggested]),
        changes=_list_changes(learning_id, programme),
        kinds=words.CHANGES,
        statuses=words.STATUSES,
        may_write=may(current_reader(), Action.WRITE_LEARNING, g.place),
        is_retired=learning.status is LearningStatus.RETIRED,
    )


@blueprint.route("/programmes/<int:programme_id>/learnings/new", methods=["GET", "POST"])
@allows(Action.WRITE_LEARNING)
def add_learning(programme_id):
    """Write down a lesson."""
    form = LearningForm()
    command = make_command(form, LearningCreate)
    learning = command and _save(form, services.add_learning, programme_id, command)
    if learning:
        flash(_("Added. Now link the experiments for and against."), "success")
        return redirect(url_for(".show_learning", learning_id=learning.id), 303)
    return _show_form(form, _("Add a lesson"))


@blueprint.route("/learnings/<int:learning_id>/edit", methods=["GET", "POST"])
@allows(Action.WRITE_LEARNING)
def change_learning(learning_id):
    """Say a lesson in other words."""
    learning = _get_visible(learning_id)
    form = LearningForm(obj=learning)
    command = make_command(form, LearningCreate)
    if command and _save(form, services.change_learning, learning_id, command):
        flash(_("Saved."), "success")
        return redirect(url_for(".show_learning", learning_id=learning_id), 303)
    return _show_form(form, _("Say it in other words"), learning)


@blueprint.route("/learnings/<int:learning_id>/check", methods=["GET", "POST"])
@allows(Action.WRITE_LEARNING)
def check_learning(learning_id):
    """Say how a lesson stands now."""
    learning = _get_visible(learning_id)
    form = CheckForm(status=learning.status.value)
    command = make_command(form, CheckCreate)
    if command and _save(form, services.check_learning, learning_id, command):
        flash(_("Saved."), "success")
        return redirect(url_for(".show_learning", learning_id=learning_id), 303)
    return _show_form(form, _("Check the lesson"), learning)


@blueprint.route("/learnings/<int:learning_id>/links/new", methods=["GET", "POST"])
@allows(Action.WRITE_LEARNING)
def link_source(learning_id):
    """Link an experiment, run or rule that speaks for a lesson or against it."""
    learning = _get_visible(learning_id)
    form = LinkForm.offer(list_choices(learning.programme_id))
    command = make_command(form, LinkCreate)
    if command and _save(form, services.link_source, learning_id, command):
        flash(_("Linked."), "success")
        return redirect(url_for(".show_learning", learning_id=learning_id), 303)
    return _show_form(form, _("Link what speaks for it or against it"), learning)


@blueprint.post("/learnings/<int:learning_id>/links/remove")
@allows(Action.WRITE_LEARNING)
def unlink_source(learning_id):
    """Take away the link of an experiment, run or rule."""
    _get_visible(learning_id)
    try:
        source = Source.read(SOURCE_TEXT.validate_python(request.form.get("source", "")))
    except ValidationError:
        abort(400)
    with transaction() as session:
        services.unlink_source(
            session, learning_id, source, by=current_reader(), at=datetime.now(UTC)
        )
    flash(_("The link is gone. The history keeps that it was there."), "success")
    return redirect(url_for(".show_learning", learning_id=learning_id), 303)


def list_visible(programme_id: int) -> list[Learning]:
    """Return the lessons of a programme that this reader may read, all rests included."""
    session, reader = get_session(), current_reader()
    learnings = queries.list_learnings(session, programme_id)
    links = queries.list_links(session, [one.id for one in learnings])
    programme = find_programme(session, programme_id)
    secret = list_hidden(map(Source.find, links), programme)
    hidden = {one.learning_id for one in links if Source.find(one) in secret}
    held = {one.learning_id for one in links}
    # What rests on nothing that was published is for those who work there.
    is_own = programme.kind is ProgrammeKind.OWN
    is_inside = not is_own or may(reader, Action.READ_LEARNING, Place(programme_id))
    return [one for one in learnings if one.id not in hidden and (is_inside or one.id in held)]


def _get_visible(learning_id: int) -> Learning:
    learning = queries.get_learning(get_session(), learning_id)
    # A lesson says what its experiments found, so it is as secret as the most secret of them.
    visible = {one.id for one in list_visible(learning.programme_id)}
    return learning if learning.id in visible else abort(404)


def _summarise(learning: Learning) -> LearningLine:
    session, reader = get_session(), current_reader()
    stances = [one.stance for one in queries.list_links(session, [learning.id])]
    newer = queries.list_concluded(
        session, reader, learning.programme_id, since=learning.checked_at
    )
    is_retired = learning.status is LearningStatus.RETIRED
    return LearningLine(
        learning,
        words.tell_sentence(learning),
        str(words.STATUSES[learning.status]),
        stances.count(Stance.SUPPORTS),
        stances.count(Stance.CONTRADICTS),
        [] if is_retired else words.tell_cautions(learning, len(newer), datetime.now(UTC)),
    )


def _list_changes(learning_id: int, programme: Programme):
    """Return the history; what was linked once and may not be read leaves no title in it."""
    changes = queries.list_changes(get_session(), learning_id)
    pointed = {change.id: source for change in changes if (source := Source.find(change))}
    hidden = list_hidden(pointed.values(), programme)
    named = name_sources(set(pointed.values()) - hidden, programme)
    return [
        (change, source and named[source].title)
        for change in changes
        if (source := pointed.get(change.id)) not in hidden
    ]


def _show_form(form, title: str, learning: Learning | None = None):
    page = render_template(
        "learnings/form.html",
        form=form,
        title=title,
        learning=learning,
        sentence=learning and words.tell_sentence(learning),
    )
    return page, status_of(form)


def _save(form, service, record_id: int, command):
    """Return what a service made or changed, or None with its refusal on the form."""
    try:
        with transaction() as session:
            return service(session, record_id, command, by=current_reader(), at=datetime.now(UTC))
    except DomainError as error:
        show_refusal(form, error)
        return None
