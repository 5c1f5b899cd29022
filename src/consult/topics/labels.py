"""Names for topics: a noun phrase of the passages, or two strong terms joined, in the language of the study."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from consult.text.stopwords import stop_words
from consult.topics.terms import JOINT, TermFacts

NO_TOPIC = "Unclear passages"
UNNAMED = "Too varied to name"
"""Label of a topic whose passages share no word that would name it."""

AND = "&"
"""Joins two terms of a label: a sign, since a label holds no stop word of any language."""

_NOT_NOUNS = {
    "en": re.compile(
        r"(?:[^aeiou]ly|[^ens]ed|(?<!t)(?<!c)able|[^a]ble|ful|ous|istic|ical|less|ish|-based|slative|inatory|gulatory"
        r"|[^h]ancial|ocietal)$|^(?:electric|neutral|safe|free|valid|personal|autonomous|accurate|away|glad|young)$"
    ),
    "fr": re.compile(r"(?:amment|emment|eusement|ellement|able|ible|eux|euse)$"),
    "es": re.compile(r"mente$"),
    "it": re.compile(r"mente$"),
    "pt": re.compile(r"mente$"),
}
_ADVERBS = re.compile(r"(?:[^aeiou]ly|mente)$")

MAX_WORDS = 6
EVERYWHERE = 0.04
"""A single word found in a larger share of all passages says too little alone."""
UBIQUITOUS = 0.15
"""A word found in a larger share ("AI" in a consultation on AI) also adds nothing to a phrase."""
SECOND_OF_PARENT = 0.15
SECOND = 0.40
"""The second term of a label must score at least this share of the first."""
SYNONYM = 0.60
"""Terms whose meanings are closer than this say nearly the same ("legislation", "regulation"): no label joins them."""
SAME_HEAD = 0.80
"""A label whose first term is this close to another label's first term is taken only where there is no other."""
WEAK = 0.2
"""A term that scores less than this share of the best is no first term of a label, even when the best is taken."""
GENERIC = frozenset(
    "afternoon book box check day development door element euro evening expectation group half hour lad life member "
    "minute monday month morning night page people person piece requirement somebody text thing town week weeks "
    "winter".split()
)
"""English words that name no subject alone, though nouns; they count less."""
MIN_PLURAL = 0.4
"""A plural is shown when it is at least so often written as the singular: a topic is mostly about many."""
MAX_VERB_SHARE = 0.25
MAX_OPEN_SHARE = 0.50
MAX_OPEN_SHARE_ALONE = 0.42
_PHRASE_BONUS = {1: 1.0, 2: 3.0, 3: 3.4}


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
    """A term that might name a topic; `vector` is its meaning, where that is known."""

    term: str
    score: float
    passages: float
    vector: NDArray[np.floating] | None = field(default=None, compare=False, repr=False)


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
    raw = cover * np.clip(lift, 0, 6)
    needed = min(4, max(2, round(0.05 * len(inside)))) if len(inside) >= 8 else 1
    ubiquitous = {table.terms[i] for i in np.flatnonzero(table.shares > UBIQUITOUS) if JOINT not in table.terms[i]}
    found = []
    for i in np.flatnonzero((raw > 0) & (plain >= needed)):
        term, fact = table.terms[i], table.facts[table.terms[i]]
        if not is_noun_like(term, fact, table.facts, language):
            continue
        words = term.split(JOINT)
        score = float(raw[i]) * _PHRASE_BONUS.get(len(words), 3.0)
        if len(words) == 1 and table.shares[i] > EVERYWHERE:
            score *= EVERYWHERE / float(table.shares[i])
        if any(word in ubiquitous for word in words):
            score *= 0.06 if len(words) > 1 else 0.1
        if term in GENERIC:
            score *= 0.2
        found.append(Candidate(term, round(score, 9), float(plain[i])))
    found.sort(key=lambda c: (-c.score, c.term))
    return found[:60]


@dataclass
class Names:
    """Labels in use: the words of each, and the first term of each."""

    words: list[frozenset[str]] = field(default_factory=list)
    heads: list[Candidate] = field(default_factory=list)

    def has(self, words: frozenset[str]) -> bool:
        """Return whether a label of the same words is in use."""
        return any(_same_words(words, other) for other in self.words)

    def has_head(self, head: Candidate) -> bool:
        """Return whether another label begins with the same term, or with one that means the same."""
        return any(
            _same_words(words_of(head), words_of(other)) or closeness(head, other) >= SAME_HEAD for other in self.heads
        )


def make_label(
    candidates: Sequence[Candidate], facts: dict[str, TermFacts], names: Names, *, second: float = SECOND
) -> str:
    """
    Return a label of two to six words that no other topic has, and add it to `names`.

    Args:
        candidates: As from `rank_candidates`.
        facts: What is known of each term.
        names: Labels in use.
        second: The second term must score at least this share of the first.
    """
    made: list[tuple[str, frozenset[str], Candidate]] = []
    for head in candidates[:12]:
        phrase = _specific(head, candidates)
        follower = _second(phrase, candidates, second)
        if follower is None and JOINT not in phrase.term:
            follower = _second(phrase, candidates, second, SAME_HEAD)
        words = words_of(phrase) | (words_of(follower) if follower else frozenset())
        if not names.has(words):
            made.append((_join(phrase, follower, facts), words, phrase))
    if made:
        # A term that another label begins with is taken only where there is no other of some weight.
        strong = [found for found in made if found[2].score >= WEAK * made[0][2].score]
        shown, words, phrase = next((found for found in strong if not names.has_head(found[2])), made[0])
        names.words.append(words)
        names.heads.append(phrase)
        return shown
    plain = shown_form(candidates[0], facts) if candidates else UNNAMED
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
    word = f" {AND} "
    heads = [label.split(word)[0] for label in labels if label]
    if len(heads) < 2:
        return None
    first, second = heads[0], heads[1]
    if language != "de" and not any(c.isupper() for c in second[1:]):
        second = second[:1].lower() + second[1:]
    joined = f"{first}{word}{second}"
    return joined if first != heads[1] and len(joined.split()) <= MAX_WORDS else None


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


def is_noun_like(term: str, fact: TermFacts, facts: dict[str, TermFacts], language: str) -> bool:
    """Return whether a term looks like a noun or a noun phrase: no verb, no adjective alone, no stop word in it."""
    if fact.verb_share > MAX_VERB_SHARE or fact.open_share > MAX_OPEN_SHARE:
        return False
    words = term.split(JOINT)
    shown = fact.display.split()
    if any(word.lower() in stop_words(language) for word in shown):
        return False  # "assessment of compliance": a label holds no stop word
    if language == "de" and not shown[-1][:1].isupper():
        return False  # German nouns have a capital
    endings = _NOT_NOUNS.get(language)
    if endings and (endings.search(shown[-1].lower()) or _ADVERBS.search(shown[0].lower())):
        return False
    if len(words) == 1 and fact.open_share > MAX_OPEN_SHARE_ALONE:
        return False
    last, first = facts.get(words[-1]), facts.get(words[0])
    if last is not None and (last.verb_share > MAX_VERB_SHARE or last.open_share > 0.75):
        return False
    return not (len(words) > 1 and first is not None and first.verb_share > MAX_VERB_SHARE)


def _specific(head: Candidate, candidates: Sequence[Candidate]) -> Candidate:
    """
    Return the phrase that says the head more exactly: "research centre" for "research".

    For a single word, the best phrase with it that scores at least a quarter of it; for a phrase, the longer one that
    most of its passages hold.
    """
    best = head
    if JOINT not in head.term:
        best = next((c for c in candidates if _holds(c, head) and c.score >= 0.25 * head.score), head)
    for other in candidates:
        if _holds(other, best) and JOINT in best.term and other.passages >= 0.6 * best.passages:
            best = other
    return best


def _holds(longer: Candidate, shorter: Candidate) -> bool:
    n_words = len(longer.term.split(JOINT))
    inside = f"{JOINT}{shorter.term}{JOINT}" in f"{JOINT}{longer.term}{JOINT}"
    return inside and len(shorter.term.split(JOINT)) < n_words <= 4


def _second(
    phrase: Candidate, candidates: Sequence[Candidate], share: float, synonym: float = SYNONYM
) -> Candidate | None:
    """Return a term to stand beside the first: strong, of other words and of another meaning, and short enough."""
    words = words_of(phrase)
    n_words = len(phrase.term.split(JOINT))
    if n_words >= 4:
        return None
    parts = _parts(phrase, candidates)
    for candidate in candidates:
        limit = 0.0 if n_words == 1 else share if JOINT in candidate.term else 1.5 * share
        fits = n_words + 1 + len(candidate.term.split(JOINT)) <= MAX_WORDS and candidate.score >= limit * phrase.score
        if not fits or any(closeness(a, b) >= synonym for a in parts for b in _parts(candidate, candidates)):
            continue
        if not any(_alike(a, b) for a in words_of(candidate) for b in words):
            return candidate
    return None


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
