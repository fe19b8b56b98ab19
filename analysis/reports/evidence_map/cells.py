"""What one cell of the map says: how a variant did in one profile, or why that is not known."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.evidence_names import VariantKey, join
from analysis.evidence_wording import Wording, find_leader
from analysis.pooled.record import ProfileRecord, VariantRecord
from analysis.pooled.tally import Tried
from analysis.reports.evidence_map.contents import CellKind, MapCell
from analysis.stats.results import Verdict
from analysis.stats.verdicts import PROBABLY
from lab import formats

# From this share on, whole percentages tell enough.
LARGE_RATE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class CellWriter:
    """Writes the cells of one profile.

    shown, kept: the profile as its reader may see it, and as it is; None where nobody counted it.
    withheld: variants of which nothing is said. uncompared: by variant, who tried it without a
    comparison. decimals: of rates. open_people: where nobody compared the counts, by variant the
    people in experiments of which the reader may see them, with how many are not published yet;
    None where they were compared.
    """

    shown: ProfileRecord | None
    kept: ProfileRecord | None
    keys: dict[VariantKey, int]
    withheld: frozenset[int]
    uncompared: dict[VariantKey, tuple[Tried, ...]]
    wording: Wording
    decimals: int
    open_people: dict[int, tuple[int, int]] | None

    def write(self, column: int, key: VariantKey) -> MapCell:
        """Return the cell of a variant."""
        place = self.keys.get(key)
        kept = _find(self.kept, place)
        if kept is None or not kept.counted.experiments:
            return self._write_untried(column, self.uncompared.get(key, ()))
        shown = _find(self.shown, place)
        if shown is None:
            words = _("not published yet")
            return MapCell(column, CellKind.UNPUBLISHED, words, words)
        if place in self.withheld or (kept.counted.people and not shown.counted.people):
            words = _("few people")
            return MapCell(column, CellKind.WITHHELD, words, words)
        if shown.verdict is None and kept.verdict is not None and shown.rate is not None:
            # What it was compared with is withheld.
            counted = count_experiments(shown.counted.experiments)
            text = f"{self._write_rate(shown)} · {counted}"
            return MapCell(column, CellKind.TESTED, _("tested"), text)
        return self._write_tried(column, shown)

    def _write_untried(self, column: int, tried: tuple[Tried, ...]) -> MapCell:
        if not tried:
            return MapCell(column, CellKind.NEVER, _("never tested"), "", "·")
        grades = join(sorted({one.grade for one in tried}))
        text = _(
            "not compared (%(experiments)s, grade %(grades)s)",
            experiments=count_experiments(len(tried)),
            grades=grades,
        )
        return MapCell(column, CellKind.UNCOMPARED, _("tested without comparison"), text)

    def _write_tried(self, column: int, one: VariantRecord) -> MapCell:
        counted = count_experiments(one.counted.experiments)
        people = formats.number(one.counted.people)
        if self.open_people is not None:
            return self._write_tested(column, one)
        leader = find_leader(self.shown)
        if leader is not None and one.part != leader.part:
            text = _("never compared with the best (%(experiments)s)", experiments=counted)
            return MapCell(column, CellKind.APART, _("not comparable"), text)
        return self._write_compared(column, one, counted, people)

    def _write_tested(self, column: int, one: VariantRecord) -> MapCell:
        """Return how much was counted; of what is not published yet only that it was."""
        people, unpublished = self.open_people.get(one.variant, (0, 0))
        words, counted = _("tested"), count_experiments(one.counted.experiments)
        if unpublished:
            hidden = ngettext("%(num)d not published yet", "%(num)d not published yet", unpublished)
            counted = f"{counted} ({hidden})"
        text = f"{counted}, n {formats.number(people)}" if people else counted
        return MapCell(column, CellKind.TESTED, words, text)

    def _write_compared(
        self, column: int, one: VariantRecord, counted: str, people: str
    ) -> MapCell:
        kind, shape, words = judge_cell(self.shown, one)
        against = self.wording.spoken.variants[one.against] if one.against is not None else ""
        if kind is CellKind.FEW:
            text = _("too few (%(experiments)s, n %(people)s)", experiments=counted, people=people)
        elif kind is CellKind.SAME:
            text = _("no difference (%(experiments)s)", experiments=counted)
        else:
            text = f"{self._write_rate(one)} · {counted}"
        return MapCell(column, kind, words, text, shape, against)

    def _write_rate(self, one: VariantRecord) -> str:
        rate = formats.percent(one.rate, self.decimals)
        if one.rate_ci is None:
            return rate
        return f"{rate} ({formats.interval(*one.rate_ci, decimals=self.decimals)})"


def judge_cell(part: ProfileRecord, one: VariantRecord) -> tuple[CellKind, str, str]:
    """Return what is known of a variant against the best other one: kind, shape and words."""
    if one.verdict is None or one.rate is None:
        return CellKind.FEW, "…", _("not enough data")
    if one.verdict is Verdict.CLEARLY_BETTER:
        return CellKind.BETTER, "▲", _("clearly better")
    if one.verdict is Verdict.PROBABLY_BETTER:
        return CellKind.BETTER, "△", _("probably better")
    if one.verdict is Verdict.NO_DIFFERENCE:
        return CellKind.SAME, "=", _("no difference found")
    pair = (one.against, one.variant)
    if any((claim.better, claim.worse) == pair for claim in part.claims):
        return CellKind.WORSE, "▼", _("clearly worse")
    if one.probability_better is not None and one.probability_better <= 1 - PROBABLY:
        return CellKind.WORSE, "▽", _("probably worse")
    if any(claim.better == one.variant for claim in part.claims):
        return CellKind.OPEN, "…", _("better than some, not known whether it is the best")
    return CellKind.FEW, "…", _("not enough data")


def count_experiments(count: int) -> str:
    """Return a number of experiments in the fewest letters."""
    return ngettext("%(num)d exp.", "%(num)d exp.", count)


def _find(part: ProfileRecord | None, place: int | None) -> VariantRecord | None:
    variants = part.variants if part else ()
    return next((one for one in variants if one.variant == place), None)
