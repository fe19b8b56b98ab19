"""Queries for the back-test: what is published of a programme, and what was kept about it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, select

from analysis.models.runs import AnalysisRun
from analysis.pooled.choosing import Candidate
from analysis.pooled.scope import Scope
from analysis.pooled.selection import Selection
from analysis.queries.pooled import read_material, select_from
from experiments.models.experiments import Experiment, ExperimentStatus, Variant
from lab.models.labs import LivingLab

ESTIMATOR = "backtest"
VariantCode = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PublishedCells:
    """The cells that a scope lets through of what is published, and what is known of each.

    ends: by code of the experiment, the last day of its field work. controls: its variant that is
    done as usual, where it has one.
    """

    selection: Selection
    ends: tuple[tuple[str, date], ...]
    controls: tuple[tuple[str, VariantCode], ...]


def select_published(session: Session, scope: Scope) -> PublishedCells:
    """Return the cells of published experiments of which it is known when they were over."""
    material = read_material(session, scope)
    open_ones = tuple(
        one
        for one in material.candidates
        if one.status is ExperimentStatus.PUBLISHED and one.ends_on is not None
    )
    selection = select_from(session, replace(material, candidates=open_ones), scope)
    used = set(selection.experiments_used)
    kept = [one for one in open_ones if str(one.id) in used]
    return PublishedCells(
        selection,
        tuple((str(one.id), one.ends_on) for one in kept),
        tuple(_list_controls(session, kept)),
    )


def _list_controls(session: Session, kept: list[Candidate]) -> list[tuple[str, VariantCode]]:
    statement = select(Variant.id).where(
        col(Variant.experiment_id).in_([one.id for one in kept]), col(Variant.is_control)
    )
    controls = set(session.exec(statement))
    return [
        (str(one.id), (variant.channel, variant.style))
        for one in kept
        for variant in one.variants
        if variant.id in controls
    ]


def list_published(session: Session, programme_id: int) -> list[int]:
    """Return the numbers of the experiments of a programme that are published."""
    statement = (
        select(Experiment.id)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(LivingLab.programme_id == programme_id)
        .where(Experiment.status == ExperimentStatus.PUBLISHED)
        .order_by(col(Experiment.id))
    )
    return list(session.exec(statement))


def find_newest_backtest(session: Session, programme_id: int) -> int | None:
    """Return the number of the newest back-test of a programme."""
    statement = (
        select(AnalysisRun.id)
        .where(AnalysisRun.programme_id == programme_id, AnalysisRun.estimator == ESTIMATOR)
        .order_by(col(AnalysisRun.id).desc())
    )
    return session.exec(statement).first()


class BacktestHead(NamedTuple):
    """The programme of a back-test, and the experiments that were published when it was made."""

    programme_id: int
    published: list[int]


def find_backtest(session: Session, run_id: int) -> BacktestHead | None:
    """Return the head of a back-test, or None."""
    statement = select(AnalysisRun.programme_id, AnalysisRun.scope["published"]).where(
        AnalysisRun.id == run_id, AnalysisRun.estimator == ESTIMATOR
    )
    found = session.exec(statement).first()
    return found and BacktestHead(*found)
