"""What all labs together found: the list of questions, the answer to one, and one lab's part."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, current_app, g, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from analysis.evidence_names import Spoken
from analysis.evidence_sentences import tell_used
from analysis.pooled.labels import write_about, write_question, write_scope
from analysis.pooled.selection import NAMES, NOT_USED
from analysis.queries import evidence as queries
from analysis.queries.runs import get_run
from analysis.queries.scopes import find_scope_names
from analysis.reports.council import describe_evidence
from analysis.reports.evidence.across import Kind, list_codes
from analysis.reports.evidence.check import MainRun, describe_check
from analysis.reports.evidence.contents import EvidencePart, EvidenceReport, EvidenceRequest
from analysis.reports.evidence.lab import build_lab_report
from analysis.reports.evidence.method import RunFacts, describe_run, list_terms, list_unused
from analysis.reports.evidence.report import build_report
from analysis.reports.evidence.rows import draw_lab_forests, draw_variants, list_pictures
from analysis.reports.evidence.sides import list_labs
from analysis.reports.evidence.unpublished import hide_titles
from analysis.reports.since import note_evidence
from analysis.services.pooled_findings import find_known_labs, read_rows, read_scope
from analysis.services.runs import read_run
from analysis.views.in_force import find_then
from analysis.views.lab_outcomes import list_lab_outcomes
from analysis.views.since import read_report
from lab import formats
from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session
from lab.i18n import current_language
from lab.models.labs import LivingLab
from lab.models.programmes import Programme, ProgrammeKind
from lab.queries.labs import get_lab
from lab.queries.programmes import find_programme, list_programmes

blueprint = Blueprint("evidence", __name__)

# The text of a run with many profiles is some 200 kB.
REMEMBERED = 60
LONGEST_CODE = 10
# The profile of an address that asks for everyone.
TOGETHER = "together"
KINDS = list(ProgrammeKind)


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """All that the text about a run follows from; the same page is written once.

    A kept run never changes. known_labs: codes of labs whose counts the reader knows exactly, None
    for all. open_outcomes: experiments of which the reader may open the outcome. main_id: of a
    check, the run of the same question without comparisons that held no lottery.
    """

    database: str
    run_id: int
    language: str
    known_labs: frozenset[str] | None
    open_outcomes: frozenset[int]
    profile: str = ""
    living_lab: str = ""
    main_id: int | None = None


@dataclass(frozen=True, slots=True)
class WrittenEvidence:
    """The text of a page, and what stands in its head; focus: the profile it is about."""

    body: Markup
    question: str
    about: str
    focus: str
    facts: tuple[str, ...]
    is_check: bool = False
    # What the whole report says, and the names of its profiles by their code.
    state: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListedRun:
    """The newest answer to a question."""

    run_id: int
    question: str
    about: str
    finding: str
    facts: tuple[str, ...]


@blueprint.get("/evidence")
@allows(Action.LIST_EVIDENCE)
def list_evidence():
    """Show the questions that were asked of all experiments of one programme, and the answers."""
    session, reader = get_session(), current_reader()
    programmes = [one for one in list_programmes(session) if may_read(one)]
    chosen = choose(programmes, request.args.get("programme"))
    if chosen is None:
        return render_template("evidence/list_evidence.html", chosen=None, programmes=[], runs=[])
    g.programme = chosen
    heads = queries.keep_newest(queries.list_open_heads(session, reader, chosen))
    return render_template(
        "evidence/list_evidence.html",
        chosen=chosen,
        programmes=programmes,
        runs=[summarise(ask_page(head.id, chosen)) for head in heads],
        may_ask=chosen.id in reader.programmes_where(Action.RUN_ANALYSIS),
    )


@blueprint.get("/evidence/<int:run_id>")
@allows(Action.READ_EVIDENCE)
def show_run(run_id):
    """Show what all labs together found: the answer, the evidence per profile, how it was made."""
    head = queries.find_head(get_session(), run_id) or abort(404)
    programme = find_programme(get_session(), head.programme_id)
    page = ask_page(run_id, programme, request.args.get("profile", ""))
    written = write_evidence(add_main(page, head))
    return render_template(
        "evidence/show_run.html",
        run_id=run_id,
        shown=programme,
        written=written,
        since=read_report(queries.write_subject(head), written.state, written.names),
        then=find_then(programme, head.run_at),
    )


@blueprint.get("/labs/<int:living_lab_id>/evidence")
@allows(Action.READ_EVIDENCE)
def show_lab(living_lab_id):
    """Show what one lab found by itself, what the others say, and what it may expect."""
    session = get_session()
    lab = get_lab(session, living_lab_id)
    programme = find_programme(session, lab.programme_id)
    heads = _list_lab_runs(lab)
    chosen = choose_lab_run(lab, request.args.get("run", ""))
    pages = [ask_page(head.id, programme) for head in heads]
    return render_template(
        "evidence/show_lab.html",
        lab=lab,
        shown=programme,
        run_id=chosen and chosen.id,
        then=chosen and find_then(programme, chosen.run_at),
        runs=[summarise(page) for page in pages] if len(pages) > 1 else [],
        written=chosen
        and write_evidence(
            add_main(
                ask_page(chosen.id, programme, request.args.get("profile", ""), str(living_lab_id)),
                chosen,
            )
        ),
        outcomes=[] if request.args.get("profile") else list_lab_outcomes(lab, programme),
        may_ask=may(current_reader(), Action.RUN_ANALYSIS, Place(programme.id)),
    )


def choose_lab_run(lab: LivingLab, asked: str = "") -> queries.RunHead | None:
    """Return the run that was asked for, else the newest that is no check; None without any."""
    heads = _list_lab_runs(lab)
    chosen = next((one for one in heads if str(one.id) == asked), None)
    if asked and chosen is None:
        abort(404)
    # A check is there for whoever looks for it.
    return chosen or next(iter([*queries.keep_main(heads), *heads]), None)


def _list_lab_runs(lab: LivingLab) -> list[queries.RunHead]:
    return queries.keep_newest(queries.list_heads(get_session(), lab.programme_id, [lab.id]))


def may_read(programme: Programme) -> bool:
    """Tell whether the reader may read the evidence of a programme."""
    reader = current_reader()
    own = reader.programmes_where(Action.READ_EVIDENCE)
    return programme.kind is not ProgrammeKind.OWN or programme.id in own


def choose(programmes: list[Programme], code: str | None) -> Programme | None:
    """Return the programme asked for; else the reader's own, else the published trials."""
    if code:
        return next((one for one in programmes if one.code == code), None) or abort(404)
    posts = [post.programme_id for post in current_reader().posts]
    own = [one for one in programmes if one.id in posts]
    published = [one for one in programmes if one.kind is ProgrammeKind.PUBLISHED]
    return next(iter(own + published + programmes), None)


def ask_page(
    run_id: int, programme: Programme, profile: str = "", living_lab: str = ""
) -> EvidencePage:
    """Return what this reader asks for."""
    session, reader = get_session(), current_reader()
    is_code = len(profile) <= LONGEST_CODE and profile.isalnum()
    return EvidencePage(
        database=str(current_app.extensions["engine"].url),
        run_id=run_id,
        language=current_language(),
        known_labs=find_known_labs(programme, reader),
        open_outcomes=queries.list_open_outcomes(session, reader, programme.id),
        profile=profile if is_code else "",
        living_lab=living_lab,
    )


def add_main(page: EvidencePage, head: queries.RunHead) -> EvidencePage:
    """Return a page on a check with the run that it is compared with."""
    main = queries.find_main(get_session(), head)
    return replace(page, main_id=main.id) if main else page


@lru_cache(maxsize=10 * REMEMBERED)
def summarise(page: EvidencePage) -> ListedRun:
    """Return a question with its answer in a sentence."""
    run, asked = read_evidence(page)
    report = build_report(asked)
    caution = _("Only a check: no advice follows from it.") if asked.scope.is_check else ""
    finding = " ".join(filter(None, (caution, report.headline, report.known)))
    return ListedRun(page.run_id, *write_title(asked), finding, list_facts(report, run))


@lru_cache(maxsize=REMEMBERED)
def write_evidence(page: EvidencePage) -> WrittenEvidence:
    """Return the text of a page, in the language being spoken."""
    run, asked = read_evidence(page)
    question = write_scope(asked.scope, find_scope_names(get_session(), asked.scope))
    facts = describe_facts(run, asked, question)
    report = build_report(asked)
    lab_report = None
    if page.living_lab:
        lab_report = build_lab_report(asked, report, page.living_lab)
        report = lab_report.report
    focus = next((one for one in report.parts if page.profile == (one.code or TOGETHER)), None)
    parts = (focus,) if focus else _list_unfolded(report)
    here = page.living_lab or None
    template = current_app.jinja_env.get_template("evidence/report.html")
    body = template.render(
        report=report,
        check=tell_check(page, run, asked),
        headings=describe_evidence(asked, report, question),
        lab_report=lab_report,
        run_id=run.id,
        focus=focus,
        living_lab_id=page.living_lab,
        near=_find_near(report, focus),
        parts=parts,
        rates=draw_variants(parts, report.margin),
        forests=list_pictures(parts, report.margin, here),
        across={} if focus or here else list_across(asked),
        lab_forests={} if here else draw_lab_forests(parts, report.margin),
        unused=list_unused(asked),
        method=describe_run(asked.record, facts),
        terms=list_terms(asked.record.terms),
    )
    facts = question, *list_facts(report, run)
    return WrittenEvidence(
        Markup(body),
        *write_title(asked),
        focus.name if focus else "",
        facts,
        asked.scope.is_check,
        note_evidence(report, run.id),
        {part.code: part.name for part in report.parts},
    )


def tell_check(page: EvidencePage, run, asked: EvidenceRequest) -> tuple[str, ...]:
    """Return what readers must know of a run that is only a check; nothing of others."""
    main = None
    if page.main_id:
        main_run, main_asked = read_evidence(replace(page, run_id=page.main_id))
        main = MainRun(main_asked, main_run.run_at)
    return describe_check(asked, run.scope["design"].get("bias_sd", 0.0), main)


def list_across(asked: EvidenceRequest) -> dict[str, list[tuple[str, str]]]:
    """Return the labs, channels and styles of a run that have a page across all profiles."""
    spoken = Spoken.of(asked.record, asked.names)
    found = {kind.value: list_codes(asked.record, spoken, kind) for kind in Kind}
    return {"lab": list_labs(asked), **found}


def _list_unfolded(report: EvidenceReport) -> tuple[EvidencePart, ...]:
    """Return what the page about everyone shows whole; each profile has a page of its own."""
    return report.parts if len(report.parts) == 1 else report.parts[: int(bool(report.together))]


def _find_near(report: EvidenceReport, focus: EvidencePart | None) -> tuple:
    """Return the profiles before and after one, None where there is none."""
    if focus not in report.parts:
        return None, None
    parts = [None, *report.parts, None]
    place = parts.index(focus, 1)
    return parts[place - 1], parts[place + 1]


def read_evidence(page: EvidencePage):
    """Return a kept run, and what its reader asks of it."""
    run = get_run(get_session(), page.run_id)
    scope, names = read_scope(run), NAMES.validate_python(run.scope["names"])
    unpublished = frozenset()
    if find_programme(get_session(), run.programme_id).kind is ProgrammeKind.OWN:
        unpublished = frozenset(names.experiments) - set(map(str, page.open_outcomes))
    asked = EvidenceRequest(
        record=read_run(run),
        scope=scope,
        names=hide_titles(names, unpublished),
        not_used=NOT_USED.validate_python(run.scope["not_used"]),
        rows=read_rows(run, scope),
        asked=tuple(run.scope.get("asked", ())),
        known_labs=page.known_labs,
        readable=page.open_outcomes,
        unpublished=unpublished,
    )
    return run, asked


def describe_facts(run, asked: EvidenceRequest, question: str) -> RunFacts:
    """Return what is kept of a run beside its result, as far as its reader may know it."""
    # Whoever may not know all counts could find the last one by trying until it fits.
    fingerprint = run.cells_sha256 if asked.known_labs is None else ""
    return RunFacts(run.id, question, run.run_at, run.product_version, fingerprint)


def write_title(asked: EvidenceRequest) -> tuple[str, str]:
    """Return the question of a run, and what tells it from others like it."""
    names = find_scope_names(get_session(), asked.scope)
    return write_question(asked.scope), write_about(asked.scope, names)


def list_facts(report: EvidenceReport, run) -> tuple[str, ...]:
    """Return how much a report rests on, and when it was calculated."""
    return (
        tell_used(report.used, report.considered),
        _("calculated on %(day)s", day=formats.date(run.run_at)),
    )
