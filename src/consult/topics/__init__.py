"""Topics: groups of passages that say similar things, found in every language alike."""

from __future__ import annotations

from consult.topics.find import TopicResult, find_topics

__all__ = ["TopicResult", "find_topics"]
