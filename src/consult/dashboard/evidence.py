"""The words behind a number: quotes for a theme or topic, from the responses that were counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from consult.report.quotes import Quotable, Quote

MOST_LOOKED_AT = 600
"""Quotes are picked among so many of the surest passages; picking among all would take long on large studies."""


def theme_family(themes: pd.DataFrame, theme_id: str) -> list[str]:
    """Return a theme and all themes below it, sorted."""
    found = {theme_id}
    for _ in range(len(themes)):
        below = set(themes.loc[themes["parent_id"].isin(found), "theme_id"]) - found
        if not below:
            break
        found |= below
    return sorted(found)


def theme_quotes(
    quotable: Quotable, themes: pd.DataFrame, theme_id: str, response_ids: Sequence[str], n: int = 3
) -> list[Quote]:
    """Return quotes for a theme and the themes below it, from the responses named."""
    tagged = quotable.taggings
    family = theme_family(themes, theme_id)
    chosen = tagged[tagged["theme_id"].isin(family) & tagged["response_id"].isin(list(response_ids))]
    best = chosen.sort_values(["score", "passage_id", "start"], ascending=[False, True, True]).head(MOST_LOOKED_AT)
    return replace(quotable, taggings=best.assign(theme_id=theme_id)).for_theme(theme_id, n)


def topic_family(topics: pd.DataFrame, topic_id: str) -> list[str]:
    """Return a topic and all topics below it, sorted."""
    return theme_family(topics.rename(columns={"topic_id": "theme_id"}), topic_id)


def topic_quotes(
    quotable: Quotable,
    topics: pd.DataFrame,
    passage_topics: pd.DataFrame,
    topic_id: str,
    response_ids: Sequence[str],
    n: int = 3,
) -> list[Quote]:
    """
    Return quotes for a topic from the responses named.

    Those picked when the topics were made come first; where a filter leaves too few of them, passages that fit
    the topic best follow, one a response.
    """
    family = topic_family(topics, topic_id)
    wanted = set(response_ids)
    whose = quotable.passages["response_id"]
    picked = quotable.topic_quotes[quotable.topic_quotes["topic_id"].isin(family)].sort_values(["rank", "topic_id"])
    others = passage_topics[passage_topics["topic_id"].isin(family)].sort_values(
        ["strength", "passage_id"], ascending=[False, True]
    )
    passages, taken = [], set[str]()
    for passage_id in [*picked["passage_id"], *others["passage_id"]]:
        response = str(whose.get(passage_id, ""))
        if response in wanted and response not in taken:
            taken.add(response)
            passages.append(passage_id)
        if len(passages) == n:
            break
    ranked = pd.DataFrame({"topic_id": topic_id, "rank": range(1, len(passages) + 1), "passage_id": passages})
    return replace(quotable, topic_quotes=ranked).for_topic(topic_id, n)
