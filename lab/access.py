"""Who may do what: one table that guards every page and every query."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps

from flask import abort, current_app, g, redirect, request, url_for
from sqlmodel import Session

from lab.db import get_session
from lab.models.people import Role


class Action(StrEnum):
    """Something that a page does."""

    READ_PUBLIC = "read_public"
    SIGN_OUT = "sign_out"
    SEE_WORK = "see_work"
    LIST_EXPERIMENTS = "list_experiments"
    READ_EXPERIMENT = "read_experiment"
    WRITE_EXPERIMENT = "write_experiment"
    CHANGE_STATUS = "change_status"
    READ_LOG = "read_log"
    READ_COUNTS = "read_counts"
    RECORD_COUNTS = "record_counts"
    IMPORT_COUNTS = "import_counts"
    REVIEW_COUNTS = "review_counts"
    READ_OUTCOME = "read_outcome"
    LIST_EVIDENCE = "list_evidence"
    READ_EVIDENCE = "read_evidence"
    RUN_ANALYSIS = "run_analysis"
    READ_JOB = "read_job"
    READ_LEARNING = "read_learning"
    WRITE_LEARNING = "write_learning"
    SEARCH = "search"
    SHARE_REPORT = "share_report"
    READ_ADVICE = "read_advice"
    READ_PROPOSALS = "read_proposals"
    DECIDE_ADVICE = "decide_advice"
    ANSWER_FEEDBACK = "answer_feedback"
    WRITE_PREFERENCES = "write_preferences"
    LIST_LABS = "list_labs"
    READ_LAB = "read_lab"
    START_LAB = "start_lab"
    WRITE_LAB = "write_lab"
    MANAGE_PEOPLE = "manage_people"
    READ_LABELS = "read_labels"
    WRITE_LABELS = "write_labels"
    READ_SEGMENTATION = "read_segmentation"
    WRITE_SEGMENTATION = "write_segmentation"
    LIST_AREAS = "list_areas"
    READ_AREAS = "read_areas"
    WRITE_AREAS = "write_areas"


class Reach(StrEnum):
    """How much of what is not in one's own lab may be seen."""

    NOTHING = "nothing"
    PUBLISHED = "published"
    EVERYTHING = "everything"


ALL = frozenset(Role)
NOBODY: frozenset[Role] = frozenset()
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
RESEARCHERS = frozenset({Role.RESEARCHER})
DESIGNERS = frozenset({Role.RESEARCHER, Role.ADMINISTRATOR})
COUNTERS = frozenset({Role.RESEARCHER, Role.SUPERVISOR, Role.STUDENT})
SHARERS = frozenset({Role.RESEARCHER, Role.SUPERVISOR, Role.TEAM})
CHECKERS = frozenset({Role.RESEARCHER, Role.SUPERVISOR})
# Who is busy counting should not see which variant is ahead.
READERS = ALL - {Role.STUDENT}


LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do one thing: roles in one's own lab, members of other labs, everybody."""

    own: frozenset[Role]
    other: Reach = Reach.NOTHING
    public: Reach = Reach.NOTHING


TABLE: dict[Action, Grant] = {
    Action.READ_PUBLIC: Grant(ALL, Reach.EVERYTHING, Reach.EVERYTHING),
    Action.READ_ADVICE: Grant(ALL, Reach.EVERYTHING, Reach.EVERYTHING),
    Action.LIST_EXPERIMENTS: Grant(ALL, Reach.EVERYTHING, Reach.EVERYTHING),
    # The list shows nothing but what its reader may read.
    Action.LIST_EVIDENCE: Grant(ALL, Reach.EVERYTHING, Reach.EVERYTHING),
    Action.SIGN_OUT: Grant(ALL, Reach.EVERYTHING),
    Action.SEE_WORK: Grant(ALL, Reach.EVERYTHING),
    Action.LIST_LABS: Grant(ALL, Reach.EVERYTHING),
    Action.READ_LAB: Grant(ALL, Reach.PUBLISHED),
    Action.START_LAB: Grant(ADMINISTRATORS),
    Action.WRITE_LAB: Grant(ADMINISTRATORS),
    Action.MANAGE_PEOPLE: Grant(ADMINISTRATORS),
    Action.READ_LABELS: Grant(ALL),
    Action.WRITE_LABELS: Grant(DESIGNERS),
    Action.READ_SEGMENTATION: Grant(ALL, Reach.PUBLISHED, Reach.PUBLISHED),
    Action.WRITE_SEGMENTATION: Grant(DESIGNERS),
    # Who lives where may be licensed: it is for the programme's own people. The list says so.
    Action.LIST_AREAS: Grant(ALL, Reach.EVERYTHING, Reach.EVERYTHING),
    Action.READ_AREAS: Grant(ALL, Reach.PUBLISHED, Reach.PUBLISHED),
    Action.WRITE_AREAS: Grant(DESIGNERS),
    Action.READ_EXPERIMENT: Grant(ALL, Reach.PUBLISHED, Reach.PUBLISHED),
    Action.WRITE_EXPERIMENT: Grant(RESEARCHERS),
    Action.CHANGE_STATUS: Grant(CHECKERS),
    Action.READ_LOG: Grant(ALL),
    Action.READ_COUNTS: Grant(ALL),
    Action.RECORD_COUNTS: Grant(COUNTERS),
    Action.IMPORT_COUNTS: Grant(CHECKERS),
    Action.REVIEW_COUNTS: Grant(CHECKERS),
    Action.READ_OUTCOME: Grant(READERS, Reach.PUBLISHED, Reach.PUBLISHED),
    # Results show nothing but what their reader may read.
    Action.SEARCH: Grant(ALL, Reach.EVERYTHING, Reach.EVERYTHING),
    # A lesson is as public as the experiments that it rests on.
    Action.READ_LEARNING: Grant(READERS, Reach.PUBLISHED, Reach.PUBLISHED),
    Action.WRITE_LEARNING: Grant(RESEARCHERS),
    Action.READ_EVIDENCE: Grant(READERS, Reach.PUBLISHED, Reach.PUBLISHED),
    # Of a report that its reader may read; the page looks at which one.
    Action.SHARE_REPORT: Grant(SHARERS),
    Action.RUN_ANALYSIS: Grant(RESEARCHERS),
    # Only who may start some long work gets this far; each kind of job has its own action too.
    Action.READ_JOB: Grant(ALL),
    Action.READ_PROPOSALS: Grant(READERS),
    Action.DECIDE_ADVICE: Grant(RESEARCHERS),
    Action.ANSWER_FEEDBACK: Grant(RESEARCHERS),
    Action.WRITE_PREFERENCES: Grant(RESEARCHERS),
}


@dataclass(frozen=True, slots=True)
class Post:
    """A role that somebody has, with the lab and programme where they have it."""

    living_lab_id: int
    programme_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever looks at a page: somebody signed in, or the public."""

    user_id: int | None = None
    name: str = ""
    email: str = ""
    is_demonstration: bool = False
    posts: tuple[Post, ...] = ()

    @property
    def is_signed_in(self) -> bool:
        """Tell whether somebody signed in."""
        return self.user_id is not None

    @property
    def roles(self) -> frozenset[Role]:
        """Return the roles held in any lab."""
        return frozenset(post.role for post in self.posts)

    def roles_at(self, place: "Place") -> frozenset[Role]:
        """Return the roles held at a place: in its lab, or anywhere in its programme."""
        return frozenset(post.role for post in self.posts if place.includes(post))

    def labs_where(self, action: Action) -> list[int]:
        """Return the labs in which a reader's own role allows an action."""
        return [post.living_lab_id for post in self.posts if post.role in TABLE[action].own]

    def programmes_where(self, action: Action) -> list[int]:
        """Return the programmes in which some role of a reader allows an action."""
        own = TABLE[action].own
        return sorted({post.programme_id for post in self.posts if post.role in own})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the subject of a page belongs, and whether it has been published."""

    programme_id: int | None = None
    living_lab_id: int | None = None
    is_published: bool = False

    def includes(self, post: Post) -> bool:
        """Tell whether a post is held at this place."""
        if self.living_lab_id is not None:
            return post.living_lab_id == self.living_lab_id
        return self.programme_id is None or post.programme_id == self.programme_id


ANYWHERE = Place()
PUBLIC = Reader()


class Answer(StrEnum):
    """What the table says to a request."""

    YES = "yes"
    SIGN_IN_FIRST = "sign_in_first"
    NOT_YOUR_ROLE = "not_your_role"
    NOT_THERE = "not_there"


def decide(reader: Reader, action: Action, place: Place) -> Answer:
    """Say whether a reader may do something at a place."""
    grant = TABLE[action]
    if _reaches(grant.public, place):
        return Answer.YES
    if not reader.is_signed_in:
        return Answer.SIGN_IN_FIRST
    roles = reader.roles_at(place)
    if roles & grant.own or _reaches(grant.other, place):
        return Answer.YES
    # Other labs' records do not exist for whoever is not there.
    return Answer.NOT_YOUR_ROLE if roles or place == ANYWHERE else Answer.NOT_THERE


def may(reader: Reader, action: Action, place: Place) -> bool:
    """Tell whether a reader may do something at a place."""
    return decide(reader, action, place) is Answer.YES


def reach_of(reader: Reader, action: Action) -> Reach:
    """Return what a reader may see beyond their own labs, for a query to filter on."""
    grant = TABLE[action]
    return grant.other if reader.is_signed_in and grant.other != Reach.NOTHING else grant.public


def _reaches(reach: Reach, place: Place) -> bool:
    return reach is Reach.EVERYTHING or (reach is Reach.PUBLISHED and place.is_published)


FindPlace = Callable[[Session, int], Place | None]


@dataclass(slots=True)
class Places:
    """How the number in an address leads to the place of what it names."""

    finders: dict[str, FindPlace] = field(default_factory=dict)

    def find(self, session: Session, view_args: dict) -> Place:
        """Return the place that an address names, or end with «not found»."""
        # A number that no database can hold is no number of anything.
        if any(isinstance(value, int) and value > LARGEST_NUMBER for value in view_args.values()):
            abort(404)
        for name, value in view_args.items():
            if name in self.finders:
                place = self.finders[name](session, value)
                return place if place is not None else abort(404)
        return ANYWHERE


def allows(action: Action):
    """Guard a view: only readers to whom the table says yes get past."""

    def guard(view):
        @wraps(view)
        def guarded(**view_args):
            places: Places = current_app.extensions["places"]
            g.place = places.find(get_session(), view_args)
            answer = decide(current_reader(), action, g.place)
            if answer is Answer.SIGN_IN_FIRST:
                return _send_to_sign_in()
            if answer is not Answer.YES:
                abort(403 if answer is Answer.NOT_YOUR_ROLE else 404)
            return view(**view_args)

        guarded.required_action = action
        return guarded

    return guard


def _send_to_sign_in():
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("account.sign_in", next=wanted), 303)


def current_reader() -> Reader:
    """Return whoever made this request."""
    if "reader" not in g:
        g.reader = current_app.extensions["load_reader"]()
    return g.reader
