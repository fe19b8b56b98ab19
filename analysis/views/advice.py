"""The published advice, for everybody."""

from flask import Blueprint, abort, g, render_template, request

from analysis.kept_evidence import read_kept
from analysis.models.advice import PUBLIC_STATES, VersionState
from analysis.queries import advice as queries
from analysis.queries.preferences import list_preferences
from analysis.reports.advice_filters import build_filters, choose_programme, passes, write_choices
from analysis.reports.feedback import build_rule_uses
from analysis.reports.stated import Subject, build_stated, find_stated
from analysis.views.in_force import find_url
from analysis.views.rule_texts import write_edition, write_versions
from lab.access import Action, Place, allows, current_reader, may
from lab.db import get_session
from lab.queries.programmes import find_programme, find_programme_by_code, list_programmes

blueprint = Blueprint("advice", __name__)


@blueprint.get("/advice")
@allows(Action.READ_ADVICE)
def list_advice():
    """Show the newest edition of the advice of one programme."""
    session = get_session()
    programmes = list_programmes(session)
    with_edition = queries.list_programmes_with_edition(session)
    chosen = choose_programme(programmes, with_edition, request.args.get("programme"))
    if chosen is None and request.args.get("programme"):
        abort(404)
    editions = queries.list_editions(session, chosen.id) if chosen else []
    return _show_edition(chosen, next(iter(editions), None), editions, programmes=programmes)


@blueprint.get("/advice/editions/<programme_code>/<int:number>")
@allows(Action.READ_ADVICE)
def show_edition(programme_code, number):
    """Show one edition for good, so that it can be cited."""
    session = get_session()
    chosen = find_programme_by_code(session, programme_code)
    editions = queries.list_editions(session, chosen.id) if chosen else []
    edition = next((one for one in editions if one.number == number), None)
    return _show_edition(chosen, edition, editions, is_archive=True) if edition else abort(404)


@blueprint.get("/advice/<int:rule_id>")
@allows(Action.READ_ADVICE)
def show_rule(rule_id):
    """Show the history of a rule: what was published, and for the own team what was not."""
    session, reader = get_session(), current_reader()
    rule = queries.get_rule(session, rule_id)
    versions = queries.list_rule_versions(session, rule_id)
    own = {one.version.id for one in versions if _is_own(reader, one)}
    listed = [
        one for one in versions if one.version.state in PUBLIC_STATES or one.version.id in own
    ]
    # Whoever may read no version of a rule need not know that there is one.
    if not listed:
        abort(404)
    rules = write_versions(listed)
    first = rules[0].card
    return render_template(
        "advice/show_rule.html",
        chosen=find_programme(session, rule.programme_id),
        title=first.for_whom,
        context=first.context,
        rules=rules,
        is_in_force=any(one.card.state is VersionState.PUBLISHED for one in rules),
        team_versions=own,
        rule_id=rule_id,
        stated=_find_stated(rule, versions),
        use=build_rule_uses(session, [rule_id])[rule_id],
    )


def _find_stated(rule, versions):
    """Return what those whom a rule is about say they want, beside what it advises."""
    found = find_stated(
        list_preferences(get_session(), rule.programme_id),
        Subject(rule.profile_id, rule.issue_type_id, rule.phase_id),
    )
    in_force = next((one for one in versions if one.version.state is VersionState.PUBLISHED), None)
    variants = read_kept(in_force.version).basis.variants if in_force else ()
    advised = in_force.version.channel_id if in_force else None
    return build_stated(found, advised, {one.channel_id for one in variants})


def _is_own(reader, listed):
    """Tell whether a reader may see the decision on a version, whatever it was."""
    place = Place(listed.rule.programme_id, listed.version.living_lab_id)
    return may(reader, Action.READ_PROPOSALS, place)


def _show_edition(chosen, edition, editions, programmes=(), is_archive=False):
    session = get_session()
    g.programme = chosen
    listed = queries.list_edition_versions(session, edition.id) if edition else []
    filters = build_filters(listed, request.args)
    shown = [one for one in listed if passes(one, filters)]
    return render_template(
        f"advice/{'show_edition' if is_archive else 'list_advice'}.html",
        chosen=chosen,
        programmes=programmes,
        edition=edition,
        edition_count=len(listed),
        edition_url=_address_of(chosen, edition),
        editions=editions,
        newest=next(iter(editions), None),
        filters=filters,
        chosen_filters=write_choices(filters),
        shown_count=len(shown),
        rules=write_edition(shown),
        is_archive=is_archive,
    )


def _address_of(chosen, edition):
    if edition is None:
        return None
    return find_url(chosen, edition.number)
