"""The description of a report's CSV file as a data package, for people and programs."""

import json

from flask_babel import gettext as _

from analysis.exports.contents import Export
from analysis.exports.json_text import list_keys
from analysis.exports.keys import KEYS
from analysis.exports.table import Column, Kind
from lab.models.programmes import ProgrammeKind

TYPES = {
    Kind.TEXT: "string",
    Kind.CODE: "string",
    Kind.FLAG: "boolean",
    Kind.COUNT: "integer",
    Kind.RANK: "integer",
}
# What a number lies between, and what it is counted in.
BOUNDS: dict[Kind, tuple[float, float]] = {
    Kind.SHARE: (0, 1),
    Kind.CHANCE: (0, 1),
    Kind.POINTS: (-1, 1),
    Kind.LOSS: (0, 1),
    Kind.PVALUE: (0, 1),
}
UNITS = {
    Kind.SHARE: "share",
    Kind.CHANCE: "share",
    Kind.POINTS: "share",
    Kind.LOSS: "share",
    Kind.LOGIT: "logit",
    Kind.MONEY: "EUR",
}
COUNTED = {"numerator", "denominator"}


def write_package(export: Export) -> bytes:
    """Return the description as JSON in UTF-8."""
    return json.dumps(describe_package(export), ensure_ascii=False, indent=1).encode()


def describe_package(export: Export) -> dict:
    """Return what a report's CSV file holds, where it comes from, and how it was made."""
    origin = export.origin
    return {
        "profile": "tabular-data-package",
        "name": export.file_name,
        "title": export.title,
        "description": "\n".join((*export.summary, *export.cautions)),
        "homepage": origin.urls["page"],
        "version": export.method_version,
        "created": origin.made_at.isoformat(timespec="seconds"),
        "contributors": [{"title": export.contributor, "role": "publisher"}],
        "sources": _list_sources(export),
        "rights": _tell_rights(export),
        "language": origin.language,
        "proeftuin": _describe_making(export),
        "resources": [_describe_csv(export)],
        "json": {
            "path": origin.urls["json"],
            "keys": {key: str(KEYS[key]) for key in list_keys(export)},
        },
    }


def _tell_rights(export: Export) -> str:
    """Return what may be done with the figures: nobody recorded a licence of counts yet."""
    if export.origin.programme_kind == ProgrammeKind.PUBLISHED:
        return _("These counts were published elsewhere: see the sources.")
    return _(
        "No licence was recorded. Ask %(name)s before you publish these figures.",
        name=export.contributor,
    )


def _list_sources(export: Export) -> list[dict[str, str]]:
    page = {"title": export.title, "path": export.origin.urls["page"]}
    written = [line.strip() for line in export.sources.splitlines() if line.strip()]
    return [page, *({"title": line} for line in written)]


def _describe_making(export: Export) -> dict:
    origin = export.origin
    return {
        "schema": export.schema,
        "number": origin.number,
        "programme": origin.programme,
        "programme_kind": origin.programme_kind,
        "is_fictitious": origin.is_fictitious,
        "counted_on": origin.counted_on and origin.counted_on.isoformat(),
        "filters": origin.filters,
        "advice_in_force": origin.then and origin.then.keys,
        "product_version": origin.product_version,
        "method_version": export.method_version,
        "method": [{"name": name, "text": text} for name, text in export.method],
    }


def _describe_csv(export: Export) -> dict:
    return {
        "profile": "tabular-data-resource",
        "name": "figures",
        "title": export.title,
        "path": export.origin.urls["csv"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "header": True},
        "schema": {
            "fields": [_describe_field(column, export) for column in export.figures.columns],
            "missingValues": [""],
            "primaryKey": list(export.figures.key),
        },
    }


def _describe_field(column: Column, export: Export) -> dict:
    field = {
        "name": column.name,
        "title": str(column.label),
        "description": str(column.meaning),
        "type": TYPES.get(column.kind, "number"),
        "unit": export.unit if column.name in COUNTED else UNITS.get(column.kind, ""),
        "constraints": _constrain(column, export),
    }
    if column.codes:
        field["codes"] = {code: str(label) for code, label in column.codes.items()}
    return {name: value for name, value in field.items() if value}


def _constrain(column: Column, export: Export) -> dict:
    found: dict = {"required": True} if column.name in export.figures.key else {}
    if column.codes:
        found["enum"] = list(column.codes)
    if column.kind in (Kind.COUNT, Kind.RANK, Kind.MONEY):
        found["minimum"] = 0
    if column.kind in BOUNDS:
        found["minimum"], found["maximum"] = BOUNDS[column.kind]
    return found
