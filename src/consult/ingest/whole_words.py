"""Words that a page divides at the end of a line, in one piece again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# "Aus-" and the next line "und Weiterbildung": the hyphen stands for what follows, it does not divide a word.
_JOINTS = frozenset(
    "und oder bzw sowie and or to et ou y e o u i en of och eller og ja tai a či nebo alebo vagy és ali in ir un "
    "ή και и или".split()
)
_DIVIDED = re.compile(r"(?P<head>[^\W\d_]{2,})(?:-|\u00ad|\u2010)[ \t]*\n[ \t]*(?P<tail>[^\W\d_]+)")


def with_whole_words(pages: Sequence[str]) -> list[str]:
    r"""
    Join words that were divided at the end of a line.

    A compound that the document writes with its hyphen elsewhere keeps it.

    >>> with_whole_words(["lifelong learn-\ning for low-\nskilled people; low-skilled work; Aus-\nund Fortbildung"])
    ['lifelong learning for low-skilled people; low-skilled work; Aus- und Fortbildung']
    """
    written = {w.lower() for page in pages for w in re.findall(r"[^\W\d_]+-[^\W\d_]+", page)}

    def whole(match: re.Match[str]) -> str:
        head, tail = match["head"], match["tail"]
        if tail.lower() in _JOINTS:
            return f"{head}- {tail}"
        if not tail[0].islower() or f"{head}-{tail}".lower() in written:
            return f"{head}-{tail}"
        return head + tail

    return [_DIVIDED.sub(whole, page) for page in pages]
