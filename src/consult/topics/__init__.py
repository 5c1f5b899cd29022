"""Topics: groups of passages that say similar things, found in every language alike."""

from __future__ import annotations

from consult.topics.apply import Edited, apply_edits, with_assigned
from consult.topics.assign import Assigned, assign_passages
from consult.topics.edits import Edit, make_edit, read_edit
from consult.topics.find import TopicResult, find_topics
from consult.topics.matching import carry_ids, match_topics
from consult.topics.outliers import CLEAR, at_strength, with_threshold
from consult.topics.stability import is_fleeting

__all__ = [
    "CLEAR",
    "Assigned",
    "Edit",
    "Edited",
    "TopicResult",
    "apply_edits",
    "assign_passages",
    "at_strength",
    "carry_ids",
    "find_topics",
    "is_fleeting",
    "make_edit",
    "match_topics",
    "read_edit",
    "with_assigned",
    "with_threshold",
]
