"""What lessons rest on, as a reader may know it: experiments, runs and rules, with their names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlmodel import Session

from analysis.advice_sentences import write_advice, write_for_whom
from analysis.kept_evidence import read_kept
from analysis.learning_words import SOURCES
from analysis.models.advice import VersionState
from analysis.models.learnings import LearningLink, Source, SourceKind
from analysis.queries import advice, evidence
from analysis.queries import learnings as queries
from analysis.services.learnings import list_offered
from analysis.views.evidence import ask_page, summarise
from analysis.views.headlines import Headline, find_headline
from lab.access import current_reader
from lab.db import get_session
from lab.models.programmes import Programme
from lab.queries.programmes import find_programme


@dataclass(frozen=True, slots=True)
class NamedSource:
    """What a source is called, and what stands beside: a lab, or that it is no longer advised."""

    title: str
    beside: str
    finding: str
    url: str


def name_sources(sources: Iterable[Source], programme: Programme) -> dict[Source, NamedSource]:
    """Return the names of experiments, runs and rules of one programme."""
    numbers = _group(sources)
    return (
        _name_experiments(numbers[SourceKind.EXPERIMENT])
        | {
            Source(SourceKind.RUN, one): _name_run(one, programme)
            for one in numbers[SourceKind.RUN]
        }
        | _name_rules(numbers[SourceKind.RULE])
    )


def list_hidden(sources: Iterable[Source], programme: Programme) -> set[Source]:
    """Return which of these this reader may not read."""
    session, reader, numbers = get_session(), current_reader(), _group(sources)
    experiments, runs = numbers[SourceKind.EXPERIMENT], numbers[SourceKind.RUN]
    readable = queries.list_readable(session, reader, experiments) if experiments else set()
    heads = evidence.list_open_heads(session, reader, programme) if runs else []
    found = {Source(SourceKind.EXPERIMENT, one) for one in experiments - readable}
    # A rule that was linked was in force then, so everybody may read it.
    return found | {Source(SourceKind.RUN, one) for one in runs - {head.id for head in heads}}


def list_choices(programme_id: int) -> dict[str, list[tuple[str, str]]]:
    """Return what may be linked, by kind: as a form names it, and as people do."""
    session, reader = get_session(), current_reader()
    offered = [
        Source(kind, number)
        for kind in SourceKind
        for number in list_offered(session, programme_id, kind, reader)
    ]
    named = name_sources(offered, find_programme(session, programme_id))
    return {
        str(label).capitalize(): [
            (str(one), " · ".join(filter(None, (named[one].title, named[one].beside))))
            for one in offered
            if one.kind is kind
        ]
        for kind, label in SOURCES.items()
    }


def find_found(session: Session, links: Sequence[LearningLink]) -> dict[Source, Headline | None]:
    """Return what each linked experiment found, as far as this reader may read it."""
    numbers = {one.experiment_id for one in links} - {None}
    return {
        Source(SourceKind.EXPERIMENT, one.experiment.id): find_headline(
            session, current_reader(), one.experiment
        )
        for one in queries.list_linked(session, numbers)
    }


def tell_sources(learning_ids: Iterable[int], programme: Programme) -> dict[int, str]:
    """Return what lessons rest on and why, by lesson, for who looks for its words."""
    links = queries.list_links(get_session(), learning_ids)
    named = name_sources(map(Source.find, links), programme)
    told: dict[int, str] = {}
    for one in links:
        held = f"{told.get(one.learning_id, '')} {named[Source.find(one)].title} {one.why}"
        told[one.learning_id] = held
    return told


def _group(sources: Iterable[Source]) -> dict[SourceKind, set[int]]:
    numbers: dict[SourceKind, set[int]] = {kind: set() for kind in SourceKind}
    for one in sources:
        numbers[one.kind].add(one.number)
    return numbers


def _name_experiments(numbers: set[int]) -> dict[Source, NamedSource]:
    return {
        Source(SourceKind.EXPERIMENT, one.experiment.id): NamedSource(
            title=one.experiment.title,
            beside=one.lab,
            finding="",
            url=url_for("experiments.show_experiment", experiment_id=one.experiment.id),
        )
        for one in queries.list_linked(get_session(), numbers)
    }


def _name_run(number: int, programme: Programme) -> NamedSource:
    told = summarise(ask_page(number, programme))
    return NamedSource(
        title=told.question,
        beside=told.about,
        finding=told.finding,
        url=url_for("evidence.show_run", run_id=number),
    )


def _name_rules(numbers: set[int]) -> dict[Source, NamedSource]:
    listed = advice.list_last_public(get_session(), numbers) if numbers else {}
    named = {}
    for number, one in listed.items():
        held = read_kept(one.version)
        told = f"{write_for_whom(held)}: {write_advice(one.version.proposal_state, held)}"
        is_over = one.version.state is not VersionState.PUBLISHED
        named[Source(SourceKind.RULE, number)] = NamedSource(
            title=told,
            beside=_("no longer in force") if is_over else "",
            finding="",
            url=url_for("advice.show_rule", rule_id=number),
        )
    return named
