"""A report as JSON: everything that its page says, by names that never change."""

import json

from analysis.exports.contents import Export


def write_json(export: Export) -> bytes:
    """Return a report as JSON in UTF-8."""
    return json.dumps(list_keys(export), ensure_ascii=False, indent=1, default=str).encode()


def list_keys(export: Export) -> dict:
    """Return a report by its keys; `analysis.exports.keys` tells what each one holds."""
    origin = export.origin
    return {
        "schema": export.schema,
        "title": export.title,
        "language": origin.language,
        "programme": origin.programme,
        "programme_kind": origin.programme_kind,
        "is_fictitious": origin.is_fictitious,
        "made_at": origin.made_at.isoformat(timespec="seconds"),
        "counted_on": origin.counted_on and origin.counted_on.isoformat(),
        "filters": origin.filters,
        "page": origin.urls["page"],
        "advice_in_force": origin.then and origin.then.keys,
        "described_by": origin.urls["package"],
        "product_version": origin.product_version,
        "method_version": export.method_version,
        "unit": export.unit,
        "summary": list(export.summary),
        "cautions": list(export.cautions),
        "unused": list(export.unused),
        **export.details,
        "figures": list(export.figures.rows),
        "method": [{"name": name, "text": text} for name, text in export.method],
    }
