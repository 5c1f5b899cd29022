"""One score from two signals: how likely a human coder would give the theme too."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consult.themes.codebook import Theme

# Logistic regression of the coders' decision on both signals, fitted by `benchmarks/themes.py --fit`
# on the coded answers of the AI White Paper consultation.
_INTERCEPT = -4.0
_PHRASE = 4.5
_MORE_PHRASES = 0.3
_SIMILARITY = 5.0

#: Likeness alone gives a theme from here on; a theme may set its own in the codebook.
SIMILARITY_ALONE = 0.5


def joined_score(n_phrases: int, similarity: float | None) -> float:
    """
    Return the estimated chance (0 to 1) that a human coder gives the theme.

    Args:
        n_phrases: How many places of the passage hold one of the theme's phrases.
        similarity: Cosine with the theme's definition and examples; None where none was made.
    """
    likeness = 0.2 if similarity is None else similarity
    logit = _INTERCEPT + _SIMILARITY * likeness
    if n_phrases:
        logit += _PHRASE + _MORE_PHRASES * math.log2(n_phrases)
    return 1 / (1 + math.exp(-logit))


def similarity_threshold(theme: Theme) -> float:
    """Return the similarity from which on a passage without a phrase is given the theme."""
    return SIMILARITY_ALONE if theme.similarity is None else theme.similarity
