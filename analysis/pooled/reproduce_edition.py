"""Making the calculations behind an edition again, and saying per rule whether the same comes out.

A run keeps the cells that it was made from, so an edition can be made again after a lab withdrew
or an experiment was counted anew: what is told then is what the edition rested on, not what is
counted now. The command names the experiments that were withdrawn since.
"""

from dataclasses import dataclass

import click
from flask_babel import gettext as _

from analysis import recording
from analysis.advice_sentences import write_for_whom
from analysis.evidence import read_evidence
from analysis.pooled.remaking import DIFFERENT, NO_RUN, OTHER_METHOD, TOLERANCE, KeptRun, compare
from analysis.queries import advice as queries
from analysis.queries import runs
from experiments.models.experiments import ExperimentStatus
from lab import db
from lab.queries.programmes import find_programme_by_code
from lab.settings import read_settings


@dataclass(frozen=True, slots=True)
class EditionRule:
    """One rule of an edition: for whom it is, its run, and which of its experiments withdrew."""

    name: str
    version: int
    run_id: int
    withdrawn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptEdition:
    """The rules of an edition with their runs, read before anything is calculated."""

    rules: tuple[EditionRule, ...]
    runs: dict[int, KeptRun]


def reproduce_edition(code: str, number: int) -> None:
    """Make the runs of an edition again, and end with how alike the worst of them is."""
    kept = _read(code, number)
    if kept is None:
        text = _("There is no edition %(number)s of %(code)s here.", number=number, code=code)
        click.echo(text, err=True)
        raise SystemExit(NO_RUN)
    if not kept.rules:
        click.echo(_("This edition holds no rules, so it has no numbers."))
    told = {number: _compare(run) for number, run in kept.runs.items()}
    for rule in kept.rules:
        text, _code = told[rule.run_id]
        name = _(
            "%(name)s (rule version %(version)s, run %(run)s)",
            name=rule.name,
            version=rule.version,
            run=rule.run_id,
        )
        click.echo(f"{name}: {text}")
        for title in rule.withdrawn:
            click.echo(
                _(
                    "  “%(title)s” was withdrawn since. Its counts are those that the run kept.",
                    title=title,
                )
            )
    raise SystemExit(_worst([code for _text, code in told.values()]))


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
    evidence = read_evidence(listed.version.evidence)
    sources = evidence.basis.sources
    statuses = queries.find_statuses(session, [one.experiment_id for one in sources])
    withdrawn = [
        one.title
        for one in sources
        if statuses.get(one.experiment_id) is ExperimentStatus.WITHDRAWN
    ]
    version = listed.version
    return EditionRule(
        write_for_whom(evidence), version.number, version.analysis_run_id, tuple(withdrawn)
    )


def _read_run(session, number: int) -> KeptRun:
    draws = runs.find_draws(session, number)
    return KeptRun(runs.find_run(session, number), draws and draws.content)


def _compare(kept: KeptRun) -> tuple[str, int]:
    """Return in words how alike a kept run and a new one are, and the code to end with."""
    if kept.run.method_version != recording.find_method_version(kept.run.estimator):
        return _("made by another version of the method; it stays readable."), OTHER_METHOD
    if recording.hash_cells(kept.run.cells) != kept.run.cells_sha256:
        return _("its counts are not those it was made from."), DIFFERENT
    found = compare(kept)
    if found.are_same:
        return _("the same bytes."), 0
    if found.largest <= TOLERANCE:
        return _("the same within %(tolerance)s.", tolerance=f"{TOLERANCE:g}"), 0
    return _("it differs, most in %(where)s.", where=found.where or "-"), DIFFERENT
