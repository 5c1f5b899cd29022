"""How well a passage fits its topic, and which passages fit none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MIN_STRENGTH = 0.1
"""Below this strength a passage is called an outlier, unless that would be more than `max_outliers`."""


@dataclass(frozen=True)
class Strengths:
    """Strength of each passage (0 to 1), whether it is an outlier, the limit for that, and the scale of strength."""

    strength: NDArray[np.float64]
    is_outlier: NDArray[np.bool_]
    scale: tuple[float, float]
    limit: float


def fit_strength(similarities: NDArray[Any], *, max_outliers: float = 0.10) -> Strengths:
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
    return Strengths(strength, is_outlier, scale, limit)


def strength_of(best: NDArray[Any], scale: tuple[float, float]) -> NDArray[np.float64]:
    """Return strengths of similarities on a scale that was fitted before."""
    low, high = scale
    share = (np.asarray(best, dtype=np.float64) - low) / (high - low)
    return np.asarray(np.round(np.clip(share, 0.0, 1.0), 4), dtype=np.float64)


def _background(similarities: NDArray[Any], best: NDArray[Any]) -> float:
    if similarities.shape[1] < 2:
        return 0.0
    others = np.where(similarities == best[:, None], np.nan, similarities)[:: max(1, len(best) // 5000)]
    return float(np.nanquantile(others, 0.90))


CLEAR = 0.5
"""Strength from which a passage is a clear case of its topic: halfway to the most central ones."""


def at_strength(
    topics: pd.DataFrame,
    passage_topics: pd.DataFrame,
    response_of: pd.Series,
    nearest: pd.DataFrame,
    min_strength: float,
    outlier_id: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the tables `topics` and `passage_topics` as if only passages of at least this strength had a topic.

    0 gives every passage that is not junk its nearest topic; 1 leaves only the clearest. Passages of a topic that a
    person hid stay without one; those of a merged or split topic follow the others.

    Args:
        topics: Table as found or edited.
        passage_topics: Table as found or edited.
        response_of: response_id by passage_id.
        nearest: `TopicResult.nearest`.
        min_strength: Smallest strength, 0 to 1.
        outlier_id: Id of the outlier topic.
    """
    now = nearest.assign(now=nearest["passage_id"].map(passage_topics.set_index("passage_id")["topic_id"]))
    present = set(topics["topic_id"]) - {outlier_id}
    went = {}
    for topic_id, rows in now.groupby("topic_id"):
        # Where most of its passages that had it are now; nowhere, if it was hidden.
        held = rows.loc[rows["strength"] >= rows["strength"].quantile(0.5), "now"].mode()
        went[topic_id] = topic_id if topic_id in present else (held.iloc[0] if len(held) else outlier_id)
    moved = nearest.assign(topic_id=nearest["topic_id"].map(went).astype("str"))
    moved = moved[moved["topic_id"] != outlier_id]
    assigned = with_threshold(passage_topics, moved, min_strength, outlier_id)
    parent = topics.dropna(subset="parent_id").set_index("topic_id")["parent_id"]
    counted = assigned.assign(response_id=assigned["passage_id"].map(response_of))
    above = counted[counted["topic_id"].isin(parent.index)]
    everywhere = pd.concat([counted, above.assign(topic_id=above["topic_id"].map(parent))])
    by_topic = everywhere.groupby("topic_id")
    passages, responses = by_topic.size(), by_topic["response_id"].nunique()
    return (
        topics.assign(
            n_passages=topics["topic_id"].map(passages).fillna(0).astype("int64"),
            n_responses=topics["topic_id"].map(responses).fillna(0).astype("int64"),
        ),
        assigned,
    )


def with_threshold(
    passage_topics: pd.DataFrame, nearest: pd.DataFrame, min_strength: float, outlier_id: str
) -> pd.DataFrame:
    """
    Return `passage_topics` as if only passages of at least this strength had a topic.

    0 gives every passage that is not junk its nearest topic; 1 leaves only the clearest. Passages in a topic that
    `nearest` does not know (moved by a person) stay there.

    Args:
        passage_topics: Table as found or edited.
        nearest: `TopicResult.nearest`.
        min_strength: Smallest strength, 0 to 1.
        outlier_id: Id of the outlier topic.
    """
    near = passage_topics[["passage_id"]].merge(nearest, on="passage_id", how="left", sort=False)
    was_outlier = passage_topics["topic_id"].to_numpy() == outlier_id
    gains = was_outlier & near["topic_id"].notna().to_numpy() & (near["strength"].fillna(0).to_numpy() >= min_strength)
    loses = ~was_outlier & (passage_topics["strength"].to_numpy() < min_strength)
    topic = np.where(gains, near["topic_id"].to_numpy(dtype=object), passage_topics["topic_id"].to_numpy(dtype=object))
    return passage_topics.assign(topic_id=pd.Series(np.where(loses, outlier_id, topic)).astype("str").to_numpy())
