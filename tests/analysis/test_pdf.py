"""The PDF of a report: tagged, in its language, and nothing that somebody wrote is ever run."""

from dataclasses import replace
from pathlib import Path

import pytest
import typst

from analysis.exports.paper import Paper, PaperCell, PaperTable
from analysis.exports.pdf import write_pdf
from lab.i18n import command_context
from tests.analysis.test_exports import make_export
from tests.pdf import count_pages, read_objects

CODE = '#read("/etc/passwd") *b* $x$ #image("x.png") @label <label> \\ ` // */'


def write(export) -> bytes:
    """Return a report as PDF, in Dutch."""
    with command_context("nl"):
        return write_pdf(export)


def with_paper(text: str, drawing: str = ""):
    """Return a report in which somebody wrote the same everywhere."""
    cells = (PaperCell(text, text), PaperCell(text, drawing=drawing))
    table = PaperTable(text, (text, text), (False, True), (cells, (PaperCell(text),)))
    paper = Paper(((text, text),), (text, text), (table,), (text,), ((text, text),))
    return replace(make_export(text), paper=lambda: paper)


@pytest.mark.parametrize("make", [make_export, with_paper])
def test_what_somebody_wrote_stands_there_and_is_not_run(make):
    plain, code = write(make("proef")), write(make(CODE))
    assert count_pages(plain) == count_pages(code) == 1
    # Each sign is shown, so more kinds of letters are needed than without.
    assert len(code) > len(plain)
    assert b"root:" not in read_objects(code)


def test_a_typed_text_that_would_break_a_template_does_no_harm():
    imported = '#import "@preview/x:1.0.0": *'
    for text in ("#panic()", "#{", "]", imported, '"}', "\u202e", "\\u{0}"):
        assert write(with_paper(text)).startswith(b"%PDF")


def test_pdf_is_tagged_with_title_and_language_as_pdf_ua():
    held = read_objects(write(with_paper("proef")))
    for part in (b"/StructTreeRoot", b"/Marked true", b"/Lang", b"nl", b"pdfuaid", b"/TH", b"/TD"):
        assert part in held, part
    assert b"/DisplayDocTitle true" in held


def test_drawing_has_a_text_in_its_place():
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    held = read_objects(write(with_paper("een getekend interval", drawing)))
    assert b"/Alt" in held
    assert b"/Figure" in held


def test_a_drawing_without_a_text_is_refused():
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    export = with_paper("proef")
    paper = export.paper()
    table = replace(paper.tables[0], rows=((PaperCell("a"), PaperCell("", drawing=drawing)),))
    silent = replace(paper, tables=(table,))
    with pytest.raises(typst.TypstError, match="alt"):
        write(replace(export, paper=lambda: silent))


def test_template_asks_nothing_of_the_network_or_of_files():
    source = Path("analysis/exports/paper.typ").read_text(encoding="utf-8")
    assert "@preview" not in source
    assert "import" not in source
    assert "read(" not in source
    assert "eval(" not in source
