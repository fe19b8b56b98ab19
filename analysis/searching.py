"""Finding things by words: without regard to case and accents, by the beginning of words."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LONGEST_QUERY, MOST_WORDS = 100, 8
MOST_SHOWN = 50
WORD = re.compile(r"\w+")
# A word in the title says more than one in the text below it, and a whole word more than a part.
IN_TITLE, WHOLE_WORD, IN_TEXT = 10, 3, 1


class Kind(StrEnum):
    """What can be found, in the order in which equals are shown."""

    RULE = "rule"
    LEARNING = "learning"
    QUESTION = "question"
    EXPERIMENT = "experiment"
    PRINCIPLE = "principle"
    PROFILE = "profile"
    LABEL = "label"
    LAB = "lab"


@dataclass(frozen=True, slots=True)
class Findable:
    """One thing that can be found, with where it is and what stands below its title."""

    kind: Kind
    title: str
    text: str
    programme_id: int
    url: str


def read_query(text: str) -> tuple[str, ...]:
    """Return the words that somebody looks for, each once and not too many."""
    return tuple(dict.fromkeys(list_words(text[:LONGEST_QUERY])))[:MOST_WORDS]


def list_words(text: str) -> list[str]:
    """Return the words of a text in small letters without accents."""
    plain = text.lower()
    if not plain.isascii():
        parts = unicodedata.normalize("NFKD", plain)
        plain = "".join(one for one in parts if not unicodedata.combining(one))
    return WORD.findall(plain)


def rank(things: Iterable[Findable], words: tuple[str, ...]) -> list[Findable]:
    """Return the things that hold every word, at the beginning of one of theirs; best first."""
    if not words:
        return []
    kinds = list(Kind)
    scored = [(_score(one, words), one) for one in things]
    held = [(score, one) for score, one in scored if score]
    held.sort(key=lambda pair: (-pair[0], kinds.index(pair[1].kind), pair[1].title.lower()))
    return [one for _score, one in held]


def _score(thing: Findable, words: tuple[str, ...]) -> int:
    title, text = list_words(thing.title), list_words(thing.text)
    total = 0
    for word in words:
        best = max(
            _weigh(title, word) * IN_TITLE,
            _weigh(text, word) * IN_TEXT,
        )
        if not best:
            return 0
        total += best
    return total


def _weigh(held: list[str], word: str) -> int:
    if word in held:
        return WHOLE_WORD
    return int(any(one.startswith(word) for one in held))
