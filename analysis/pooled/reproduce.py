"""The command that makes a kept calculation again, and says whether the same comes out."""

import click
from flask_babel import gettext as _

from analysis import recording
from analysis.models.runs import AnalysisRun
from analysis.pooled.remaking import (
    DIFFERENT,
    NO_RUN,
    OTHER_METHOD,
    TOLERANCE,
    KeptRun,
    compare,
    remake,
)
from analysis.pooled.reproduce_edition import reproduce_edition
from analysis.queries import runs as queries
from lab import db
from lab.i18n import command_context, language_option
from lab.settings import read_settings


@click.command()
@click.argument("run", type=click.IntRange(min=1), required=False)
@click.option(
    "--edition",
    type=(str, click.IntRange(min=1)),
    metavar="PROGRAMME NUMBER",
    help="All calculations behind an edition of the advice, rule by rule.",
)
@language_option
def reproduce(run: int | None, edition: tuple[str, int] | None, language: str) -> None:
    """Make the kept calculation RUN again from its own counts, and compare.

    A calculation keeps its counts, so it can be made again also when a lab withdrew since.

    Ends with 0 when the same comes out, 1 when it differs, 2 when there is no such run, and 3
    when this release computes with another method.
    """
    if (run is None) == (edition is None):
        raise click.UsageError("Give either RUN or --edition PROGRAMME NUMBER.")
    with command_context(language):
        if edition is not None:
            reproduce_edition(*edition)
        kept = _read(run)
        if kept is None:
            _end(_("There is no run %(number)s in this installation.", number=run), NO_RUN)
        _check_method(kept.run)
        click.echo(
            _("Making run %(number)s again from %(cells)s cells…", number=run, cells=_size(kept))
        )
        _tell(kept)


def _read(number: int) -> KeptRun | None:
    url = read_settings().database_url
    if not db.is_current(url):
        return None
    # The calculation takes long, so nothing of the database is held meanwhile.
    with db.open_session(url) as session:
        run = queries.find_run(session, number)
        draws = run and queries.find_draws(session, number)
        return run and KeptRun(run, draws and draws.content)


def _size(kept: KeptRun) -> int:
    return len(kept.run.cells)


def _check_method(run: AnalysisRun) -> None:
    known = recording.find_method_version(run.estimator)
    if run.method_version != known:
        _end(
            _(
                "Run %(number)s was made by version %(old)s of the method, and this release"
                " computes by version %(new)s. The run stays readable.",
                number=run.id,
                old=run.method_version,
                new=known or "-",
            ),
            OTHER_METHOD,
        )


def _tell(kept: KeptRun) -> None:
    if recording.hash_cells(kept.run.cells) != kept.run.cells_sha256:
        _end(_("Its counts are not those it was made from: somebody changed them."), DIFFERENT)
    found = compare(kept, remake(kept.run))
    if found.are_same:
        click.echo(_("The same bytes."))
    elif found.largest <= TOLERANCE:
        click.echo(
            _(
                "The same within %(tolerance)s: largest difference %(difference)s, in %(where)s.",
                tolerance=f"{TOLERANCE:g}",
                difference=f"{found.largest:.2g}",
                where=found.where or "-",
            )
        )
    else:
        _end(
            _(
                "It differs: largest difference %(difference)s, in %(where)s.",
                difference=f"{found.largest:.2g}",
                where=found.where,
            ),
            DIFFERENT,
        )


def _end(message: str, code: int) -> None:
    click.echo(message, err=code == NO_RUN)
    raise SystemExit(code)
