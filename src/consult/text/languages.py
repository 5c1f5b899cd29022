"""Which of the 24 official EU languages a text is written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

EU_LANGUAGES = tuple("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split())

DECLARED_WEIGHT = 20.0
"""How many times likelier the language that the source declares is held to be, before reading the text.

In the Commission's AI white paper export, the declared language is that of the form; about one answer in
twenty is written in another (mostly English). A text of a sentence or more overrules it.
"""

HEAD_CHARACTERS = 2000
"""The language of a long document is read off its beginning."""


@dataclass(frozen=True)
class Identified:
    """A language and how sure that is, 0 to 1."""

    language: str
    score: float


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(EU_LANGUAGES)
    return identifier


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
    known = declared if declared in EU_LANGUAGES else None
    if not any(c.isalpha() for c in text):
        return Identified(known or "en", 0.0)
    ranked = [
        (language, p * (DECLARED_WEIGHT if language == known else 1.0))
        for language, p in _identifier().rank(text[:HEAD_CHARACTERS])
    ]
    total = sum(weight for _, weight in ranked)
    language, weight = max(ranked, key=lambda pair: (pair[1], pair[0]))
    return Identified(language, round(weight / total, 4))


def identify_all(texts: Sequence[str], declared: Sequence[str | None]) -> list[Identified]:
    """Return `identify` of each text; texts that are alike are read once."""
    seen: dict[tuple[str, str | None], Identified] = {}
    found = []
    for text, hint in zip(texts, declared, strict=True):
        key = (text, hint)
        if key not in seen:
            seen[key] = identify(text, hint)
        found.append(seen[key])
    return found
