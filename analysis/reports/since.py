"""What changed in a report since somebody last read it, in sentences."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.reports.evidence.contents import EvidenceReport
from analysis.reports.outcome import OutcomeReport
from analysis.sentences import VERDICTS
from analysis.stats.results import Verdict
from lab import formats

# What a report says, as far as news of it is told: plain values that the database keeps as JSON.
State = Mapping[str, Any]
MOST_CHANGES = 4


def note_evidence(report: EvidenceReport, run_id: int) -> dict[str, Any]:
    """Return what evidence says: how many experiments, and the verdict of each profile."""
    return {
        "run": run_id,
        "experiments": report.used,
        "verdicts": {part.code: part.verdict or "" for part in report.parts},
    }


def note_outcome(report: OutcomeReport) -> dict[str, Any]:
    """Return what an outcome says: records where the reader may know these, and verdicts."""
    return {
        "records": report.used if report.threshold is None else None,
        "verdicts": {part.code: part.verdict or "" for part in report.parts},
    }


def tell_since(before: tuple[datetime, State] | None, now: State, names: Mapping[str, str]) -> str:
    """Return what changed since the visit before; nothing when there was none.

    names: of the profiles, by their code.
    """
    if before is None:
        return ""
    read_at, then = before
    day = formats.date(read_at)
    changes = [*_list_more(then, now), *_list_verdicts(then, now, names)]
    if not changes:
        return _("Nothing changed since your last visit on %(day)s.", day=day)
    told = "; ".join(changes[:MOST_CHANGES])
    rest = len(changes) - MOST_CHANGES
    if rest > 0:
        told += "; " + ngettext("and %(num)d change more", "and %(num)d changes more", rest)
    return _("Since your last visit on %(day)s: %(changes)s.", day=day, changes=told)


def _list_more(then: State, now: State) -> Iterator[str]:
    more = (now.get("experiments") or 0) - (then.get("experiments") or 0)
    if more > 0:
        yield ngettext("%(num)d experiment more", "%(num)d experiments more", more)
    elif more < 0:
        yield ngettext("%(num)d experiment less", "%(num)d experiments less", -more)
    elif now.get("run") != then.get("run"):
        yield _("calculated anew")
    counted = now.get("records"), then.get("records")
    if None not in counted and counted[0] != counted[1]:
        gained = counted[0] - counted[1]
        if gained > 0:
            yield ngettext("%(num)d record more", "%(num)d records more", gained)
        else:
            yield ngettext("%(num)d record less", "%(num)d records less", -gained)


def _list_verdicts(then: State, now: State, names: Mapping[str, str]) -> Iterator[str]:
    old = then.get("verdicts", {})
    for code, verdict in now.get("verdicts", {}).items():
        if code in old and old[code] != verdict and code in names:
            yield _(
                "for %(name)s the verdict went from “%(old)s” to “%(new)s”",
                name=names[code],
                old=_name_verdict(old[code]),
                new=_name_verdict(verdict),
            )


def _name_verdict(code: str) -> str:
    return str(VERDICTS[Verdict(code)]) if code else _("not shown")
