"""The words of a text with their places: what codebook phrases are matched on."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Stands between two words that no phrase may bridge: the end of a sentence, an empty line, a bullet.
HARD_BREAK = "\u2403"
#: Stands between two words that only a gap ("...") may bridge: a comma, a colon.
SOFT_BREAK = "\u2402"

# Letters and digits. A question mark inside or before letters is kept: it is what is left of a letter
# that the source's own encoding could not write (Polish "bezpiecze?stwo").
_WORD = re.compile(r"(?:(?<![^\W_])\?)?[^\W_]+(?:\?[^\W_]+)*")
_HARD = re.compile(r"[.!?]+[\"'”’»)\]]*(?:\s|$)|\n\s*\n|\n\s*[-–•*·▪●]|[•▪●]|;")
_SOFT = re.compile(r"[,:()\[\]\u2026]|\s[-–—]\s")

#: In these languages the marks on letters are often left out (capitals, hurry, keyboards) and hardly
#: ever tell two words apart. Elsewhere (Swedish "vård", German "für") they are letters of their own.
_MARKS_OPTIONAL = frozenset({"el", "es", "fr", "hr", "it", "pt", "ro", "sl"})


@dataclass(frozen=True)
class Words:
    """
    The words of one text.

    `keys` holds folded words and the two break marks; `starts` and `ends` are offsets into the text
    (a break mark has the offset of the place where it stands, twice).
    """

    keys: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@lru_cache(maxsize=500_000)
def fold(word: str) -> str:
    """Return the word as it is compared: composed, lower case, no soft hyphens."""
    return unicodedata.normalize("NFC", word.replace("\u00ad", "")).casefold()


@lru_cache(maxsize=200_000)
def without_marks(word: str, language: str) -> str:
    """Return the word without accents where its language is often written without; else unchanged."""
    if language not in _MARKS_OPTIONAL or word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


@lru_cache(maxsize=200_000)
def damaged(word: str, *, keep_end: bool = False) -> str:
    """
    Return the word as a Western European code page leaves it: every letter it lacks becomes ``?``.

    The Commission's own exports hold such words. A question mark at the end is left out, since it
    cannot be told from punctuation there; `keep_end` keeps it, for the start of a longer word.
    """
    broken = word.encode("cp1252", "replace").decode("cp1252")
    return broken if keep_end else broken.rstrip("?")


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Return how often each word, as written, stands in the texts: the words of `split_words`, but not yet folded."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_WORD.findall(text))
    return counts


def holds_any(text: str, words: frozenset[str]) -> bool:
    """Say whether one of these words, as written, stands in the text."""
    return not words.isdisjoint(_WORD.findall(text))


def _break_between(text: str) -> str:
    if not text.strip() and "\n" not in text:
        return ""
    if _HARD.search(text):
        return HARD_BREAK
    return SOFT_BREAK if _SOFT.search(text) else ""


def split_words(text: str) -> Words:
    """
    Return the words of a text, folded, with their offsets.

    A word is a run of letters and digits: hyphens, apostrophes and slashes part words, so that
    "low-skilled", "l'accès" and "and/or" are two words each, in every language alike.
    """
    keys: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = -1
    for found in _WORD.finditer(text):
        start, end = found.span()
        if last >= 0 and start - last > 1 and (mark := _break_between(text[last:start])):
            keys.append(mark)
            starts.append(last)
            ends.append(last)
        keys.append(fold(found.group()))
        starts.append(start)
        ends.append(end)
        last = end
    return Words(tuple(keys), tuple(starts), tuple(ends))
