"""How a variant is called: the one place where its readable name is made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from lab.models.labels import DenominatorKind

LANGUAGES = ("nl", "en")


@dataclass(frozen=True, slots=True)
class NamedVariant:
    """A variant with everything that a page or a report says of it."""

    id: int
    experiment_id: int
    channel_id: int
    channel_code: str
    style_ids: tuple[int, ...]
    style_codes: tuple[str, ...]
    name_nl: str
    name_en: str
    # A short label that is unique within the experiment, in order of the variants.
    letter: str
    description: str
    share: float | None
    is_control: bool
    cost_per_unit: Decimal | None
    denominator_kind: DenominatorKind
    position: int


def name_variant(channel: object, styles: Iterable[object], language: str) -> str:
    """Return a variant's name: its channel, then its styles in the order of their axes."""
    return " · ".join(getattr(part, f"name_{language}") for part in (channel, *styles))


def letter_of(place: int) -> str:
    """Return the letter of the variant at a place: A to Z, then AA."""
    letters = ""
    while place >= 0:
        letters = chr(ord("A") + place % 26) + letters
        place = place // 26 - 1
    return letters


def tell_apart(variants: list[NamedVariant]) -> list[NamedVariant]:
    """Return the variants of one experiment, with their letter in names that are the same."""
    for language in LANGUAGES:
        name = f"name_{language}"
        seen = Counter(getattr(variant, name) for variant in variants)
        variants = [
            replace(variant, **{name: f"{getattr(variant, name)} ({variant.letter})"})
            if seen[getattr(variant, name)] > 1
            else variant
            for variant in variants
        ]
    return variants
