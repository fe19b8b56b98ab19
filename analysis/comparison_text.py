"""A comparison as text for a terminal: first sentences, then tables, then the method."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.cells_file import FileExperiment
from analysis.sentences import (
    DENOMINATORS,
    MARKS,
    METHODS,
    VERDICTS,
    Names,
    tell_group,
    tell_interaction,
    tell_spread,
)
from analysis.stats.results import (
    ExperimentComparison,
    Method,
    PairComparison,
    ProfileComparison,
    StratifiedDifference,
    Verdict,
)
from analysis.warning_sentences import tell_warning
from lab import formats


def write_experiment(file: FileExperiment, comparison: ExperimentComparison) -> str:
    """Return what one experiment shows, for people."""
    names = Names([str(variant) for variant in file.variants])
    groups = [(one, one.profile or _("Everyone")) for one in comparison.profiles]
    if len(groups) != 1:
        groups.append((comparison.total, _("Everyone together")))
    sentences = [
        f"{MARKS[group.verdict]} {title}: {tell_group(comparison, group, names)}"
        for group, title in groups
    ]
    parts = [
        file.name or _("Experiment"),
        "\n".join(sentences),
        tell_spread(comparison, names),
        "\n".join("! " + tell_warning(one, names.variants) for one in comparison.warnings),
        *(_write_group(group, title, names) for group, title in groups),
        _write_method(comparison),
    ]
    return "\n\n".join(part for part in parts if part)


def _write_group(group: ProfileComparison, title: str, names: Names) -> str:
    variants = [
        (_("Variant"), _("Responded"), _("Of"), _("Rate"), _("95 in 100 limits")),
        *(
            (
                names.variants[one.variant],
                formats.number(one.numerator),
                formats.number(one.denominator),
                formats.percent(one.rate),
                formats.interval(one.ci_lower, one.ci_upper),
            )
            for one in group.variants
        ),
    ]
    pairs = [
        (_("Comparison"), _("Difference"), _("95 in 100 limits"), "p", _("Adjusted p"), ""),
        *(_list_pair(pair, names) for pair in group.comparisons),
    ]
    tables = [_align(variants)] + ([_align(pairs)] if group.comparisons else [])
    return "\n\n".join([title, *tables])


def _list_pair(pair: PairComparison, names: Names) -> tuple[str, ...]:
    return (
        f"{names.variants[pair.variant]} − {names.variants[pair.reference]}",
        formats.points(pair.difference),
        formats.interval(pair.ci_lower, pair.ci_upper, formats.Unit.POINTS),
        formats.pvalue(pair.pvalue),
        formats.pvalue(pair.adjusted_pvalue),
        _tell_verdict(pair, names),
    )


def _tell_verdict(pair: PairComparison, names: Names) -> str:
    word = str(VERDICTS[pair.verdict])
    is_better = pair.verdict in (Verdict.CLEARLY_BETTER, Verdict.PROBABLY_BETTER)
    return f"{word}: {names.variants[pair.better]}" if is_better else word


def _write_method(comparison: ExperimentComparison) -> str:
    pairs = [pair for group in comparison.profiles for pair in group.comparisons]
    parts = []
    if comparison.denominator is not None:
        shared = DENOMINATORS[comparison.denominator]
        parts.append(
            _("Method: rates are shares of %(people)s, with Wilson's limits.", people=shared)
        )
    if any(pair.method for pair in pairs):
        parts.append(
            ngettext(
                "Differences by %(methods)s, for %(num)d comparison.",
                "Differences by %(methods)s. P-values were adjusted by Holm, and verdicts hold"
                " together, over %(num)d comparisons.",
                comparison.comparisons_in_family,
                methods=_name_methods(pairs),
            )
        )
    within = [pair.stratified for pair in comparison.total.comparisons]
    if len(comparison.profiles) > 1 and any(pair.method for pair in within):
        methods = _name_methods(within)
        parts.append(_("The verdict on everyone together follows %(methods)s.", methods=methods))
    parts.append(tell_interaction(comparison))
    return " ".join(part for part in parts if part)


def _name_methods(pairs: Sequence[PairComparison | StratifiedDifference]) -> str:
    used = {pair.method for pair in pairs}
    return ", ".join(str(METHODS[method]) for method in Method if method in used)


def _align(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows as columns of equal width: words to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    is_words = [position == 0 or not title for position, title in enumerate(rows[0])]
    columns = list(zip(widths, is_words, strict=True))
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if is_left else cell.rjust(width)
            for cell, (width, is_left) in zip(row, columns, strict=True)
        ]
        lines.append("  ".join(["", *cells]).rstrip())
    return "\n".join(lines)
