"""Settings of one installation: where it keeps its data and its secret key."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from lab.paths import instance_folder

MAXIMUM_UPLOAD = 10 * 1024 * 1024
MAXIMUM_FORM = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """What an application needs to know before it starts."""

    instance: Path
    database_url: str
    secret_key: str
    is_secure: bool = False
    is_testing: bool = False


def read_settings() -> Settings:
    """Return the settings of this installation, making its secret key at first use."""
    instance = instance_folder()
    instance.mkdir(parents=True, exist_ok=True)
    return Settings(
        instance=instance,
        database_url=database_url(instance),
        secret_key=read_secret_key(instance / "secret-key"),
        is_secure=os.environ.get("PROEFTUIN_HTTPS") == "1",
    )


def database_url(instance: Path) -> str:
    """Return the address of the database, SQLite in the instance folder unless named."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'proeftuin.db'}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return url.replace(plain, "postgresql+psycopg://", 1)
    return url


def read_secret_key(path: Path) -> str:
    """Return the secret key kept at a path, made once and readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        key = path.read_text(encoding="ascii").strip()
        # An interrupted start can leave an empty file: such a key would sign nothing.
        return key or _write_key(os.open(path, os.O_TRUNC | os.O_WRONLY))
    return _write_key(descriptor)


def _write_key(descriptor: int) -> str:
    key = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(key)
    return key
