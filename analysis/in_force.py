"""Which edition of the advice was in force when a report was made, so that it keeps citing it."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from lab import formats


@dataclass(frozen=True, slots=True)
class EditionThen:
    """What was in force when a report was made.

    number, published_on, url: of that edition; empty when nothing was published yet. newest: the
    number of the edition that is in force now.
    """

    number: int | None
    published_on: date | None
    url: str
    newest: int

    @property
    def told(self) -> str:
        """Return what was in force, in a sentence."""
        if self.number is None:
            return _("No edition of the advice was in force yet when this report was made.")
        return _(
            "When this report was made, edition %(number)s of the advice was in force, published on"
            " %(day)s.",
            number=self.number,
            day=formats.date(self.published_on),
        )

    @property
    def keys(self) -> dict:
        """Return the same for programs."""
        day = self.published_on and self.published_on.isoformat()
        return {"edition": self.number, "published_on": day, "url": self.url, "told": self.told}

    @property
    def cited(self) -> str:
        """Return the same with where the edition stands, for paper and files."""
        return f"{self.told} {self.url}".strip()
