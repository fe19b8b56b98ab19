"""What a file of a report is made of, whatever its form: sentences, one table, how it was made."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.exports.origin import Origin
from analysis.exports.paper import Paper
from analysis.exports.table import Table


@dataclass(frozen=True, slots=True)
class Export:
    """One report as files write it; every number in it is one that its reader sees on the page.

    schema: what keys its JSON has. facts: what it is about, as pairs. cautions: what to know
    before believing it. details: what only JSON holds besides. unit: what is counted.
    paper: draws it as it is printed, where the report says how. edition: what it cites.
    """

    origin: Origin
    schema: str
    file_name: str
    title: str
    facts: tuple[tuple[str, str], ...]
    summary: tuple[str, ...]
    figures: Table
    method: tuple[tuple[str, str], ...]
    method_version: str
    cautions: tuple[str, ...]
    unused: tuple[str, ...]
    unit: str
    contributor: str
    sources: str
    details: dict
    paper: Callable[[], Paper] | None = None
    edition: str = ""
