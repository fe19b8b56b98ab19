"""What was learned: lessons with the experiments for and against, and who checked them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from analysis import learning_words as words
from analysis.forms.learnings import CheckForm, LearningForm, LinkForm
from analysis.models.learnings import (
    CheckCreate,
    Learning,
    LearningCreate,
    LearningStatus,
    LinkCreate,
    Stance,
)
from analysis.queries import learnings as queries
from analysis.services import learnings as services
from analysis.views.headlines import Headline, find_headline
from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session, transaction
from lab.errors import DomainError
from lab.forms.commands import make_command, show_refusal, status_of
from lab.models.programmes import ProgrammeKind
from lab.queries.programmes import find_programme
from lab.views.programmes import choose_programme, link_programmes

blueprint = Blueprint("learnings", __name__)


@dataclass(frozen=True, slots=True)
class LinkLine:
    """An experiment for or against a lesson, as this reader may see it."""

    experiment_id: int
    title: str
    lab: str
    why: str
    headline: Headline | None


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
    linked = queries.list_linked(session, [learning_id])
    headlines = {
        one.experiment.id: find_headline(session, current_reader(), one.experiment)
        for one in linked
    }
    found = [
        (one.link.stance, held.verdict) for one in linked if (held := headlines[one.experiment.id])
    ]
    suggested = words.suggest_status(found)
    return render_template(
        "learnings/show_learning.html",
        shown=find_programme(session, learning.programme_id),
        learning=learning,
        line=_summarise(learning),
        supports=_list_lines(linked, headlines, Stance.SUPPORTS),
        contradicts=_list_lines(linked, headlines, Stance.CONTRADICTS),
        suggested="" if suggested is learning.status else str(words.STATUSES[suggested]),
        changes=_list_changes(learning_id),
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


@blueprint.route("/learnings/<int:learning_id>/experiments/new", methods=["GET", "POST"])
@allows(Action.WRITE_LEARNING)
def link_experiment(learning_id):
    """Link an experiment that speaks for a lesson or against it."""
    learning = _get_visible(learning_id)
    offered = queries.list_linkable(get_session(), current_reader(), learning.programme_id)
    form = LinkForm.offer(offered)
    command = make_command(form, LinkCreate)
    if command and _save(form, services.link_experiment, learning_id, command):
        flash(_("Linked."), "success")
        return redirect(url_for(".show_learning", learning_id=learning_id), 303)
    return _show_form(form, _("Link an experiment"), learning)


@blueprint.post("/learnings/<int:learning_id>/experiments/remove")
@allows(Action.WRITE_LEARNING)
def unlink_experiment(learning_id):
    """Take away the link of an experiment."""
    _get_visible(learning_id)
    experiment_id = request.form.get("experiment_id", type=int) or abort(400)
    with transaction() as session:
        services.unlink_experiment(
            session, learning_id, experiment_id, by=current_reader(), at=datetime.now(UTC)
        )
    flash(_("The link is gone. The history keeps that it was there."), "success")
    return redirect(url_for(".show_learning", learning_id=learning_id), 303)


def list_visible(programme_id: int) -> list[Learning]:
    """Return the lessons of a programme that this reader may read, all rests included."""
    session, reader = get_session(), current_reader()
    learnings = queries.list_learnings(session, programme_id)
    linked = queries.list_linked(session, [one.id for one in learnings])
    ids = {one.experiment.id for one in linked}
    hidden_ids = ids - queries.list_readable(session, reader, ids)
    hidden = {one.link.learning_id for one in linked if one.experiment.id in hidden_ids}
    held = {one.link.learning_id for one in linked}
    # What rests on nothing that was published is for those who work there.
    is_own = find_programme(session, programme_id).kind is ProgrammeKind.OWN
    is_inside = not is_own or may(reader, Action.READ_LEARNING, Place(programme_id))
    return [one for one in learnings if one.id not in hidden and (is_inside or one.id in held)]


def _get_visible(learning_id: int) -> Learning:
    learning = queries.get_learning(get_session(), learning_id)
    # A lesson says what its experiments found, so it is as secret as the most secret of them.
    visible = {one.id for one in list_visible(learning.programme_id)}
    return learning if learning.id in visible else abort(404)


def _summarise(learning: Learning) -> LearningLine:
    session, reader = get_session(), current_reader()
    linked = queries.list_linked(session, [learning.id])
    stances = [one.link.stance for one in linked]
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


def _list_lines(linked, headlines, stance: Stance) -> list[LinkLine]:
    return [
        LinkLine(
            one.experiment.id,
            one.experiment.title,
            one.lab,
            one.link.why,
            headlines[one.experiment.id],
        )
        for one in linked
        if one.link.stance is stance
    ]


def _list_changes(learning_id: int):
    """Return the history; what was linked once and may not be read leaves no title in it."""
    session = get_session()
    changes = queries.list_changes(session, learning_id)
    ids = {change.experiment_id for change, _title in changes if change.experiment_id}
    readable = queries.list_readable(session, current_reader(), ids)
    return [
        (change, title)
        for change, title in changes
        if change.experiment_id is None or change.experiment_id in readable
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
