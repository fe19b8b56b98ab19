"""Whose result an answer would be: what one lab alone found is its own until it publishes it."""

from collections.abc import Collection, Iterable

from analysis.pooled.choosing import Candidate
from analysis.stats.pooled.data import CellRow
from experiments.models.experiments import ExperimentStatus


def find_owner(
    candidates: Iterable[Candidate], rows: Iterable[CellRow], asked: Collection[str]
) -> int | None:
    """Return the lab of which the cells are the unpublished result; None where there is none.

    The limits of a question, such as a period, can leave the experiments of one lab only. An
    experiment without the profiles that are asked for answers nothing by itself.
    """
    used = {row.experiment for row in rows if row.profile in asked}
    held = [one for one in candidates if str(one.id) in used]
    labs = {one.living_lab_id for one in held}
    is_public = all(one.status is ExperimentStatus.PUBLISHED for one in held)
    return labs.pop() if len(labs) == 1 and not is_public else None
