"""Kinds of long work for tests, and a lab with somebody who asks for it."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from flask_babel import lazy_gettext
from sqlmodel import Session, select

from lab import db
from lab.access import Action, Place
from lab.errors import DomainError
from lab.jobs.work import JobImpossibleError, JobKind
from lab.models.audit import AuditEntry
from lab.models.jobs import Job
from lab.models.people import Role
from lab.queries.people import get_reader
from lab.services.jobs import cancel_job, request_job

AT = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
PARTS = 6
REFUSAL = "Er zijn nog geen tellingen."
GO_ON = threading.Event()


def make_entry(**details) -> AuditEntry:
    return AuditEntry(at=AT, user_name="work", action="worked", subject="job", details=details)


def tell(job):
    """Give back what was asked, and write nothing."""
    job.report(0.5, "half")
    return {"living_lab_id": job.parameters["living_lab_id"]}


def write(job):
    """Write a row as the result."""
    with job.transaction() as session:
        session.add(make_entry(job=job.id))
        return job.finish(session, tell(job))


def write_loosely(job):
    """Write a row that a second attempt would write again."""
    with job.transaction() as session:
        session.add(make_entry(job=job.id))
    return tell(job)


def write_in_parts(job):
    """Write a row for each part; wait for ever at one of them, in the first attempt."""
    for part in range(job.checkpoint.get("next", 0), PARTS):
        job.report(part / PARTS, f"part {part}")
        with job.transaction() as session:
            session.add(make_entry(job=job.id, part=part))
            session.flush()
            wait_once(job.parameters.get("inside"), part)
            job.keep(session, {"next": part + 1})
        wait_once(job.parameters.get("between"), part)
    return tell(job)


def wait_once(place: list | None, part: int) -> None:
    """Wait to be killed at a part, if no mark says that this was done before."""
    if place is None or place[1] != part or Path(place[0]).exists():
        return
    Path(place[0]).touch()
    time.sleep(60)


def wait_for_cancel(job):
    """Report until somebody asks to stop."""
    for number in range(2000):
        job.report(number / 4000, "half")
        time.sleep(0.02)
    return write(job)


def wait_for_mark(job):
    """Wait at a quarter until the test says to go on."""
    job.report(0.25, "half")
    assert GO_ON.wait(30)
    return tell(job)


def cancel_itself(job):
    """Be asked to stop after the last report, just before the result is written."""
    with db.open_session(job.parameters["url"]) as session:
        cancel_job(session, job.id, by=job.by, at=datetime.now(UTC))
    with job.transaction() as session:
        session.add(make_entry(job=job.id))
        return job.finish(session, {})


def step_back(job):
    """Report less than before."""
    job.report(0.6, "half")
    job.report(0.2, "quarter")
    raise DomainError(REFUSAL)


def break_down(job):
    """Fail for a reason that is nobody's business."""
    raise ZeroDivisionError("secret detail")


def refuse(job):
    """Fail with a sentence."""
    raise DomainError(REFUSAL)


def refuse_by_code(job):
    """Fail with a code that the kind has a sentence for."""
    raise JobImpossibleError("no_counts")


WORKS = (
    tell, write, write_loosely, write_in_parts, wait_for_cancel, wait_for_mark, cancel_itself,
    step_back, break_down, refuse, refuse_by_code,
)  # fmt: skip


def make_kind(work) -> JobKind:
    return JobKind(
        name=work.__name__,
        label=lazy_gettext("Labs"),
        work=f"{__name__}:{work.__name__}",
        action=Action.WRITE_EXPERIMENT,
        endpoint="labs.show_lab",
        number="living_lab_id",
        steps={"half": lazy_gettext("Experiments")},
        errors={
            "no_counts": lazy_gettext(
                "There are no good lines in this file. Mend it and offer it again."
            )
        },
    )


def add_kinds(app) -> None:
    """Let an application know the works of the tests."""
    app.extensions["job_kinds"] |= {work.__name__: make_kind(work) for work in WORKS}


class World:
    """A lab with a researcher who asks for work."""

    def __init__(self, app, build, session: Session):
        add_kinds(app)
        self.build, self.session = build, session
        self.lab = build.lab()
        self.user = build.user(Role.RESEARCHER, self.lab)
        self.by = get_reader(session, self.user)
        self.place = Place(self.lab.programme_id, self.lab.id)
        session.commit()

    def ask(self, work=tell, **parameters) -> Job:
        """Ask for work; each set of parameters is another question."""
        parameters = {"living_lab_id": self.lab.id} | parameters
        job = request_job(self.session, work.__name__, parameters, self.place, by=self.by, at=AT)
        self.session.commit()
        return job

    def read(self, job_id: int) -> Job:
        """Return a job as it is now."""
        job = self.session.get(Job, job_id, populate_existing=True)
        self.session.commit()
        return job

    def entries(self, action: str = "worked") -> list[dict]:
        """Return the details of what was written, in order."""
        statement = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        found = [entry.details for entry in self.session.exec(statement)]
        self.session.commit()
        return found

    def wait_for(self, is_so, seconds: float = 60.0) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, "It does not happen."
            time.sleep(0.02)
