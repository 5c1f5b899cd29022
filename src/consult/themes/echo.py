"""Words of the question that a respondent merely repeats: they are not the respondent's mention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consult.themes.words import HARD_BREAK, SOFT_BREAK, Words, split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

#: So many words in a row, the same as in the question, are a repetition and not a coincidence.
RUN = 5


def runs_of(question: str) -> frozenset[tuple[str, ...]]:
    """Return every run of five words of a question, folded."""
    keys = [k for k in split_words(question).keys if k not in (HARD_BREAK, SOFT_BREAK)]
    return frozenset(tuple(keys[i : i + RUN]) for i in range(len(keys) - RUN + 1))


def repeated(words: Words, runs: frozenset[tuple[str, ...]]) -> frozenset[int]:
    """Return the numbers of the words that stand in a run of the question's words."""
    if not runs:
        return frozenset()
    places: Sequence[int] = [i for i, k in enumerate(words.keys) if k not in (HARD_BREAK, SOFT_BREAK)]
    found: set[int] = set()
    for i in range(len(places) - RUN + 1):
        run = places[i : i + RUN]
        if tuple(words.keys[p] for p in run) in runs:
            found.update(run)
    return frozenset(found)
