"""How to cite an edition: as a line of text, and as programs for references read it."""

import json
from dataclasses import dataclass
from datetime import date

PUBLISHER = "Proeftuin"


@dataclass(frozen=True, slots=True)
class CitedEdition:
    """An edition as it is cited: nobody's name but that of its programme stands on it."""

    code: str
    programme: str
    title: str
    number: int
    published_on: date
    url: str
    language: str

    @property
    def key(self) -> str:
        """Return a name for it that no other edition has."""
        return f"{self.code}-advice-{self.number}"


def write_plain(one: CitedEdition) -> str:
    """Return one line, in the order of APA."""
    day = one.published_on.isoformat()
    return f"{one.programme} ({day}). {one.title}. {PUBLISHER}. {one.url}"


def write_bibtex(one: CitedEdition) -> str:
    """Return an entry of BibTeX; braces keep names as they are."""
    fields = {
        "author": f"{{{_escape(one.programme)}}}",
        "title": f"{{{_escape(one.title)}}}",
        "publisher": PUBLISHER,
        "edition": str(one.number),
        "year": str(one.published_on.year),
        "month": str(one.published_on.month),
        "url": one.url,
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{one.key},\n{lines}\n}}\n"


def write_csl(one: CitedEdition) -> str:
    """Return an item of CSL-JSON, as Zotero and pandoc read it."""
    day = one.published_on
    item = {
        "id": one.key,
        "type": "report",
        "title": one.title,
        "author": [{"literal": one.programme}],
        "publisher": PUBLISHER,
        "edition": str(one.number),
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "URL": one.url,
        "language": one.language,
    }
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def write_datacite(one: CitedEdition) -> str:
    """Return the facts of DataCite's metadata schema 4.5, without an identifier of theirs."""
    record = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "identifiers": [{"identifier": one.url, "identifierType": "URL"}],
        "creators": [{"name": one.programme, "nameType": "Organizational"}],
        "titles": [{"title": one.title, "lang": one.language}],
        "publisher": {"name": PUBLISHER},
        "publicationYear": str(one.published_on.year),
        "types": {"resourceType": "Advice", "resourceTypeGeneral": "Report"},
        "dates": [{"date": one.published_on.isoformat(), "dateType": "Issued"}],
        "version": str(one.number),
        "language": one.language,
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _escape(text: str) -> str:
    for sign in "\\{}%&#_$":
        text = text.replace(sign, " " if sign in "\\{}" else f"\\{sign}")
    return text


# What follows the address of an edition, how it is written, and as what kind of file.
FORMATS = {
    "bib": (write_bibtex, "application/x-bibtex"),
    "csl.json": (write_csl, "application/vnd.citationstyles.csl+json"),
    "datacite.json": (write_datacite, "application/vnd.datacite.datacite+json"),
}
