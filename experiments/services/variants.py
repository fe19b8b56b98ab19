"""Adding variants to experiments, changing and removing them."""

from datetime import datetime

from sqlmodel import Session

from experiments.errors import ForeignLabelError, SecondControlError, VariantCountedError
from experiments.models.experiments import (
    Experiment,
    Variant,
    VariantBase,
    VariantCreate,
    VariantStyle,
)
from experiments.queries import variants as queries
from experiments.services.changes import compare_values
from experiments.services.experiments import open_for_change, record_change
from experiments.services.waves import follow_variants, share_out
from lab.access import Reader
from lab.i18n import in_language
from lab.models.labels import Style
from lab.models.labs import LivingLab
from lab.queries.labels import list_channels, list_styles


def add_variant(
    session: Session, experiment_id: int, command: VariantCreate, *, by: Reader, at: datetime
) -> Variant:
    """Add a variant at the end of an experiment's list."""
    experiment, lab = open_for_change(session, experiment_id)
    styles = _check_choices(session, lab, command)
    _check_control(session, experiment.id, command, None)
    before = share_out(session, experiment.id)
    rows = queries.list_variant_rows(session, experiment.id)
    variant = Variant(
        **command.model_dump(exclude={"style_ids"}),
        experiment_id=experiment.id,
        position=max((row.position for row in rows), default=-1) + 1,
    )
    session.add(variant)
    session.flush()
    _keep_styles(session, variant.id, styles)
    follow_variants(session, experiment, before, at.date())
    _record(session, lab, experiment, variant, "add_variant", by=by, at=at)
    return variant


def change_variant(
    session: Session, variant_id: int, command: VariantCreate, *, by: Reader, at: datetime
) -> Variant:
    """Change a variant."""
    variant = queries.get_variant(session, variant_id)
    experiment, lab = open_for_change(session, variant.experiment_id)
    styles = _check_choices(session, lab, command)
    _check_control(session, experiment.id, command, variant.id)
    changes = compare_values(read_values(session, variant), command.model_dump())
    if not changes:
        return variant
    before = share_out(session, experiment.id)
    variant.sqlmodel_update(command.model_dump(exclude={"style_ids"}))
    _keep_styles(session, variant.id, styles)
    follow_variants(session, experiment, before, at.date())
    _record(session, lab, experiment, variant, "change_variant", by=by, at=at, changes=changes)
    return variant


def remove_variant(session: Session, variant_id: int, *, by: Reader, at: datetime) -> Experiment:
    """Remove a variant of which nothing was ever counted."""
    variant = queries.get_variant(session, variant_id)
    experiment, lab = open_for_change(session, variant.experiment_id)
    if queries.is_counted(session, variant.id):
        raise VariantCountedError
    before = share_out(session, experiment.id)
    _record(session, lab, experiment, variant, "remove_variant", by=by, at=at)
    for row in queries.list_dependents(session, variant.id):
        session.delete(row)
    session.flush()
    session.delete(variant)
    session.flush()
    follow_variants(session, experiment, before, at.date())
    return experiment


def read_values(session: Session, variant: Variant) -> dict:
    """Return what describes a variant, as a form shows it."""
    styles = queries.list_variant_styles(session, variant.id)
    values = variant.model_dump(include=set(VariantBase.model_fields))
    return values | {"style_ids": [row.style_id for row in styles]}


def _check_choices(session: Session, lab: LivingLab, command: VariantCreate) -> list[Style]:
    """Return the chosen styles, if these and the channel are of the lab's own programme."""
    channels = list_channels(session, lab.programme_id, with_retired=True)
    styles = list_styles(session, lab.programme_id, with_retired=True)
    chosen = [style for style in styles if style.id in command.style_ids]
    is_known = command.channel_id in {channel.id for channel in channels}
    is_once_per_axis = len({style.style_axis_id for style in chosen}) == len(command.style_ids)
    if not (is_known and is_once_per_axis):
        raise ForeignLabelError
    return chosen


def _check_control(
    session: Session, experiment_id: int, command: VariantCreate, variant_id: int | None
) -> None:
    if not command.is_control:
        return
    for other in queries.list_variants(session, experiment_id):
        if other.is_control and other.id != variant_id:
            raise SecondControlError(in_language(other, "name"))


def _keep_styles(session: Session, variant_id: int, styles: list[Style]) -> None:
    kept = {row.style_axis_id: row for row in queries.list_variant_styles(session, variant_id)}
    for axis_id in kept.keys() - {style.style_axis_id for style in styles}:
        session.delete(kept[axis_id])
    for style in styles:
        if style.style_axis_id in kept:
            kept[style.style_axis_id].style_id = style.id
        else:
            session.add(
                VariantStyle(
                    variant_id=variant_id, style_axis_id=style.style_axis_id, style_id=style.id
                )
            )
    session.flush()


def _record(
    session: Session,
    lab: LivingLab,
    experiment: Experiment,
    variant: Variant,
    action: str,
    *,
    by: Reader,
    at: datetime,
    **details,
) -> None:
    experiment.changed_at = at
    variants = queries.list_variants(session, experiment.id)
    named = next(other for other in variants if other.id == variant.id)
    names = {"name_nl": named.name_nl, "name_en": named.name_en, "variant_id": variant.id}
    record_change(session, lab, experiment, action, by=by, at=at, **names, **details)
