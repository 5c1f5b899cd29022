"""Tables as plain text that fits a terminal, and as JSON that holds no NaN."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 98
LABEL = 34
HEAD = 12
"""A word above a column of a wide table is broken where it is longer."""


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as records for JSON: what is missing is null, days and times are ISO 8601."""
    found: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso", double_precision=10))
    return found


def emit(found: dict[str, Any], words: Callable[[dict[str, Any]], Iterable[str]], *, as_json: bool) -> None:
    """Write a result to standard output, as JSON or in words."""
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2, default=str, allow_nan=False) + "\n")
    else:
        sys.stdout.write("\n".join(words(found)) + "\n")


def wrapped(text: str, indent: int = 0, more: int = 0) -> list[str]:
    """Return a text in lines of at most `WIDTH` characters; all but the first are indented by `more` further."""
    front = " " * indent
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        initial_indent=front,
        subsequent_indent=front + " " * more,
        break_long_words=False,
    ) or [""]


def heading(text: str) -> list[str]:
    """Return an empty line and a heading, underlined."""
    return ["", *(lines := wrapped(text)), "-" * max(len(line) for line in lines)]


def columns(names: Sequence[str], rows: Sequence[Sequence[str]], *, indent: int = 2) -> list[str]:
    """
    Return rows in columns; the first column is text and is cut to fit, the others are aligned right.

    Args:
        names: Words above the columns.
        rows: Cells in words.
        indent: Spaces in front.
    """
    widths = [max(len(name), *(len(row[i]) for row in rows), 0) for i, name in enumerate(names)]
    rest = sum(widths[1:]) + 2 * (len(widths) - 1)
    widths[0] = max(8, min(widths[0], WIDTH - indent - rest))
    lines = []
    for row in (names, *rows):
        cells = [cut(row[0], widths[0]).ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append((" " * indent + "  ".join(cells)).rstrip())
    return lines


def cut(text: str, width: int) -> str:
    """
    Return a text cut to a width, with the cut shown.

    >>> cut("Business association", 10)
    'Business…'
    """
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def matrix(
    across: Sequence[str], down: Sequence[str], cells: Sequence[Sequence[str]], *, corner: str = ""
) -> list[str]:
    """
    Return a wide table in blocks that each fit the terminal, under headers of several lines.

    Args:
        across: Headers of the columns; each word may take a line of its own.
        down: Labels of the rows.
        cells: One list a row, as long as `across`.
        corner: Word above the labels.
    """
    label = min(max([len(text) for text in (*down, corner)], default=0), LABEL)
    words = [len(word) for name in across for word in name.split()]
    width = max([len(cell) for row in cells for cell in row] + [9, min(max(words, default=0), HEAD)])
    fits = max(1, (WIDTH - label) // (width + 2))
    lines: list[str] = []
    for first in range(0, len(across), fits):
        heads = [textwrap.wrap(name, width, max_lines=4, placeholder="…") for name in across[first : first + fits]]
        tall = max(len(head) for head in heads)
        heads = [[""] * (tall - len(head)) + head for head in heads]
        if first:
            lines.append("")
        for i in range(tall):
            front = corner if i == tall - 1 else ""
            lines.append((front.ljust(label) + "".join("  " + head[i].rjust(width) for head in heads)).rstrip())
        for text, row in zip(down, cells, strict=True):
            shown = "".join("  " + cell.rjust(width) for cell in row[first : first + fits])
            lines.append((cut(text, label).ljust(label) + shown).rstrip())
    return lines
