"""An edition of the advice as it is printed: a rule at a time, with the rates of its variants."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple

from flask_babel import gettext as _

from analysis.exports.paper import Paper, PaperTable
from analysis.exports.paper_rows import print_intervals
from analysis.reports.advice import RuleCard


def print_edition(
    cards: Sequence[RuleCard],
    headings: tuple[tuple[str, str], ...],
    notes: tuple[str, ...],
    method: tuple[tuple[str, str], ...],
) -> Paper:
    """Return an edition as a council reads it."""
    tables = tuple(_print_rule(card) for card in cards if card.rows)
    return Paper(headings, tuple(_answer(cards)), tables, notes, method)


def _answer(cards: Sequence[RuleCard]) -> Iterator[str]:
    """Give each rule as a sentence with its numbers; what to do stands apart in the first line."""
    for at, card in enumerate(cards):
        advice, numbers = f"{name_rule(card)}: {card.advice}", tell_numbers(card)
        yield from (advice, numbers) if at == 0 else (f"{advice} {numbers}",)


def _print_rule(card: RuleCard) -> PaperTable:
    group = (card.advice, card.verdict, None, [astuple(row) for row in card.rows])
    return print_intervals([group], card.axis, name_rule(card), _("Rate"), "n")


def tell_numbers(card: RuleCard) -> str:
    """Return how many of every so many, the difference, and what to expect elsewhere."""
    return " ".join(filter(None, (card.counts, card.difference, card.new_lab)))


def name_rule(card: RuleCard) -> str:
    """Return for whom a rule is, and for what where it is not for everything."""
    return f"{card.for_whom} ({', '.join(card.context)})" if card.context else card.for_whom
