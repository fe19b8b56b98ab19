"""What the fields of a field record are called, and how their values read."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from experiments.labels import COUNT_METHODS, PROFILE_BASES, REVIEW_STATES
from experiments.models.experiments import Step
from experiments.models.observations import Observation, ObservationCreate, ReviewState
from lab import formats

FIELDS = {
    "variant_id": _l("Variant"),
    "profile_id": _l("Profile"),
    "profile_basis": _l("How the profile was known"),
    "is_profile_known_before": _l("Known beforehand"),
    "area": _l("Area"),
    "observed_on": _l("Day"),
    "cluster": _l("Street, bundle or route"),
    Step.OFFERED: _l("Offered"),
    Step.REACHED: _l("Reached"),
    Step.RESPONDED: _l("Responded"),
    Step.PARTICIPATED: _l("Participated"),
    "count_method": _l("How counted"),
    "remark": _l("Remark"),
}
# Students do not see who is ahead: these counts of others stay out of their sight.
OUTCOMES = (Step.RESPONDED, Step.PARTICIPATED)


def write_value(name: str, value: Any, variants: Mapping[int, str], profiles: Mapping) -> str:
    """Return the value of a field of a record as people read it."""
    if name == "variant_id":
        return variants.get(value, "—")
    if name == "profile_id":
        return profiles.get(value, "—") if value is not None else _("unknown")
    if name in set(Step):
        return formats.number(value) if value is not None else _("unknown")
    if value is None or value == "":
        return "—"
    return WRITERS.get(name, str)(value)


WRITERS: dict[str, Callable[[Any], str]] = {
    "profile_basis": lambda value: str(PROFILE_BASES[value]),
    "is_profile_known_before": lambda value: _("yes") if value else _("no"),
    "observed_on": formats.date,
    "count_method": lambda value: str(COUNT_METHODS[value]),
}


def list_values(
    record: Observation | ObservationCreate, variants: Mapping[int, str], profiles: Mapping
) -> list[tuple[str, str, str]]:
    """Return the fields of a record: name in the table, name for people and value."""
    return [
        (str(name), str(label), write_value(name, getattr(record, name), variants, profiles))
        for name, label in FIELDS.items()
    ]


def write_state(observation: Observation) -> str:
    """Return where a record stands: what the supervisor thinks, or that it does not count."""
    if observation.is_void:
        return _("does not count")
    return str(REVIEW_STATES[ReviewState(observation.review_state)])
