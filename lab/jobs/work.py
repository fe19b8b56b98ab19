"""Long work as its own code sees it: what to do, how to tell how far it is, how to finish.

Work is a function `def work(job: RunningJob) -> dict`, in a module that is loaded by name when
the first such job runs. It reads with `job.reading()`, calculates outside any transaction, calls
`job.report(share, step)` now and then, and writes in one of two ways, so that a crash or a
cancel at any moment leaves no half result:

- all at once, in the same transaction that marks the job as done:

      with job.transaction() as session:
          run = keep_run(session, …)
          return job.finish(session, {"run_id": run.id})

- in parts, each with where to go on after an interruption, and the last one as above:

      with job.transaction() as session:
          add_rows(session, rows)
          job.keep(session, {"rows": last})

A transaction that writes but neither keeps nor finishes is refused with `LooseWriteError`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module

from flask_babel import LazyString
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from lab.access import Action, Reader
from lab.errors import DomainError
from lab.models.jobs import Job, JobState
from lab.queries.jobs import hold_job, is_change

SECONDS_BETWEEN_REPORTS = 0.5


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of long work: what it is called, who may ask for it, where its result is shown.

    work: module:function. number: the number in the address of the result, and its name in the
    result of the work. steps and errors: words for the codes that the work gives. describe:
    module:function that takes a session and the parameters and says what is asked, if there is one.
    """

    name: str
    label: LazyString
    work: str
    action: Action
    endpoint: str
    number: str
    steps: dict[str, LazyString] = field(default_factory=dict)
    errors: dict[str, LazyString] = field(default_factory=dict)
    describe: str = ""


class JobCancelledError(Exception):
    """Somebody asked to stop this work."""


class JobLostError(Exception):
    """This worker seemed dead, and the work is no longer its own."""


class JobImpossibleError(DomainError):
    """Work that cannot be done, with the code of one of the errors of its kind."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LooseWriteError(RuntimeError):
    """Work wrote something without finishing or keeping where to go on."""

    def __init__(self) -> None:
        super().__init__("Call job.keep(session, …) or job.finish(session, …) where work writes.")


class RunningJob:
    """A job while it is being done."""

    def __init__(self, engine: Engine, job: Job, by: Reader) -> None:
        self.id: int = job.id
        self.parameters: dict = job.parameters
        self.checkpoint: dict = job.checkpoint
        self.by = by
        self.is_finished = False
        self._engine = engine
        self._worker = job.worker
        self._progress = job.progress
        self._step = job.step
        self._written_at = 0.0
        self._inside: _Inside | None = None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads, and keeps nobody else from writing."""
        with Session(
            self._engine.execution_options(write=False), expire_on_commit=False
        ) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit what happens inside as one whole, if the job is still ours and wanted."""
        with Session(self._engine, expire_on_commit=False) as session:
            inside = self._inside = _Inside(session)
            try:
                yield session
                session.flush()
                inside.check()
                if not inside.is_last:
                    self._hold(session)
                session.commit()
            finally:
                self._inside = None
        self.is_finished = inside.is_last
        if inside.checkpoint is not None:
            self.checkpoint = inside.checkpoint

    def report(self, progress: float, step: str) -> None:
        """Say how far the work is, as a share, and what it does now; ends it when asked to stop."""
        self._progress = max(self._progress, min(progress, 1.0))
        is_new_step, self._step = step != self._step, step
        is_due = time.monotonic() - self._written_at >= SECONDS_BETWEEN_REPORTS
        # Inside a transaction a second connection would wait for this one, for ever.
        if self._inside is None and (is_due or is_new_step):
            self._written_at = time.monotonic()
            # How far the work is can be told later, when the database is less busy.
            with suppress(OperationalError), Session(self._engine) as session:
                self._hold(session, progress=self._progress, step=self._step)
                session.commit()

    def keep(self, session: Session, checkpoint: dict) -> None:
        """Keep where to go on after an interruption, together with the rows it stands for."""
        self._hold(session, checkpoint=checkpoint, progress=self._progress, step=self._step)
        self._inside.checkpoint = checkpoint

    def finish(self, session: Session, result: dict) -> dict:
        """Mark the job as done, together with the rows that are its result; return the result."""
        self._hold(
            session,
            state=JobState.DONE,
            result=result,
            progress=1.0,
            finished_at=datetime.now(UTC),
        )
        self._inside.is_last = True
        return result

    def _hold(self, session: Session, **values) -> None:
        is_unwanted = hold_job(session, self.id, self._worker, alive_at=datetime.now(UTC), **values)
        if is_unwanted is None:
            raise JobLostError(f"Job {self.id} went on elsewhere.")
        if is_unwanted:
            raise JobCancelledError(f"Job {self.id} should stop.")


class _Inside:
    """What happened in one transaction of a job."""

    def __init__(self, session: Session) -> None:
        self.has_written = self.is_last = False
        self.checkpoint: dict | None = None
        event.listen(session, "after_flush", self._note_flush)
        event.listen(session, "do_orm_execute", self._note_statement)

    def check(self) -> None:
        """Refuse rows that a second attempt would write again."""
        if self.has_written and self.checkpoint is None and not self.is_last:
            raise LooseWriteError

    def _note_flush(self, _session, _context) -> None:
        self.has_written = True

    def _note_statement(self, execution) -> None:
        self.has_written = self.has_written or is_change(execution)


def load(name: str) -> Callable:
    """Return the function named module:function, importing its module at first use."""
    module, function = name.split(":")
    return getattr(import_module(module), function)
