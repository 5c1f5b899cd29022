"""Words and phrases of passages as lemmas, with the form they are mostly written in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from consult.text.lemmas import lemma
from consult.text.stopwords import all_stop_words, stop_words
from consult.topics.fillers import fillers

MAX_TERMS = 60_000
"""Terms kept, the most frequent: more take memory and are in no label."""
MAX_COUNTED = 400_000
"""Terms counted at a time; when there are more, those met once so far are forgotten (lossy counting)."""
MIN_TEXTS_TO_LEMMATISE = 600
"""A language with fewer passages is not lemmatised: its dictionary takes a while to load and would change little.

The language of the study always is.
"""
JOINT = "_"
"""Stands between the words of a phrase, so that a phrase is one term to BERTopic's vectorizer."""

_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’‑][^\W\d_]+)*|\d[\d.,]*|[^\w\s]|\n")
_LETTERS = re.compile(r"[^\W\d_]")
_ELIDED = re.compile(r"^(?:l|d|j|c|n|s|m|t|qu|dell|all|nell|sull|dall|un|jusqu|lorsqu|puisqu)['’](?=.)", re.IGNORECASE)
_ENGLISH_S = re.compile(r"['’]s?$")
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)\S+@\S+", re.IGNORECASE)
_ROMAN = re.compile(r"^[IVX]{2,}$")

# Words that may stand inside a noun phrase.
_CONNECTORS: dict[str, frozenset[str]] = {
    "en": frozenset({"of"}),
    "fr": frozenset({"de", "des", "du"}),
    "es": frozenset({"de", "del"}),
    "pt": frozenset({"de", "da", "do", "dos", "das"}),
    "it": frozenset({"di", "del", "della", "dei", "delle"}),
    "ro": frozenset({"de"}),
    "mt": frozenset({"ta"}),
}
# After these comes a verb, and hardly ever a noun.
_BEFORE_VERBS: dict[str, frozenset[str]] = {
    "en": frozenset(
        "to will would should can could may might must shall not we they i you it he she who which that cannot".split()
    ),
    "de": frozenset("zu".split()),
    "fr": frozenset("pour nous ils elles on se ne pas qui à".split()),
    "es": frozenset("para se no que".split()),
    "it": frozenset("si non che per".split()),
    "nl": frozenset("te".split()),
    "sv": frozenset("att".split()),
    "da": frozenset("at".split()),
}


@dataclass
class TermFacts:
    """What is known of one term over all passages."""

    passages: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    after_verb_marker: int = 0
    before_content: int = 0
    before_number: int = 0
    occurrences: int = 0

    @property
    def display(self) -> str:
        """
        The form that is written most often; of equal ones, the first in the alphabet.

        Forms that differ only in capitals count together, and the one with capitals is taken only where it makes up
        most of them: a capital at the start of a sentence says nothing.
        """
        folded: Counter[str] = Counter()
        for form, n in self.forms.items():
            folded[form.casefold()] += n
        best = min(folded, key=lambda form: (-folded[form], form))
        same = {form: n for form, n in self.forms.items() if form.casefold() == best}
        lower = {form: n for form, n in same.items() if form == form.lower()}
        chosen = lower if sum(lower.values()) >= 0.35 * folded[best] else same
        return min(chosen, key=lambda form: (-chosen[form], form))

    @property
    def verb_share(self) -> float:
        """Share of occurrences right after a word that announces a verb."""
        return self.after_verb_marker / max(1, self.occurrences)

    @property
    def open_share(self) -> float:
        """Share of occurrences followed at once by another content word: high for adjectives and half phrases."""
        return self.before_content / max(1, self.occurrences)

    @property
    def number_share(self) -> float:
        """Share of occurrences followed at once by a number, a hyphen between them or none."""
        return self.before_number / max(1, self.occurrences)


@dataclass(frozen=True)
class Terms:
    """Terms of each passage (lemmas; the words of a phrase joined by `_`), and what is known of every term."""

    by_passage: list[list[str]]
    facts: dict[str, TermFacts]


@dataclass(frozen=True)
class _Token:
    surface: str
    lemma: str
    kind: str  # "content", "stop", "connector", "number", "break"


def find_terms(
    texts: Sequence[str], languages: Sequence[str], *, study_language: str = "en", min_passages: int | None = None
) -> Terms:
    """
    Return the words and two- to four-word phrases of each passage that occur in several passages.

    Stop words of all 24 languages stand in no term, save between the words of a phrase ("burden of proof").
    Words that every consultation uses ("ensure", "important") are left out where the language has such a list.

    Args:
        texts: Passages.
        languages: ISO 639-1 code of each.
        study_language: Language of the study.
        min_passages: Passages a term must occur in; None: 2, or 3 from a thousand passages on.
    """
    needed = min_passages or (3 if len(texts) >= 1000 else 2 if len(texts) >= 60 else 1)
    sizes = Counter(languages)
    lemmatised = {code: n >= MIN_TEXTS_TO_LEMMATISE or code == study_language for code, n in sizes.items()}
    passages: Counter[str] = Counter()
    for text, language in zip(texts, languages, strict=True):
        tokens = _tokens(text, language, lemmatise=lemmatised[language])
        passages.update({_name(tokens, start, end) for start, end in _spans(tokens)})
        if len(passages) > MAX_COUNTED:
            passages = Counter({term: n for term, n in passages.items() if n > 1})
    frequent = sorted((term for term, n in passages.items() if n >= needed), key=lambda term: (-passages[term], term))
    kept = {term: (term, TermFacts(passages[term])) for term in frequent[:MAX_TERMS]}
    by_passage: list[list[str]] = []
    # Which passage holds which term is noted for these alone, each text cut anew: most terms are met once, and a list
    # of all of them would take most of the memory.
    for text, language in zip(texts, languages, strict=True):
        tokens = _tokens(text, language, lemmatise=lemmatised[language])
        terms: list[str] = []
        for start, end in _spans(tokens):
            held = kept.get(_name(tokens, start, end))
            if held is not None:
                terms.append(held[0])
                _count(held[1], tokens, start, end, language)
        for term in set(terms):
            kept[term][1].languages[language] += 1
        by_passage.append(terms)
    return Terms(by_passage, dict(kept.values()))


def _name(tokens: list[_Token], start: int, end: int) -> str:
    return JOINT.join([token.lemma for token in tokens[start:end]])


def _count(fact: TermFacts, tokens: list[_Token], start: int, end: int, language: str) -> None:
    fact.occurrences += 1
    fact.forms[" ".join(token.surface for token in tokens[start:end])] += 1
    if start and tokens[start - 1].surface.lower() in _BEFORE_VERBS.get(language, frozenset()):
        fact.after_verb_marker += 1
    if end < len(tokens) and tokens[end].kind == "content":
        fact.before_content += 1
    after = end + 1 if end < len(tokens) and tokens[end].surface in "-–." else end
    if after < len(tokens) and tokens[after].kind == "number":
        fact.before_number += 1


def _spans(tokens: list[_Token]) -> Iterator[tuple[int, int]]:
    """Yield the spans of terms: single words, runs of two and three, and "noun of (adjective) noun"."""
    for start, first in enumerate(tokens):
        if first.kind != "content":
            continue
        yield start, start + 1
        n_connectors = 0
        for end in range(start + 1, min(start + 4, len(tokens))):
            kind = tokens[end].kind
            if kind == "connector" and n_connectors == 0:
                n_connectors += 1
                continue
            if kind != "content":
                break
            if end - start + 1 - n_connectors <= 3:
                yield start, end + 1


def _tokens(text: str, language: str, *, lemmatise: bool) -> list[_Token]:
    return [_token(word, language, lemmatise=lemmatise) for word in _TOKEN.findall(_LINK.sub(" . ", text))]


@lru_cache(maxsize=200_000)
def _token(word: str, language: str, *, lemmatise: bool) -> _Token:
    if word[0].isdigit() or _ROMAN.match(word):
        return _Token(word, word, "number")
    if not _LETTERS.match(word):
        return _Token(word, word, "break")
    if language in ("fr", "it"):
        word = _ELIDED.sub("", word)
    elif language == "en":
        word = _ENGLISH_S.sub("", word) or word
    low = word.lower()
    if low in _CONNECTORS.get(language, frozenset()):
        return _Token(low, low, "connector")
    stop, filler = stop_words(language), fillers(language)
    acronym = len(word) > 1 and word.isupper()
    base = lemma(word, language) if lemmatise and not acronym else low
    is_stop = low in stop or base in stop or low in filler or base in filler or len(low) < 2
    is_foreign_stop = not acronym and len(low) <= 3 and low in all_stop_words()
    if (is_stop or is_foreign_stop) and not (acronym and low not in stop):
        return _Token(word, base, "stop")
    return _Token(word, base, "stop" if len(low) < 3 and not acronym else "content")
