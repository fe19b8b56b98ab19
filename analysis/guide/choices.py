"""What somebody chose in the guide, read from its address and written to it again."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from werkzeug.datastructures import MultiDict

EVERYONE = "everyone"
ANY_PHASE = "any"
LARGEST_ID = 2**31 - 1
MOST_PEOPLE = 20_000_000
MOST_BUDGET = Decimal(100_000_000)
MOST_COST = Decimal(10_000)
MOST_PROFILES = 40
COST = "cost-"
WHOLE = re.compile(r"\d{1,9}|\d{1,3}([. ]\d{3}){1,2}")
MONEY = re.compile(r"€? ?(?P<euros>\d{1,9}|\d{1,3}([. ]\d{3}){1,2})([.,](?P<cents>\d{1,2}))?")
OPTION_KEY = re.compile(r"\d{1,10}(-\d{1,10}){0,20}")


class Asked(StrEnum):
    """What the guide asks, in order: never more than these four."""

    ISSUE_TYPE = "issue_type"
    PROFILE = "profile"
    PHASE = "phase"
    BUDGET = "budget"


class Problem(StrEnum):
    """What is wrong with a part of the address."""

    UNKNOWN = "unknown"
    NOT_WHOLE = "not_whole"
    NOT_MONEY = "not_money"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers so far; what was not asked yet is None.

    profiles: numbers of profiles, empty for everyone alike. phase: a number, or `any`. people and
    budget are None when whoever asks does not know. costs: per option, in euros a piece.
    """

    edition: int | None = None
    issue_type: int | None = None
    profiles: tuple[int, ...] | None = None
    phase: int | str | None = None
    is_budget_answered: bool = False
    budget: Decimal | None = None
    people: int | None = None
    costs: dict[str, Decimal] = field(default_factory=dict)

    def is_answered(self, asked: Asked) -> bool:
        """Tell whether a question has an answer."""
        if asked is Asked.BUDGET:
            return self.is_budget_answered
        answers = {
            Asked.ISSUE_TYPE: self.issue_type,
            Asked.PROFILE: self.profiles,
            Asked.PHASE: self.phase,
        }
        return answers[asked] is not None

    def write(self, until: Asked | None = None) -> dict[str, str | list[str]]:
        """Return the answers as parts of an address, those before a question or all of them."""
        parts: dict[str, str | list[str]] = {}
        if self.edition is not None:
            parts["edition"] = str(self.edition)
        for asked in Asked:
            if asked is until:
                return parts
            if self.is_answered(asked):
                parts |= self._write_answer(asked)
        return parts | {f"{COST}{key}": f"{cost:f}" for key, cost in sorted(self.costs.items())}

    def _write_answer(self, asked: Asked) -> dict[str, str | list[str]]:
        if asked is Asked.ISSUE_TYPE:
            return {"issue_type": str(self.issue_type)}
        if asked is Asked.PROFILE:
            return {"profile": [str(number) for number in self.profiles] or [EVERYONE]}
        if asked is Asked.PHASE:
            return {"phase": str(self.phase)}
        budget = "" if self.budget is None else f"{self.budget:f}"
        return {"budget": budget, "people": "" if self.people is None else str(self.people)}


@dataclass(frozen=True, slots=True)
class ReadChoices:
    """What an address asks, and what in it cannot be: the name of the part, and why."""

    choices: Choices
    problems: tuple[tuple[str, Problem], ...] = ()


class _Reader:
    """Reads the parts of an address, and keeps what is wrong with them."""

    def __init__(self, args: MultiDict):
        self.args = args
        self.problems: list[tuple[str, Problem]] = []

    def read_number(self, name: str, known: Iterable[int]) -> int | None:
        text = self.args.get(name, "").strip()
        return self._check_known(name, text, known) if text else None

    def read_profiles(self, known: Iterable[int]) -> tuple[int, ...] | None:
        texts = [text.strip() for text in self.args.getlist("profile") if text.strip()]
        if not texts:
            return None
        if len(texts) > MOST_PROFILES:
            return self._refuse("profile", Problem.TOO_MANY)
        if EVERYONE in texts:
            return ()
        found = [self._check_known("profile", text, known) for text in dict.fromkeys(texts)]
        return None if None in found else tuple(sorted(found))

    def read_phase(self, known: Iterable[int]) -> int | str | None:
        if self.args.get("phase", "").strip() == ANY_PHASE:
            return ANY_PHASE
        return self.read_number("phase", known)

    def read_people(self) -> int | None:
        text = self.args.get("people", "").strip()
        if not text:
            return None
        if not WHOLE.fullmatch(text):
            return self._refuse("people", Problem.NOT_WHOLE)
        people = int(re.sub(r"\D", "", text))
        return people if people <= MOST_PEOPLE else self._refuse("people", Problem.TOO_LARGE)

    def read_money(self, name: str, most: Decimal) -> Decimal | None:
        text = self.args.get(name, "").strip()
        if not text:
            return None
        found = MONEY.fullmatch(text)
        if not found:
            return self._refuse(name, Problem.NOT_MONEY)
        euros = re.sub(r"\D", "", found["euros"])
        amount = Decimal(f"{euros}.{found['cents'] or '0'}").normalize()
        return amount if amount <= most else self._refuse(name, Problem.TOO_LARGE)

    def read_costs(self) -> dict[str, Decimal]:
        costs = {}
        for name in self.args:
            key = name.removeprefix(COST)
            if name.startswith(COST) and OPTION_KEY.fullmatch(key):
                costs[key] = self.read_money(name, MOST_COST)
        return {key: cost for key, cost in costs.items() if cost is not None}

    def _check_known(self, name: str, text: str, known: Iterable[int]) -> int | None:
        is_number = text.isascii() and text.isdigit() and len(text) <= 10
        if is_number and int(text) in set(known):
            return int(text)
        return self._refuse(name, Problem.UNKNOWN)

    def _refuse(self, name: str, problem: Problem) -> None:
        self.problems.append((name, problem))


def read_choices(
    args: MultiDict,
    *,
    edition: int | None = None,
    issue_types: Iterable[int] = (),
    profiles: Iterable[int] = (),
    phases: Iterable[int] = (),
) -> ReadChoices:
    """Return the answers that stand in an address; what is not known in its programme is refused.

    edition: the number to keep in the address, where it had one.
    """
    reader = _Reader(args)
    budget, people = reader.read_money("budget", MOST_BUDGET), reader.read_people()
    amounts = {"budget", "people"}
    is_wrong = any(name in amounts for name, _problem in reader.problems)
    choices = Choices(
        edition=edition,
        issue_type=reader.read_number("issue_type", issue_types),
        profiles=reader.read_profiles(profiles),
        phase=reader.read_phase(phases),
        is_budget_answered=bool(amounts & set(args)) and not is_wrong,
        budget=budget,
        people=people,
        costs=reader.read_costs(),
    )
    return ReadChoices(choices, tuple(reader.problems))
