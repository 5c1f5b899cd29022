"""The text of a PDF, page by page, in reading order, and which pages are pictures of text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PICTURE = 0.3
"""A picture that covers so much of a page without text may be a scan."""
_FEWEST_LINES = 10


class PasswordError(Exception):
    """The file opens with a password only."""


class BrokenError(Exception):
    """The file is no PDF that can be opened."""


@dataclass(frozen=True)
class Pages:
    """The text of each page, and the numbers, from 1, of the pages that are pictures without text."""

    texts: list[str]
    pictures: tuple[int, ...]


def pdf_pages(path: Path) -> Pages:
    """
    Read a PDF.

    Raises:
        PasswordError: It is encrypted.
        BrokenError: It is broken.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        reason = str(error).lower()
        if "password" in reason or "security" in reason:
            raise PasswordError from error
        raise BrokenError from error
    texts, pictures = [], []
    try:
        for i in range(len(document)):
            page = document[i]
            text = _page_text(page)
            texts.append(text)
            if not text.strip() and _is_picture(page):
                pictures.append(i + 1)
            page.close()
    finally:
        document.close()
    return Pages(texts, tuple(pictures))


def _page_text(page: Any) -> str:
    text_page = page.get_textpage()
    try:
        text = _plain(text_page.get_text_bounded())
        gutter = _gutter(_lines(text_page), page.get_width()) if text.count("\n") >= _FEWEST_LINES else None
        if gutter is None:
            return text
        left = text_page.get_text_bounded(right=gutter)
        right = text_page.get_text_bounded(left=gutter)
        return f"{_plain(left).strip()}\n{_plain(right).strip()}"
    finally:
        text_page.close()


def _plain(text: str) -> str:
    # So PDFium writes a hyphen at the end of a line, in its versions.
    return text.replace("\r\n", "\n").replace("\x00", "").replace("\ufffe", "-\n").replace("\x02", "-\n")


def _lines(text_page: Any) -> list[tuple[float, float, float]]:
    """Left, right and top of each piece of a line, in the order of the file."""
    boxes = (text_page.get_rect(i) for i in range(text_page.count_rects()))
    return [(left, right, top) for left, _, right, top in boxes if right > left]


def _gutter(lines: Sequence[tuple[float, float, float]], width: float) -> float | None:
    """
    Return where two columns part whose lines the file holds in turns; None where the order is right as it is.

    Most files hold one column after the other. Only a page that goes from left to right and back on most of its
    lines, with lines that fill their column, is read anew.
    """
    middle = width / 2
    left = [line for line in lines if line[1] < middle + width * 0.02]
    right = [line for line in lines if line[0] > middle - width * 0.02]
    if min(len(left), len(right)) < _FEWEST_LINES or len(left) + len(right) < 0.95 * len(lines):
        return None
    sides = [line[0] > middle - width * 0.02 for line in lines]
    turns = sum(a != b for a, b in pairwise(sides))
    if turns < 1.2 * min(len(left), len(right)):
        return None
    # Cells of a table are short; the lines of a column of text are not.
    full = max(0.6 * (max(r for _, r, _ in left) - min(x for x, _, _ in left)), 0.25 * width)
    if sum(r - x > full for x, r, _ in [*left, *right]) < 0.7 * (len(left) + len(right)):
        return None
    return (max(r for _, r, _ in left) + min(x for x, _, _ in right)) / 2


def _is_picture(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    area = page.get_width() * page.get_height()
    covered = 0.0
    for found in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = found.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return bool(area) and covered >= _PICTURE * area
