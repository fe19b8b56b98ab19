"""Which variant or profile a file means, by any of its names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from experiments.count_files.values import ValueFaultError
from experiments.naming import NamedVariant
from lab.models.segmentation import Profile
from lab.plain_names import simplify

UNKNOWN_PROFILE = {"", "onbekend", "unknown", "weten we niet", "geen"}
BETWEEN_NAMES = " · "


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an experiment's variants and profiles, simplified to compare by."""

    variants: dict[str, set[int]]
    channels: dict[str, set[int]]
    styles: dict[int, list[set[str]]]
    profiles: dict[str, int]
    shown_variants: tuple[str, ...]
    shown_profiles: tuple[str, ...]

    def find_variant(self, variant: str, channel: str, style: str) -> int:
        """Return the one variant that a row means."""
        if simplify(variant):
            return self._choose(self.variants.get(simplify(variant), set()), variant)
        shown = " + ".join(part for part in (channel, style) if part)
        if not simplify(shown):
            raise ValueFaultError("variant_missing", known=list(self.shown_variants))
        found = self.channels.get(simplify(channel), set())
        if simplify(style):
            wanted = {simplify(part) for part in split_styles(style)}
            found = {number for number in found if self._has_styles(number, wanted)}
        return self._choose(found, shown)

    def _choose(self, found: set[int], shown: str) -> int:
        if len(found) == 1:
            return next(iter(found))
        code = "several_variants" if found else "unknown_variant"
        raise ValueFaultError(code, found=shown, known=list(self.shown_variants))

    def _has_styles(self, number: int, wanted: set[str]) -> bool:
        styles = self.styles[number]
        return len(styles) == len(wanted) and all(names & wanted for names in styles)

    def find_profile(self, text: str) -> int | None:
        """Return the profile that a row means, None when it is unknown."""
        name = simplify(text)
        if name in self.profiles:
            return self.profiles[name]
        if name in UNKNOWN_PROFILE:
            return None
        raise ValueFaultError("unknown_profile", found=text, known=list(self.shown_profiles))


def split_styles(text: str) -> list[str]:
    """Return the styles that one cell names."""
    for sign in ("·", "+", ";", "|", "/", "&"):
        text = text.replace(sign, ",")
    return [part for part in text.split(",") if part.strip()]


def index_names(
    variants: Iterable[NamedVariant], profiles: Iterable[Profile], language: str
) -> Names:
    """Return by which names the variants and profiles of an experiment are known."""
    variants, profiles = list(variants), list(profiles)
    names: dict[str, set[int]] = defaultdict(set)
    channels: dict[str, set[int]] = defaultdict(set)
    styles: dict[int, list[set[str]]] = {}
    for place, variant in enumerate(variants, start=1):
        parts = [name.split(BETWEEN_NAMES) for name in (variant.name_nl, variant.name_en)]
        for name in (variant.letter, str(place), variant.name_nl, variant.name_en):
            names[simplify(name)].add(variant.id)
        codes = "-".join((variant.channel_code, *variant.style_codes))
        names[simplify(codes)].add(variant.id)
        for name in (variant.channel_code, parts[0][0], parts[1][0]):
            channels[simplify(name)].add(variant.id)
        columns = zip(variant.style_codes, parts[0][1:], parts[1][1:], strict=False)
        styles[variant.id] = [{simplify(name) for name in column} for column in columns]
    return Names(
        variants=dict(names),
        channels=dict(channels),
        styles=styles,
        profiles=_index_profiles(profiles),
        shown_variants=tuple(getattr(variant, f"name_{language}") for variant in variants),
        shown_profiles=tuple(getattr(profile, f"name_{language}") for profile in profiles),
    )


def _index_profiles(profiles: Iterable[Profile]) -> dict[str, int]:
    return {
        simplify(name): profile.id
        for profile in profiles
        for name in (profile.code, profile.name_nl, profile.name_en)
    }
