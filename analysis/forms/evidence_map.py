"""The choices above the map: what was counted, for whom, and within which limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _

from analysis.forms.evidence import NO_LIMIT, NO_MODEL, read_code, write_code
from analysis.pooled.choosing import Candidate, list_fitting
from analysis.pooled.labels import write_outcome
from analysis.pooled.options import Option, ScopeOptions
from analysis.pooled.scope import Scope
from analysis.queries.scopes import OutcomeCount
from analysis.reports.filters import FilterChoice
from experiments.labels import capitalise
from lab import formats
from lab.access import LARGEST_NUMBER
from lab.i18n import in_language
from lab.models.labs import LivingLab

LIMITS = {"issue": "issue_type_id", "phase": "phase_id", "lab": "living_lab_id"}
NAMES = ("outcome", "model", *LIMITS, "year")
YEARS = range(1950, 2200)


@dataclass(frozen=True, slots=True)
class MapFilter:
    """What an address asks of the map; a text that means nothing is as if it were not there."""

    outcome: str = ""
    model: str = ""
    issue: str = ""
    phase: str = ""
    lab: str = ""
    year: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "MapFilter | None":
        """Return the choices of an address, None where nothing was chosen."""
        if not any(name in values for name in NAMES):
            return None
        numbers = {name: _read_number(values.get(name, "")) for name in ("model", *LIMITS)}
        if values.get("model") == NO_MODEL:
            numbers["model"] = NO_MODEL
        year = values.get("year", "")
        is_year = year.isdecimal() and year.isascii() and int(year[:5]) in YEARS
        return cls(_read_outcome(values.get("outcome", "")), **numbers, year=year * is_year)

    def narrow(self, start: Scope) -> Scope:
        """Return the question that these choices make of one without limits."""
        scope = replace(start, **dict.fromkeys(LIMITS.values()), from_day=None, to_day=None)
        if self.outcome:
            scope = replace(scope, outcome=read_code(self.outcome))
        if self.model:
            model = None if self.model == NO_MODEL else int(self.model)
            scope = replace(scope, segmentation_model_id=model)
        limits = {
            name: int(getattr(self, short))
            for short, name in LIMITS.items()
            if getattr(self, short)
        }
        return limit_to_year(replace(scope, **limits), int(self.year) if self.year else None)


def limit_to_year(scope: Scope, year: int | None) -> Scope:
    """Return a scope about one calendar year, or about all of them."""
    if year is None:
        return replace(scope, from_day=None, to_day=None)
    return replace(scope, from_day=date(year, 1, 1), to_day=date(year, 12, 31))


def find_year(scope: Scope) -> int | None:
    """Return the calendar year that a scope is about, if it is about one."""
    if scope.from_day is None:
        return None
    is_year = scope == limit_to_year(scope, scope.from_day.year)
    return scope.from_day.year if is_year else None


def write_values(scope: Scope) -> dict[str, str]:
    """Return a scope as an address of the map asks for it."""
    year = find_year(scope)
    values = {
        "outcome": write_code(scope.outcome),
        "model": str(scope.segmentation_model_id or NO_MODEL),
        **{short: str(getattr(scope, name) or NO_LIMIT) for short, name in LIMITS.items()},
        "year": str(year or NO_LIMIT),
    }
    return {name: value for name, value in values.items() if value}


def list_map_choices(
    scope: Scope,
    outcomes: Iterable[OutcomeCount],
    options: ScopeOptions,
    candidates: Iterable[Candidate],
) -> tuple[FilterChoice, ...]:
    """Return the selects above the map; those with nothing to choose are left out."""
    found = (
        _choose_outcome(scope, outcomes),
        _choose(
            "model",
            _("For whom"),
            options.models,
            scope.segmentation_model_id,
            (NO_MODEL, _("All residents together")),
        ),
        _choose("phase", _("Phase"), options.phases, scope.phase_id, (NO_LIMIT, _("All phases"))),
        _choose(
            "issue",
            _("Kind of matter"),
            options.issue_types,
            scope.issue_type_id,
            (NO_LIMIT, _("Every kind of matter")),
        ),
        _choose("lab", _("Lab"), options.labs, scope.living_lab_id, (NO_LIMIT, _("All labs"))),
        _choose_year(scope, tuple(candidates)),
    )
    return tuple(one for one in found if len(one.options) > 1)


def _choose_outcome(scope: Scope, outcomes: Iterable[OutcomeCount]) -> FilterChoice:
    options = tuple(
        (
            write_code(one.outcome),
            _write(write_outcome(one.outcome), one.experiments),
            one.outcome == scope.outcome,
        )
        for one in outcomes
    )
    return FilterChoice("outcome", _("What was counted"), options)


def _choose(
    name: str,
    label: str,
    listed: Iterable[Option],
    chosen: int | None,
    nothing: tuple[str, str],
) -> FilterChoice:
    options = []
    for one in listed:
        number = None if one.chosen is None else one.chosen.id
        if not one.experiments and number != chosen and number is not None:
            continue
        value, text = nothing if number is None else (str(number), _call(one.chosen))
        options.append((value, _write(text, one.experiments), number == chosen))
    return FilterChoice(name, label, tuple(options))


def _choose_year(scope: Scope, candidates: tuple[Candidate, ...]) -> FilterChoice:
    days = [day for one in candidates for day in (one.starts_on, one.ends_on) if day]
    chosen = find_year(scope)
    years = sorted({day.year for day in days} | ({chosen} if chosen else set()), reverse=True)
    options = []
    for year in (None, *years):
        left = len(list_fitting(candidates, limit_to_year(scope, year)))
        if left or year in (None, chosen):
            text = _("All years") if year is None else str(year)
            options.append((str(year or NO_LIMIT), _write(text, left), year == chosen))
    return FilterChoice("year", _("Year"), tuple(options))


def _call(one) -> str:
    return one.name if isinstance(one, LivingLab) else capitalise(in_language(one, "name"))


def _write(name: str, experiments: int) -> str:
    return f"{name} ({formats.number(experiments)})"


def _read_number(text: str) -> str:
    is_number = text.isascii() and text.isdecimal() and 0 < int(text[:11]) <= LARGEST_NUMBER
    return str(int(text)) if is_number and len(text) < len(str(LARGEST_NUMBER)) + 1 else ""


def _read_outcome(text: str) -> str:
    try:
        return write_code(read_code(text))
    except (ValueError, KeyError):
        return ""
