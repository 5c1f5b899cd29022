"""Which of the 24 official EU languages a text is written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EU_LANGUAGES = tuple("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split())

DECLARED_WEIGHT = 20.0
"""How many times likelier the language that the source declares is held to be, before reading the text.

In the Commission's AI white paper export, the declared language is that of the form; about one answer in
twenty is written in another (mostly English). A text of a sentence or more overrules it.
"""

# Of languages that fit equally well, the first of these is taken.
_COLUMNS = EU_LANGUAGES[::-1]
_COLUMN = {language: column for column, language in enumerate(_COLUMNS)}


@dataclass(frozen=True)
class Identified:
    """A language and how sure that is, 0 to 1."""

    language: str
    score: float


def identify(text: str, declared: str | None = None) -> Identified:
    """
    Return the language of a text, with the declared language as evidence.

    The posterior of py3langid (naive Bayes over byte n-grams, softmax tempered by length) is multiplied by
    a prior that favours the declared language. A text without letters keeps the declared language, or is
    called English with a score of 0.

    Args:
        text: Any text.
        declared: ISO 639-1 code given by the source, or None.

    Returns:
        The likeliest language and its posterior probability.
    """
    return identify_all([text], [declared])[0]


def identify_all(texts: Sequence[str], declared: Sequence[str | None]) -> list[Identified]:
    """Return `identify` of each text, many at once; texts that are alike are read once."""
    from consult.text.language_scores import posteriors

    known = [hint if hint in _COLUMN else None for hint in declared]
    row_of: dict[str, int] = {}
    for text in texts:
        if text not in row_of and any(map(str.isalpha, text)):
            row_of[text] = len(row_of)
    unread = {hint: Identified(hint or "en", 0.0) for hint in set(known)}
    found = [unread[hint] for hint in known]
    places = [i for i, text in enumerate(texts) if text in row_of]
    weights = posteriors(list(row_of), _COLUMNS)[[row_of[texts[i]] for i in places]]
    for row, i in enumerate(places):
        hint = known[i]
        if hint is not None:
            weights[row, _COLUMN[hint]] *= DECLARED_WEIGHT
    best = weights.argmax(axis=1)
    scores = weights.max(axis=1) / weights.sum(axis=1)
    for i, column, score in zip(places, best.tolist(), scores.tolist(), strict=True):
        found[i] = Identified(_COLUMNS[column], round(score, 4))
    return found
