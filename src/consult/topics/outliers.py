"""How well a passage fits its topic, and which passages fit none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_STRENGTH = 0.1
"""Below this strength a passage is called an outlier, unless that would be more than `max_outliers`."""


@dataclass(frozen=True)
class Strengths:
    """Strength of each passage (0 to 1), whether it is an outlier, and the two similarities that set the scale."""

    strength: NDArray[np.float64]
    is_outlier: NDArray[np.bool_]
    scale: tuple[float, float]


def fit_strength(similarities: NDArray[np.floating], *, max_outliers: float = 0.10) -> Strengths:
    """
    Turn cosine similarities between passages and topic centres into strengths between 0 and 1.

    0 is the similarity that a passage typically has with topics that are not its own (the 90th percentile of the
    similarities with all others): it could belong anywhere. 1 is the similarity that the most central twentieth
    reaches. Between them, strength grows in proportion. It is comparable between the topics of one study, not
    between studies.

    Args:
        similarities: Cosine of each passage (row) with each topic's centre (column).
        max_outliers: Share of passages that may be called outliers at most, the weakest first.

    Returns:
        Strengths, outliers and the scale, so that new passages can be measured alike.
    """
    best = similarities.max(axis=1)
    low = _background(similarities, best)
    high = max(float(np.quantile(best, 0.95)), low + 1e-3)
    scale = (round(low, 4), round(high, 4))
    strength = strength_of(best, scale)
    limit = min(MIN_STRENGTH, float(np.quantile(strength, max_outliers, method="lower")))
    is_outlier = strength < limit
    return Strengths(strength, is_outlier, scale)


def strength_of(best: NDArray[np.floating], scale: tuple[float, float]) -> NDArray[np.float64]:
    """Return strengths of similarities on a scale that was fitted before."""
    low, high = scale
    result: NDArray[np.float64] = np.round(np.clip((best.astype(np.float64) - low) / (high - low), 0.0, 1.0), 4)
    return result


def _background(similarities: NDArray[np.floating], best: NDArray[np.floating]) -> float:
    if similarities.shape[1] < 2:
        return 0.0
    others = np.where(similarities == best[:, None], np.nan, similarities)[:: max(1, len(best) // 5000)]
    return float(np.nanquantile(others, 0.90))
