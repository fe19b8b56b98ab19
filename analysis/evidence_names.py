"""What the codes of a pooled run are called, in the language being spoken."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _

from analysis.pooled.record import PooledRecord
from analysis.pooled.selection import EVERYONE, Name, NamedExperiment, Names
from analysis.stats.pooled.data import parse_style
from lab.i18n import current_language

# A channel and its styles, however these are put in order.
VariantKey = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The names of a run; variants are named by their place in the record."""

    names: Names
    variants: tuple[str, ...]

    @classmethod
    def of(cls, record: PooledRecord, names: Names) -> "Spoken":
        """Return the names of a record's codes."""
        return cls(names, tuple(name_variant(names, *code) for code in record.variants))

    def profile(self, code: str | None) -> str:
        """Return the name of a profile; None stands for all of them together."""
        if code is None:
            return _("Everyone together")
        if code == EVERYONE and code not in self.names.profiles:
            return _("All residents")
        return _say(self.names.profiles, code)

    def lab(self, code: str) -> str:
        """Return the name of a lab."""
        return self.names.labs.get(code, code)

    def label(self, kind: str, code: str) -> str:
        """Return the name of a channel or a style."""
        return _say(self.names.channels if kind == "channel" else self.names.styles, code)

    def experiment(self, code: str) -> NamedExperiment:
        """Return an experiment as it was when the cells were gathered."""
        return self.names.experiments.get(code) or NamedExperiment(code, "", "")

    def quote(self, variant: int) -> str:
        """Return the name of a variant as it stands in a sentence."""
        return f"“{self.variants[variant]}”"

    def quote_all(self, variants: Iterable[int]) -> str:
        """Return names of variants as they stand in a sentence."""
        return join([self.quote(one) for one in variants])


def join(words: list[str]) -> str:
    """Return words as people list them."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1])


@lru_cache(maxsize=4096)
def key_of(channel: str, style: str) -> VariantKey:
    """Return what cells and record know a variant by."""
    # The numbers of axes are texts here, and 10 comes after 9.
    values = sorted(parse_style(style).items(), key=lambda pair: (len(pair[0]), pair[0]))
    return channel, tuple(pair for pair in values if pair[1])


def name_variant(names: Names, channel: str, style: str) -> str:
    """Return a variant's name: its channel, then its styles in the order of their axes."""
    values = [value for _axis, value in key_of(channel, style)[1]]
    return " · ".join([_say(names.channels, channel), *(_say(names.styles, one) for one in values)])


def _say(names: dict[str, Name], code: str) -> str:
    held = names.get(code)
    return code if held is None else getattr(held, current_language())
