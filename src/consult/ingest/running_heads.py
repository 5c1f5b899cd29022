"""Headers, footers and page numbers that repeat from page to page."""

from __future__ import annotations

import re
from collections import Counter

_EDGE = 3
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|p\.|pág\.?|pagina|strona|sivu|sida|side)?\s*[-–|]?\s*\d{1,4}\s*(?:[/|-]|of|von|de|sur|di|z)?"
    r"\s*(?:\d{1,4})?\s*[-–|]?",
    re.IGNORECASE,
)


def without_running_heads(pages: list[str]) -> list[str]:
    """
    Remove lines at the top and bottom of pages that repeat, numbers aside, and lone page numbers.

    A line goes when it stands among the outermost three lines of at least three pages and of half of all
    pages. With fewer than three pages only lone page numbers go.
    """
    split = [[line.rstrip() for line in page.split("\n")] for page in pages]
    if len(pages) < 2:
        return pages
    seen: Counter[str] = Counter()
    for lines in split:
        seen.update({_shape(line) for line in _edges(lines) if line.strip()})
    often = {s for s, n in seen.items() if n >= max(3, len(pages) / 2)}
    return ["\n".join(_trim(lines, often)) for lines in split]


def _shape(line: str) -> str:
    return _NUMBER.sub("0", " ".join(line.casefold().split()))


def _edges(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line.strip()]
    return filled[:_EDGE] + filled[-_EDGE:]


def _trim(lines: list[str], often: set[str]) -> list[str]:
    filled = [i for i, line in enumerate(lines) if line.strip()]
    edges = set(filled[:_EDGE] + filled[-_EDGE:])
    ends = set(filled[:1] + filled[-1:])

    def goes(i: int) -> bool:
        line = lines[i].strip()
        return (i in edges and _shape(line) in often) or (i in ends and bool(_PAGE_NUMBER.fullmatch(line)))

    return [line for i, line in enumerate(lines) if not (line.strip() and goes(i))]
