"""Signing in, with a wait that grows with the failed attempts."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

from flask_babel import ngettext
from sqlmodel import Session

from lab.models.people import SignInAttempt, User
from lab.queries import people, throttle
from lab.services import passwords


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures are free in a period, and how long the wait becomes at most."""

    free: int
    period: timedelta
    longest_wait: timedelta


FIRST_WAIT = timedelta(seconds=30)
ACCOUNT = Limit(free=5, period=timedelta(hours=24), longest_wait=timedelta(minutes=15))
# A whole school can share one address.
ADDRESS = Limit(free=50, period=timedelta(hours=1), longest_wait=timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class Keys:
    """Under which keys attempts are counted: one for the account, one for the address."""

    account: str
    address: str

    def limits(self) -> list[tuple[str, Limit]]:
        """Return each key with its limit."""
        return [(self.account, ACCOUNT), (self.address, ADDRESS)]


def make_keys(secret: str, email: str, address: str) -> Keys:
    """Return the keys of an attempt, from which nobody can read whose it was."""

    return Keys(
        make_key(secret, f"account {email.strip().lower()}"), make_key(secret, f"address {address}")
    )


def make_key(secret: str, text: str) -> str:
    """Return under which key something is counted, from which nobody can read what it is."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def count_guess(session: Session, key: str, at: datetime) -> int:
    """Count a guess that failed at something else; return the seconds to wait, 0 for none."""
    throttle.lock_attempts(session, [key])
    throttle.delete_old_attempts(session, at - max(ACCOUNT.period, ADDRESS.period))
    wait = _wait_for(session, key, ADDRESS, at)
    if wait <= timedelta(0):
        session.add(SignInAttempt(key_hash=key, attempted_at=at))
        session.flush()
    return max(0, ceil(wait.total_seconds()))


class Limited(Protocol):
    """Whatever has keys under which attempts are counted."""

    def limits(self) -> list[tuple[str, Limit]]:
        """Return each key with its limit."""


def begin_attempt(session: Session, keys: Limited, at: datetime) -> int:
    """Count an attempt as failed until it succeeds; return the seconds to wait, 0 for none."""
    # Many attempts at the same moment would each see that one more is free.
    throttle.lock_attempts(session, [key for key, _limit in keys.limits()])
    throttle.delete_old_attempts(session, at - max(ACCOUNT.period, ADDRESS.period))
    wait = max(_wait_for(session, key, limit, at) for key, limit in keys.limits())
    if wait <= timedelta(0):
        session.add_all(
            SignInAttempt(key_hash=key, attempted_at=at) for key, _limit in keys.limits()
        )
        session.flush()
    return max(0, ceil(wait.total_seconds()))


def _wait_for(session: Session, key: str, limit: Limit, at: datetime) -> timedelta:
    failures = throttle.count_attempts(session, key, at - limit.period)
    last = throttle.find_last_attempt(session, key)
    if failures < limit.free or last is None:
        return timedelta(0)
    # Beyond ten doublings every wait is the longest one.
    doublings = min(failures - limit.free, 10)
    return last + min(FIRST_WAIT * 2**doublings, limit.longest_wait) - at


def end_attempts(session: Session, user_id: int, keys: Keys, password: str) -> User:
    """Forget the failures of somebody whose password was right."""
    user = people.get_user(session, user_id)
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    throttle.delete_attempts(session, keys.account)
    throttle.delete_last_attempt(session, keys.address)
    session.flush()
    return user


def start_visit(session: Session, user_id: int, at: datetime) -> None:
    """Note that somebody came in."""
    note_visit(people.get_user(session, user_id), at)
    session.flush()


def note_visit(user: User, at: datetime) -> None:
    """Remember when somebody came, and when they came before."""
    user.previous_visit_at, user.visited_at = user.visited_at, at


def make_session_key() -> str:
    """Return a new key for somebody's sessions; those with the old one end."""
    return secrets.token_hex(16)


def describe_wait(seconds: int) -> str:
    """Return how long somebody must wait before another attempt."""
    if seconds < 60:
        return ngettext(
            "Wait %(num)d second and try again.", "Wait %(num)d seconds and try again.", seconds
        )
    minutes = -(-seconds // 60)
    return ngettext(
        "Wait %(num)d minute and try again.", "Wait %(num)d minutes and try again.", minutes
    )
