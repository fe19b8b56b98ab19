"""The command that estimates what works best from the counts of all experiments in a file."""

import time
from pathlib import Path

import click
from flask_babel import gettext as _

from analysis.cells_file import CellsFileError, stream_rows
from analysis.pooled.table import CellTable
from analysis.registry import load_estimator
from lab.i18n import command_context, language_option
from lab.version import VERSION

REQUIRED = ("experiment", "profile", "channel", "style", "reached", "responded")
WRONG_INPUT = 2
# What each grade lets an experiment do; an empty grade is the user's own word for it.
POOLED_GRADES = ("", "A", "B")
CHECKED_GRADE = "C"
LEFT_OUT = {
    "C": "grade C: a comparison without a lottery",
    "D": "grade D: no comparison group, or no denominator",
    "P": "grade P: stated preference",
}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "--priors",
    type=click.Choice(["default", "none"]),
    default="default",
    show_default=True,
    help="none: flat main effects, standard deviations plugged in, as REML does.",
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.005,
    show_default=True,
    help="Smallest difference that matters, as a share: 0.005 is half a percentage point.",
)
@click.option(
    "--denominator",
    type=click.Choice(["offered", "reached"]),
    help="What rates are a share of; by default offered where every row has it, else reached.",
)
@click.option(
    "--reference",
    nargs=2,
    metavar="CHANNEL STYLE",
    help="Also write reference.csv: each variant less this one, per profile.",
)
@click.option(
    "--sensitivity",
    is_flag=True,
    help="Also use grade C, each with a known bias; a check, and no ground for advice.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("estimate"),
    show_default=True,
    help="Folder for estimates.csv, claims.csv, model.json and draws.npz.",
)
@language_option
def estimate(
    file: Path,
    seed: int,
    priors: str,
    margin: float,
    denominator: str | None,
    reference: tuple[str, str] | None,
    sensitivity: bool,
    output: Path,
    language: str,
) -> None:
    """Estimate per profile which channel and style works best, from all experiments in FILE.

    Columns: experiment, profile, channel, style, reached, responded; if known also living_lab,
    wave, cluster, offered, grade. A style may hold several parts: tone=warm;length=short.
    """
    with command_context(language):
        started = time.perf_counter()
        try:
            table = CellTable.of(stream_rows(file, REQUIRED))
            chosen = _choose_denominator(table, denominator)
            _check_reference(table, reference)
        except CellsFileError as error:
            for line in error.list_lines():
                click.echo(line, err=True)
            raise SystemExit(WRONG_INPUT) from error
        grades = table.find_worst_grades()
        used = {key for key, one in grades.items() if one in POOLED_GRADES}
        biased = {key for key, one in grades.items() if sensitivity and one == CHECKED_GRADE}
        run = load_estimator("pooled_file")
        run(
            table,
            used | biased,
            output,
            biased=biased if sensitivity else None,
            reference=reference,
            seed=seed,
            priors=priors,
            margin=margin,
            denominator=chosen,
            facts={
                "left_out_by_grade": _list_left_out(table, grades, used | biased),
                "denominator": chosen,
                "margin": margin,
                "priors": priors,
                "seed": seed,
                "version": VERSION,
            },
            started=started,
        )
        click.echo(_("Written to %(folder)s.", folder=output))


def _choose_denominator(table: CellTable, asked: str | None) -> str:
    has_offered = table.has_offered
    if asked == "offered" and not has_offered:
        raise CellsFileError.of_whole(
            _("Not every row says how many people were offered the variant."),
            _("Fill in the column offered, or use --denominator reached."),
        )
    return asked or ("offered" if has_offered else "reached")


def _check_reference(table: CellTable, reference: tuple[str, str] | None) -> None:
    """Refuse a reference of which the file holds no channel or no style."""
    for key, name in zip(("channel", "style"), reference or (), strict=False):
        if name not in table.texts[key].names:
            raise CellsFileError.of_whole(
                _("The file holds no %(column)s “%(name)s”.", column=key, name=name),
                _("Name the reference as the file does."),
            )


def _list_left_out(
    table: CellTable, grades: dict[tuple[int, int], str], used: set[tuple[int, int]]
) -> list[dict[str, str]]:
    """Return the experiments that may not be pooled, with the reason."""
    labs, experiments = (list(table.texts[key].names) for key in ("living_lab", "experiment"))
    return [
        {
            "living_lab": labs[lab],
            "experiment": experiments[experiment],
            "reason": LEFT_OUT.get(grade, f"grade {grade}"),
        }
        for (lab, experiment), grade in grades.items()
        if (lab, experiment) not in used
    ]
