"""Finding personal data in free text, so that it is never stored."""

import re
from enum import StrEnum
from typing import NamedTuple

from flask_babel import lazy_gettext


class PersonalData(StrEnum):
    """A kind of text that points at a person or a front door."""

    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    ADDRESS = "address"


LABELS = {
    PersonalData.EMAIL: lazy_gettext("an e-mail address"),
    PersonalData.PHONE: lazy_gettext("a phone number"),
    PersonalData.POSTCODE: lazy_gettext("a postcode with a house number"),
    PersonalData.ADDRESS: lazy_gettext("a street with a house number"),
}


class Found(NamedTuple):
    """Personal data in a text: what kind, and the words themselves."""

    kind: PersonalData
    text: str


MASK = "[…]"
# «Kerkstraat 12 flyers» is a count and «Kerkstraat 1-25» a stretch of street, not a front door.
COUNTED = (
    r"mensen|personen|bewoners|inwoners|huishoudens|adressen|deuren|huizen|woningen|gezinnen|"
    r"flyers?|brieven|kaarten|kaartjes|gesprekken|gesprek|keer|maal|x|uur|minuten|dagen|stuks|"
    r"reacties|procent|bezoekers|posters?|bossen|bundels?|people|persons|residents|households|"
    r"addresses|doors|houses|letters|cards|talks|conversations|times|hours|minutes|days|replies"
)
STREET = (
    r"straat|straatje|laan|weg|plein|gracht|kade|singel|dijk|steeg|dreef|hof|pad|park|plantsoen|"
    r"markt|ring|wal|baan|burg|str\."
)
PATTERNS = {
    PersonalData.EMAIL: re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"),
    PersonalData.PHONE: re.compile(
        r"(?<![\d+])(?!\d{1,2}-\d{1,2}-\d{4}(?!\d))"
        r"(?:(?:\+|00)\d{2}[ ./-]{0,2}(?:\(0\)[ ./-]?)?[1-9]|\(?0[1-9])(?:[ ./()-]{0,2}\d){8}(?!\d)"
    ),
    PersonalData.POSTCODE: re.compile(
        r"(?<!\d)[1-9]\d{3} ?(?:[A-Z]{2}|(?<=\d)[a-z]{2})[ ,]{0,3}"
        r"(?:nr\.? ?|nummer |huisnummer )?\d{1,5}(?![\d%])"
    ),
    PersonalData.ADDRESS: re.compile(
        rf"\b[\w'’.-]{{2,40}}?(?:{STREET})[ ,]{{1,3}}(?:nr\.? ?|nummer |huisnummer |no\.? ?)?"
        rf"\d{{1,5}}(?! ?(?:[-–/]|t/m|tot|to) ?\d)(?![\d%.,]*\d)(?! ?(?:{COUNTED})\b)[a-zA-Z]?\b",
        re.IGNORECASE,
    ),
}


# Every pattern has one of these; most texts have none, and files have many texts.
SUSPECT = re.compile(r"@|\d{9}|\d[\d ./()+-]{8}|[^\W\d][^@]*\d|\d{4} ?[A-Za-z]")


def find_personal_data(text: str) -> list[Found]:
    """Return what in a text points at a person or a front door."""
    if not SUSPECT.search(text):
        return []
    return [
        Found(kind, match.group().strip())
        for kind, pattern in PATTERNS.items()
        for match in pattern.finditer(text)
    ]


def mask_personal_data(text: str) -> str:
    """Return a text in which whatever points at a person or a front door is left out."""
    if not SUSPECT.search(text):
        return text
    for pattern in PATTERNS.values():
        text = pattern.sub(MASK, text)
    return text
