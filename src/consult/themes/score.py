"""One score from two signals: how likely a human coder would give the theme too."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consult.themes.codebook import Theme

# Logistic regressions of the coders' decisions on 208 answers to the AI White Paper consultation, each answer
# and theme one case; `benchmarks/themes.py --fit` fits them again. With a phrase: on the number of places and
# the similarity. Without: on the similarity alone.
_PHRASE, _MORE_PHRASES, _PHRASE_SIMILARITY = 0.52, 2.37, 3.79
_SIMILARITY_BASE, _SIMILARITY = -4.66, 15.33

#: Similarity taken where none was measured: the mean over the passages that hold a phrase.
_USUAL_SIMILARITY = 0.2

#: Similarity alone gives a theme only to passages of this many words: of the shorter ones that came close, nearly
#: all turned out wrong ("the university's autonomy is not for sale" is close to everything about universities).
LONG_ENOUGH = 25
#: From here on similarity alone gives a theme, in a language for which the theme has phrases: they have found nearly
#: all before. Measured on the coded answers and on the shipped examples: 1 of 1 right (3 of 7 from 0.30 on).
SIMILARITY_ALONE = 0.40
#: The same where the codebook has no phrase in the text's language (nor in English): 64 of 69 right.
SIMILARITY_WITHOUT_PHRASES = 0.30


def joined_score(n_phrases: int, similarity: float | None) -> float:
    """
    Return the estimated chance (0 to 1) that a human coder gives the theme.

    Args:
        n_phrases: How many places of the passage hold one of the theme's phrases.
        similarity: Cosine with the theme's definition and examples; None where none was made.
    """
    if n_phrases:
        likeness = _USUAL_SIMILARITY if similarity is None else similarity
        logit = _PHRASE + _MORE_PHRASES * math.log2(n_phrases) + _PHRASE_SIMILARITY * likeness
    else:
        logit = _SIMILARITY_BASE + _SIMILARITY * (similarity or 0.0)
    return 1 / (1 + math.exp(-logit))


def similarity_threshold(theme: Theme, language: str, *, long: bool = True) -> float:
    """
    Return the similarity from which on a passage is given the theme without a phrase; infinite for never.

    Args:
        theme: Its own limit, where it has one, holds for passages of every length.
        language: Of the passage.
        long: Whether the passage has at least `LONG_ENOUGH` words.
    """
    if theme.similarity is not None:
        return theme.similarity
    if not long:
        return math.inf
    spoken = {language, "en"} & ({code for code, found in theme.phrases.items() if found})
    spoken |= {rule.language for rule in theme.rules} & {language, "en"}
    return SIMILARITY_ALONE if spoken else SIMILARITY_WITHOUT_PHRASES
