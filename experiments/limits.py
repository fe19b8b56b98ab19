"""What the counts of one experiment must fit in: its variants, profiles, waves and days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from experiments.faults import Fault
from experiments.models.experiments import Step
from experiments.models.observations import ObservationBase, ObservationCreate, ProfileBasis
from lab.privacy import find_personal_data

FREE_TEXTS = ("remark", "area", "cluster")


class WaveLimit(NamedTuple):
    """A wave, and the first day on which something can be counted in it."""

    id: int
    number: int
    starts_on: date | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What an observation of one experiment can be about."""

    experiment_id: int
    starts_on: date | None
    ends_on: date | None
    today: date
    variant_ids: frozenset[int]
    profile_ids: frozenset[int]
    waves: tuple[WaveLimit, ...]

    def choose_wave(self, command: ObservationCreate) -> WaveLimit | None:
        """Return the wave that a record belongs to: the one it names, else by its day."""
        if command.wave_number is not None:
            named = (wave for wave in self.waves if wave.number == command.wave_number)
            return next(named, None)
        started = [
            wave
            for wave in self.waves
            if wave.starts_on is None or wave.starts_on <= command.observed_on
        ]
        return max(started, key=lambda wave: wave.number, default=self.waves[0])


def find_faults(command: ObservationCreate, limits: Limits) -> list[Fault]:
    """Return everything about a record that does not fit its experiment."""
    return [
        *_find_unknown(command, limits),
        *_find_wrong_day(command, limits),
        *_find_personal(command),
    ]


def _find_unknown(command: ObservationCreate, limits: Limits) -> Iterator[Fault]:
    if command.variant_id not in limits.variant_ids:
        yield Fault("variant", "unknown_variant", {"found": ""})
    if command.profile_id is not None and command.profile_id not in limits.profile_ids:
        yield Fault("profile", "unknown_profile", {"found": ""})
    if limits.choose_wave(command) is None:
        yield Fault("wave_number", "unknown_wave", {"found": str(command.wave_number)})


def _find_wrong_day(command: ObservationCreate, limits: Limits) -> Iterator[Fault]:
    day = command.observed_on
    period = {
        "day": day.isoformat(),
        "starts_on": limits.starts_on and limits.starts_on.isoformat(),
        "ends_on": limits.ends_on and limits.ends_on.isoformat(),
    }
    if day > limits.today:
        yield Fault("observed_on", "in_future", {"day": day.isoformat()})
    elif limits.starts_on and day < limits.starts_on:
        yield Fault("observed_on", "before_start", period)
    elif limits.ends_on and day > limits.ends_on:
        yield Fault("observed_on", "after_end", period)


def _find_personal(command: ObservationCreate) -> Iterator[Fault]:
    for name in FREE_TEXTS:
        for kind, text in find_personal_data(getattr(command, name)):
            yield Fault(name, "personal_data", {"kind": kind.value, "found": text})


def settle(command: ObservationCreate) -> ObservationCreate:
    """Return a record in which an unknown profile is known in no way."""
    if command.profile_id is not None:
        return command
    unknown = {"profile_basis": ProfileBasis.UNKNOWN, "is_profile_known_before": True}
    return command.model_copy(update=unknown)


def list_faults(error: ValidationError) -> list[Fault]:
    """Return what a refused record has wrong, each with the field where people can mend it."""
    faults: list[Fault] = []
    for found in error.errors():
        context = found.get("ctx", {})
        if found["type"] == "steps_out_of_order":
            details = {name: context[name] for name in ("later", "earlier", "more", "fewer")}
            # The sentence asks about the earlier step; the later one can be wrong just as well.
            faults.append(Fault(context["earlier"], "steps_out_of_order", details))
            faults.append(Fault(context["later"], "look_here_too"))
        elif found["type"] == "nothing_counted":
            faults.append(Fault(Step.OFFERED, "nothing_counted"))
        else:
            name = str(found["loc"][0]) if found["loc"] else ""
            limit = context.get("max_length")
            code = "too_long" if found["type"].endswith("too_long") else "not_possible"
            faults.append(Fault(FIELD_OF.get(name, name), code, {"limit": limit}))
    return faults


# What a field of a record is called where people fill it in.
FIELD_OF = {"variant_id": "variant", "profile_id": "profile"}
CONTENT = tuple(ObservationBase.model_fields)
