"""A report as a PDF that everybody can read, screen readers too (PDF/UA-1)."""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from flask_babel import gettext as _

from analysis.exports.contents import Export
from analysis.exports.paper_plain import lay_out
from lab import formats

TEMPLATE = Path(__file__).with_name("paper.typ").read_bytes()


def write_pdf(export: Export) -> bytes:
    """Return a report as a tagged PDF.

    All that anybody wrote goes in as values, which typst shows as they are and never runs. It sees
    an empty folder, so that it can read no file of this machine, and needs no network.
    """
    values = json.dumps(_write_values(export), ensure_ascii=False)
    with TemporaryDirectory() as empty:
        return typst.compile(
            TEMPLATE,
            root=empty,
            package_path=empty,
            package_cache_path=empty,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"report": values},
            timestamp=int(export.origin.made_at.timestamp()),
        )


def _write_values(export: Export) -> dict:
    origin = export.origin
    paper = export.paper() if export.paper else lay_out(export)
    part = [_("You see part of the counts.")] if origin.filters and export.paper else []
    return asdict(paper) | {
        "language": origin.language,
        "title": export.title,
        "subtitle": " · ".join(filter(None, (origin.programme, export.edition))),
        "fictitious": _tell_fictitious() if origin.is_fictitious else "",
        "notes": [*part, *paper.notes],
        "foot": _write_foot(export),
        "page": origin.urls["page"],
        # A paper without a form of its own has it among its facts.
        "then": origin.then.keys if origin.then and export.paper else None,
        "sources": [line for line in export.sources.splitlines() if line.strip()],
        "words": {
            "answer": _("Answer"),
            "notes": _("What to know before you believe it"),
            "method": _("How this was calculated"),
            "method_version": _("Version of the method"),
            "sources": _("Sources"),
            "drawn": _("Drawn"),
        },
        "method_version": export.method_version,
    }


def _tell_fictitious() -> str:
    return f"{_('FICTITIOUS:')} {_('all places and counts are made up.')}"


def _write_foot(export: Export) -> str:
    origin = export.origin
    counted = origin.counted_on and formats.date(origin.counted_on)
    facts = (
        counted and _("Counts as of %(day)s", day=counted),
        export.edition,
        _("made on %(day)s", day=formats.date(origin.day)),
        f"Proeftuin {origin.product_version}",
    )
    return " · ".join(filter(None, facts))
