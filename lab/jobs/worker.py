"""The worker: takes jobs one at a time, and leaves each in a state that says how it ended."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from lab.access import Reader, may
from lab.errors import DomainError
from lab.jobs.work import (
    JobCancelledError,
    JobImpossibleError,
    JobKind,
    JobLostError,
    RunningJob,
    load,
)
from lab.models.jobs import Job, JobState
from lab.queries import jobs as queries
from lab.queries.people import find_user, get_reader
from lab.queries.places import find_job_place

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.5
# A worker that gave no sign of life for so long is taken for dead.
UNTIL_LOST = timedelta(seconds=30)
MOST_ATTEMPTS = 3
DAYS_KEPT = 30
TIDY_EVERY = timedelta(hours=1)
LONGEST_ERROR = 500


class Worker:
    """Does jobs, one at a time; several workers never do the same one at once."""

    seconds_between_signs = 5.0

    def __init__(
        self,
        engine: Engine,
        load_app: Callable[[], Flask],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._load_app = load_app
        self._now = now
        self._app: Flask | None = None
        self._tidied_at: datetime | None = None
        self._job: Job | None = None

    def run(self, stop: threading.Event, idle_seconds: float | None = None) -> None:
        """Do jobs until told to stop, or until there was nothing to do for so many seconds."""
        waited = pause = 0.0
        while not stop.wait(pause):
            try:
                is_busy, pause = self.run_once(), SECONDS_BETWEEN_LOOKS
            except OperationalError:
                # The database is busy, or away for a moment.
                log.exception("The database did not answer.")
                is_busy, pause = False, min(pause * 2 + SECONDS_BETWEEN_LOOKS, 30.0)
            waited, pause = (0.0, 0.0) if is_busy else (waited + pause, pause)
            if idle_seconds is not None and waited > idle_seconds:
                return

    def run_until_empty(self) -> None:
        """Do all jobs that wait."""
        while self.run_once():
            pass

    def run_once(self) -> bool:
        """Do the job that waits longest, if there is one."""
        self._tidy()
        if not sees_work(self._engine, self._now()):
            return False
        # Loaded before a job is claimed: where this fails, no job gets the blame.
        self._app = self._app or self._load_app()
        self._take_back_lost()
        self._job = self._claim()
        if self._job is None:
            return False
        self._do(self._job)
        self._job = None
        return True

    def let_go(self) -> None:
        """Put the job that is being done back in the queue, for another worker."""
        if self._job is not None:
            self._change(self._job, give_back)

    def _take_back_lost(self) -> None:
        with Session(self._engine) as session:
            for job in queries.list_lost_jobs(session, self._now() - UNTIL_LOST):
                log.warning("Job %s lost its worker %s.", job.id, job.worker)
                take_back(job, self._now())
            session.commit()

    def _claim(self) -> Job | None:
        with Session(self._engine, expire_on_commit=False) as session:
            job = queries.claim_job(session, name_worker(), self._now())
            session.commit()
            return job

    def _tidy(self) -> None:
        now = self._now()
        if self._tidied_at is None or now - self._tidied_at > TIDY_EVERY:
            self._tidied_at = now
            with Session(self._engine) as session:
                queries.delete_old_jobs(session, now - timedelta(days=DAYS_KEPT))
                session.commit()

    def _do(self, job: Job) -> None:
        try:
            with self._app.app_context(), force_locale(job.language), self._signs_of_life(job):
                self._work(job)
        except JobCancelledError:
            self._end(job, JobState.CANCELLED)
        except JobLostError:
            log.warning("Job %s went on elsewhere.", job.id)
        except JobImpossibleError as error:
            self._end(job, JobState.FAILED, error.code)
        except DomainError as error:
            self._end(job, JobState.FAILED, str(error))
        except OperationalError:
            log.exception("Job %s lost the database.", job.id)
            self._change(job, take_back)
        except MemoryError:
            log.exception("Job %s needs more memory.", job.id)
            self._end(job, JobState.FAILED, "memory")
        except Exception:
            log.exception("Job %s failed.", job.id)
            self._end(job, JobState.FAILED, "failed")
        except BaseException:
            # This worker is told to end: the next one goes on with the job.
            self._change(job, give_back)
            raise

    def _work(self, job: Job) -> None:
        kind: JobKind | None = self._app.extensions["job_kinds"].get(job.kind)
        if kind is None:
            raise JobImpossibleError("unknown_kind")
        running = RunningJob(self._engine, job, self._find_reader(job, kind))
        result = load(kind.work)(running)
        if not running.is_finished:
            with running.transaction() as session:
                running.finish(session, result)

    def _find_reader(self, job: Job, kind: JobKind) -> Reader:
        if job.requested_by_id is None:
            return Reader()
        with Session(self._engine.execution_options(write=False)) as session:
            user = find_user(session, job.requested_by_id)
            reader, place = get_reader(session, user), find_job_place(session, job.id)
        # Whoever left the lab in the meantime gets no work done there any more.
        if not user.is_active or not may(reader, kind.action, place):
            raise JobImpossibleError("not_allowed")
        return reader

    def _end(self, job: Job, state: JobState, error: str = "") -> None:
        def end(kept: Job, at: datetime) -> None:
            kept.state, kept.error, kept.finished_at = state, error[:LONGEST_ERROR], at

        self._change(job, end)

    def _change(self, job: Job, change: Callable[[Job, datetime], None]) -> None:
        with Session(self._engine) as session:
            kept = queries.lock_job(session, job.id)
            if kept.state is JobState.RUNNING and kept.worker == job.worker:
                change(kept, self._now())
            session.commit()

    @contextmanager
    def _signs_of_life(self, job: Job) -> Iterator[None]:
        # A thread of its own: the work may be inside one long calculation.
        ended = threading.Event()
        thread = threading.Thread(target=self._give_signs, args=(job, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _give_signs(self, job: Job, ended: threading.Event) -> None:
        while not ended.wait(self.seconds_between_signs):
            try:
                with Session(self._engine) as session:
                    queries.hold_job(session, job.id, job.worker, alive_at=self._now())
                    session.commit()
            except OperationalError:
                log.warning("Job %s could not give a sign of life.", job.id)


def sees_work(engine: Engine, at: datetime | None = None) -> bool:
    """Tell whether a job waits for a worker."""
    # Looking takes no lock, so that an idle worker keeps nobody from writing.
    with Session(engine.execution_options(write=False)) as session:
        return queries.has_waiting_jobs(session, (at or datetime.now(UTC)) - UNTIL_LOST)


def take_back(job: Job, at: datetime) -> None:
    """Put a job whose worker died back in the queue, unless it ended too many of them."""
    if job.is_cancel_requested:
        job.state, job.finished_at = JobState.CANCELLED, at
    elif job.attempts >= MOST_ATTEMPTS:
        job.state, job.error, job.finished_at = JobState.FAILED, "interrupted", at
    else:
        job.state, job.worker = JobState.QUEUED, ""


def give_back(job: Job, at: datetime) -> None:
    """Put a job back in the queue whose worker has to end, which is not the job's fault."""
    job.attempts -= 1
    take_back(job, at)


def name_worker() -> str:
    """Return a name that no other worker has, and this one has for one job only."""
    return f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"
