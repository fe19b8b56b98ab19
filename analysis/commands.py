"""The command that compares the variants in a file with counts, without a database."""

import math
from pathlib import Path

import click
from flask_babel import gettext as _

from analysis.cells_file import (
    CellsFileError,
    FileExperiment,
    VariantName,
    list_unused_columns,
    read_cells_file,
)
from analysis.comparison_records import list_experiment_record, write_records
from analysis.comparison_text import write_experiment
from analysis.registry import load_estimator
from analysis.stats.cells import Denominator, ExperimentDesign
from analysis.stats.results import ExperimentComparison, Warned, WarningCode
from lab.i18n import command_context, language_option

WRONG_INPUT = 2


def _read_margin(context: click.Context, option: click.Parameter, margin: float) -> float:
    if math.isnan(margin):
        raise click.BadParameter("nan is not a number between 0 and 1.")
    return margin


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")
@click.option("--control", metavar="CHANNEL[/STYLE]", help="Compare each variant with this one.")
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.02,
    show_default=True,
    callback=_read_margin,
    help="Smallest difference that matters, as a share: 0.02 is 2 percentage points.",
)
@click.option(
    "--denominator",
    type=click.Choice([one.value for one in Denominator]),
    help="What rates are a share of; by default offered where every row has it, else reached.",
)
@language_option
def compare(
    file: Path,
    as_json: bool,
    control: str | None,
    margin: float,
    denominator: str | None,
    language: str,
) -> None:
    """Compare the variants in FILE, a CSV file with counts.

    Columns: channel, reached, responded; if known also living_lab, experiment, wave, profile,
    style, cluster, offered. Each experiment is compared apart, per profile and in all. A verdict
    is about a pair, read from the side of the variant that does better.
    """
    with command_context(language):
        try:
            experiments = read_cells_file(file)
            chosen = _find_control(experiments, control)
            _check_offered(experiments, denominator)
        except CellsFileError as error:
            for line in error.list_lines():
                click.echo(line, err=True)
            raise SystemExit(WRONG_INPUT) from error
        if unused := list_unused_columns(file):
            click.echo(
                _("Columns that are not used: %(names)s.", names=", ".join(unused)), err=True
            )
        compared = [(one, _compare(one, chosen, margin, denominator)) for one in experiments]
        if as_json:
            click.echo(write_records([list_experiment_record(*pair) for pair in compared]))
        else:
            click.echo("\n\n".join(write_experiment(*pair) for pair in compared))


def _compare(
    experiment: FileExperiment,
    control: VariantName | None,
    margin: float,
    denominator: str | None,
) -> ExperimentComparison:
    has_control = control in experiment.variants
    design = ExperimentDesign(
        variant_count=len(experiment.variants),
        control=experiment.variants.index(control) if has_control else None,
        margin=margin,
        denominator=None if denominator is None else Denominator(denominator),
    )
    comparison = load_estimator("single_experiment")(experiment.cells, design)
    if experiment.repeated:
        repeated = Warned(WarningCode.REPEATED_ROWS, (("rows", experiment.repeated),))
        comparison = comparison.with_warning(repeated)
    if control is None or has_control:
        return comparison
    return comparison.with_warning(Warned(WarningCode.CONTROL_MISSING))


def _find_control(experiments: list[FileExperiment], text: str | None) -> VariantName | None:
    """Return the variant that a person named, by its channel alone or with its style."""
    if text is None:
        return None
    variants = list(dict.fromkeys(one for held in experiments for one in held.variants))
    named = [one for one in variants if str(one) == text]
    found = named or [one for one in variants if one.channel == text]
    if len(found) == 1:
        return found[0]
    listed = _("Choose one of: %(variants)s.", variants=", ".join(map(str, variants)))
    raise CellsFileError.of_whole(
        _("There are several variants “%(text)s”.", text=text)
        if found
        else _("There is no variant “%(text)s” in the file.", text=text),
        listed,
    )


def _check_offered(experiments: list[FileExperiment], denominator: str | None) -> None:
    if denominator == Denominator.OFFERED and any(
        cell.offered is None for one in experiments for cell in one.cells
    ):
        raise CellsFileError.of_whole(
            _("Not every row says how many people were offered the variant."),
            _("Fill in the column offered, or use --denominator reached."),
        )
