"""Everybody's own work in lines that each lead to the thing itself, grouped by programme."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import Session

from analysis.queries import confirmations
from analysis.queries import work as queries
from analysis.queries.feedback import count_waiting
from analysis.reports.advice import find_today
from analysis.reports.news import build_news, list_new_answers
from analysis.summaries import is_due
from experiments.labels import NEEDS
from experiments.models.experiments import Experiment
from experiments.models.observations import ReviewState
from experiments.progress import TO_REGISTER, Need, find_needs
from experiments.queries.variants import list_variants_of
from lab.access import Action, Reader
from lab.formats import date
from lab.i18n import in_language
from lab.models.labs import LivingLab
from lab.models.programmes import Programme
from lab.queries.people import get_user


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One thing that waits, or that is new, with the way to it."""

    title: str
    url: str
    note: str
    # Empty when it is about all labs of its programme.
    living_lab_id: int | None
    programme_id: int | None = None


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """The lines of one programme; lines of two programmes never stand in one list."""

    programme: Programme
    lines: list[tuple[WorkLine, str]]


@dataclass(frozen=True, slots=True)
class WorkList:
    """Everything that asks for one verb, or a sentence with the first step when nothing does."""

    code: str
    heading: str
    groups: list[WorkGroup]
    empty: str
    step: str = ""
    url: str = ""


def build_work(session: Session, reader: Reader) -> list[WorkList]:
    """Return the lists of what somebody may decide, check and enter, and what is new."""
    homes = queries.list_lab_programmes(session, reader.labs_where(Action.SEE_WORK))
    lists = []
    if reader.labs_where(Action.DECIDE_ADVICE):
        lists.append(_build_to_decide(session, reader, homes))
    if answering := _build_to_answer(session, reader, homes):
        lists.append(answering)
    if reader.labs_where(Action.REVIEW_COUNTS):
        lists.append(_build_to_review(session, reader, homes))
    if reader.labs_where(Action.RECORD_COUNTS):
        lists.append(_build_to_enter(session, reader, homes))
    lists.append(_build_new(session, reader, homes))
    return lists


Homes = Sequence[tuple[LivingLab, Programme]]


def _group(lines: Iterable[WorkLine], homes: Homes) -> list[WorkGroup]:
    lines = list(lines)
    labs = {lab.id: (lab.name, programme.id) for lab, programme in homes}
    programmes = {programme.id: programme for _lab, programme in homes}
    places = [labs.get(line.living_lab_id, (_("all labs"), line.programme_id)) for line in lines]
    groups = [
        WorkGroup(
            programme,
            [
                (line, name)
                for line, (name, programme_id) in zip(lines, places, strict=True)
                if programme_id == number
            ],
        )
        for number, programme in programmes.items()
    ]
    return [group for group in groups if group.lines]


def _build_to_decide(session: Session, reader: Reader, homes: Homes) -> WorkList:
    deciding = reader.labs_where(Action.DECIDE_ADVICE)
    writing = reader.labs_where(Action.WRITE_EXPERIMENT)
    lines = [
        *_list_to_confirm(session, reader),
        *_list_due(session, reader),
        *_list_undecided_pooled(session, reader),
        *_list_undecided(session, deciding),
        *_list_not_analysed(session, deciding),
        *_list_unregistered(session, writing),
    ]
    return WorkList(
        code="decide",
        heading=_("To decide"),
        groups=_group(lines, homes),
        empty=_("Nothing waits for your decision. It begins with an experiment:"),
        step=_("write one down"),
        url=url_for("experiments.choose_lab"),
    )


def _list_to_confirm(session: Session, reader: Reader) -> Iterator[WorkLine]:
    """List what colleagues decided against a proposal, for which a second person is needed."""
    for line in confirmations.list_open_for(session, reader.user_id, *_where_deciding(reader)):
        yield _line_of_version(line, _("a colleague asks you to confirm a decision"))


def _list_due(session: Session, reader: Reader) -> Iterator[WorkLine]:
    """List the advice in force that is past its review date."""
    today = find_today()
    for line in confirmations.list_in_force(session, *_where_deciding(reader)):
        if is_due(line.version, today):
            yield _line_of_version(line, _("past its review date: renew it or take it back"))


def _where_deciding(reader: Reader) -> tuple[list[int], list[int]]:
    action = Action.DECIDE_ADVICE
    return reader.programmes_where(action), reader.labs_where(action)


def _line_of_version(line: confirmations.VersionLine, note: str) -> WorkLine:
    name = in_language(line.profile, "name") if line.profile else _("Everyone")
    return WorkLine(
        title=_("Advice for: %(name)s", name=name),
        url=url_for("proposals.show_version", version_id=line.version.id),
        note=note,
        living_lab_id=line.version.living_lab_id,
        programme_id=line.programme_id,
    )


def _list_undecided(session: Session, labs: list[int]) -> Iterator[WorkLine]:
    for experiment, count in queries.count_undecided(session, labs):
        yield _line(experiment, "proposals.list_proposals", _write_undecided(count))


def _list_undecided_pooled(session: Session, reader: Reader) -> Iterator[WorkLine]:
    """List what waits from the evidence of many experiments, which any lab may decide on."""
    programmes = reader.programmes_where(Action.DECIDE_ADVICE)
    labs = reader.labs_where(Action.DECIDE_ADVICE)
    for line in queries.count_undecided_pooled(session, programmes, labs):
        about = [in_language(one, "name") for one in (line.issue_type, line.phase) if one]
        yield WorkLine(
            title=" · ".join([_("Advice from all evidence"), *about]),
            url=url_for("proposals.list_run_proposals", run_id=line.run_id),
            note=_write_undecided(line.count),
            living_lab_id=line.living_lab_id,
            programme_id=line.programme_id,
        )


def _write_undecided(count: int) -> str:
    return ngettext(
        "%(num)s proposal for advice waits for a decision",
        "%(num)s proposals for advice wait for a decision",
        count,
    )


def _list_not_analysed(session: Session, labs: list[int]) -> Iterator[WorkLine]:
    for experiment, _count in queries.list_not_analysed(session, labs):
        note = _("closed and counted: look at the outcome")
        yield _line(experiment, "outcome.show_outcome", note)


def _list_unregistered(session: Session, labs: list[int]) -> Iterator[WorkLine]:
    planned = queries.list_planned(session, labs)
    variants = list_variants_of(session, [experiment.id for experiment, _has in planned])
    for experiment, has_profiles in planned:
        lacking = find_needs(experiment, variants[experiment.id], has_profiles, has_counts=True)
        missing = [str(NEEDS[need]) for need in Need if need in lacking & TO_REGISTER]
        note = _("ready to register")
        if missing:
            note = _("before you can register: %(missing)s", missing="; ".join(missing))
        yield _line(experiment, "experiments.show_experiment", note)


def _build_to_answer(session: Session, reader: Reader, homes: Homes) -> WorkList | None:
    """Return what users told of advice and nobody answered yet; None where there is nothing."""
    programmes = reader.programmes_where(Action.ANSWER_FEEDBACK)
    waiting = count_waiting(session, programmes)
    lines = [
        WorkLine(
            title=_("What users told of the advice"),
            url=url_for("feedback.list_feedback", programme_id=programme_id),
            note=ngettext(
                "%(num)s message waits for an answer", "%(num)s messages wait for an answer", count
            ),
            living_lab_id=None,
            programme_id=programme_id,
        )
        for programme_id, count in waiting.items()
    ]
    return WorkList("answer", _("To answer"), _group(lines, homes), "") if lines else None


def _build_to_review(session: Session, reader: Reader, homes: Homes) -> WorkList:
    pending = queries.count_pending(session, reader.labs_where(Action.REVIEW_COUNTS))
    return WorkList(
        code="review",
        heading=_("To check"),
        groups=_group([_line_to_review(*one) for one in pending], homes),
        empty=_("Nothing to check. Counts come here as soon as somebody enters them."),
    )


def _line_to_review(experiment: Experiment, count: int) -> WorkLine:
    note = ngettext("%(num)s record waits for a check", "%(num)s records wait for a check", count)
    return _line(
        experiment, "observations.list_observations", note, state=ReviewState.PENDING.value
    )


def _build_to_enter(session: Session, reader: Reader, homes: Homes) -> WorkList:
    labs = reader.labs_where(Action.RECORD_COUNTS)
    returned = [
        WorkLine(
            title=_("Record of %(date)s", date=date(observation.observed_on)),
            url=url_for("observations.show_observation", observation_id=observation.id),
            note=_("returned to you: %(title)s", title=experiment.title),
            living_lab_id=experiment.living_lab_id,
        )
        for observation, experiment in queries.list_returned(session, labs, reader.user_id)
    ]
    in_field = [
        _line(experiment, "observations.add_observation", _("in the field: enter counts"))
        for experiment, _count in queries.list_in_field(session, labs)
    ]
    return WorkList(
        code="enter",
        heading=_("To enter"),
        groups=_group([*returned, *in_field], homes),
        empty=_("No experiment of your labs is in the field, so there is nothing to enter."),
        step=_("See which experiments come next"),
        url=url_for("experiments.list_experiments"),
    )


def _build_new(session: Session, reader: Reader, homes: Homes) -> WorkList:
    labs = reader.labs_where(Action.READ_LAB)
    since = get_user(session, reader.user_id).previous_visit_at
    programmes = reader.programmes_where(Action.READ_LAB)
    entries = queries.list_news(session, labs, programmes, reader.user_id, since)
    news = build_news(session, reader, entries, {lab.id: lab.name for lab, _programme in homes})
    lines = [
        WorkLine(one.title, one.url, one.note, one.living_lab_id, one.programme_id)
        for one in (*list_new_answers(session, reader), *news)
    ]
    is_first = since is None
    return WorkList(
        code="new",
        heading=_("New in your labs") if is_first else _("New since last time"),
        groups=_group(lines, homes),
        empty=_("Your colleagues changed nothing since you were here.")
        if homes
        else _("You have no role in a living lab yet. Ask the administrator of a lab for one."),
    )


def _line(experiment: Experiment, endpoint: str, note: str, **values) -> WorkLine:
    return WorkLine(
        title=experiment.title,
        url=url_for(endpoint, experiment_id=experiment.id, **values),
        note=note,
        living_lab_id=experiment.living_lab_id,
    )
