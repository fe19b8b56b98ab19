"""Queries on kept estimates over all experiments, for the pages on evidence."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select

from analysis.models.runs import AnalysisRun
from analysis.pooled.scope import SCOPE
from experiments.models.experiments import Experiment, ExperimentStatus
from lab.access import Action, Reader
from lab.models.labs import LivingLab
from lab.models.programmes import Programme, ProgrammeKind

ESTIMATOR = "pooled"
OVER = (ExperimentStatus.CLOSED, ExperimentStatus.ANALYSED, ExperimentStatus.PUBLISHED)
# The kind of report that somebody read.
READ = "evidence"


class RunHead(NamedTuple):
    """A run without its cells and its result, which are heavy."""

    id: int
    programme_id: int
    living_lab_id: int | None
    scope: dict
    run_at: datetime


HEAD = (
    col(AnalysisRun.id),
    col(AnalysisRun.programme_id),
    col(AnalysisRun.living_lab_id),
    AnalysisRun.scope["scope"],
    col(AnalysisRun.run_at),
)

# Built once: making such a statement costs more than running it.
ALL_HEADS = (
    select(*HEAD)
    .where(
        AnalysisRun.programme_id == bindparam("programme_id"), AnalysisRun.estimator == ESTIMATOR
    )
    .order_by(col(AnalysisRun.id).desc())
)
HEADS = ALL_HEADS.where(
    or_(
        col(AnalysisRun.living_lab_id).is_(None),
        col(AnalysisRun.living_lab_id).in_(bindparam("living_lab_ids", expanding=True)),
    )
)
OPEN_OUTCOMES = (
    select(Experiment.id)
    .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
    .where(
        LivingLab.programme_id == bindparam("programme_id"),
        or_(
            Experiment.status == ExperimentStatus.PUBLISHED,
            col(Experiment.living_lab_id).in_(bindparam("own", expanding=True)),
        ),
    )
)


# Built once: making such a statement costs more than running it.
HEAD_OF = select(*HEAD).where(
    AnalysisRun.id == bindparam("run_id"), AnalysisRun.estimator == ESTIMATOR
)
OPEN_OUTCOMES = (
    select(Experiment.id)
    .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
    .where(
        LivingLab.programme_id == bindparam("programme_id"),
        or_(
            Experiment.status == ExperimentStatus.PUBLISHED,
            col(Experiment.living_lab_id).in_(bindparam("own", expanding=True)),
        ),
    )
)


def find_head(session: Session, run_id: int) -> RunHead | None:
    """Return the head of a pooled run, or None."""
    found = session.exec(HEAD_OF, params={"run_id": run_id}).first()
    return found and RunHead(*found)


def list_heads(
    session: Session, programme_id: int, living_lab_ids: Iterable[int] | None
) -> list[RunHead]:
    """Return the pooled runs of a programme, newest first.

    living_lab_ids: the labs of which one's own runs are listed too; None: of all.
    """
    values = {"programme_id": programme_id}
    if living_lab_ids is None:
        return [RunHead(*row) for row in session.exec(ALL_HEADS, params=values)]
    values["living_lab_ids"] = list(living_lab_ids)
    return [RunHead(*row) for row in session.exec(HEADS, params=values)]


def list_open_heads(session: Session, reader: Reader, programme: Programme) -> list[RunHead]:
    """Return the pooled runs of a programme that a reader may read, newest first."""
    if programme.kind is not ProgrammeKind.OWN:
        return list_heads(session, programme.id, None)
    if programme.id not in reader.programmes_where(Action.READ_EVIDENCE):
        return []
    return list_heads(session, programme.id, reader.labs_where(Action.READ_EVIDENCE))


def keep_newest(heads: Iterable[RunHead]) -> list[RunHead]:
    """Return the newest run of each question; they come newest first."""
    newest: dict[str, RunHead] = {}
    for head in heads:
        newest.setdefault(json.dumps(head.scope, sort_keys=True), head)
    return list(newest.values())


def write_subject(head: RunHead) -> str:
    """Return what a question is known by, whenever it was answered: for who read an answer."""
    asked = json.dumps([head.scope, head.living_lab_id], sort_keys=True)
    return f"{READ}:{hashlib.sha256(asked.encode()).hexdigest()[:40]}"


def find_main(session: Session, head: RunHead) -> RunHead | None:
    """Return the newest run in the same place of the question that a check is about, if any."""
    scope = SCOPE.validate_python(head.scope)
    if not scope.is_check:
        return None
    wanted = scope.without_check()
    heads = list_heads(
        session, head.programme_id, [head.living_lab_id] if head.living_lab_id else []
    )
    return next(
        (
            one
            for one in heads
            if one.living_lab_id == head.living_lab_id
            and SCOPE.validate_python(one.scope) == wanted
        ),
        None,
    )


def keep_main(heads: Iterable[RunHead]) -> list[RunHead]:
    """Return the runs that are no checks."""
    return [one for one in heads if not SCOPE.validate_python(one.scope).is_check]


def list_lab_ids(session: Session, programme_id: int) -> list[int]:
    """Return the labs of a programme."""
    statement = select(LivingLab.id).where(LivingLab.programme_id == programme_id)
    return list(session.exec(statement))


def list_lab_experiments(
    session: Session, living_lab_id: int, readable: Iterable[int], most: int
) -> list[Experiment]:
    """Return the experiments of a lab of which the field work is over, of those, newest first."""
    statement = (
        select(Experiment)
        .where(
            Experiment.living_lab_id == living_lab_id,
            col(Experiment.status).in_(OVER),
            col(Experiment.id).in_(list(readable)),
        )
        .order_by(col(Experiment.ends_on).desc(), col(Experiment.id).desc())
        .limit(most)
    )
    return list(session.exec(statement))


def list_open_outcomes(session: Session, reader: Reader, programme_id: int) -> frozenset[int]:
    """Return the experiments of a programme of which a reader may open the outcome."""
    values = {"programme_id": programme_id, "own": reader.labs_where(Action.READ_OUTCOME)}
    return frozenset(session.exec(OPEN_OUTCOMES, params=values))
