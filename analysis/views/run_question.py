"""What the page that asks a pooled question shows: the choices, and what each would use."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.forms.evidence import ScopeForm, write_code
from analysis.pooled.labels import NotUsedGroup, group_not_used, write_scope
from analysis.pooled.options import Vocabulary, list_options, widen
from analysis.pooled.scope import Scope
from analysis.pooled.selection import Selection
from analysis.queries.pooled import read_material, select_from
from analysis.queries.scopes import (
    OutcomeCount,
    find_default_scope,
    find_readable_titles,
    find_scope_names,
    list_outcomes,
)
from analysis.services.pooled_runs import OneOtherLabError, find_run_place
from lab.access import Action, Reader, may
from lab.queries.labels import list_issue_types, list_phases
from lab.queries.labs import list_labs
from lab.queries.segmentation import list_models

USUAL_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class RunQuestion:
    """A question as it stands on the page, and what an answer would rest on.

    scope is None as long as something typed is wrong, and form is None when nothing was measured.
    """

    form: ScopeForm | None
    scope: Scope | None = None
    sentence: str = ""
    used: int = 0
    # How many of those counted the profiles that are asked for.
    answering: int = 0
    total: int = 0
    left_out: tuple[NotUsedGroup, ...] = ()
    partly: tuple[NotUsedGroup, ...] = ()
    # Why there is no answer to this question.
    missing: str = ""


def read_question(
    session: Session, reader: Reader, programme_id: int, form: ScopeForm, *, is_checked: bool
) -> RunQuestion:
    """Return the question in a form, or the one that most experiments are about."""
    outcomes = list_outcomes(session, programme_id)
    if not outcomes:
        return RunQuestion(None)
    form.offer_outcomes(outcomes)
    start = _find_start(session, programme_id, form, outcomes)
    form.fill(start)
    material = read_material(session, widen(start))
    vocabulary = _read_vocabulary(session, reader, programme_id)
    # Choices must be known before they are checked, and tell what they leave once they are.
    form.offer(list_options(material, start, vocabulary))
    if is_checked and not form.validate():
        return RunQuestion(form)
    scope = form.read_scope(programme_id)
    form.offer(list_options(material, scope, vocabulary))
    selection = select_from(session, material, scope)
    titles = find_readable_titles(session, reader, programme_id)
    return RunQuestion(
        form,
        scope,
        write_scope(scope, find_scope_names(session, scope)),
        len(selection.experiments_used),
        len({row.experiment for row in selection.rows if row.profile in selection.asked}),
        selection.experiments,
        group_not_used(selection.not_used, titles, is_partly=False),
        group_not_used(selection.not_used, titles, is_partly=True),
        _find_missing(selection, scope) or _find_refusal(session, reader, selection, scope),
    )


def _find_start(
    session: Session, programme_id: int, form: ScopeForm, outcomes: list[OutcomeCount]
) -> Scope:
    """Return the question before anything was chosen, about the outcome that was chosen."""
    chosen = {write_code(one.outcome): one.outcome for one in outcomes}.get(form.outcome.data)
    if chosen:
        return Scope(programme_id, chosen, None, USUAL_MARGIN)
    default = find_default_scope(session, programme_id)
    return default or Scope(programme_id, outcomes[0].outcome, None, USUAL_MARGIN)


def _read_vocabulary(session: Session, reader: Reader, programme_id: int) -> Vocabulary:
    # What one lab shows is for that lab; others see it in the whole, or once it is published.
    labs = list_labs(session, reader, programme_id, Action.RUN_ANALYSIS)
    return Vocabulary(
        models=tuple(list_models(session, programme_id, with_retired=True)),
        issue_types=tuple(list_issue_types(session, programme_id, with_retired=True)),
        phases=tuple(list_phases(session, programme_id, with_retired=True)),
        labs=tuple(labs),
    )


def _find_refusal(session: Session, reader: Reader, selection: Selection, scope: Scope) -> str:
    place = find_run_place(session, scope, selection)
    return "" if may(reader, Action.RUN_ANALYSIS, place) else str(OneOtherLabError())


def _find_missing(selection: Selection, scope: Scope) -> str:
    if selection.is_answerable:
        return ""
    if not selection.rows:
        return _(
            "No experiment of this choice has counts that can be compared. Choose more widely."
        )
    if scope.segmentation_model_id is None:
        return _(
            "None of these experiments counted all residents together. Choose a way to divide them."
        )
    return _(
        "None of these experiments counted residents by these profiles. Choose another way to "
        "divide them, or all residents together."
    )
