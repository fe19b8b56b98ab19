"""Keeping and checking passwords."""

import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from lab.errors import DomainError

SHORTEST = 12
# Hashing an endless password would keep the server busy.
LONGEST = 200
FEWEST_DIFFERENT = 5
SHORTEST_NAME = 4
# What remains of common passwords without their digits and signs.
COMMON = {
    "abc", "abcd", "abcdef", "abcdefgh", "abcdefghijkl", "admin", "administrator", "asdf",
    "asdfgh", "asdfghjkl", "azerty", "begin", "changeme", "changemenow", "geheim",
    "geheimwachtwoord", "gemeente", "hallo", "herfst", "hogeschool", "iloveyou", "letmein",
    "lente", "master", "mijnwachtwoord", "mypassword", "nederland", "onderzoek", "onderzoeker",
    "participatie", "pass", "passw", "password", "passwordpassword", "proeftuin",
    "proeftuinproeftuin", "qazwsx", "qazwsxedc", "qwerty", "qwertyqwerty", "qwertyuiop",
    "qwertyuiopasdfgh", "secret", "sunshine", "student", "test", "testtest", "testtesttest",
    "voorbeeld", "wachtwoord", "wachtwoordwachtwoord", "welcome", "welkom", "welkomwelkom",
    "winter", "wwwwww", "zomer", "zxcvbnm",
}  # fmt: skip
HASHER = PasswordHasher()


class WeakPasswordError(DomainError):
    """A password that others would guess."""

    status = 422


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return HASHER.hash(password)


def hash_new_password(password: str, name: str, email: str) -> str:
    """Return what is kept of a new password, unless others would guess it."""
    check_password(password, name, email)
    return hash_password(password)


def is_outdated(password_hash: str) -> bool:
    """Tell whether a password was kept in a way that is no longer the best."""
    return HASHER.check_needs_rehash(password_hash)


def fits(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the one that was kept, as slowly when nothing was kept."""
    try:
        return HASHER.verify(password_hash or _hash_of_nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    # An unknown address takes as long as a known one, so that time tells nothing.
    return hash_password("a password that fits nobody")


def check_password(password: str, name: str, email: str) -> None:
    """Refuse a password that others would guess."""
    if len(password) < SHORTEST:
        raise WeakPasswordError(
            _("This is too short: use at least %(number)s characters.", number=SHORTEST)
        )
    if len(password) > LONGEST:
        raise WeakPasswordError(
            _("This is too long: use at most %(number)s characters.", number=LONGEST)
        )
    if len(set(password)) < FEWEST_DIFFERENT:
        raise WeakPasswordError(_("This is too easy to guess: use more different characters."))
    if re.sub(r"[\W\d_]", "", password.lower()) in COMMON | {""}:
        raise WeakPasswordError(_("Many people use this password. Choose another one."))
    if _contains_name(password, name, email):
        raise WeakPasswordError(_("Your name or e-mail address is in it. Choose another one."))


def _contains_name(password: str, name: str, email: str) -> bool:
    parts = re.split(r"[\W_]+", f"{name} {email.partition('@')[0]}".lower())
    return any(len(part) >= SHORTEST_NAME and part in password.lower() for part in parts)
