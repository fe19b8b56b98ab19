"""The guide: a few questions, and what to do."""

from flask import Blueprint, abort, g, render_template, request, url_for

from analysis.guide.choices import ANY_PHASE, EVERYONE, Asked, Choices, read_choices
from analysis.guide.sentences import QUESTIONS, name_answer, tell_problem
from analysis.guide.steps import Material, Step, find_next, list_steps
from analysis.models.advice import AdviceEdition
from analysis.queries import advice as queries
from analysis.queries.guide import list_tried, list_tried_channels
from analysis.queries.preferences import list_preferences
from analysis.reports.advice import list_source_experiments
from analysis.reports.advice_filters import choose_programme
from analysis.reports.feedback import build_rule_uses
from analysis.reports.guide import GuideSources, build_guide
from lab.access import Action, allows
from lab.db import get_session
from lab.models.programmes import Programme
from lab.queries.labels import list_channels, list_issue_types, list_phases
from lab.queries.programmes import list_programmes
from lab.queries.segmentation import list_models, list_profiles
from lab.views.programmes import link_programmes

blueprint = Blueprint("guide", __name__)


@blueprint.get("/advice/guide")
@allows(Action.READ_ADVICE)
def show_guide():
    """Ask the next question of the guide, or answer when all are answered."""
    programme = find_programme()
    edition, is_cited = find_edition(programme)
    material = gather_material(programme, edition)
    read = read_asked(material, edition if is_cited else None)
    steps = list_steps(material, read.choices)
    wrong = {name for name, _problem in read.problems}
    step = find_next(steps, read.choices)
    # An amount that cannot be read is asked again, even where no question is open.
    if step is None and wrong:
        step = next((one for one in steps if one.asked is Asked.BUDGET), None)
    frame = {
        "chosen": programme,
        "edition": edition,
        "newest": queries.find_newest_edition(get_session(), programme.id),
        "choices": read.choices,
        "problems": [tell_problem(*one) for one in read.problems],
        "answered": _list_answered(steps, read.choices, material, programme),
        # Whoever answered something goes on with it; only the first page leads elsewhere.
        "programmes": [] if is_cited or read.choices.write() else link_programmes(".show_guide"),
    }
    status = 422 if read.problems else 200
    if step:
        return _show_step(step, steps, frame), status
    return _show_result(material, frame), status


def find_programme() -> Programme:
    """Return the programme that the guide is about: as asked, else as for the rules."""
    session = get_session()
    with_edition = queries.list_programmes_with_edition(session)
    code = request.args.get("programme")
    g.programme = choose_programme(list_programmes(session), with_edition, code) or abort(404)
    return g.programme


def find_edition(programme: Programme) -> tuple[AdviceEdition | None, bool]:
    """Return the edition to answer from, and whether the address names it."""
    session, number = get_session(), request.args.get("edition", "").strip()
    if not number:
        return queries.find_newest_edition(session, programme.id), False
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    found = queries.find_edition(session, programme.id, int(number)) if is_number else None
    return found or abort(404), True


def gather_material(programme: Programme, edition: AdviceEdition | None) -> Material:
    """Return what the guide can ask about in a programme, and the rules it answers from."""
    session = get_session()
    models = list_models(session, programme.id, with_retired=True)
    return Material(
        listed=queries.list_edition_versions(session, edition.id) if edition else [],
        issue_types=list_issue_types(session, programme.id),
        phases=list_phases(session, programme.id),
        models=[(model, list_profiles(session, model.id)) for model in models],
    )


def read_asked(material: Material, edition: AdviceEdition | None):
    """Return the answers in the address of this request."""
    return read_choices(
        request.args,
        edition=edition.number if edition else None,
        issue_types={one.id for one in material.issue_types},
        profiles=set(material.profiles),
        phases={one.id for one in material.phases},
    )


def gather_sources(programme: Programme, material: Material) -> GuideSources:
    """Return what the guide reads besides the rules."""
    session = get_session()
    numbers = list_source_experiments(material.listed)
    return GuideSources(
        tried=list_tried(session, numbers),
        unpublished=queries.list_unpublished(session, {programme.id}),
        channels=list_channels(session, programme.id),
        tried_channels=frozenset(list_tried_channels(session, programme.id)),
        preferences=list_preferences(session, programme.id),
    )


def _show_step(step: Step, steps: list[Step], frame: dict) -> str:
    choices, programme = frame["choices"], frame["chosen"]
    here = choices.write(until=step.asked)
    return render_template(
        "advice/guide_step.html",
        step=step,
        place=[one.asked for one in steps].index(step.asked) + 1,
        step_count=len(steps),
        question=QUESTIONS[step.asked],
        here=[(name, value) for name, values in here.items() for value in _as_list(values)],
        link=lambda value: _address(programme, here | {step.asked.value: value}),
        Asked=Asked,
        EVERYONE=EVERYONE,
        ANY_PHASE=ANY_PHASE,
        typed=request.args,
        **frame,
    )


def _show_result(material: Material, frame: dict) -> str:
    choices, programme, edition = frame["choices"], frame["chosen"], frame["edition"]
    result = build_guide(material, choices, gather_sources(programme, material))
    cited = choices.write() | ({"edition": str(edition.number)} if edition else {})
    kept = {name: value for name, value in choices.write().items() if not name.startswith("cost-")}
    return render_template(
        "advice/guide_result.html",
        result=result,
        kept=[(name, value) for name, values in kept.items() for value in _as_list(values)],
        uses=build_rule_uses(get_session(), result.rule_ids),
        tell_url=url_for("feedback.tell_use", programme=programme.code, **cited) if edition else "",
        cite_url=_address(programme, cited, _external=True),
        budget_url=_address(programme, choices.write(until=Asked.BUDGET)),
        **frame,
    )


def _list_answered(
    steps: list[Step], choices: Choices, material: Material, programme: Programme
) -> list[tuple[str, str, str]]:
    """Return the questions that were answered: each with its answer, and the way to change it."""
    return [
        (
            str(QUESTIONS[step.asked]),
            name_answer(step.asked, choices, material),
            _address(programme, choices.write(until=step.asked)),
        )
        for step in steps
        if choices.is_answered(step.asked)
    ]


def _address(programme: Programme, parts: dict, **options) -> str:
    return url_for("guide.show_guide", programme=programme.code, **parts, **options)


def _as_list(values: str | list[str]) -> list[str]:
    return values if isinstance(values, list) else [values]
