"""Documents become passages of one to three sentences, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from consult import schema
from consult.identity import make_id
from consult.text.documents import readable
from consult.text.nlp import MAX_CHARACTERS, sentence_splitter
from consult.text.privacy import mask

MAX_SENTENCES = 3
MIN_WORDS = 12
"""A sentence shorter than this is read together with its neighbours: alone it rarely says what it is about."""
MAX_WORDS = 60
"""A passage grows no further beyond this many words."""
LONG_SENTENCE = 120
"""A sentence of more words (a list, a text without full stops) is cut at semicolons and commas."""

_PARAGRAPH = re.compile(r"\n+")
_SOFT_BREAK = re.compile(r"(?<=[;:•–])\s+|(?<=,)\s+")
_CHUNK = re.compile(r"\s+")
_LETTERS_LOST = re.compile(r"\w\?\w")
_NEVER_FIRST = frozenset(",;:)]”»–—-")
# Abbreviations that more than one language writes, and that stand in the middle of a sentence as often as at its end.
_ABBREVIATION = re.compile(r"(?<!\w)(?:etc|cf|resp|approx|vs|ca|incl|usw|bzw|tzw|np|ecc)\.$", re.IGNORECASE)

Span = tuple[int, int]


def split_passages(documents: pd.DataFrame) -> pd.DataFrame:
    """
    Split every readable document into passages of one to three sentences.

    Sentences are found by spaCy's sentencizer within lines, so that list items stay whole. Short neighbours are
    joined until a passage has at least 12 words, three sentences or 60 words. Passages never overlap, and every
    character of a document that is not white space lies in exactly one.

    Args:
        documents: Table `documents`.

    Returns:
        Table `passages`; `documents.text[start:end] == passages.text` holds for each row.
    """
    rows: list[tuple[str, str, int, int, str]] = []
    seen: dict[tuple[str, str], list[Span]] = {}
    usable = readable(documents)
    for document_id, text, language in zip(usable["document_id"], usable["text"], usable["language"], strict=True):
        key = (language, text)
        if key not in seen:
            seen[key] = passage_spans(mask(text), language)
        rows.extend(
            (make_id("p", document_id, str(start), str(end)), document_id, start, end, text[start:end])
            for start, end in seen[key]
        )
    if not rows:
        return schema.empty("passages")
    return schema.build("passages", pd.DataFrame(rows, columns=list(schema.table("passages").names)))


def passage_spans(text: str, language: str) -> list[Span]:
    """Return the passages of one text as offsets, in order."""
    sentences = [part for span in sentence_spans(text, language) for part in _cut_long(text, span)]
    return list(_join_short(text, sentences))


def sentence_spans(text: str, language: str) -> list[Span]:
    """Return the sentences of one text as offsets; a line break always ends a sentence."""
    split = sentence_splitter(language)
    letters_lost = _LETTERS_LOST.search(text) is not None
    spans: list[Span] = []
    for start, end in _lines(text):
        first = len(spans)
        for piece_start in range(start, end, MAX_CHARACTERS):
            piece = text[piece_start : min(end, piece_start + MAX_CHARACTERS)]
            for sentence in split(piece).sents:
                trimmed = _trim(text, piece_start + sentence.start_char, piece_start + sentence.end_char)
                if (
                    trimmed
                    and len(spans) > first
                    and _goes_on(text[spans[-1][0] : spans[-1][1]], text[trimmed[0]], letters_lost=letters_lost)
                ):
                    spans[-1] = (spans[-1][0], trimmed[1])
                elif trimmed:
                    spans.append(trimmed)
    return spans


def _goes_on(before: str, first: str, *, letters_lost: bool) -> bool:
    """Say whether a sentence was cut too early: at an abbreviation, or at a "?" that was a letter once."""
    if first in _NEVER_FIRST:
        return True
    if first.islower() or first in "(?":
        return letters_lost or _ABBREVIATION.search(before[-8:]) is not None
    return False


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for match in _PARAGRAPH.finditer(text):
        if match.start() > at:
            yield at, match.start()
        at = match.end()
    if at < len(text):
        yield at, len(text)


def _trim(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if right > left else None


def _n_words(text: str, span: Span) -> int:
    return len(text[span[0] : span[1]].split())


def _cut_long(text: str, span: Span) -> Iterator[Span]:
    """Cut a very long sentence at semicolons or commas, and one without them at white space."""
    if _n_words(text, span) <= LONG_SENTENCE:
        yield span
        return
    start, words, last_soft = span[0], 0, -1
    piece = text[span[0] : span[1]]
    soft = {span[0] + match.end() for match in _SOFT_BREAK.finditer(piece)}
    for match in _CHUNK.finditer(piece):
        words += 1
        position = span[0] + match.end()
        if position in soft:
            last_soft = position
        cut = -1
        if words >= MAX_WORDS and last_soft > start:
            cut = last_soft
        elif words >= LONG_SENTENCE:
            cut = position
        if cut > start:
            trimmed = _trim(text, start, cut)
            if trimmed:
                yield trimmed
            words = len(text[cut:position].split())
            start, last_soft = cut, -1
    trimmed = _trim(text, start, span[1])
    if trimmed:
        yield trimmed


def _join_short(text: str, sentences: list[Span]) -> Iterator[Span]:
    """Join neighbours while the passage is short; a short rest is joined to the passage before it."""
    current: Span | None = None
    count = words = 0
    waiting: tuple[Span, int, int] | None = None
    for span in sentences:
        n = _n_words(text, span)
        if current is None:
            current, count, words = span, 1, n
        elif words < MIN_WORDS and count < MAX_SENTENCES and words + n <= MAX_WORDS:
            current, count, words = (current[0], span[1]), count + 1, words + n
        else:
            if waiting:
                yield waiting[0]
            waiting = (current, count, words)
            current, count, words = span, 1, n
    if current is None:
        return
    if waiting:
        last, n_last, words_last = waiting
        if words < MIN_WORDS and n_last + count <= MAX_SENTENCES and words_last + words <= MAX_WORDS:
            yield last[0], current[1]
            return
        yield last
    yield current
