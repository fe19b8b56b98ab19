"""The map of the evidence: what was tried for whom, what came of it, and what nobody tried."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from flask import Blueprint, current_app, g, render_template, request, url_for
from markupsafe import Markup
from sqlmodel import Session

from analysis.forms.evidence import ScopeForm
from analysis.forms.evidence_map import (
    MapFilter,
    list_map_choices,
    write_values,
)
from analysis.pooled.choosing import Candidate, choose
from analysis.pooled.labels import group_not_used, write_scope
from analysis.pooled.options import Vocabulary, list_options, widen
from analysis.pooled.scope import SCOPE, Scope
from analysis.pooled.selection import Name, Selection
from analysis.pooled.tally import find_uncompared, tally
from analysis.pooled.turning import read_outcome
from analysis.queries import evidence as runs
from analysis.queries.evidence import RunHead
from analysis.queries.evidence_map import find_stamp
from analysis.queries.pooled import Material, read_material, select_from
from analysis.queries.scopes import (
    find_default_scope,
    find_scope_names,
    list_outcomes,
)
from analysis.reports.evidence.contents import EvidenceRequest
from analysis.reports.evidence.report import count_considered
from analysis.reports.evidence.unpublished import hide_titles
from analysis.reports.evidence_map.build import MapRequest, build_map
from analysis.reports.evidence_map.contents import TOLD, CellKind, EvidenceMap
from analysis.reports.filters import FilterChoice
from analysis.views.evidence import EvidencePage, ask_page, may_read, read_evidence
from analysis.views.evidence import choose as choose_programme
from lab.access import Action, Place, Reader, allows, current_reader, may
from lab.db import get_session
from lab.models.programmes import Programme, ProgrammeKind
from lab.queries.labels import list_channels, list_issue_types, list_phases, list_styles
from lab.queries.labs import list_labs
from lab.queries.programmes import find_programme, list_programmes
from lab.queries.segmentation import list_models

blueprint = Blueprint("evidence_map", __name__)

REMEMBERED = 200
LONGEST_CODE = 200
# Whoever links to one profile and variant names them so.
FOCUS = ("profile", "variant")


@dataclass(frozen=True, slots=True)
class MapPage:
    """All that the text of a map follows from; the same one is drawn once.

    stamp: of what was written last. run: the kept run that answers it, and what its reader knows;
    run_id is 0 where there is none. labs: those whose own experiments the reader may choose, None
    for all.
    """

    stamp: tuple[int | None, ...]
    programme_id: int
    asked: MapFilter | None
    start: str
    run: EvidencePage
    labs: frozenset[int] | None
    focus: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class WrittenMap:
    """The text of a map, with what stands around it.

    question: names and values of the form that asks for an answer; empty where nothing can be.
    """

    body: Markup
    choices: tuple[FilterChoice, ...]
    sentence: str
    question: tuple[tuple[str, str], ...]
    has_run: bool
    map: EvidenceMap
    used: int
    considered: int
    # What the address asks for, but for the programme.
    filters: dict[str, str]


@blueprint.get("/evidence/map")
@allows(Action.LIST_EVIDENCE)
def show_map():
    """Show what was tried for whom, and what came of it, of one programme."""
    session = get_session()
    programmes = [one for one in list_programmes(session) if may_read(one)]
    chosen = choose_programme(programmes, request.args.get("programme"))
    if chosen is None:
        return render_template("evidence/show_map.html", chosen=None, programmes=[], written=None)
    g.programme = chosen
    written = write_map(ask_map(session, chosen))
    return render_template(
        "evidence/show_map.html",
        chosen=chosen,
        programmes=programmes,
        written=written,
        may_ask=may(current_reader(), Action.RUN_ANALYSIS, Place(chosen.id)),
    )


def ask_map(session: Session, programme: Programme) -> MapPage:
    """Return what this reader asks for."""
    reader, asked = current_reader(), MapFilter.of(request.args)
    heads = list_readable_heads(session, reader, programme)
    start = find_start(heads)
    head = start if asked is None else _find_answer(heads, start, asked)
    focus = tuple(request.args.get(name, "")[:LONGEST_CODE] for name in FOCUS)
    return MapPage(
        stamp=find_stamp(session),
        programme_id=programme.id,
        asked=asked,
        start=SCOPE.dump_json(SCOPE.validate_python(start.scope)).decode() if start else "",
        run=ask_page(head.id if head else 0, programme),
        labs=_list_open_labs(reader, programme),
        focus=focus if all(focus) else None,
    )


def list_readable_heads(session: Session, reader: Reader, programme: Programme) -> list[RunHead]:
    """Return the kept runs of a programme that a reader may see and advice may follow from."""
    is_own = programme.kind is ProgrammeKind.OWN
    open_labs = reader.labs_where(Action.READ_EVIDENCE) if is_own else None
    heads = runs.keep_newest(runs.list_heads(session, programme.id, open_labs))
    return runs.keep_main(heads)


def _list_open_labs(reader: Reader, programme: Programme) -> frozenset[int] | None:
    if programme.kind is not ProgrammeKind.OWN:
        return None
    return frozenset(reader.labs_where(Action.READ_EVIDENCE))


def _count_limits(head: RunHead) -> int:
    names = ("issue_type_id", "phase_id", "living_lab_id", "from_day", "to_day")
    return sum(head.scope.get(name) is not None for name in names)


def find_start(heads: Iterable[RunHead]) -> RunHead | None:
    """Return the run with the fewest limits; they come newest first."""
    return min(heads, key=_count_limits, default=None)


def _find_answer(
    heads: Iterable[RunHead], start: RunHead | None, asked: MapFilter
) -> RunHead | None:
    """Return the newest run of just this question, whichever difference matters in it."""
    if start is None:
        return None
    wanted = asked.narrow(SCOPE.validate_python(start.scope))
    for head in heads:
        scope = SCOPE.validate_python(head.scope)
        if replace(scope, margin=wanted.margin) == wanted:
            return head
    return None


@lru_cache(maxsize=REMEMBERED)
def write_map(page: MapPage) -> WrittenMap | None:
    """Return the map in the language being spoken; None where nothing was measured."""
    session = get_session()
    outcomes = list_outcomes(session, page.programme_id)
    start = SCOPE.validate_json(page.start) if page.start else None
    start = start or find_default_scope(session, page.programme_id)
    if start is None or not outcomes:
        return None
    vocabulary = _read_vocabulary(session, page)
    scope = start if page.asked is None else page.asked.narrow(start)
    is_known = scope.outcome in {one.outcome for one in outcomes} | {start.outcome}
    scope = _drop_unknown(scope if is_known else start, vocabulary)
    material = read_material(session, widen(scope))
    selection = select_from(session, material, scope)
    request_ = _gather(session, page, scope, material, selection)
    drawn = build_map(request_, page.focus)
    choices = _list_choices(scope, outcomes, material, vocabulary)
    template = current_app.jinja_env.get_template("evidence/map.html")
    used = len(request_.evidence.record.experiments_used)
    considered = count_considered(request_.evidence.record, request_.evidence.not_used)
    body = template.render(
        map=drawn,
        used=used,
        considered=considered,
        left_out=_group(request_.evidence, is_partly=False),
        partly=_group(request_.evidence, is_partly=True),
        has_rates=bool(TOLD & drawn.kinds),
        Kind=CellKind,
    )
    return WrittenMap(
        Markup(body),
        choices,
        write_scope(scope, find_scope_names(session, scope)),
        _write_question(scope) if selection.is_answerable else (),
        has_run=bool(page.run.run_id),
        map=drawn,
        used=used,
        considered=considered,
        filters={} if page.asked is None else write_values(scope),
    )


def _group(evidence: EvidenceRequest, *, is_partly: bool):
    named = evidence.names.experiments
    titles = {one: named[str(one)].title for one in evidence.readable if str(one) in named}
    return group_not_used(evidence.not_used, titles, is_partly=is_partly)


def _read_vocabulary(session: Session, page: MapPage) -> Vocabulary:
    number = page.programme_id
    labs = list_labs(session, Reader(), number, Action.READ_PUBLIC)
    return Vocabulary(
        models=tuple(list_models(session, number, with_retired=True)),
        issue_types=tuple(list_issue_types(session, number, with_retired=True)),
        phases=tuple(list_phases(session, number, with_retired=True)),
        labs=tuple(one for one in labs if page.labs is None or one.id in page.labs),
    )


def _drop_unknown(scope: Scope, known: Vocabulary) -> Scope:
    """Return a scope without what this programme, or this reader, cannot choose."""
    kept = {}
    for name, listed in (
        ("segmentation_model_id", known.models),
        ("issue_type_id", known.issue_types),
        ("phase_id", known.phases),
        ("living_lab_id", known.labs),
    ):
        number = getattr(scope, name)
        kept[name] = number if number in {one.id for one in listed} else None
    return replace(scope, **kept)


def _list_choices(scope, outcomes, material: Material, vocabulary: Vocabulary):
    usable = {int(row.experiment) for row in choose(material.candidates, widen(scope), ()).rows}
    candidates: list[Candidate] = [one for one in material.candidates if one.id in usable]
    options = list_options(material, scope, vocabulary)
    return list_map_choices(scope, outcomes, options, candidates)


def _gather(
    session: Session, page: MapPage, scope: Scope, material: Material, selection: Selection
) -> MapRequest:
    """Return what the map is made of: a kept run, or else a tally of what was counted."""
    number = page.programme_id
    if page.run.run_id:
        _run, evidence = read_evidence(page.run)
    else:
        evidence = _tally(session, page, scope, selection)
    values = {"programme": find_programme(session, number).code} | write_values(scope)

    def link(profile: str, variant: str, kind: CellKind) -> str:
        if page.run.run_id and kind not in (CellKind.UNCOMPARED, CellKind.TESTED):
            anchor = f"variant-{profile}-{variant}"
            return url_for(
                "evidence.show_run", run_id=page.run.run_id, profile=profile, _anchor=anchor
            )
        return url_for(
            "evidence_map.show_map",
            **values,
            profile=profile,
            variant=variant,
            _anchor="experiments",
        )

    return MapRequest(
        evidence=evidence,
        run_id=page.run.run_id or None,
        uncompared=find_uncompared(material.candidates, scope),
        link=link,
        channels=_name(list_channels(session, number, with_retired=True)),
        styles=_name(list_styles(session, number, with_retired=True)),
    )


def _tally(session: Session, page: MapPage, scope: Scope, selection: Selection) -> EvidenceRequest:
    unpublished = frozenset()
    if find_programme(session, page.programme_id).kind is ProgrammeKind.OWN:
        unpublished = frozenset(selection.names.experiments) - set(map(str, page.run.open_outcomes))
    return EvidenceRequest(
        record=tally(selection, scope.margin),
        scope=scope,
        names=hide_titles(selection.names, unpublished),
        not_used=selection.not_used,
        rows=read_outcome(selection.rows, scope.outcome.direction),
        asked=selection.asked,
        known_labs=page.run.known_labs,
        readable=page.run.open_outcomes,
        unpublished=unpublished,
    )


def _name(labels) -> dict[str, Name]:
    return {str(one.id): Name(one.name_nl, one.name_en) for one in labels}


def _write_question(scope: Scope) -> tuple[tuple[str, str], ...]:
    """Return a scope as the form takes it that asks for its answer."""
    form = ScopeForm(None, meta={"csrf": False})
    form.fill(scope)
    return tuple(form.list_values())
