"""Pages on segmentation models and profiles."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from lab.access import Action, allows, current_reader
from lab.db import get_session, transaction
from lab.errors import DomainError
from lab.forms.commands import make_command, show_refusal, status_of
from lab.forms.segmentation import (
    ModelChangeForm,
    ModelForm,
    ProfileChangeForm,
    ProfileForm,
)
from lab.labels import MODEL_STATUSES
from lab.models.segmentation import ProfileCreate, SegmentationModelCreate
from lab.queries import segmentation as queries
from lab.queries.programmes import find_programme
from lab.services import segmentation as services

blueprint = Blueprint("segmentation", __name__)


@blueprint.get("/programmes/<int:programme_id>/segmentation-models")
@allows(Action.READ_SEGMENTATION)
def list_models(programme_id):
    """Show the segmentation models of a programme."""
    db = get_session()
    return render_template(
        "segmentation/list_models.html",
        shown=find_programme(db, programme_id),
        models=queries.list_models(db, programme_id, with_retired=True),
        profile_counts=queries.count_profiles(db, programme_id),
        statuses=MODEL_STATUSES,
    )


@blueprint.route("/programmes/<int:programme_id>/segmentation-models/new", methods=["GET", "POST"])
@allows(Action.WRITE_SEGMENTATION)
def add_model(programme_id):
    """Add a segmentation model, or a new version of one."""
    form = ModelForm()
    command = make_command(form, SegmentationModelCreate)
    model = command and _save(form, services.add_model, programme_id, command)
    if model:
        flash(_("Added. Now add its profiles."), "success")
        return redirect(url_for(".show_model", segmentation_model_id=model.id), 303)
    page = render_template("segmentation/add_model.html", form=form, programme_id=programme_id)
    return page, status_of(form)


@blueprint.get("/segmentation-models/<int:segmentation_model_id>")
@allows(Action.READ_SEGMENTATION)
def show_model(segmentation_model_id):
    """Show a segmentation model with its profiles."""
    db = get_session()
    return render_template(
        "segmentation/show_model.html",
        model=queries.get_model(db, segmentation_model_id),
        profiles=queries.list_profiles(db, segmentation_model_id),
        statuses=MODEL_STATUSES,
    )


@blueprint.route("/segmentation-models/<int:segmentation_model_id>/edit", methods=["GET", "POST"])
@allows(Action.WRITE_SEGMENTATION)
def change_model(segmentation_model_id):
    """Change what describes a segmentation model."""
    model = queries.get_model(get_session(), segmentation_model_id)
    form = ModelChangeForm(obj=model)
    fixed = {"code": model.code, "version": model.version}
    command = make_command(form, SegmentationModelCreate, **fixed)
    if command and _save(form, services.change_model, model.id, command):
        flash(_("Saved."), "success")
        return redirect(url_for(".show_model", segmentation_model_id=model.id), 303)
    page = render_template("segmentation/change_model.html", form=form, model=model)
    return page, status_of(form)


@blueprint.route(
    "/segmentation-models/<int:segmentation_model_id>/profiles/new", methods=["GET", "POST"]
)
@allows(Action.WRITE_SEGMENTATION)
def add_profile(segmentation_model_id):
    """Add a profile to a segmentation model."""
    model = queries.get_model(get_session(), segmentation_model_id)
    form = ProfileForm()
    command = make_command(form, ProfileCreate)
    if command and _save(form, services.add_profile, model.id, command):
        flash(_("Added."), "success")
        return redirect(url_for(".show_model", segmentation_model_id=model.id), 303)
    page = render_template("segmentation/add_profile.html", form=form, model=model)
    return page, status_of(form)


@blueprint.route("/profiles/<int:profile_id>/edit", methods=["GET", "POST"])
@allows(Action.WRITE_SEGMENTATION)
def change_profile(profile_id):
    """Change what describes a profile."""
    profile = queries.get_profile(get_session(), profile_id)
    model = queries.get_model(get_session(), profile.segmentation_model_id)
    form = ProfileChangeForm(obj=profile)
    command = make_command(form, ProfileCreate, code=profile.code)
    if command and _save(form, services.change_profile, profile.id, command):
        flash(_("Saved."), "success")
        return redirect(url_for(".show_model", segmentation_model_id=model.id), 303)
    page = render_template(
        "segmentation/change_profile.html", form=form, model=model, profile=profile
    )
    return page, status_of(form)


def _save(form, service, record_id: int, command):
    """Return what a service made or changed, or None with its refusal on the form."""
    try:
        with transaction() as db:
            return service(db, record_id, command, by=current_reader(), at=datetime.now(UTC))
    except DomainError as error:
        show_refusal(form, error)
        return None
