"""Making the numbers behind an edition again, and saying per rule whether the same comes out.

A run keeps the cells that it was made from, so an edition can be made again after a lab withdrew
or an experiment was counted anew: what is told then is what the edition rested on, not what is
counted now. From the run that is made again follow the figures that each version of a rule
printed. The command names the experiments that were withdrawn since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import click
from flask_babel import gettext as _
from flask_babel import ngettext

from analysis import recording
from analysis.advice_sentences import write_for_whom
from analysis.pooled.remaking import (
    DIFFERENT,
    NO_RUN,
    OTHER_METHOD,
    TOLERANCE,
    KeptRun,
    compare,
    remake,
)
from analysis.printed_figures import FigureKind, FigurePair, compare_figures
from analysis.queries import advice as queries
from analysis.queries import runs
from analysis.recording import Answer
from analysis.services.rebuilding import Printed, read_printed, rebuild
from experiments.models.experiments import ExperimentStatus
from lab import db
from lab.queries.programmes import find_programme_by_code
from lab.settings import read_settings


@dataclass(frozen=True, slots=True)
class EditionRule:
    """One rule of an edition: what it printed, its run, and which of its experiments withdrew."""

    version: int
    run_id: int
    printed: Printed
    withdrawn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptEdition:
    """The rules of an edition with their runs, read before anything is calculated."""

    rules: tuple[EditionRule, ...]
    runs: dict[int, KeptRun]


@dataclass(frozen=True, slots=True)
class Remade:
    """A run made again: how alike it is in words, the code to end with, and what came out.

    answer: None where this release cannot make it.
    """

    told: str
    code: int
    answer: Answer | None = None


def reproduce_edition(code: str, number: int) -> None:
    """Make the numbers of an edition again, and end with how alike the worst of them is."""
    kept = _read(code, number)
    if kept is None:
        text = _("There is no edition %(number)s of %(code)s here.", number=number, code=code)
        click.echo(text, err=True)
        raise SystemExit(NO_RUN)
    if not kept.rules:
        click.echo(_("This edition holds no rules, so it has no numbers."))
    remade = {number: _remake(run) for number, run in kept.runs.items()}
    codes = [one.code for one in remade.values()]
    for rule in kept.rules:
        codes.append(_tell(rule, kept.runs[rule.run_id], remade[rule.run_id]))
    raise SystemExit(_worst(codes))


def _tell(rule: EditionRule, kept: KeptRun, remade: Remade) -> int:
    """Say of one rule how alike its run and its figures are, and return the code of these."""
    name = _(
        "%(name)s (rule version %(version)s, run %(run)s)",
        name=write_for_whom(rule.printed.evidence),
        version=rule.version,
        run=rule.run_id,
    )
    click.echo(f"{name}: {remade.told}")
    for title in rule.withdrawn:
        click.echo(
            _(
                "  “%(title)s” was withdrawn since. Its counts are those that the run kept.",
                title=title,
            )
        )
    if remade.answer is None:
        return 0
    printed = rule.printed
    rebuilt = rebuild(printed, kept.run, remade.answer.result)
    pairs = compare_figures((printed.state, printed.evidence), (rebuilt.state, rebuilt.evidence))
    for text in _tell_figures(pairs):
        click.echo(f"  {text}")
    return DIFFERENT if any(pair.gap > TOLERANCE for pair in pairs) else 0


def _tell_figures(pairs: list[FigurePair]) -> Iterator[str]:
    """Give what is equal and what differs of the figures of one version, kind by kind."""
    ordered = sorted(pairs, key=lambda pair: list(FigureKind).index(pair.kind))
    for kind, group in groupby(ordered, key=lambda pair: pair.kind):
        held = list(group)
        other = [pair for pair in held if pair.gap > TOLERANCE]
        alike = len(held) - len(other)
        if alike:
            yield ngettext(
                "%(kind)s: %(num)s figure is equal.",
                "%(kind)s: %(num)s figures are equal.",
                alike,
                kind=_name_kind(kind),
            )
        for pair in other:
            yield _tell_difference(pair)


def _tell_difference(pair: FigurePair) -> str:
    words = {"kind": _name_kind(pair.kind), "name": pair.name, "printed": _write(pair.printed)}
    if pair.made_again is None:
        return _("%(kind)s: %(name)s DIFFERS: printed %(printed)s, and not made again.", **words)
    if pair.gap == float("inf"):
        return _(
            "%(kind)s: %(name)s DIFFERS: printed %(printed)s, made again %(again)s.",
            again=_write(pair.made_again),
            **words,
        )
    return _(
        "%(kind)s: %(name)s DIFFERS by %(gap)s: printed %(printed)s, made again %(again)s.",
        again=_write(pair.made_again),
        gap=_write(abs(pair.printed - pair.made_again)),
        **words,
    )


def _write(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.8g}"


def _name_kind(kind: FigureKind) -> str:
    return {
        FigureKind.SAYS: _("What it says"),
        FigureKind.DIFFERENCE: _("The difference with its limits"),
        FigureKind.BETTER: _("Chance of being better"),
        FigureKind.NEAR_BEST: _("Chance of being within the margin of the best"),
        FigureKind.REGRET: _("Expected regret"),
        FigureKind.NEW_LAB: _("Prediction for a new lab"),
        FigureKind.SUPPORT: _("Experiments and labs for and against"),
        FigureKind.RATES: _("Counts and rates"),
    }[kind]


def _worst(codes: list[int]) -> int:
    # That the numbers differ is graver than that this release cannot make them.
    return next((code for code in (DIFFERENT, OTHER_METHOD) if code in codes), 0)


def _read(code: str, number: int) -> KeptEdition | None:
    url = read_settings().database_url
    if not db.is_current(url):
        return None
    with db.open_session(url) as session:
        programme = find_programme_by_code(session, code)
        edition = programme and queries.find_edition(session, programme.id, number)
        if edition is None:
            return None
        listed = queries.list_edition_versions(session, edition.id)
        rules = tuple(_read_rule(session, one) for one in listed)
        kept = {one: _read_run(session, one) for one in dict.fromkeys(r.run_id for r in rules)}
        return KeptEdition(rules, kept)


def _read_rule(session, listed) -> EditionRule:
    version = listed.version
    printed = read_printed(session, version)
    sources = printed.evidence.basis.sources
    statuses = queries.find_statuses(session, [one.experiment_id for one in sources])
    withdrawn = [
        one.title
        for one in sources
        if statuses.get(one.experiment_id) is ExperimentStatus.WITHDRAWN
    ]
    return EditionRule(version.number, version.analysis_run_id, printed, tuple(withdrawn))


def _read_run(session, number: int) -> KeptRun:
    draws = runs.find_draws(session, number)
    return KeptRun(runs.find_run(session, number), draws and draws.content)


def _remake(kept: KeptRun) -> Remade:
    """Return a run as this release makes it again, and how alike it is."""
    if kept.run.method_version != recording.find_method_version(kept.run.estimator):
        return Remade(_("made by another version of the method; it stays readable."), OTHER_METHOD)
    answer = remake(kept.run)
    if recording.hash_cells(kept.run.cells) != kept.run.cells_sha256:
        return Remade(_("its counts are not those it was made from."), DIFFERENT, answer)
    found = compare(kept, answer)
    if found.are_same:
        return Remade(_("the same bytes."), 0, answer)
    if found.largest <= TOLERANCE:
        told = _("the same within %(tolerance)s.", tolerance=f"{TOLERANCE:g}")
        return Remade(told, 0, answer)
    return Remade(_("it differs, most in %(where)s.", where=found.where or "-"), DIFFERENT, answer)
