"""Protection of small cells: what readers beyond a lab's own team may see of its counts.

A profile with a count below the threshold is withheld as a whole, and so many other profiles with
it that the totals do not give it back. Zero counts as small: «nobody of this group» says
something about each of them. What is left is rounded to a multiple of five.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from analysis.stats.cells import Cell, Denominator

THRESHOLD = 10
LOWEST_THRESHOLD = 5
ROUNDING = 5


class TableCell(NamedTuple):
    """People of one profile (None: unknown) who were given one variant; None when withheld."""

    profile: str | None
    variant: int
    numerator: int | None
    denominator: int | None


class Total(NamedTuple):
    """A sum over a variant, a profile or everyone; its counts are None when withheld."""

    key: int | str | None
    numerator: int | None
    denominator: int | None


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """A table of counts as readers may see it, with its totals.

    `threshold` is None when the table needed no protection and all counts are exact. Cells of a
    withheld profile are all withheld; `profile_totals` leaves such a profile without counts.
    """

    cells: tuple[TableCell, ...]
    variant_totals: tuple[Total, ...]
    profile_totals: tuple[Total, ...]
    grand_total: Total
    threshold: int | None

    @property
    def withheld_profiles(self) -> tuple[str | None, ...]:
        """Return the profiles that are not shown; None stands for an unknown profile."""
        return tuple(total.key for total in self.profile_totals if total.numerator is None)

    @property
    def withheld_variants(self) -> tuple[int, ...]:
        """Return the variants of which even the total is not shown."""
        return tuple(total.key for total in self.variant_totals if total.numerator is None)

    @property
    def is_protected(self) -> bool:
        """Tell whether counts were rounded or withheld."""
        return self.threshold is not None


def sum_table(cells: Iterable[Cell], denominator: Denominator) -> tuple[TableCell, ...]:
    """Return counts per profile and variant, leaving out cells without this denominator."""
    sums: dict[tuple[str | None, int], list[int]] = {}
    for cell in cells:
        people = getattr(cell, denominator)
        if people is None:
            continue
        held = sums.setdefault((cell.profile, cell.variant), [0, 0])
        held[0] += cell.numerator
        held[1] += people
    return tuple(TableCell(*key, *sums[key]) for key in sorted(sums, key=_order))


def protect(table: Iterable[TableCell], threshold: int = THRESHOLD) -> ProtectedTable:
    """Return a table in which no count below the threshold can be seen or worked out.

    Each withheld count could, as far as all that is shown tells, be anything from 0 to at least
    the threshold: in every column with a total, the withheld profiles are two or more and together
    reach the threshold in numerator, denominator and their difference.
    """
    if threshold < LOWEST_THRESHOLD or threshold % ROUNDING:
        raise ValueError(f"The threshold must be a multiple of {ROUNDING}, not {threshold}.")
    rows = _group_by_profile(table)
    hidden, hidden_variants = _choose_withheld(rows, threshold)
    shown = {profile for profile in rows if profile not in hidden}
    return _lay_out(rows, shown, hidden_variants, threshold)


def leave_exact(table: Iterable[TableCell]) -> ProtectedTable:
    """Return a table that needs no protection, in the same form."""
    rows = _group_by_profile(table)
    return _lay_out(rows, set(rows), set(), None)


Counts = tuple[int, int]
Rows = dict[str | None, dict[int, Counts]]


def _group_by_profile(table: Iterable[TableCell]) -> Rows:
    rows: Rows = {}
    for cell in sorted(table, key=_order):
        rows.setdefault(cell.profile, {})[cell.variant] = (cell.numerator, cell.denominator)
    return rows


def _choose_withheld(rows: Rows, threshold: int) -> tuple[set[str | None], set[int]]:
    """Return the profiles to withhold, and the variants whose total must go as well."""
    hidden = {
        profile
        for profile, row in rows.items()
        if any(is_small(counts, threshold) for counts in row.values())
    }
    hidden_variants: set[int] = set()
    while (variant := _find_leak(rows, hidden, hidden_variants, threshold)) is not None:
        open_rows = [one for one in rows if one not in hidden and variant in rows[one]]
        if open_rows:
            hidden.add(min(open_rows, key=lambda one: _people(rows[one])))
        else:
            hidden_variants.add(variant)
    return hidden, hidden_variants


def _find_leak(
    rows: Rows, hidden: set[str | None], hidden_variants: set[int], threshold: int
) -> int | None:
    """Return a variant whose total would tell too much about what is withheld of it."""
    for variant in sorted({one for profile in hidden for one in rows[profile]} - hidden_variants):
        withheld = [rows[one][variant] for one in hidden if variant in rows[one]]
        if len(withheld) < 2 or is_small(_add_up(withheld), threshold):
            return variant
    return None


def _lay_out(
    rows: Rows, shown: set[str | None], hidden_variants: set[int], threshold: int | None
) -> ProtectedTable:
    columns: dict[int, list[Counts]] = {}
    for row in rows.values():
        for variant, counts in row.items():
            columns.setdefault(variant, []).append(counts)
    is_exact = threshold is None
    everyone = _add_up(counts for column in columns.values() for counts in column)
    return ProtectedTable(
        cells=tuple(
            TableCell(profile, variant, *_show(counts, profile in shown, is_exact))
            for profile, row in rows.items()
            for variant, counts in row.items()
        ),
        variant_totals=tuple(
            Total(variant, *_show(_add_up(column), variant not in hidden_variants, is_exact))
            for variant, column in sorted(columns.items())
        ),
        profile_totals=tuple(
            Total(profile, *_show(_add_up(row.values()), profile in shown, is_exact))
            for profile, row in rows.items()
        ),
        grand_total=Total(None, *_show(everyone, not hidden_variants and bool(rows), is_exact)),
        threshold=threshold,
    )


def is_small(counts: Counts, threshold: int = THRESHOLD) -> bool:
    """Tell whether too few people responded, or too few did not."""
    numerator, denominator = counts
    return min(numerator, denominator - numerator) < threshold


def _show(counts: Counts, is_shown: bool, is_exact: bool) -> tuple[int | None, int | None]:
    if not is_shown:
        return None, None
    return counts if is_exact else (_round(counts[0]), _round(counts[1]))


def _round(count: int) -> int:
    return ROUNDING * ((count + ROUNDING // 2) // ROUNDING)


def _add_up(counts: Iterable[Counts]) -> Counts:
    numerator = denominator = 0
    for one in counts:
        numerator, denominator = numerator + one[0], denominator + one[1]
    return numerator, denominator


def _people(row: dict[int, Counts]) -> int:
    return sum(denominator for _numerator, denominator in row.values())


def _order(cell: tuple) -> tuple:
    profile, variant = cell[0], cell[1]
    return (profile is not None, profile or "", variant)
