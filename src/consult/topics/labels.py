"""Names for topics: a noun phrase of the passages, or two strong terms joined, in the language of the study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from consult.topics.terms import JOINT, TermFacts

NO_TOPIC = "No clear topic"

_AND = {
    "bg": "и", "cs": "a", "da": "og", "de": "und", "el": "και", "en": "and", "es": "y", "et": "ja", "fi": "ja",
    "fr": "et", "ga": "agus", "hr": "i", "hu": "és", "it": "e", "lt": "ir", "lv": "un", "mt": "u", "nl": "en",
    "pl": "i", "pt": "e", "ro": "și", "sk": "a", "sl": "in", "sv": "och",
}  # fmt: skip

MAX_WORDS = 6
EVERYWHERE = 0.04
"""A single word found in a larger share of all passages says too little alone."""
UBIQUITOUS = 0.15
"""A word found in a larger share ("AI" in a consultation on AI) also adds nothing to a phrase."""
SECOND = 0.40
"""The second term of a label must score at least this share of the first."""
MAX_VERB_SHARE = 0.25
MAX_OPEN_SHARE = 0.50
_PHRASE_BONUS = {1: 1.0, 2: 2.2, 3: 2.6}


@dataclass(frozen=True)
class TermTable:
    """
    Which term occurs in which text.

    Attributes:
        occurs: Texts by terms, 1 where the term occurs.
        terms: Term of each column.
        facts: What is known of each term.
        shares: Share of texts that hold the term, in the language where it is most common.
    """

    occurs: sparse.csr_matrix
    terms: list[str]
    facts: dict[str, TermFacts]
    shares: NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A term that might name a topic."""

    term: str
    score: float
    passages: float


def term_table(by_text: Sequence[Sequence[str]], facts: dict[str, TermFacts], languages: Sequence[str]) -> TermTable:
    """Return the terms of each text as a sparse table, terms in alphabetical order."""
    terms = sorted(facts)
    column = {term: i for i, term in enumerate(terms)}
    columns = [sorted({column[term] for term in found}) for found in by_text]
    pointer = np.concatenate([[0], np.cumsum([len(c) for c in columns])]).astype(np.int64)
    flat = np.fromiter((c for row in columns for c in row), dtype=np.int64, count=int(pointer[-1]))
    occurs = sparse.csr_matrix((np.ones(len(flat)), flat, pointer), shape=(len(by_text), len(terms)))
    sizes = {language: list(languages).count(language) for language in sorted(set(languages))}
    shares = np.array(
        [
            max((n / sizes[lang] for lang, n in facts[t].languages.items() if sizes.get(lang, 0) >= 30), default=0.0)
            for t in terms
        ]
    )
    return TermTable(occurs, terms, facts, shares)


def rank_candidates(
    table: TermTable, inside: NDArray[np.int64], weights: NDArray[np.float64], background: NDArray[np.int64]
) -> list[Candidate]:
    """
    Return terms that could name a group of texts, best first.

    A term's score is the share of the group that it covers (texts weighted by how well they fit) times the logarithm
    of how much commoner it is there than elsewhere; phrases count for more, words that are everywhere for less.
    What mostly stands after "to" or "will" (a verb) or before another content word (an adjective, half a phrase)
    is no candidate.

    Args:
        table: Terms of all texts.
        inside: Rows of the group.
        weights: Weight of each of these rows, above 0.
        background: Rows of all texts to compare with (those of the same language), the group's included.
    """
    if not len(inside):
        return []
    total = float(weights.sum())
    here = np.asarray(table.occurs[inside].T @ weights).ravel()
    plain = np.asarray(table.occurs[inside].sum(axis=0)).ravel()
    everywhere = np.asarray(table.occurs[background].sum(axis=0)).ravel()
    elsewhere = (np.maximum(everywhere - plain, 0) + 0.5) / (max(len(background) - len(inside), 0) + 1)
    cover = here / total
    lift = np.log2(np.maximum(cover, 1e-9) / elsewhere)
    raw = cover * np.clip(lift, 0, 6)
    needed = 2 if len(inside) >= 8 else 1
    ubiquitous = {table.terms[i] for i in np.flatnonzero(table.shares > UBIQUITOUS) if JOINT not in table.terms[i]}
    found = []
    for i in np.flatnonzero((raw > 0) & (plain >= needed)):
        term, fact = table.terms[i], table.facts[table.terms[i]]
        if not _is_noun_like(term, fact, table.facts):
            continue
        words = term.split(JOINT)
        score = float(raw[i]) * _PHRASE_BONUS.get(len(words), 2.4)
        if len(words) == 1 and table.shares[i] > EVERYWHERE:
            score *= EVERYWHERE / float(table.shares[i])
        if len(words) > 1 and any(word in ubiquitous for word in words):
            score *= 0.35
        found.append(Candidate(term, round(score, 9), float(plain[i])))
    found.sort(key=lambda c: (-c.score, c.term))
    return found[:60]


def make_label(candidates: Sequence[Candidate], facts: dict[str, TermFacts], language: str, taken: set[str]) -> str:
    """
    Return a label of two to six words that no other topic has, and add it to `taken`.

    Args:
        candidates: As from `rank_candidates`.
        facts: What is known of each term.
        language: Language of the study, for the word "and".
        taken: Labels and first terms in use, lower-cased.
    """
    free = [c for c in candidates if _first(c) not in taken] or list(candidates)
    for head in free[:12]:
        phrase = _longest(head, candidates)
        label = _join(phrase, _seconds(phrase, candidates), facts, language)
        if label.casefold() not in taken:
            taken.update({label.casefold(), _first(head), _first(phrase)})
            return label
    plain = _unused("Other passages" if not candidates else _shown(candidates[0], facts), taken)
    taken.add(plain.casefold())
    return plain


def _unused(label: str, taken: set[str]) -> str:
    if label.casefold() not in taken:
        return label
    return next(f"{label} ({n})" for n in range(2, 10_000) if f"{label} ({n})".casefold() not in taken)


def _first(candidate: Candidate) -> str:
    return f"\0{candidate.term}"


def _is_noun_like(term: str, fact: TermFacts, facts: dict[str, TermFacts]) -> bool:
    if fact.verb_share > MAX_VERB_SHARE or fact.open_share > MAX_OPEN_SHARE:
        return False
    words = term.split(JOINT)
    last, first = facts.get(words[-1]), facts.get(words[0])
    if last is not None and (last.verb_share > MAX_VERB_SHARE or last.open_share > 0.75):
        return False
    return not (len(words) > 1 and first is not None and first.verb_share > MAX_VERB_SHARE)


def _longest(head: Candidate, candidates: Sequence[Candidate]) -> Candidate:
    """Return the longest phrase that the head is nearly always part of."""
    best = head
    for other in candidates:
        longer = len(other.term) > len(best.term) and len(other.term.split(JOINT)) <= 4
        if longer and f"{JOINT}{head.term}{JOINT}" in f"{JOINT}{other.term}{JOINT}":
            share = 0.5 if JOINT not in head.term else 0.6
            if other.passages >= share * head.passages:
                best = other
    return best


def _seconds(phrase: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    words = set(phrase.term.split(JOINT))
    limit = SECOND * phrase.score if len(words) > 1 else 0.0
    return [
        c
        for c in candidates
        if c.score >= limit and not any(_alike(a, b) for a in c.term.split(JOINT) for b in words)
    ]


def _alike(a: str, b: str) -> bool:
    """Return whether two words are forms of one another: equal, or alike in all but their endings."""
    if a == b:
        return True
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return shared >= 5 and shared >= 0.7 * min(len(a), len(b))


def _join(first: Candidate, seconds: Sequence[Candidate], facts: dict[str, TermFacts], language: str) -> str:
    shown = _shown(first, facts)
    n_words = len(shown.split())
    second = next((c for c in seconds if n_words + 1 + len(c.term.split(JOINT)) <= MAX_WORDS), None)
    if second is not None and n_words < 4:
        # Of a phrase and the word it holds, the phrase says more.
        shown = f"{shown} {_AND.get(language, 'and')} {facts[second.term].display}"
    return shown[:1].upper() + shown[1:]


def _shown(candidate: Candidate, facts: dict[str, TermFacts]) -> str:
    shown = facts[candidate.term].display
    return shown[:1].upper() + shown[1:]
