"""The small language that codebook phrases are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple

from consult.themes.words import HARD_BREAK, SOFT_BREAK, fold, split_words

#: Words that "..." may stand for, at most.
GAP = 4
#: A part of a word shorter than this would catch words of every kind.
MIN_PART = 3
_GAP_MARK = "..."

Kind = Literal["word", "start", "end", "inside"]


class PatternError(ValueError):
    """A phrase cannot be read; the message says what was found and what is allowed."""


class Atom(NamedTuple):
    """One word, or part of a word, to look for; `text` is folded."""

    text: str
    kind: Kind = "word"


class Slot(NamedTuple):
    """A place in a phrase: any of its atoms may stand there, after at most `gap` other words."""

    atoms: tuple[Atom, ...]
    gap: int = 0


@dataclass(frozen=True)
class Pattern:
    """A phrase as written, and the sequences of slots it stands for."""

    source: str
    variants: tuple[tuple[Slot, ...], ...]


def _atom(piece: str, source: str) -> Atom:
    core = piece.strip("*")
    if "*" in core:
        message = f"'{piece}' has a star inside; a star may stand at the start or the end of a word only"
        raise PatternError(message)
    kind: Kind = "word"
    if piece != core:
        kind = "inside" if piece[0] == "*" == piece[-1] else "start" if piece[-1] == "*" else "end"
        if len(core) < MIN_PART:
            message = (
                f"'{piece}' in '{source}' is too short for a star and would match nearly everything; "
                f"at least {MIN_PART} letters are needed beside a star"
            )
            raise PatternError(message)
    return Atom(core, kind)


def _alternatives(option: str, source: str) -> list[tuple[Atom, ...]]:
    """
    Return the ways to write one option: its words one after the other, and joined.

    "low-skilled" may be written as one word or as two. A star stays with the first or last word.
    """
    head, tail = option.startswith("*"), option.endswith("*")
    if (core := option.strip("*")).isalnum():  # nearly all are one plain word
        return [(_atom("*" * head + fold(core) + "*" * tail, source),)]
    words = [k for k in split_words(option.replace("*", "")).keys if k not in (HARD_BREAK, SOFT_BREAK)]
    if not words or "*" in option.strip("*"):
        if not words:
            message = f"'{source}' has a part without letters ('{option}'); each part must hold a word"
            raise PatternError(message)
        _atom(option, source)  # says what is wrong with the star
    starred = list(words)
    starred[0] = "*" * head + starred[0]
    starred[-1] += "*" * tail
    found = [tuple(_atom(w, source) for w in starred)]
    if len(words) > 1 and re.search(r"\w-\w", option):
        found.append((_atom("*" * head + "".join(words) + "*" * tail, source),))
    return found


def _slot_choices(chunk: str, source: str) -> list[tuple[Slot, ...]]:
    """Return the sequences of slots that one space-separated part may stand for."""
    single: list[Atom] = []
    several: list[tuple[Slot, ...]] = []
    for option in chunk.split("|"):
        if not option:
            message = f"'{source}' has an empty alternative; write words on both sides of '|'"
            raise PatternError(message)
        for atoms in _alternatives(option, source):
            if len(atoms) == 1:
                single.append(atoms[0])
            else:
                several.append(tuple(Slot((a,)) for a in atoms))
    if single:
        several.insert(0, (Slot(tuple(sorted(set(single)))),))
    return several


@lru_cache(maxsize=200_000)
def parse_pattern(source: str) -> Pattern:
    """
    Read a phrase.

    ``word word`` stands for words in a row, ``stem*``, ``*tail`` and ``*mid*`` for words that start
    with, end with or hold these letters, ``a ... b`` for up to four other words between, ``a|b`` for
    either word. A hyphen may be written, left out or replaced by a space in the text.

    Raises:
        PatternError: The phrase is empty or breaks one of these rules.
    """
    text = re.sub(r"\s*\|\s*", "|", source.replace("\u2026", _GAP_MARK)).strip()
    chunks = text.replace(_GAP_MARK, f" {_GAP_MARK} ").split()
    if not chunks or all(c == _GAP_MARK for c in chunks):
        message = "the phrase is empty; write at least one word"
        raise PatternError(message)
    if _GAP_MARK in (chunks[0], chunks[-1]):
        message = f"'{source}' starts or ends with '...'; it may stand between two words only"
        raise PatternError(message)
    parts: list[list[tuple[Slot, ...]]] = []
    gaps: list[int] = []
    gap = 0
    for chunk in chunks:
        if chunk == _GAP_MARK:
            gap = GAP
            continue
        parts.append(_slot_choices(chunk, source))
        gaps.append(gap)
        gap = 0
    variants = []
    for choice in product(*parts):
        slots: list[Slot] = []
        for before, sequence in zip(gaps, choice, strict=True):
            slots += [Slot(sequence[0].atoms, before), *sequence[1:]]
        variants.append(tuple(slots))
    return Pattern(source, tuple(variants))
