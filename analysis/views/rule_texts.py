"""The text of rules of advice: written once for all that it follows from."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

from flask import current_app
from markupsafe import Markup
from sqlalchemy import inspect

from analysis.models.advice import AdviceRuleVersion
from analysis.queries import advice as queries
from analysis.queries.advice import ListedVersion
from analysis.reports.advice import (
    RuleCard,
    build_cards,
    find_today,
)
from experiments.models.experiments import ExperimentStatus
from lab.db import get_session
from lab.i18n import current_language
from lab.remembering import Remembered

Made = TypeVar("Made")

# The text of an edition of ten rules on 200 experiments is some 300 kB.
MOST_REMEMBERED = 60
REMEMBERED: Remembered = Remembered(MOST_REMEMBERED)
# What a version keeps never changes, and its styles go with its number.
KEPT = {"evidence", "style_ids"}
COLUMNS = [one.key for one in inspect(AdviceRuleVersion).column_attrs if one.key not in KEPT]
read_columns = attrgetter(*COLUMNS)
read_people = attrgetter("proposed_by", "decided_by", "retired_by")


class WrittenRule(NamedTuple):
    """A version as a card, with its text as everybody reads it."""

    card: RuleCard
    body: Markup


def write_edition(listed: Sequence[ListedVersion]) -> Markup:
    """Return the text of the rules of an edition, one after another."""
    unpublished = find_unpublished(listed)
    template = current_app.jinja_env.get_template("advice/rules.html")
    return recall(
        "edition",
        listed,
        unpublished,
        lambda: Markup(template.render(cards=build_cards(listed, unpublished))),
    )


def write_versions(listed: Sequence[ListedVersion]) -> list[WrittenRule]:
    """Return versions of a rule, each with its text."""
    unpublished = find_unpublished(listed)
    template = current_app.jinja_env.get_template("advice/rule_text.html")
    return recall(
        "versions",
        listed,
        unpublished,
        lambda: [
            WrittenRule(card, Markup(template.render(card=card)))
            for card in build_cards(listed, unpublished)
        ],
    )


def recall(
    kind: str, listed: Sequence[ListedVersion], more: object, make: Callable[[], Made]
) -> Made:
    """Return what follows from versions as they are today, in the language being spoken.

    more: what else it follows from.
    """
    key = (
        kind,
        str(current_app.extensions["engine"].url),
        current_language(),
        find_today(),
        tuple(map(_describe, listed)),
        frozenset(more.items()) if isinstance(more, dict) else more,
    )
    return REMEMBERED.recall(key, make)


def find_unpublished(listed: Sequence[ListedVersion]) -> Mapping[int, ExperimentStatus]:
    """Return how far the experiments are that versions may rest on and that are not public."""
    programmes = {one.rule.programme_id for one in listed}
    return queries.list_unpublished(get_session(), programmes)


def _describe(one: ListedVersion) -> tuple:
    """Return all that can differ in the text of a version."""
    labels = [(label.name_nl, label.name_en) for label in (one.issue_type, one.phase) if label]
    return (*read_columns(one.version), *read_people(one), *labels)
