"""Headings of columns, written one way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from consult.ingest.canonical import fold

if TYPE_CHECKING:
    from collections.abc import Sequence


def tidy(heading: str) -> str:
    r"""
    Write a heading on one line; a matrix row follows its question after a colon.

    >>> tidy("How important is it?\n: More skills\n")
    'How important is it?: More skills'
    """
    text = re.sub(r"\s*\n\s*:\s*", ": ", heading.replace("\r\n", "\n").strip("\ufeff"))
    return " ".join(text.split())


def labels(headings: Sequence[str]) -> list[str]:
    """Return headings that differ: the second of two alike is written with [2] after it."""
    seen: dict[str, int] = {}
    result = []
    for i, heading in enumerate(headings):
        text = tidy(heading) or f"column {i + 1}"
        seen[text] = seen.get(text, 0) + 1
        result.append(text if seen[text] == 1 else f"{text} [{seen[text]}]")
    return result


def key(name: str) -> str:
    """Return a column's name as formats know it: folded, without the [2] that tells columns apart."""
    return fold(re.sub(r" \[\d+\]$", "", name))
