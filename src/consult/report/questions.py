"""Questions of a matrix share a long beginning; here it is told apart from each row's own part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

BETWEEN = (": ", " - ", " – ", " > ", " [")
"""What forms put between the question of a matrix and one of its rows."""
SHORTEST_STEM = 20


def stem_and_part(texts: Iterable[str]) -> dict[str, tuple[str, str]]:
    """
    Return for each question the beginning that it shares with others, and its own part.

    A question that shares no beginning has an empty first part and is its own part.

    >>> stem_and_part(["How important are the aims: Quality", "How important are the aims: Costs"])[
    ...     "How important are the aims: Costs"
    ... ]
    ('How important are the aims', 'Costs')
    """
    known = list(dict.fromkeys(texts))
    shared = Counter(stem for text in known for stem, _ in _cuts(text))
    return {text: next(((s, part) for s, part in _cuts(text) if shared[s] > 1), ("", text)) for text in known}


def short_question(text: str, parts: dict[str, tuple[str, str]]) -> str:
    """Return a question by its own part, with dots for what it shares with others."""
    stem, part = parts.get(text, ("", text))
    return f"… {part}" if stem else part


def _cuts(text: str) -> list[tuple[str, str]]:
    """Return every way to cut a question in two, the longest beginning first."""
    found = []
    for between in BETWEEN:
        at = text.find(between)
        while at >= 0:
            stem, part = text[:at].rstrip(), text[at + len(between) :].strip()
            if len(stem) >= SHORTEST_STEM and part:
                found.append((stem, part.removesuffix("]") if between == " [" else part))
            at = text.find(between, at + 1)
    return sorted(found, key=lambda cut: -len(cut[0]))
