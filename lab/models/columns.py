"""Column types and names that all tables share."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import Enum
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# PostgreSQL cannot keep the character that other programs end a text with.
KEEPABLE = r"^[^\x00]*$"
ShortText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=KEEPABLE),
]
LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=5000, pattern=KEEPABLE)
]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]


def closed_set(values: type[StrEnum], name: str) -> Enum:
    """Return a column type that keeps an enum's values as text, checked by the database."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=30,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )
