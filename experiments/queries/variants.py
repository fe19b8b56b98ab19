"""Queries on the variants of experiments."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Row, bindparam
from sqlmodel import Session, col, select

from experiments.models.experiments import Variant, VariantStyle, WaveShare
from experiments.models.observations import Observation
from experiments.naming import NamedVariant, letter_of, name_variant, tell_apart
from lab.models.labels import Channel, Style, StyleAxis

# Built once: many pages ask these, and building costs more than running them.
NUMBERS = bindparam("numbers", expanding=True)
VARIANTS = (
    select(
        *Variant.__table__.columns,
        Channel.code.label("channel_code"),
        Channel.name_nl,
        Channel.name_en,
    )
    .join(Channel, col(Channel.id) == Variant.channel_id)
    .where(col(Variant.experiment_id).in_(NUMBERS))
    .order_by(col(Variant.position), col(Variant.id))
)
STYLES = (
    select(VariantStyle.variant_id, Style.id, Style.code, Style.name_nl, Style.name_en)
    .join(Style, col(Style.id) == VariantStyle.style_id)
    .join(StyleAxis, col(StyleAxis.id) == Style.style_axis_id)
    .join(Variant, col(Variant.id) == VariantStyle.variant_id)
    .where(col(Variant.experiment_id).in_(NUMBERS))
    .order_by(col(StyleAxis.position), col(StyleAxis.id))
)


def list_variants(session: Session, experiment_id: int) -> list[NamedVariant]:
    """Return the variants of an experiment with their names, in order."""
    return list_variants_of(session, [experiment_id])[experiment_id]


def list_variants_of(
    session: Session, experiment_ids: Collection[int]
) -> dict[int, list[NamedVariant]]:
    """Return the named variants of several experiments at once, by experiment."""
    styles = _list_styles_of(session, experiment_ids)
    found: dict[int, list[NamedVariant]] = {number: [] for number in experiment_ids}
    values = {"numbers": list(experiment_ids)}
    for row in session.connection().execute(VARIANTS, values):
        peers = found[row.experiment_id]
        peers.append(_name(row, styles[row.id], letter_of(len(peers))))
    return {number: tell_apart(variants) for number, variants in found.items()}


def _list_styles_of(session: Session, experiment_ids: Collection[int]) -> dict[int, list[Row]]:
    styles = defaultdict(list)
    for row in session.connection().execute(STYLES, {"numbers": list(experiment_ids)}):
        styles[row.variant_id].append(row)
    return styles


def _name(variant: Row, styles: list[Row], letter: str) -> NamedVariant:
    return NamedVariant(
        id=variant.id,
        experiment_id=variant.experiment_id,
        channel_id=variant.channel_id,
        channel_code=variant.channel_code,
        style_ids=tuple(style.id for style in styles),
        style_codes=tuple(style.code for style in styles),
        name_nl=name_variant(variant, styles, "nl"),
        name_en=name_variant(variant, styles, "en"),
        letter=letter,
        description=variant.description,
        share=variant.share,
        is_control=variant.is_control,
        cost_per_unit=variant.cost_per_unit,
        denominator_kind=variant.denominator_kind,
        position=variant.position,
    )


def get_variant(session: Session, variant_id: int) -> Variant:
    """Return a variant that is known to exist."""
    return session.get_one(Variant, variant_id)


def list_variant_rows(session: Session, experiment_id: int) -> list[Variant]:
    """Return the variants of an experiment as they are kept, in order."""
    statement = (
        select(Variant)
        .where(Variant.experiment_id == experiment_id)
        .order_by(col(Variant.position), col(Variant.id))
    )
    return list(session.exec(statement))


def list_variant_styles(session: Session, variant_id: int) -> list[VariantStyle]:
    """Return the styles of a variant as they are kept."""
    return list(session.exec(select(VariantStyle).where(VariantStyle.variant_id == variant_id)))


def list_dependents(session: Session, variant_id: int) -> list[VariantStyle | WaveShare]:
    """Return the records that only exist for a variant: its styles and its shares in waves."""
    shares = session.exec(select(WaveShare).where(WaveShare.variant_id == variant_id))
    return [*list_variant_styles(session, variant_id), *shares]


def is_counted(session: Session, variant_id: int) -> bool:
    """Tell whether anything was ever counted of a variant, be it corrected since."""
    statement = select(Observation.id).where(Observation.variant_id == variant_id).limit(1)
    return session.exec(statement).first() is not None
