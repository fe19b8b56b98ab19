"""One's own account."""

from datetime import datetime

from sqlmodel import Session

from lab.access import Reader
from lab.models.people import User
from lab.queries import people
from lab.services.audit import record
from lab.services.sign_in import make_session_key


def change_password(session: Session, password_hash: str, *, by: Reader, at: datetime) -> User:
    """Give somebody a new password; all their sessions end."""
    user = people.get_user(session, by.user_id)
    user.password_hash = password_hash
    user.session_key = make_session_key()
    session.flush()
    record(session, by=by, at=at, action="change_password", subject="user", subject_id=user.id)
    return user
