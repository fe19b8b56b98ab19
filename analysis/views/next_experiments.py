"""What to test next: experiments by the loss that they may save, and one click to plan one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from analysis.pooled.outlook import NextDesign, NextRecord
from analysis.queries.evidence import find_head
from analysis.queries.runs import get_run
from analysis.reports.next_experiments.build import build_next_report
from analysis.reports.next_experiments.contents import NextItem, NextReport
from analysis.services.next_experiments import DraftText, draft_experiment, find_next
from analysis.views.evidence import (
    EvidencePage,
    ask_page,
    choose,
    may_read,
    read_evidence,
    write_title,
)
from analysis.views.evidence_map import find_start, list_readable_heads
from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.models.programmes import Programme
from lab.queries.labs import list_labs
from lab.queries.programmes import find_programme, list_programmes

blueprint = Blueprint("next_experiments", __name__)

REMEMBERED = 60


@dataclass(frozen=True, slots=True)
class WrittenNext:
    """What a page tells, and the question that it is about."""

    report: NextReport
    question: str


@blueprint.get("/evidence/next")
@allows(Action.LIST_EVIDENCE)
def show_next():
    """Show what to test next after the answer to one question of a programme."""
    session, reader = get_session(), current_reader()
    programmes = [one for one in list_programmes(session) if may_read(one)]
    chosen = choose(programmes, request.args.get("programme"))
    if chosen is None:
        return render_template("evidence/show_next.html", chosen=None, programmes=[], written=None)
    g.programme = chosen
    heads = list_readable_heads(session, reader, chosen)
    asked = request.args.get("run", "")
    head = next((one for one in heads if str(one.id) == asked), None)
    if asked and head is None:
        abort(404)
    head = head or find_start(heads)
    return render_template(
        "evidence/show_next.html",
        chosen=chosen,
        programmes=programmes,
        run_id=head and head.id,
        written=head and write_next(ask_page(head.id, chosen)),
        runs=[(one.id, _call(ask_page(one.id, chosen)), one.id == head.id) for one in heads],
        labs=_list_own_labs(chosen),
        may_ask=chosen.id in reader.programmes_where(Action.RUN_ANALYSIS),
    )


@blueprint.post("/evidence/<int:run_id>/next/<int:place>/experiments")
@allows(Action.WRITE_EXPERIMENT)
def add_draft(run_id, place):
    """Write one of the experiments down as an idea, in a lab of the reader's own."""
    session, reader = get_session(), current_reader()
    head = find_head(session, run_id) or abort(404)
    programme = find_programme(session, head.programme_id)
    if run_id not in {one.id for one in list_readable_heads(session, reader, programme)}:
        abort(404)
    labs = {str(lab.id): lab for lab in _list_own_labs(programme)}
    lab = labs.get(request.form.get("living_lab_id", "")) or abort(404)
    page = ask_page(run_id, programme)
    item = next(
        (one for one in write_next(page).report.items if one.place == place), None
    ) or abort(404)
    design = find_designs(page.database, run_id).designs[place]
    with transaction() as session:
        experiment = draft_experiment(
            session,
            get_run(session, run_id),
            design,
            _write_draft(item, design, run_id),
            lab.id,
            by=reader,
            at=datetime.now(UTC),
        )
    flash(_("Saved as an idea. Check the protocol before you plan it."), "success")
    return redirect(url_for("experiments.edit_experiment", experiment_id=experiment.id), 303)


def _list_own_labs(programme: Programme) -> list:
    """Return the labs of a programme in which the reader may write experiments."""
    session, reader = get_session(), current_reader()
    own = set(reader.labs_where(Action.WRITE_EXPERIMENT))
    labs = list_labs(session, reader, programme.id, Action.WRITE_EXPERIMENT) if own else []
    return [lab for lab in labs if lab.id in own and lab.archived_at is None]


def _write_draft(item: NextItem, design: NextDesign, run_id: int) -> DraftText:
    profile = design.profiles[0] if len(design.profiles) == 1 else None
    address = url_for("evidence.show_run", run_id=run_id, profile=profile, _external=True)
    expects = " ".join((item.saves, item.sees, *item.overturns))
    return DraftText(item.variants, item.ask, expects, address)


@lru_cache(maxsize=REMEMBERED)
def find_designs(_database: str, run_id: int) -> NextRecord | None:
    """Return what to hold next after a kept run, which never changes: worked out once."""
    session = get_session()
    return find_next(session, get_run(session, run_id))


@lru_cache(maxsize=10 * REMEMBERED)
def _call(page: EvidencePage) -> str:
    """Return the question of a run in one line."""
    return " ".join(write_title(read_evidence(page)[1]))


@lru_cache(maxsize=REMEMBERED)
def write_next(page: EvidencePage) -> WrittenNext:
    """Return what a page tells, in the language being spoken."""
    _run, asked = read_evidence(page)
    report = build_next_report(asked, find_designs(page.database, page.run_id))
    return WrittenNext(report, " ".join(write_title(asked)))
