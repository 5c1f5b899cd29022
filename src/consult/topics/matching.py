"""Which topic of a later run is the same as one of an earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from consult.topics.describe import OUTLIER_ID
from consult.topics.find import TopicResult

MIN_OVERLAP = 0.4
"""Two topics are one when they share this much of the passages in either (Jaccard), among passages in both runs."""


def match_topics(old: pd.DataFrame, new: pd.DataFrame, *, min_overlap: float = MIN_OVERLAP) -> dict[str, str]:
    """
    Return new topic ids with the old ids of the same topics.

    Each topic is matched once at most, the pairs that share most first. Outliers are not matched.

    Args:
        old: Table `passage_topics` of the earlier run.
        new: The same of the later run.
        min_overlap: Smallest Jaccard similarity of the passages that both runs have, 0 to 1.
    """
    both = old.merge(new, on="passage_id", suffixes=("_old", "_new"))
    both = both[(both["topic_id_old"] != OUTLIER_ID) & (both["topic_id_new"] != OUTLIER_ID)]
    if both.empty:
        return {}
    pairs = both.groupby(["topic_id_old", "topic_id_new"]).size().rename("shared").reset_index()
    n_old = both["topic_id_old"].value_counts()
    n_new = both["topic_id_new"].value_counts()
    either = pairs["topic_id_old"].map(n_old) + pairs["topic_id_new"].map(n_new) - pairs["shared"]
    pairs["overlap"] = np.round(pairs["shared"] / either, 6)
    pairs = pairs[pairs["overlap"] >= min_overlap].sort_values(
        ["overlap", "topic_id_old", "topic_id_new"], ascending=[False, True, True]
    )
    matched: dict[str, str] = {}
    for before, after in zip(pairs["topic_id_old"], pairs["topic_id_new"], strict=True):
        if after not in matched and before not in matched.values():
            matched[after] = before
    return matched


def carry_ids(result: TopicResult, old: pd.DataFrame) -> TopicResult:
    """
    Return a result in which topics that an earlier run had keep the ids they had there.

    Args:
        result: A later run.
        old: Table `passage_topics` of the earlier run.
    """
    matched = match_topics(old, result.passage_topics)
    in_use = set(result.topics["topic_id"]) - set(matched)
    return rename_ids(result, {new: before for new, before in matched.items() if before not in in_use})


def rename_ids(result: TopicResult, ids: Mapping[str, str]) -> TopicResult:
    """Return a result with other topic ids, everywhere."""

    def renamed(frame: pd.DataFrame, column: str = "topic_id") -> pd.DataFrame:
        return frame.assign(**{column: frame[column].map(lambda i: ids.get(i, i)).astype("str")})

    def resorted(frame: pd.DataFrame, *keys: str) -> pd.DataFrame:
        return renamed(frame).sort_values(list(keys), kind="stable", ignore_index=True)

    parents = result.topics["parent_id"].map(lambda i: ids.get(i, i) if isinstance(i, str) else i).astype("str")
    return replace(
        result,
        topics=resorted(result.topics.assign(parent_id=parents), "topic_id"),
        topic_terms=resorted(result.topic_terms, "topic_id", "rank"),
        topic_details=resorted(result.topic_details, "topic_id"),
        topic_quotes=resorted(result.topic_quotes, "topic_id", "rank"),
        passage_topics=renamed(result.passage_topics),
        nearest=renamed(result.nearest),
        model={**result.model, "topic_ids": tuple(ids.get(i, i) for i in result.model["topic_ids"])},
    )
