"""Texts as sets of hashed word triples, the same in any script and on any machine."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Hashes = npt.NDArray[np.uint64]

WORDS_IN_SHINGLE = 3
_MULTIPLIERS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))
# Scripts written without spaces: every character is a word. Thai to Myanmar, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


class _Vocabulary(dict[str, int]):
    """Hash of each word, worked out once."""

    def __missing__(self, word: str) -> int:
        value = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        self[word] = value
        return value


@dataclass(frozen=True)
class Shingled:
    """
    Texts as sets of shingles.

    Attributes:
        shingles: For each text the sorted, distinct hashes of its word triples.
        exact: For each text a hash of its words in order: equal where nothing but capitals,
            punctuation and spaces differs.
        n_words: Words in each text.
        n_unspaced: How many of them are characters of a script written without spaces.
    """

    shingles: tuple[Hashes, ...]
    exact: tuple[bytes, ...]
    n_words: npt.NDArray[np.int64]
    n_unspaced: npt.NDArray[np.int64]


def words(text: str) -> list[str]:
    """Return the words of a text, folded; in scripts without spaces every character is one."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Return the folded words with their offsets in the text as it stands."""
    return [(unicodedata.normalize("NFKC", m.group()).casefold(), m.start(), m.end()) for m in _WORD.finditer(text)]


def shingle(texts: Sequence[str]) -> Shingled:
    """Turn texts into sets of shingles; a text of fewer than three words has the one of all its words."""
    vocabulary = _Vocabulary()
    shingles, exact, lengths, unspaced = [], [], [], []
    for text in texts:
        found = words(text)
        hashes = np.fromiter(map(vocabulary.__getitem__, found), dtype=np.uint64, count=len(found))
        shingles.append(_triples(hashes))
        exact.append(blake2b(hashes.tobytes(), digest_size=16).digest())
        lengths.append(len(found))
        unspaced.append(len(_CHARACTER.findall(text)))
    return Shingled(
        tuple(shingles), tuple(exact), np.array(lengths, dtype=np.int64), np.array(unspaced, dtype=np.int64)
    )


def _triples(hashes: Hashes) -> Hashes:
    if len(hashes) < WORDS_IN_SHINGLE:
        return np.unique(np.bitwise_xor.reduce(hashes, keepdims=True)) if len(hashes) else hashes
    last = len(hashes) - WORDS_IN_SHINGLE + 1
    mixed = np.zeros(last, dtype=np.uint64)
    for offset, multiplier in enumerate(_MULTIPLIERS):
        mixed = (mixed ^ hashes[offset : last + offset]) * multiplier
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)
