"""People who can sign in, for tests."""

from lab.services.passwords import hash_password

PASSWORD = "drie blauwe fietsen"
KEPT = hash_password(PASSWORD)


def add_person(build, role=None, lab=None, **fields):
    """Make somebody whose password is known."""
    return build.user(role, lab, password_hash=KEPT, **fields)


def credentials(user, password: str = PASSWORD) -> dict[str, str]:
    """Return what somebody types to sign in."""
    return {"email": user.email, "password": password}
