"""What the pages on counts show: totals, rows, histories, and who may do what with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import g, request, url_for
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from experiments.count_errors import AlreadyReplacedError, FieldWorkOverError, NotInFieldError
from experiments.count_labels import FIELDS, OUTCOMES, list_values, write_state, write_value
from experiments.forms.observations import CountFilterForm
from experiments.labels import REVIEW_STATES
from experiments.limits import CONTENT
from experiments.models.experiments import Experiment, Step
from experiments.models.observations import Observation, ReviewState
from experiments.naming import NamedVariant
from experiments.queries import cells
from experiments.queries import observations as queries
from experiments.queries.cells import VariantTotal
from experiments.queries.experiments import list_chosen_profiles
from experiments.queries.observations import ObservationFilter
from experiments.queries.variants import list_variants
from experiments.services.observations import OPEN_TO_CORRECTION, check_may_record, may_change
from experiments.services.reviews import may_review
from lab.access import Action, Reader, current_reader, may
from lab.errors import DomainError
from lab.formats import NOTHING
from lab.i18n import in_language
from lab.models.people import Role
from lab.models.segmentation import Profile

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Choices:
    """The variants and profiles of an experiment, and what they are called here."""

    variants: list[NamedVariant]
    profiles: list[Profile]

    @property
    def variant_names(self) -> dict[int, str]:
        """What each variant is called."""
        return {variant.id: in_language(variant, "name") for variant in self.variants}

    @property
    def profile_names(self) -> dict[int, str]:
        """What each profile is called."""
        return {profile.id: in_language(profile, "name") for profile in self.profiles}


@dataclass(frozen=True, slots=True)
class ListedCount:
    """One row of the list of counts."""

    id: int
    observed_on: object
    variant: str
    profile: str
    area: str
    counts: list[tuple[str, str]]
    state: str
    reason: str
    recorded_by: str | None
    may_review: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class CountPage:
    """A page of the list of counts."""

    form: CountFilterForm
    rows: list[ListedCount]
    left: int
    is_filtered: bool
    page: int
    page_count: int
    previous_url: str | None
    next_url: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: who made it and when, why, what changed, and what came of it."""

    observation: Observation
    recorded_by: str | None
    changes: list[tuple[str, str, str]]
    state: str
    reviews: list[tuple[str, str, str | None, datetime]]


def get_choices(session: Session, experiment_id: int) -> Choices:
    """Return what counts of an experiment can be about."""
    return Choices(
        list_variants(session, experiment_id), list_chosen_profiles(session, experiment_id)
    )


def sees_outcomes(reader: Reader) -> bool:
    """Tell whether a reader may see how many responded, so who is ahead."""
    return bool(reader.roles_at(g.place) - {Role.STUDENT})


def list_totals(session: Session, experiment: Experiment, choices: Choices) -> list[tuple]:
    """Return each variant with its totals; a variant without counts has zeros."""
    totals = cells.sum_by_variant(session, experiment.id)
    nothing = dict.fromkeys(Step, 0)
    return [
        (variant, totals.get(variant.id) or VariantTotal(variant.id, 0, nothing, nothing))
        for variant in choices.variants
    ]


def count_returned(session: Session, experiment_id: int, reader: Reader) -> int:
    """Return how many of a reader's own records wait for their correction."""
    own = ObservationFilter(review_state=ReviewState.RETURNED, recorded_by_id=reader.user_id)
    return queries.count_observations(session, experiment_id, own) if reader.user_id else 0


def list_steps(reader: Reader) -> list[tuple[Step, str]]:
    """Return the steps that a reader sees totals of, with their names."""
    hidden = () if sees_outcomes(reader) else OUTCOMES
    return [(step, str(FIELDS[step])) for step in Step if step not in hidden]


def build_count_page(session: Session, experiment: Experiment, choices: Choices) -> CountPage:
    """Return one page of the counts of an experiment that pass the filters of the address."""
    form = CountFilterForm(request.args)
    form.offer(choices.variants, choices.profiles)
    chosen = ObservationFilter(
        variant_id=_number(form.variant.data),
        profile_id=_number(form.profile.data),
        review_state=form.read_state(),
        observed_on=form.day.data,
    )
    left = queries.count_observations(session, experiment.id, chosen)
    page_count = max(1, -(-left // PAGE_SIZE))
    page = min(max(_number(request.args.get("page")) or 1, 1), page_count)
    found = queries.list_observations(
        session, experiment.id, chosen, (page - 1) * PAGE_SIZE, PAGE_SIZE
    )
    kept = {name: value for name, value in read_asked().items() if name != "page"}
    here = {"experiment_id": experiment.id} | kept
    return CountPage(
        form=form,
        rows=_describe_rows(session, found, choices),
        left=left,
        is_filtered=chosen != ObservationFilter(),
        page=page,
        page_count=page_count,
        previous_url=url_for(".list_observations", **here, page=page - 1) if page > 1 else None,
        next_url=(
            url_for(".list_observations", **here, page=page + 1) if page < page_count else None
        ),
    )


def read_asked() -> dict[str, str]:
    """Return what the address asks of the list; other names could mean something to a link."""
    names = [*(field.name for field in CountFilterForm(MultiDict())), "page"]
    return {name: request.args[name] for name in names if request.args.get(name)}


def _number(text: str | None) -> int | None:
    # The longest number that a database takes has nineteen digits.
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _describe_rows(
    session: Session, found: list[tuple[Observation, str | None]], choices: Choices
) -> list[ListedCount]:
    reader = current_reader()
    reviews = may(reader, Action.REVIEW_COUNTS, g.place)
    with_reason = [row.id for row, _ in found if row.review_state in REASONED and not row.is_void]
    reasons = queries.list_last_reasons(session, with_reason)
    variants, profiles = choices.variant_names, choices.profile_names
    return [
        ListedCount(
            id=row.id,
            observed_on=row.observed_on,
            variant=variants.get(row.variant_id, ""),
            profile=write_value("profile_id", row.profile_id, variants, profiles),
            area=" · ".join(part for part in (row.area, row.cluster) if part),
            counts=_list_counts(row, reader),
            state=write_state(row),
            reason=row.correction_reason if row.is_void else reasons.get(row.id, ""),
            recorded_by=name,
            may_review=reviews and may_review(row, reader),
            is_own=row.recorded_by_id == reader.user_id,
        )
        for row, name in found
    ]


REASONED = (ReviewState.RETURNED, ReviewState.HELD)


def _list_counts(row: Observation, reader: Reader) -> list[tuple[str, str]]:
    # What is unknown would only make the line longer.
    return [
        (str(FIELDS[step]), write_value(step, getattr(row, step), {}, {}))
        for step in visible_steps(row, reader)
        if getattr(row, step) is not None
    ]


def visible_steps(row: Observation, reader: Reader) -> list[Step]:
    """Return the counts of a record that a reader may see: all of their own."""
    is_own = row.recorded_by_id is not None and row.recorded_by_id == reader.user_id
    return [step for step in Step if is_own or sees_outcomes(reader) or step not in OUTCOMES]


def list_visible_values(
    row: Observation, reader: Reader, choices: Choices
) -> list[tuple[str, str]]:
    """Return the fields of a record that a reader may see, with their values."""
    hidden: set[str] = set(Step) - set(visible_steps(row, reader))
    if row.profile_id is None:
        hidden |= {"profile_basis", "is_profile_known_before"}
    values = list_values(row, choices.variant_names, choices.profile_names)
    return [(label, value) for name, label, value in values if name not in hidden]


def list_readable(row: Observation, choices: Choices) -> list[tuple[str, str, str]]:
    """Return all fields of a record by name, without the counts that this reader may not see."""
    hidden = set(Step) - set(visible_steps(row, current_reader()))
    return [
        (name, label, NOTHING if name in hidden else value)
        for name, label, value in list_values(row, choices.variant_names, choices.profile_names)
    ]


def summarise(row: Observation, reader: Reader, choices: Choices) -> str:
    """Return a record in one line: what, who, where, when, and the counts that are known."""
    variants, profiles = choices.variant_names, choices.profile_names
    about = (
        variants.get(row.variant_id, ""),
        write_value("profile_id", row.profile_id, variants, profiles) if row.profile_id else "",
        row.area,
        row.cluster,
        write_value("observed_on", row.observed_on, variants, profiles),
    )
    counts = (f"{label} {value}" for label, value in _list_counts(row, reader))
    return f"{' · '.join(filter(None, about))}: {', '.join(counts)}."


def list_versions(session: Session, observation: Observation, choices: Choices) -> list[Version]:
    """Return the history of a record, the newest version first."""
    rows = queries.list_history(session, observation)
    names = queries.list_names(session, [row.recorded_by_id for row in rows])
    reviews: dict[int, list] = {row.id: [] for row in rows}
    for review, reviewer in queries.list_reviews(session, list(reviews)):
        told = (str(REVIEW_STATES[review.state]), review.reason, reviewer, review.reviewed_at)
        reviews[review.observation_id].append(told)
    earlier = [None, *rows]
    return [
        Version(
            observation=row,
            recorded_by=names.get(row.recorded_by_id),
            changes=_list_changes(before, row, choices),
            state=write_state(row),
            reviews=reviews[row.id],
        )
        for before, row in reversed(list(zip(earlier, rows, strict=False)))
    ]


def _list_changes(
    before: Observation | None, after: Observation, choices: Choices
) -> list[tuple[str, str, str]]:
    if before is None:
        return []
    hidden = set(Step) - set(visible_steps(after, current_reader()))
    names: tuple[Mapping, Mapping] = (choices.variant_names, choices.profile_names)
    return [
        (
            str(FIELDS[name]),
            write_value(name, getattr(before, name), *names),
            write_value(name, getattr(after, name), *names),
        )
        for name in CONTENT
        if name not in hidden and getattr(before, name) != getattr(after, name)
    ]


def may_enter(experiment: Experiment) -> bool:
    """Tell whether this reader can enter a count here and now."""
    reader = current_reader()
    if not may(reader, Action.RECORD_COUNTS, g.place):
        return False
    try:
        check_may_record(experiment, g.place, reader)
    except (NotInFieldError, FieldWorkOverError):
        return False
    return True


def find_obstacle(session: Session, experiment: Experiment, row: Observation) -> DomainError | None:
    """Return why a record cannot be corrected by this reader, or None when it can."""
    if experiment.status not in OPEN_TO_CORRECTION:
        return NotInFieldError(experiment)
    newer = queries.find_replacement(session, row.id)
    return AlreadyReplacedError(newer) if newer else None


def may_correct(session: Session, experiment: Experiment, row: Observation) -> bool:
    """Tell whether this reader can correct a record now."""
    reader = current_reader()
    return (
        may(reader, Action.RECORD_COUNTS, g.place)
        and may_change(row, g.place, reader)
        and find_obstacle(session, experiment, row) is None
    )


def read_chosen(form: MultiDict) -> list[int]:
    """Return the numbers of the records that were ticked."""
    return [number for text in form.getlist("observation") if (number := _number(text))]
