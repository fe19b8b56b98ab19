"""Pages on areas and who lives there."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lab.access import Action, Place, allows, current_reader, may
from lab.compositions import make_whole
from lab.db import get_session, transaction
from lab.errors import DomainError
from lab.formats import percent
from lab.forms.areas import AreaForm, AreaNameForm, WithdrawalForm, make_composition_form
from lab.forms.commands import make_command, show_refusal, status_of
from lab.labels import AREA_KINDS
from lab.models.areas import FEWEST, AreaComposition, AreaCreate, CompositionCreate, Withdrawal
from lab.models.programmes import ProgrammeKind
from lab.models.segmentation import Profile
from lab.queries import areas as queries
from lab.queries.segmentation import get_model, list_models, list_profiles
from lab.services import areas as services
from lab.views.programmes import choose_programme, link_programmes

blueprint = Blueprint("areas", __name__)


@blueprint.get("/areas")
@allows(Action.LIST_AREAS)
def list_areas():
    """Show the areas of a programme, with what is known of who lives there."""
    session, programme = get_session(), choose_programme()
    place = Place(programme.id, is_published=programme.kind is not ProgrammeKind.OWN)
    may_read = may(current_reader(), Action.READ_AREAS, place)
    areas = queries.list_areas(session, programme.id) if may_read else []
    return render_template(
        "areas/list_areas.html",
        shown=programme,
        programme_links=link_programmes(".list_areas"),
        areas=areas,
        kinds=AREA_KINDS,
        newest=queries.find_newest_dates(session, programme.id) if may_read else {},
        may_read=may_read,
        may_write=may(current_reader(), Action.WRITE_AREAS, place),
    )


@blueprint.get("/areas/<int:area_id>")
@allows(Action.READ_AREAS)
def show_area(area_id):
    """Show an area with all that is and was known of who lives there."""
    session = get_session()
    area = queries.get_area(session, area_id)
    rows = queries.list_compositions(session, [area_id])
    shares = queries.list_shares(session, [row.id for row in rows])
    models = {row.segmentation_model_id for row in rows}
    profiles = {model: list_profiles(session, model) for model in models}
    return render_template(
        "areas/show_area.html",
        area=area,
        kinds=AREA_KINDS,
        compositions=[
            (
                row,
                get_model(session, row.segmentation_model_id),
                _describe_shares(row, shares[row.id], profiles[row.segmentation_model_id]),
            )
            for row in rows
        ],
        models=list_models(session, area.programme_id),
    )


@blueprint.route("/programmes/<int:programme_id>/areas/new", methods=["GET", "POST"])
@allows(Action.WRITE_AREAS)
def add_area(programme_id):
    """Add an area."""
    form = AreaForm()
    command = make_command(form, AreaCreate)
    area = command and _save(form, services.add_area, programme_id, command)
    if area:
        flash(_("Added. Now add who lives there."), "success")
        return redirect(url_for(".show_area", area_id=area.id), 303)
    page = render_template("areas/add_area.html", form=form)
    return page, status_of(form)


@blueprint.route("/areas/<int:area_id>/edit", methods=["GET", "POST"])
@allows(Action.WRITE_AREAS)
def change_area(area_id):
    """Give an area another name."""
    area = queries.get_area(get_session(), area_id)
    form = AreaNameForm(obj=area)
    fixed = {"municipality": area.municipality, "kind": area.kind, "code": area.code}
    command = make_command(form, AreaCreate, **fixed)
    if command and _save(form, services.rename_area, area_id, command):
        flash(_("Saved."), "success")
        return redirect(url_for(".show_area", area_id=area_id), 303)
    return render_template("areas/change_area.html", form=form, area=area), status_of(form)


@blueprint.route("/areas/<int:area_id>/compositions/new", methods=["GET", "POST"])
@allows(Action.WRITE_AREAS)
def add_composition(area_id):
    """Add who lives in an area on a day; what was known stays beside it."""
    session = get_session()
    area = queries.get_area(session, area_id)
    models = list_models(session, area.programme_id)
    asked = request.args.get("model")
    fitting = (one for one in models if asked is None or str(one.id) == asked)
    model = next(fitting, None) or abort(404)
    form = make_composition_form(list_profiles(session, model.id))
    given = {"shares": form.shares, "unknown_share": form.unknown_share.data or 0.0}
    command = make_command(form, CompositionCreate, **given)
    if command and _save(form, services.add_composition, area_id, model.id, command):
        flash(_("Added. What was known before stays to be read."), "success")
        return redirect(url_for(".show_area", area_id=area_id), 303)
    page = render_template("areas/add_composition.html", form=form, area=area, model=model)
    return page, status_of(form)


@blueprint.route("/compositions/<int:composition_id>/withdraw", methods=["GET", "POST"])
@allows(Action.WRITE_AREAS)
def withdraw_composition(composition_id):
    """Let a composition no longer count, with a reason."""
    session = get_session()
    composition = queries.get_composition(session, composition_id)
    area = queries.get_area(session, composition.area_id)
    form = WithdrawalForm()
    command = make_command(form, Withdrawal)
    if command and _save(form, services.withdraw_composition, composition_id, command):
        flash(_("Withdrawn. It stays to be read, and no longer counts."), "success")
        return redirect(url_for(".show_area", area_id=area.id), 303)
    page = render_template(
        "areas/withdraw_composition.html", form=form, area=area, composition=composition
    )
    return page, status_of(form)


def _save(form, service, *values):
    """Return what a service made or changed, or None with its refusal on the form."""
    try:
        with transaction() as db:
            return service(db, *values, by=current_reader(), at=datetime.now(UTC))
    except DomainError as error:
        show_refusal(form, error)
        return None


def _describe_shares(
    row: AreaComposition, shares: Mapping[int, float], profiles: Iterable[Profile]
) -> list[tuple[Profile | None, str, float]]:
    """Return each profile with its share, as text and as number; the unknown part is of None.

    Where a profile has fewer than five households, only that is said.
    """
    whole, unknown = make_whole(shares, row.unknown_share)
    found = [(profile, whole.get(profile.id, 0.0)) for profile in profiles]
    found += [(None, unknown)] if unknown else []
    size = row.households or row.residents
    return [(profile, *_write_share(share, size)) for profile, share in found]


def _write_share(share: float, size: int | None) -> tuple[str, float]:
    if size and 0 < share * size < FEWEST:
        return _("fewer than %(number)s", number=FEWEST), 0.0
    return percent(share, 0), share
