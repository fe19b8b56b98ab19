"""Whether what all labs found holds for the residents of a municipality or some of its areas."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from analysis.forms.holds import HoldsForm, make_form
from analysis.models.advice import PUBLIC_STATES, VersionState
from analysis.pooled.labels import call, write_about, write_question
from analysis.pooled.residents import Residents
from analysis.queries.advice import (
    ListedVersion,
    list_rule_versions,
    list_rules_in_force,
)
from analysis.queries.contexts import count_contexts
from analysis.queries.evidence import find_head
from analysis.queries.places import find_run_place
from analysis.queries.runs import get_run
from analysis.queries.scopes import find_scope_names
from analysis.reports.holds import build_holds
from analysis.services.local_advice import (
    LocalFinding,
    advise_locally,
    describe_residents,
    find_residents,
)
from analysis.services.pooled_findings import read_scope
from lab.access import Action, Answer, allows, current_reader, decide, may
from lab.compositions import Composition
from lab.db import get_session
from lab.i18n import in_language
from lab.models.segmentation import Profile
from lab.queries.areas import list_areas, list_municipalities
from lab.queries.programmes import find_programme
from lab.queries.segmentation import list_profiles

blueprint = Blueprint("holds", __name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose residents somebody asks about, and where it is known from; empty when nobody's."""

    name: str = ""
    residents: Residents | None = None
    composition: Composition | None = None
    problem: str = ""


@blueprint.get("/evidence/<int:run_id>/holds")
@allows(Action.READ_EVIDENCE)
def show_holds(run_id):
    """Show what a run expects among the residents of one place, and how far that was studied."""
    session, reader = get_session(), current_reader()
    find_head(session, run_id) or abort(404)
    run = get_run(session, run_id)
    scope, programme = read_scope(run), find_programme(session, run.programme_id)
    model = scope.segmentation_model_id
    profiles = list_profiles(session, model) if model else []
    municipality = request.args.get("municipality", "")
    form = make_form(
        profiles,
        list_municipalities(session, programme.id),
        list_areas(session, programme.id, municipality) if municipality else [],
        request.args,
    )
    asked = _read_asked(form, scope) if request.args else Asked()
    found = asked.residents and advise_locally(session, run, asked.residents, reader)
    names = find_scope_names(session, scope)
    page = render_template(
        "evidence/show_holds.html",
        run_id=run_id,
        shown=programme,
        question=write_question(scope),
        about=write_about(scope, names),
        form=form,
        where=asked,
        run_at=run.run_at,
        contexts=_describe_contexts(_list_used(found)),
        units=found.wording.units if found else "",
        report=found and _build(found, profiles),
        has_profiles=bool(profiles),
        rules=[(_name_rule(one), one.rule.id) for one in list_rules_in_force(session, run_id)],
        # Who lives where may be licensed; what follows from it is not.
        shows_mix=asked.composition is None or may(reader, Action.READ_AREAS, g.place),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/advice/<int:rule_id>/holds")
@allows(Action.READ_ADVICE)
def show_rule_holds(rule_id):
    """Lead to what the evidence behind a published rule says about the residents of a place."""
    session = get_session()
    public = [one for one in list_rule_versions(session, rule_id) if _is_public(one)]
    in_force = [one for one in public if one.version.state is VersionState.PUBLISHED]
    for one in (in_force or public)[:1]:
        version = one.version
        rests_on_all = find_head(session, version.analysis_run_id) and not version.living_lab_id
        if not rests_on_all:
            flash(_("This advice rests on one lab, so it cannot be weighed to your residents."))
        elif not _may_go(version.analysis_run_id):
            flash(_("Weighing it to your residents is for members of this programme."))
        else:
            values = request.args.to_dict(flat=False)
            target = url_for(".show_holds", run_id=version.analysis_run_id, **values)
            return redirect(target, 302)
    return redirect(url_for("advice.show_rule", rule_id=rule_id), 302)


def _is_public(listed: ListedVersion) -> bool:
    return listed.version.state in PUBLIC_STATES


def _may_go(run_id: int) -> bool:
    """Tell whether a reader may read what a run found, or may do so after signing in."""
    answer = decide(current_reader(), Action.READ_EVIDENCE, find_run_place(get_session(), run_id))
    return answer in {Answer.YES, Answer.SIGN_IN_FIRST}


def _name_rule(listed: ListedVersion) -> str:
    labels = [listed.profile, listed.issue_type, listed.phase]
    whom = [] if listed.profile else [_("Everyone")]
    return " · ".join([*whom, *(in_language(one, "name") for one in labels if one)])


def _read_asked(form: HoldsForm, scope) -> Asked:
    if form.has_own_shares:
        return Asked(_("the shares that you filled in"), form.read_residents())
    if not form.validate():
        return Asked()
    areas, municipality = tuple(form.area.data or ()), form.municipality.data
    if not municipality:
        return Asked()
    today = datetime.now(UTC).date()
    found = find_residents(get_session(), scope, today, areas, municipality)
    name = ", ".join(label for value, label in form.area.choices if value in areas) or municipality
    if found is None:
        return Asked(name, problem=_("It is not known who lives there by these profiles."))
    return Asked(name, describe_residents(found), found)


def _list_used(found: LocalFinding | None) -> tuple[str, ...]:
    return found.record.experiments_used if found else ()


def _describe_contexts(experiments: tuple[str, ...]) -> dict:
    """Return the situations in which experiments were held, by what they are called."""
    found = count_contexts(get_session(), map(int, experiments))
    return {
        "experiments": found.experiments,
        "issue_types": [(call(name), count) for name, count in found.issue_types],
        "phases": [(call(name), count) for name, count in found.phases],
        "municipalities": found.municipalities,
    }


def _build(found: LocalFinding, profiles: list[Profile]):
    codes = [str(profile.id) for profile in profiles]
    return build_holds(found.advice, found.record, found.wording, codes)
