"""The protocol of an experiment in words, in the order of the form."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlmodel import Session

from experiments import labels
from experiments.models.experiments import Experiment
from experiments.naming import NamedVariant
from experiments.queries.experiments import list_chosen_profiles
from experiments.queries.vocabulary import Vocabulary, read_vocabulary
from experiments.views.frame import describe_period
from lab import formats
from lab.i18n import in_language


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the protocol: its heading with facts as pairs of name and text."""

    heading: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class VariantRow:
    """A variant with its facts as texts."""

    variant: NamedVariant
    name: str
    share: str
    cost: str
    kind: str


def describe_protocol(session: Session, experiment: Experiment, programme_id: int) -> list[Part]:
    """Return all that is recorded about an experiment besides its variants."""
    vocabulary = read_vocabulary(session, programme_id)
    return [
        Part(
            _("Question and outcome"),
            [
                (_("Question"), experiment.question),
                (_("Expectation"), experiment.hypothesis),
                (_("Outcome"), describe_outcome(experiment)),
                (_("Better is"), str(labels.DIRECTIONS[experiment.direction])),
            ],
        ),
        Part(_("For whom and about what"), _describe_subject(session, experiment, vocabulary)),
        Part(
            _("Set-up"),
            [
                (_("Design"), str(labels.DESIGN_TYPES[experiment.design_type])),
                (_("Unit of assignment"), str(labels.ASSIGNMENT_UNITS[experiment.assignment_unit])),
                (
                    _("Smallest difference that matters"),
                    _(
                        "%(points)s percentage points",
                        points=formats.points(experiment.smallest_difference, plus=False),
                    ),
                ),
                (_("Period"), describe_period(experiment)),
                (_("Registered"), _describe_registration(experiment)),
                (_("Sources"), experiment.sources),
                (_("Who decides"), experiment.decided_by),
            ],
        ),
    ]


def describe_outcome(experiment: Experiment) -> str:
    """Return what is counted out of what, in one sentence."""
    return _(
        "%(numerator)s out of %(denominator)s, counted in %(kind)s",
        numerator=labels.STEPS[experiment.numerator_step],
        denominator=labels.STEPS[experiment.denominator_step],
        kind=labels.DENOMINATOR_KINDS[experiment.denominator_kind],
    )


def _describe_subject(
    session: Session, experiment: Experiment, vocabulary: Vocabulary
) -> list[tuple[str, str]]:
    model = vocabulary.find("models", experiment.segmentation_model_id)
    profiles = list_chosen_profiles(session, experiment.id)
    return [
        (_("Segmentation model"), _describe_model(experiment, model)),
        (_("Profiles"), ", ".join(in_language(profile, "name") for profile in profiles)),
        (_("Kind of matter"), _name(vocabulary.find("issue_types", experiment.issue_type_id))),
        (_("Phase"), _name(vocabulary.find("phases", experiment.phase_id))),
        (_("Theme"), _name(vocabulary.find("themes", experiment.theme_id))),
        (_("Purpose"), str(labels.PURPOSES[experiment.purpose])),
    ]


def _describe_model(experiment: Experiment, model) -> str:
    if experiment.is_without_profiles:
        return _("No model: all residents together")
    if model is None:
        return ""
    name = in_language(model, "name")
    return _("%(model)s, version %(version)s", model=name, version=model.version)


def _name(label) -> str:
    return in_language(label, "name") if label else ""


def _describe_registration(experiment: Experiment) -> str:
    if experiment.registered_at is None:
        return _("not registered")
    return formats.datetime_local(experiment.registered_at)


def describe_variants(variants: list[NamedVariant]) -> list[VariantRow]:
    """Return the rows of the table of variants."""
    return [
        VariantRow(
            variant,
            in_language(variant, "name"),
            _("equal") if variant.share is None else formats.percent(variant.share),
            formats.money(None if variant.cost_per_unit is None else variant.cost_per_unit * 100),
            str(labels.DENOMINATOR_KINDS[variant.denominator_kind]),
        )
        for variant in variants
    ]
