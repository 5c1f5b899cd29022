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

#: From here on similarity alone gives a theme. On the coded answers no coder disagreed above it, but the phrases
#: had found all but a few of these before: with good phrases, similarity mostly confirms.
SIMILARITY_ALONE = 0.45
#: The same where the codebook has no phrase in the text's language (nor in English); 4 of 5 coders' decisions
#: agreed above it.
SIMILARITY_WITHOUT_PHRASES = 0.35


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


def similarity_threshold(theme: Theme, language: str) -> float:
    """Return the similarity from which on a passage of a language is given the theme without a phrase."""
    if theme.similarity is not None:
        return theme.similarity
    spoken = {language, "en"} & ({code for code, found in theme.phrases.items() if found})
    spoken |= {rule.language for rule in theme.rules} & {language, "en"}
    return SIMILARITY_ALONE if spoken else SIMILARITY_WITHOUT_PHRASES
