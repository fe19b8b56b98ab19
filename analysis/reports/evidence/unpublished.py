"""What a reader may know of experiments that another lab has not published yet.

They count in what all labs found together, but what one of them found, or one lab alone, is left
out: in a forest, in a comparison side by side, and in a profile that nobody else counted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from analysis.disclosure import is_small
from analysis.pooled.record import PairRecord, PooledRecord, ProfileRecord
from analysis.pooled.selection import Names

Counts = tuple[int, int]
# Of an experiment, a profile and a variant: people who responded, and people.
Cells = Mapping[tuple[str, str, int], Counts]


@dataclass(frozen=True, slots=True)
class Sources:
    """The cells behind a record, and what its reader may not see of them.

    labs: by experiment. withheld: cells in which few people were counted.
    """

    cells: Cells
    labs: Mapping[str, str]
    withheld: Cells
    unpublished: frozenset[str]

    def is_of_one_lab(self, experiments: Collection[str]) -> bool:
        """Tell whether experiments tell what one lab has not published yet."""
        labs = {self.labs[one] for one in experiments}
        return len(labs) == 1 and not self.unpublished.isdisjoint(experiments)

    def is_open(self, pair: PairRecord, profiles: Collection[str]) -> bool:
        """Tell whether what experiments with both variants of a pair found may be seen."""
        sides = [
            {key[0] for key in self.cells if key[1] in profiles and key[2] == variant}
            for variant in (pair.one, pair.other)
        ]
        both = sides[0] & sides[1]
        # What is published or one's own can be taken from it: the rest may not be one lab's.
        if len({self.labs[one] for one in both & self.unpublished}) == 1:
            return False
        return all(
            keeps_secret(
                [
                    counts
                    for key, counts in self.withheld.items()
                    if key[0] in both and key[1] in profiles and key[2] == variant
                ]
            )
            for variant in (pair.one, pair.other)
        )


def keeps_secret(withheld: Collection[Counts]) -> bool:
    """Tell whether nothing is withheld of a sum, or enough of it together."""
    total = tuple(map(sum, zip(*withheld, strict=True)))
    return not withheld or (len(withheld) > 1 and not is_small(total))


def find_of_one_lab(
    cells: Cells, labs: Mapping[str, str], unpublished: Collection[str]
) -> frozenset[tuple[str | None, int]]:
    """Return the (profile, variant) of which a figure would tell what one lab alone found.

    What is published, and what a reader counted, can be taken from a figure: the rest must come
    from two labs at least that did not publish yet, or from none. A profile of None stands for
    all of them, from which the profiles that are shown can be taken in turn.
    """
    found: set[tuple[str | None, int]] = set()
    for variant in {key[2] for key in cells}:
        held: dict[str, set[str]] = {}
        for experiment, profile, number in cells:
            if number == variant and experiment in unpublished:
                held.setdefault(profile, set()).add(labs[experiment])
        gone = {profile for profile, names in held.items() if len(names) == 1}
        found |= {(profile, variant) for profile in gone}
        everywhere = set().union(*held.values())
        behind = set().union(*(held[profile] for profile in gone))
        if len(everywhere) == 1 or len(behind) == 1:
            found.add((None, variant))
    return frozenset(found)


def leave_out_unpublished(record: PooledRecord, sources: Sources) -> PooledRecord:
    """Return a record without what one lab alone found and has not published yet."""
    asked = [part.profile for part in record.profiles]
    return replace(
        record,
        profiles=tuple(_leave_out(part, sources, (part.profile,)) for part in record.profiles),
        together=record.together and _leave_out(record.together, sources, asked),
    )


def _leave_out(part: ProfileRecord, sources: Sources, profiles: Collection[str]) -> ProfileRecord:
    if sources.is_of_one_lab({key[0] for key in sources.cells if key[1] in profiles}):
        return ProfileRecord(part.profile, ())
    pairs = (
        one if sources.is_open(one, profiles) else PairRecord(one.one, one.other, one.connection)
        for one in part.pairs
    )
    return replace(part, pairs=tuple(pairs))


def hide_titles(names: Names, unpublished: Iterable[str]) -> Names:
    """Return names without the titles of experiments that are not published yet."""
    hidden = {
        code: replace(names.experiments[code], title=_("not published yet"), reference="")
        for code in unpublished
        if code in names.experiments
    }
    return replace(names, experiments=names.experiments | hidden)
