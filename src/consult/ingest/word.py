"""The text of a Word document: paragraphs, tables, content controls, text boxes, footnotes; without deleted text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# Text that was deleted, and the second copy of a text box, for old programs.
_LEFT_OUT = frozenset(
    {f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")


def word_text(path: Path) -> str:
    """Return what stands in the body, block by block, and then the notes."""
    # The package's own XML is read with defusedxml, which refuses entity bombs.
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(path) as archive:
        body = fromstring(archive.read("word/document.xml")).find(f"{_W}body")
        blocks = [*_blocks(body)] if body is not None else []
        for name in _NOTES:
            if name in archive.namelist():
                # Notes with a type are the lines that separate notes from the page.
                notes = (n for n in fromstring(archive.read(name)) if n.get(f"{_W}type") is None)
                blocks += [" ".join(_blocks(note)) for note in notes]
    return "\n".join(block for block in blocks if block.strip())


def _blocks(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}p":
            yield "".join(_pieces(child))
        elif child.tag == f"{_W}tbl":
            for row in _parts(child, "tr", "tbl"):
                cells = (" ".join(_blocks(cell)).strip() for cell in _parts(row, "tc", "trPr"))
                yield " | ".join(cell for cell in cells if cell)
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child)


def _parts(element: Any, wanted: str, left_out: str) -> Iterator[Any]:
    """Give the rows of a table or the cells of a row, wherever they are wrapped; those further in are not its own."""
    for child in element:
        if child.tag == f"{_W}{wanted}":
            yield child
        elif child.tag != f"{_W}{left_out}":
            yield from _parts(child, wanted, left_out)


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}p":
            yield "\n"
            yield from _pieces(child)
            yield "\n"
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag not in (f"{_W}pPr", f"{_W}rPr"):
            yield from _pieces(child)
