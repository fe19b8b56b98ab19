"""Which column of a file is which field of an observation, by its Dutch or English name."""

from collections.abc import Iterable
from dataclasses import dataclass

from experiments.faults import UnreadableFileError
from experiments.models.experiments import Step
from lab.plain_names import simplify

# The first name is the one in the template; the others are names that people use.
NAMES = {
    "variant": {
        "nl": ("variant",),
        "en": ("variant", "version", "versie", "arm", "boodschap", "message"),
    },
    "channel": {"nl": ("kanaal",), "en": ("channel", "middel", "medium")},
    "style": {"nl": ("stijl",), "en": ("style", "toon", "tone", "styles", "stijlen")},
    "profile": {
        "nl": ("profiel",),
        "en": ("profile", "betrokkenheidsprofiel", "segment", "groep", "group"),
    },
    "profile_basis": {
        "nl": ("profiel bekend uit", "herkomst profiel", "basis profiel", "profielbasis"),
        "en": ("profile basis", "profile known from", "basis"),
    },
    "is_profile_known_before": {
        "nl": ("profiel vooraf bekend", "vooraf bekend"),
        "en": ("profile known before", "known before", "is profile known before"),
    },
    "area": {
        "nl": ("gebied", "buurt", "wijk", "postcodegebied", "pc4", "plaats"),
        "en": ("area", "neighbourhood", "neighborhood", "district", "place"),
    },
    "observed_on": {
        "nl": ("datum", "dag", "teldatum"),
        "en": ("date", "day", "observed on", "counted on"),
    },
    "cluster": {
        "nl": ("cluster", "straat", "bundel", "route", "groepje"),
        "en": ("cluster", "street", "bundle"),
    },
    "wave_number": {
        "nl": ("golf", "ronde", "golfnummer"),
        "en": ("wave", "wave number", "round"),
    },
    Step.OFFERED: {
        "nl": ("aangeboden", "verstuurd", "verzonden", "uitgedeeld", "aantal aangeboden"),
        "en": ("offered", "sent", "handed out", "number offered"),
    },
    Step.REACHED: {
        "nl": ("bereikt", "gesproken", "ontvangen", "aantal bereikt"),
        "en": ("reached", "received", "spoken", "number reached"),
    },
    Step.RESPONDED: {
        "nl": ("gereageerd", "reacties", "respons", "aantal reacties"),
        "en": ("responded", "responses", "replies", "response"),
    },
    Step.PARTICIPATED: {
        "nl": ("meegedaan", "deelnemers", "deelgenomen", "aantal deelnemers", "doet mee"),
        "en": ("participated", "participants", "took part"),
    },
    "count_method": {
        "nl": ("hoe geteld", "telwijze", "manier van tellen"),
        "en": ("how counted", "count method", "counting method"),
    },
    "remark": {
        "nl": ("opmerking", "opmerkingen", "toelichting"),
        "en": ("remark", "remarks", "comment", "comments", "note", "notes"),
    },
}
STEPS = tuple(step.value for step in Step)

FIELDS = {
    simplify(name): str(field)
    for field, names in NAMES.items()
    for name in (field, *names["nl"], *names["en"])
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands in a file, and which columns nothing is done with."""

    places: dict[str, int]
    ignored: list[str]


def count_known(header: Iterable[str]) -> int:
    """Return how many names of columns are known."""
    return sum(simplify(name) in FIELDS for name in header)


def match_columns(header: list[str]) -> Columns:
    """Return which column is which field, or refuse a file that lacks one that is needed."""
    places: dict[str, int] = {}
    ignored = []
    for place, name in enumerate(header):
        field = FIELDS.get(simplify(name))
        if field is None:
            ignored.append(name or f"({place + 1})")
        elif field in places:
            both = [header[places[field]], name]
            raise UnreadableFileError("same_column_twice", field=field, names=both)
        else:
            places[field] = place
    _refuse_missing(places, header)
    return Columns(places, ignored)


def _refuse_missing(places: dict[str, int], header: list[str]) -> None:
    missing = []
    if "variant" not in places and "channel" not in places:
        missing.append("variant")
    if "observed_on" not in places:
        missing.append("observed_on")
    if not any(step in places for step in STEPS):
        missing.append("counts")
    if missing:
        raise UnreadableFileError("missing_columns", missing=missing, found=header)


def name_column(field: str, language: str) -> str:
    """Return the name that a field has in the template file."""
    return NAMES[field][language][0]
