"""A person's changes to topics: merge, split, rename, move, hide, undo; replayed on every run by content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.identity import make_id
from consult.topics.describe import OUTLIER_ID

Action = Literal["merge", "split", "rename", "move", "hide", "undo"]
ACTIONS: tuple[str, ...] = get_args(Action)

N_ANCHORS = 40
"""Passages that an edit remembers of each topic, the strongest, to find it again when ids change."""
MIN_FOUND = 0.5
"""Share of the remembered passages (of those still there) that must lie in one topic for it to be the same."""


@dataclass(frozen=True)
class Edit:
    """
    A change to topics: wished for at first, and one line of `edits.jsonl` once `make_edit` has checked it.

    Attributes:
        action: What is done: merge, split, rename, move, hide or undo.
        topic_ids: The topics it is done to, as they are called then; for `move`, the one topic that the passages go to
            (the outlier topic is allowed). `hide` sends a topic's passages to the outlier topic.
        label: New label (rename; merge if given).
        n_parts: Number of parts (split); 2 unless given.
        passage_ids: Passages to move.
        undoes: Id of the edit to take back (undo).
        who, when, why: For the record; `when` as ISO 8601.
        anchors: Strongest passages of each of the topics; filled in by `make_edit`.
        edit_id: Made from everything else; filled in by `make_edit`.
    """

    action: Action
    topic_ids: tuple[str, ...] = ()
    label: str | None = None
    n_parts: int | None = None
    passage_ids: tuple[str, ...] = ()
    undoes: str | None = None
    who: str = ""
    when: str = ""
    why: str = ""
    anchors: tuple[tuple[str, ...], ...] = ()
    edit_id: str = ""

    def record(self) -> dict[str, Any]:
        """Return the edit as a dictionary of JSON values."""
        return {key: value for key, value in asdict(self).items() if value not in (None, (), "")}


@dataclass(frozen=True)
class NotCarried:
    """An edit that could not be replayed, and why, in plain words."""

    edit: Edit
    reason: str


@dataclass(frozen=True)
class Replayed:
    """
    What edits make of topics: which passage belongs where, and fixed labels.

    Attributes:
        passage_topics: As the table, after the edits.
        labels: Labels given by a person, by topic id.
        merged: For each merged topic, the topics it was made of, the largest first.
        changed: Ids of topics whose passages are not as found any more.
        applied: Edits that were replayed.
        not_carried: Edits that were not.
    """

    passage_topics: pd.DataFrame
    labels: Mapping[str, str]
    merged: Mapping[str, tuple[str, ...]]
    changed: frozenset[str]
    applied: tuple[Edit, ...]
    not_carried: tuple[NotCarried, ...]


def make_edit(wished: Edit, topics: pd.DataFrame, passage_topics: pd.DataFrame) -> Edit:
    """
    Return an edit as it is kept: checked against the topics as they stand now, with its anchors and its id.

    Args:
        wished: What a person wants done.
        topics: Table `topics` as it stands now, earlier edits included.
        passage_topics: Table `passage_topics` as it stands now.

    Raises:
        UserError: A topic or passage does not exist, or something is missing for this action.
    """
    problem = _problem(wished, set(topics["topic_id"]), set(passage_topics["passage_id"]))
    if problem:
        message = f"topics {wished.action}: {problem}"
        raise UserError(message)
    edit = replace(
        wished,
        anchors=tuple(_anchors(topics, passage_topics, topic_id) for topic_id in wished.topic_ids),
        n_parts=(wished.n_parts or 2) if wished.action == "split" else None,
        passage_ids=tuple(sorted(wished.passage_ids)),
        edit_id="",
    )
    return replace(edit, edit_id=make_id("e", repr(sorted(edit.record().items()))))


def read_edit(record: Mapping[str, Any]) -> Edit:
    """Return the edit of one line of `edits.jsonl`."""
    values = dict(record)
    for key in ("topic_ids", "passage_ids"):
        values[key] = tuple(values.get(key, ()))
    values["anchors"] = tuple(tuple(ids) for ids in values.get("anchors", ()))
    return Edit(**{key: value for key, value in values.items() if key in Edit.__dataclass_fields__})


def active(edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits that were not taken back; an undo can be undone too."""
    all_edits = list(edits)
    undone: set[str] = set()
    for edit in reversed(all_edits):
        if edit.action == "undo" and edit.edit_id not in undone and edit.undoes:
            undone.add(edit.undoes)
    return [edit for edit in all_edits if edit.action != "undo" and edit.edit_id not in undone]


def replay(
    passage_topics: pd.DataFrame,
    parents: Mapping[str, str],
    edits: Iterable[Edit],
    split: Any,
) -> Replayed:
    """
    Replay edits on an assignment of passages to topics.

    A topic is looked up by its id, and else by the passages that the edit remembers of it.

    Args:
        passage_topics: The table as found.
        parents: Broader topic of each topic that has one.
        edits: All edits, oldest first; those undone are left out here.
        split: Called with passage ids and a number of parts; returns the part (0, 1, ...) of each, or None if there
            are too few.
    """
    state = _State(passage_topics, parents)
    applied: list[Edit] = []
    failed: list[NotCarried] = []
    for edit in active(edits):
        reason = state.apply(edit, split)
        if reason:
            failed.append(NotCarried(edit, reason))
        else:
            applied.append(edit)
    table = passage_topics.assign(
        topic_id=pd.Series(state.topic, index=passage_topics.index).astype("str"), strength=state.strength
    )
    return Replayed(table, state.labels, state.merged, frozenset(state.changed), tuple(applied), tuple(failed))


class _State:
    """Which passage is in which topic while edits are replayed."""

    def __init__(self, passage_topics: pd.DataFrame, parents: Mapping[str, str]) -> None:
        self.ids = passage_topics["passage_id"].to_numpy(dtype=object)
        self.topic = passage_topics["topic_id"].to_numpy(dtype=object).copy()
        self.strength = passage_topics["strength"].to_numpy(dtype=np.float64).copy()
        self.parents = dict(parents)
        self.labels: dict[str, str] = {}
        self.merged: dict[str, tuple[str, ...]] = {}
        self.changed: set[str] = set()
        self._row = {passage: i for i, passage in enumerate(self.ids)}

    def apply(self, edit: Edit, split: Any) -> str:
        """Apply one edit; return why not, or an empty string."""
        found = [self._find(topic_id, anchors) for topic_id, anchors in zip(edit.topic_ids, edit.anchors, strict=True)]
        if any(topic is None for topic in found):
            lost = edit.topic_ids[found.index(None)]
            return f"topic {lost} is not there any more, and its passages are spread over several topics"
        topics = [topic for topic in found if topic is not None]
        action = getattr(self, f"_{edit.action}")
        return str(action(edit, topics, split))

    def _merge(self, edit: Edit, topics: list[str], split: Any) -> str:  # noqa: ARG002
        leaves = sorted({leaf for topic in topics for leaf in self._leaves(topic)})
        if len(leaves) < 2:
            return "the topics are one already"
        sizes = {leaf: int((self.topic == leaf).sum()) for leaf in leaves}
        kept = max(leaves, key=lambda leaf: (sizes[leaf], leaf))
        self.topic[np.isin(self.topic, leaves)] = kept
        for leaf in leaves:
            self.labels.pop(leaf, None)
        if edit.label:
            self.labels[kept] = edit.label
        parts = {part: sizes[leaf] for leaf in leaves for part in self.merged.get(leaf, (leaf,))}
        self.merged[kept] = tuple(sorted(parts, key=lambda part: (-parts[part], part)))
        self.changed.add(kept)
        return ""

    def _split(self, edit: Edit, topics: list[str], split: Any) -> str:
        rows = self._rows(topics[0])
        parts = split([str(self.ids[i]) for i in rows], edit.n_parts or 2)
        if parts is None:
            return "the topic has too few different passages to be split"
        for part in sorted(set(parts)):
            inside = rows[np.asarray(parts) == part]
            name = make_id("t", "part", edit.edit_id, str(part))
            self.topic[inside] = name
            self.changed.add(name)
        return ""

    def _rename(self, edit: Edit, topics: list[str], split: Any) -> str:  # noqa: ARG002
        self.labels[topics[0]] = edit.label or ""
        return ""

    def _move(self, edit: Edit, topics: list[str], split: Any) -> str:  # noqa: ARG002
        rows = [self._row[p] for p in edit.passage_ids if p in self._row]
        if not rows:
            return "none of the passages is there any more"
        leaves = self._leaves(topics[0])
        if len(leaves) != 1:
            return "passages can be moved to a topic without sub-topics only"
        self.changed.update(t for t in (*self.topic[rows], leaves[0]) if t != OUTLIER_ID)
        self.topic[rows] = leaves[0]
        self.strength[rows] = 0.0 if leaves[0] == OUTLIER_ID else 1.0  # a person decided
        return ""

    def _hide(self, edit: Edit, topics: list[str], split: Any) -> str:  # noqa: ARG002
        self.topic[self._rows(topics[0])] = OUTLIER_ID
        return ""

    def _leaves(self, topic: str) -> list[str]:
        """Return the leaves of a broader topic, or the topic itself."""
        present = set(self.topic)
        children = sorted(leaf for leaf, parent in self.parents.items() if parent == topic and leaf in present)
        return children or [topic]

    def _rows(self, topic: str) -> Any:
        return np.flatnonzero(np.isin(self.topic, self._leaves(topic)))

    def _find(self, topic_id: str, anchors: Sequence[str]) -> str | None:
        if topic_id == OUTLIER_ID or topic_id in set(self.topic) or len(self._leaves(topic_id)) > 1:
            return topic_id
        rows = [self._row[p] for p in anchors if p in self._row]
        if not rows:
            return None
        for level in (self.topic[rows], np.array([self.parents.get(t, "") for t in self.topic[rows]], dtype=object)):
            names, counts = np.unique(level.astype(str), return_counts=True)
            best = int(counts.argmax())
            if names[best] not in ("", OUTLIER_ID) and counts[best] >= MIN_FOUND * len(rows):
                return str(names[best])
        return None


def _anchors(topics: pd.DataFrame, passage_topics: pd.DataFrame, topic_id: str) -> tuple[str, ...]:
    children = set(topics.loc[topics["parent_id"] == topic_id, "topic_id"]) | {topic_id}
    inside = passage_topics[passage_topics["topic_id"].isin(sorted(children))]
    strongest = inside.sort_values(["strength", "passage_id"], ascending=[False, True])["passage_id"]
    return tuple(strongest.head(N_ANCHORS))


def _problem(wished: Edit, known: set[str], passages: set[str]) -> str:
    """Return in words why an edit cannot be made of these topics, or an empty string."""
    if wished.action not in ACTIONS:
        return f"there is no such edit; allowed are {', '.join(ACTIONS)}."
    unknown = [topic for topic in wished.topic_ids if topic not in known]
    if unknown:
        return f"there is no topic '{unknown[0]}'. `consult topics --study DIR` lists the topics."
    missing = [passage for passage in wished.passage_ids if passage not in passages]
    return _lacks(wished) or (f"there is no passage '{missing[0]}' in this study." if missing else "")


def _lacks(wished: Edit) -> str:
    """Return in words what an edit of this kind needs and does not have, or an empty string."""
    action, n_topics = wished.action, len(set(wished.topic_ids))
    needed = {"merge": "two or more topics", "undo": "the id of an edit"}.get(action, "one topic")
    if not {"merge": n_topics >= 2, "undo": bool(wished.undoes)}.get(action, len(wished.topic_ids) == 1):
        return f"{len(wished.topic_ids)} topics were given; it needs {needed}."
    if action == "rename" and not (wished.label or "").strip():
        return "the new label is empty; give one with --label."
    if action == "move" and not wished.passage_ids:
        return "no passages were given; name at least one."
    if action == "split" and wished.n_parts is not None and wished.n_parts < 2:
        return f"{wished.n_parts} parts were asked for; at least 2 are possible."
    if action in ("split", "hide", "merge") and OUTLIER_ID in wished.topic_ids:
        return "passages without a topic cannot be merged, split or hidden; move them instead."
    return ""
