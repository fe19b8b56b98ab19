"""Where the product's files and this installation's own files are."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TEMPLATES = CHECKOUT / "templates"
STATIC = CHECKOUT / "lab" / "static"
TRANSLATIONS = CHECKOUT / "lab" / "translations"
MIGRATIONS = CHECKOUT / "lab" / "migrations"
VOCABULARY = CHECKOUT / "lab" / "vocabulary"


def instance_folder() -> Path:
    """Return the folder of this installation's own files, which may not exist yet."""
    named = os.environ.get("PROEFTUIN_INSTANCE")
    return Path(named).expanduser().resolve() if named else CHECKOUT / "instance"
