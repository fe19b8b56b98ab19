"""Who made a request: sessions, and the reader they stand for."""

import ipaddress
from dataclasses import dataclass

from flask import Flask, request
from flask_login import LoginManager, UserMixin, current_user

from lab.access import PUBLIC, Reader
from lab.db import get_session
from lab.models.people import User
from lab.queries import people

LOOPBACK_ADDRESSES = {"127.0.0.1", "::1"}
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}
# Proxies, tunnels and content networks each say in their own way that they pass a request on.
FORWARDING_HEADERS = {"forwarded", "via", "x-real-ip", "true-client-ip", "cf-connecting-ip"}


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """A session's user, named by a key that changes with the password."""

    user: User

    def get_id(self) -> str:
        """Return what the session cookie says of this user."""
        return f"{self.user.id}.{self.user.session_key}"


def init_app(app: Flask) -> None:
    """Let an application know who is signed in."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(load_user)
    app.extensions["load_reader"] = load_reader


def load_user(session_id: str) -> SignedIn | None:
    """Return the user that a session names, while that session still holds."""
    number, _, key = session_id.partition(".")
    if not number.isdigit():
        return None
    user = people.find_user(get_session(), int(number))
    if user is None or not user.is_active or user.session_key != key:
        return None
    return SignedIn(user) if may_sign_in_here(user) else None


def load_reader() -> Reader:
    """Return the reader who made this request."""
    if not current_user.is_authenticated:
        return PUBLIC
    return people.get_reader(get_session(), current_user.user)


def may_sign_in_here(user: User) -> bool:
    """Tell whether a user may sign in from where the request comes."""
    return not user.is_demonstration or comes_from_this_machine()


def comes_from_this_machine() -> bool:
    """Tell whether a request was made on the machine that serves it."""
    # Behind a proxy every request seems to come from this machine.
    if any(_tells_of_a_proxy(name.lower()) for name, _value in request.headers):
        return False
    name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    return request.remote_addr in LOOPBACK_ADDRESSES and name in LOOPBACK_NAMES


def _tells_of_a_proxy(header: str) -> bool:
    return header in FORWARDING_HEADERS or header.startswith("x-forwarded")


def find_network() -> str:
    """Return from which network a request comes, to slow down whoever guesses."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")
    if address.version == 4:
        return str(address)
    # One subscriber has all addresses of such a network.
    return str(ipaddress.ip_network((address, 64), strict=False))
