"""Names for topics: a noun phrase of the passages, or two strong terms joined, in the language of the study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from consult.topics.nouns import GENERIC, is_noun_like
from consult.topics.terms import JOINT, TermFacts

NO_TOPIC = "Unclear passages"
UNNAMED = "Too varied to name"
"""Label of a topic whose passages share no word that would name it."""

AND = "&"
"""Joins two terms of a label: a sign, since a label holds no stop word of any language."""

MAX_WORDS = 6
EVERYWHERE = 0.04
"""A single word found in a larger share of all passages says too little alone."""
UBIQUITOUS = 0.15
"""A word found in a larger share ("AI" in a consultation on AI) also adds nothing to a phrase."""
MOST_LIFT = 4.0
"""A term 16 times as common in a topic as elsewhere sets it apart; beyond, more passages count, not fewer elsewhere."""
SECOND_OF_PARENT = 0.15
SECOND = 0.40
"""The second term of a label must score at least this share of the first."""
LEAST_BESIDE_WORD = 0.15
"""The same beside a single word, which needs company more."""
MIN_BESIDE = 0.20
"""And stand in at least this share of as many passages as the first."""
MIN_WITHIN = 0.12
"""A phrase stands for a single word of it when it is in at least this share of as many passages."""
SYNONYM = 0.60
"""Terms whose meanings are closer than this say nearly the same ("legislation", "regulation"): no label joins them."""
SAME_HEAD = 0.80
"""A label whose first term is this close to another label's first term is taken only where there is no other."""
WEAK = 0.2
"""A term that scores less than this share of the best is no first term of a label, even when the best is taken."""
MIN_PLURAL = 0.4
"""A plural is shown when it is at least so often written as the singular: a topic is mostly about many."""
PHRASE_BONUS = {1: 1.0, 2: 3.0, 3: 3.4}


@dataclass(frozen=True)
class TermTable:
    """
    Which term occurs in which text.

    Attributes:
        occurs: Texts by terms, 1 where the term occurs.
        terms: Term of each column.
        facts: What is known of each term.
        shares: Share of texts that hold the term, in the language where it is most common.
        weights: 1 for a text of its own; less for one of many that begin or end alike, so that a letter that many
            sent with small edits does not name topics alone.
    """

    occurs: sparse.csr_matrix
    terms: list[str]
    facts: dict[str, TermFacts]
    shares: NDArray[np.float64]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A term that might name a topic; its meaning (`vector`) where known, and what a phrase's score was raised by."""

    term: str
    score: float
    passages: float
    vector: NDArray[np.floating] | None = field(default=None, compare=False, repr=False)
    bonus: float = 1.0


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
    return TermTable(occurs, terms, facts, shares, _weights_of_copies(by_text))


def _weights_of_copies(by_text: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Return 1 / the number of texts whose first or last four words are the same."""
    words = [[term for term in found if JOINT not in term] for found in by_text]
    heads = [tuple(found[:4]) for found in words]
    tails = [tuple(found[-4:]) for found in words]
    n_heads, n_tails = Counter(heads), Counter(tails)
    return np.array(
        [
            1.0 / max(n_heads[head], n_tails[tail]) if len(found) >= 4 else 1.0
            for found, head, tail in zip(words, heads, tails, strict=True)
        ]
    )


def rank_candidates(
    table: TermTable,
    inside: NDArray[np.int64],
    weights: NDArray[np.float64],
    background: NDArray[np.int64],
    language: str,
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
        language: Their language.
    """
    if not len(inside):
        return []
    weights = weights * table.weights[inside]
    total = float(weights.sum())
    here = np.asarray(table.occurs[inside].T @ weights).ravel()
    plain = np.asarray(table.occurs[inside].sum(axis=0)).ravel()
    everywhere = np.asarray(table.occurs[background].sum(axis=0)).ravel()
    elsewhere = (np.maximum(everywhere - plain, 0) + 1.5) / (max(len(background) - len(inside), 0) + 3)
    cover = here / total
    lift = np.log2(np.maximum(cover, 1e-9) / elsewhere)
    raw = cover * np.clip(lift, 0, MOST_LIFT)
    needed = min(4, max(2, round(0.05 * len(inside)))) if len(inside) >= 8 else 1
    ubiquitous = {table.terms[i] for i in np.flatnonzero(table.shares > UBIQUITOUS) if JOINT not in table.terms[i]}
    found = []
    for i in np.flatnonzero((raw > 0) & (plain >= needed)):
        term, fact = table.terms[i], table.facts[table.terms[i]]
        if not is_noun_like(term, fact, table.facts, language):
            continue
        words = term.split(JOINT)
        bonus = PHRASE_BONUS.get(len(words), 3.0)
        score = float(raw[i]) * bonus
        if len(words) == 1 and table.shares[i] > EVERYWHERE:
            score *= EVERYWHERE / float(table.shares[i])
        if any(word in ubiquitous for word in (*words, *_initials(words))):
            score *= 0.06 if len(words) > 1 else 0.1
        if term in GENERIC:
            score *= 0.2
        found.append(Candidate(term, round(score, 9), float(plain[i]), bonus=bonus))
    found.sort(key=lambda c: (-c.score, c.term))
    return found[:60]


def _initials(words: Sequence[str]) -> list[str]:
    """Return what each run of words would be shortened to: "ai" for "artificial intelligence"."""
    n = len(words)
    return ["".join(word[0] for word in words[a:b]) for a in range(n) for b in range(a + 2, n + 1)]


@dataclass
class Names:
    """Labels in use: the words of each, the first term of each, and what stands beside it."""

    words: list[frozenset[str]] = field(default_factory=list)
    heads: list[Candidate] = field(default_factory=list)
    followers: list[Candidate] = field(default_factory=list)

    def has(self, words: frozenset[str]) -> bool:
        """Return whether a label of the same words is in use."""
        return any(_same_words(words, other) for other in self.words)

    def has_head(self, head: Candidate) -> bool:
        """Return whether another label begins with the same term, or with one that means the same."""
        return any(
            _same_words(words_of(head), words_of(other)) or closeness(head, other) >= SAME_HEAD for other in self.heads
        )

    def has_follower(self, term: Candidate) -> bool:
        """Return whether the same term stands second in another label."""
        return any(_same_words(words_of(term), words_of(other)) for other in self.followers)


def choose_head(candidates: Sequence[Candidate], names: Names) -> Candidate | None:
    """
    Return the term that a topic's label begins with, and add it to `names`; None where nothing could name it.

    A term that another label begins with is taken only where there is no other of some weight.

    Args:
        candidates: As from `rank_candidates`.
        names: Labels in use.
    """
    heads = [_specific(head, candidates) for head in candidates[:12]]
    strong = [head for head in heads if head.score >= WEAK * heads[0].score]
    chosen = next((head for head in strong if not names.has_head(head)), heads[0] if heads else None)
    if chosen is not None:
        names.heads.append(chosen)
    return chosen


def make_label(
    head: Candidate | None,
    candidates: Sequence[Candidate],
    facts: dict[str, TermFacts],
    names: Names,
    *,
    second: float = SECOND,
) -> str:
    """
    Return a label of two to six words that no other topic has, and add it to `names`.

    Args:
        head: As from `choose_head`.
        candidates: As from `rank_candidates`.
        facts: What is known of each term.
        names: Labels in use, and what others begin with.
        second: The second term must score at least this share of the first.
    """
    if head is None:
        return _numbered(UNNAMED, names)
    for first in (head, *candidates[:12]):
        for begin, follower in _ways(first, candidates, names, second):
            words = words_of(begin) | (words_of(follower) if follower else frozenset())
            if not names.has(words):
                names.words.append(words)
                names.followers += [follower] if follower else []
                return _join(begin, follower, facts)
    return _numbered(shown_form(head, facts), names)


def _numbered(plain: str, names: Names) -> str:
    n = 1 + sum(1 for other in names.words if frozenset({plain}) <= other)
    names.words.append(frozenset({plain}))
    return plain if n == 1 else f"{plain} ({n})"


def join_labels(labels: Sequence[str], language: str) -> str | None:
    """
    Return one label made of the heads of two ("Personal data and facial recognition"); None if it would be too long.

    Args:
        labels: Labels of the topics that were merged, the largest first.
        language: Language of the study.
    """
    heads = [first_term(label) for label in labels if label]
    if len(heads) < 2:
        return None
    first, second = heads[0], heads[1]
    if language != "de" and not any(c.isupper() for c in second[1:]):
        second = second[:1].lower() + second[1:]
    joined = f"{first} {AND} {second}"
    return joined if first != heads[1] and len(joined.split()) <= MAX_WORDS else None


def first_term(label: str) -> str:
    """Return what a label begins with."""
    return label.split(f" {AND} ", maxsplit=1)[0]


def words_of(candidate: Candidate) -> frozenset[str]:
    """Return the words of a term; those joined by a hyphen count as two."""
    return frozenset(candidate.term.replace("-", JOINT).split(JOINT))


def closeness(a: Candidate, b: Candidate) -> float:
    """Return how near two terms are in meaning (cosine), 0 where it is not known."""
    if a.vector is None or b.vector is None:
        return 0.0
    return round(float(a.vector @ b.vector), 3)


def _same_words(a: frozenset[str], b: frozenset[str]) -> bool:
    """Return whether two sets of words are the same but for their forms."""
    return all(any(_alike(x, y) for y in b) for x in a) and all(any(_alike(x, y) for x in a) for y in b)


def _specific(head: Candidate, candidates: Sequence[Candidate]) -> Candidate:
    """
    Return the phrase that says the head more exactly: "research centre" for "research".

    For a single word, the best phrase with it that is nearly as strong, or fairly strong and not rare beside it; for a
    phrase, the longer one that most of its passages hold.
    """
    best = head
    if JOINT not in head.term:
        best = next((c for c in candidates if _holds(c, head) and _stands_for(c, head)), head)
    for other in candidates:
        if _holds(other, best) and JOINT in best.term and other.passages >= 0.6 * best.passages:
            best = other
    return best


def _stands_for(phrase: Candidate, word: Candidate) -> bool:
    return phrase.score >= 0.6 * word.score or (
        phrase.score >= 0.25 * word.score and phrase.passages >= MIN_WITHIN * word.passages
    )


def _holds(longer: Candidate, shorter: Candidate) -> bool:
    n_words = len(longer.term.split(JOINT))
    inside = f"{JOINT}{shorter.term}{JOINT}" in f"{JOINT}{longer.term}{JOINT}"
    return inside and len(shorter.term.split(JOINT)) < n_words <= 4


def _ways(
    first: Candidate, candidates: Sequence[Candidate], names: Names, share: float
) -> Iterator[tuple[Candidate, Candidate | None]]:
    """
    Yield what a label may begin with and what may stand beside it, best first.

    A phrase stands alone, or beside a strong term of another meaning that is not rare beside it and begins no other
    label. A single word is not left alone: what stands beside it may be weaker or nearer in meaning, else a phrase
    with that word takes its place, and at last something rare stands beside it.
    """
    known = [c for c in candidates if not _overlap(first, c) and len(words_of(first) | words_of(c)) < MAX_WORDS]
    free = [c for c in known if not names.has_head(c) and not names.has_follower(c)]
    parts = _parts(first, candidates)

    def fitting(
        among: Sequence[Candidate], least: float, synonym: float, common: float
    ) -> Iterator[tuple[Candidate, Candidate | None]]:
        for c in among:
            enough = c.score >= least * first.score * (1.0 if JOINT in c.term else 1.5)
            if enough and c.passages >= common * first.passages:
                near = max(closeness(a, b) for a in parts for b in _parts(c, candidates))
                if near < synonym:
                    yield first, c

    if JOINT in first.term:
        if len(first.term.split(JOINT)) < 4:
            yield from islice(fitting(free, share, SYNONYM, MIN_BESIDE), 1)
        yield first, None
        return
    least = min(share, LEAST_BESIDE_WORD)
    yield from fitting(free, least, SYNONYM, MIN_BESIDE)
    yield from fitting(free, least, SAME_HEAD, MIN_BESIDE)
    longer = [c for c in candidates if _holds(c, first) and c.score >= least * first.score]
    yield from ((c, None) for c in longer if closeness(c, first) >= SAME_HEAD)
    yield from fitting(free, 0.0, SYNONYM, 0.0)
    yield from fitting(known, 0.0, SAME_HEAD, 0.0)
    yield first, None


def _overlap(a: Candidate, b: Candidate) -> bool:
    """Return whether two terms share a word, in whatever form, or one is short for the other."""
    one, other = a.term.split(JOINT), b.term.split(JOINT)
    if any(_alike(x, y) for x in words_of(a) for y in words_of(b)):
        return True
    return bool({*one} & {*_initials(other)} or {*other} & {*_initials(one)})


def _parts(phrase: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return a term and the candidates that are a part of it: "EU legislation" says what "legislation" says."""
    return [phrase, *(c for c in candidates if words_of(c) < words_of(phrase))]


def _alike(a: str, b: str) -> bool:
    """Return whether two words are forms of one another: alike in all but their endings, or "centre" and "center"."""
    if a == b or a + "s" == b or b + "s" == a or (len(a) > 4 and sorted(a) == sorted(b)):
        return True
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return shared >= 5 and shared >= 0.7 * min(len(a), len(b))


def _join(first: Candidate, second: Candidate | None, facts: dict[str, TermFacts]) -> str:
    shown = shown_form(first, facts)
    return shown if second is None else f"{shown} {AND} {_written(second.term, facts)}"


def shown_form(candidate: Candidate, facts: dict[str, TermFacts]) -> str:
    """Return the commonest form of a term with a capital at its start."""
    shown = _written(candidate.term, facts)
    return shown[:1].upper() + shown[1:]


def _written(term: str, facts: dict[str, TermFacts]) -> str:
    """Return a term as it is mostly written; a single word in the plural, where that is common too."""
    fact = facts[term]
    shown = fact.display
    if JOINT in term:
        return shown
    plurals = [form for form in fact.forms if form in (f"{shown}s", f"{shown}es", f"{shown[:-1]}ies")]
    common = [form for form in plurals if fact.forms[form] >= MIN_PLURAL * fact.forms[shown]]
    return max(common, key=lambda form: (fact.forms[form], form)) if common else shown
