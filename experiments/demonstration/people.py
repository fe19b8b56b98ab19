"""The accounts of the demonstration: random passwords, for this machine only."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from argon2 import PasswordHasher
from sqlmodel import Session

from lab.models.labs import LivingLab
from lab.models.people import Membership, Role, User

ACCOUNTS_FILE = "demonstration-accounts.txt"
ACCOUNTS = (
    ("Rosa Onderzoeker", "onderzoeker@demo.example", Role.RESEARCHER),
    ("Tariq Projectteam", "team@demo.example", Role.TEAM),
    ("Sanne Student", "student@demo.example", Role.STUDENT),
    ("Bas Begeleider", "begeleider@demo.example", Role.SUPERVISOR),
    ("Ada Beheerder", "beheerder@demo.example", Role.ADMINISTRATOR),
)


def add_accounts(
    session: Session, labs: list[LivingLab], instance: Path, at: datetime
) -> dict[Role, User]:
    """Add one account per role in the first lab, and keep the passwords in the instance."""
    lines, people = [], {}
    for name, email, role in ACCOUNTS:
        password = secrets.token_urlsafe(9)
        user = User(
            email=email,
            name=name,
            password_hash=PasswordHasher().hash(password),
            session_key=secrets.token_hex(16),
            is_demonstration=True,
            created_at=at,
        )
        session.add(user)
        session.flush()
        people[role] = user
        lines.append(f"{role:<14} {email:<26} {password}")
    _give_posts(session, labs, people, at)
    write_accounts(instance / ACCOUNTS_FILE, lines)
    return people


def _give_posts(session: Session, labs: list[LivingLab], people: dict, at: datetime) -> None:
    """The researcher works in two labs, so that moving between labs can be seen."""
    posts = [(role, labs[0]) for role in people] + [(Role.RESEARCHER, labs[1])]
    for role, lab in posts:
        session.add(Membership(user_id=people[role].id, living_lab_id=lab.id, role=role, since=at))
    session.flush()


def write_accounts(path: Path, lines: list[str]) -> None:
    """Keep the accounts in a file that only its owner can read."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write("\n".join(lines) + "\n")
