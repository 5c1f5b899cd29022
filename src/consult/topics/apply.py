"""Topics after a person's edits: labels, terms, counts and hierarchy made anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from consult.topics.assign import Assigned
from consult.topics.clustering import ConsensusKMeans, centres_of
from consult.topics.corpus import Corpus, count_terms, prepare
from consult.topics.describe import OUTLIER_ID, describe
from consult.topics.edits import Edit, NotCarried, Replayed, replay
from consult.topics.find import TopicResult, positions, with_parents
from consult.topics.groups import Group
from consult.topics.labels import NO_TOPIC, join_labels
from consult.topics.naming import Embed


@dataclass(frozen=True)
class Edited:
    """Topics after edits; the edits replayed, and those that could not be, each with its reason."""

    result: TopicResult
    applied: tuple[Edit, ...]
    not_carried: tuple[NotCarried, ...]


def apply_edits(
    result: TopicResult,
    edits: Iterable[Edit],
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    responses: pd.DataFrame,
    vectors: NDArray[np.floating],
    *,
    language: str = "en",
    embed: Embed | None = None,
) -> Edited:
    """
    Return the topics with all edits replayed on them; everything told about a topic is made anew.

    Topics whose passages did not change keep their label, unless a person gave another. Without edits, the result is
    returned as it is.

    Args:
        result: Topics as found (never as edited: edits are replayed from the start).
        edits: All edits, oldest first.
        passages: As given to `find_topics`, as are the following.
        documents: Table `documents`.
        responses: Table `responses`.
        vectors: Unit vectors, row i for row i of `passages`.
        language: Language of the study.
        embed: As for `find_topics`.
    """
    all_edits = list(edits)
    if not all_edits:
        return Edited(result, (), ())
    corpus = prepare(passages, documents, responses, vectors)
    has_parent = result.topics[result.topics["parent_id"].notna()]
    parents = dict(zip(has_parent["topic_id"], has_parent["parent_id"], strict=True))
    done = replay(result.passage_topics, parents, all_edits, _splitter(corpus))
    return Edited(_rebuild(result, corpus, done, language, embed), done.applied, done.not_carried)


def with_assigned(
    result: TopicResult,
    assigned: Assigned,
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    responses: pd.DataFrame,
    vectors: NDArray[np.floating],
    *,
    language: str = "en",
    embed: Embed | None = None,
) -> TopicResult:
    """
    Return topics with new passages in them: ids, labels and centres stay, terms, quotes, counts and places are new.

    Args:
        result: Topics as found, without the new passages.
        assigned: Topics of the new passages.
        passages: All passages, old and new, as for `find_topics`; so are the following.
        documents: Table `documents`.
        responses: Table `responses`.
        vectors: Unit vectors, row i for row i of `passages`.
        language: Language of the study.
        embed: As for `find_topics`.
    """
    both = pd.concat([result.passage_topics, assigned.passage_topics]).sort_values("passage_id", ignore_index=True)
    corpus = prepare(passages, documents, responses, vectors)
    done = Replayed(both, {}, {}, frozenset(), (), ())
    rebuilt = _rebuild(result, corpus, done, language, embed)
    nearest = pd.concat([result.nearest, assigned.nearest]).sort_values("passage_id", ignore_index=True)
    return replace(rebuilt, nearest=nearest, model=result.model)


def _splitter(corpus: Corpus) -> Any:
    row_of = dict(zip(corpus.passages["passage_id"], corpus.rows, strict=True))

    def split(passage_ids: Sequence[str], n_parts: int) -> list[int] | None:
        rows = np.array([row_of[p] for p in passage_ids], dtype=np.int64)
        texts = np.unique(rows[rows >= 0])
        if len(texts) < 2 * n_parts:
            return None
        fitted = ConsensusKMeans(corpus.keys[texts], n_parts, max_outliers=0.0).fit(corpus.own_vectors[texts])
        part = dict(zip(texts.tolist(), fitted.nearest_.tolist(), strict=True))
        return [part.get(int(row), 0) for row in rows]

    return split


def _rebuild(result: TopicResult, corpus: Corpus, done: Replayed, language: str, embed: Embed | None) -> TopicResult:
    table = done.passage_topics  # sorted by passage, as the corpus is
    topic = table["topic_id"].to_numpy(dtype=object)
    ids = [t for t in pd.unique(topic) if t != OUTLIER_ID]
    sizes = {t: int((topic == t).sum()) for t in ids}
    ids.sort(key=lambda t: (-sizes[t], t))
    number = {t: k for k, t in enumerate(ids)}
    leaf = np.array([number.get(t, -1) for t in topic], dtype=np.int64)
    old = dict(zip(result.topics["topic_id"], result.topics["label"], strict=True))
    runs = dict(zip(result.topic_details["topic_id"], result.topic_details["found_in"], strict=True))
    groups = with_parents([_leaf(corpus, leaf == k, ids[k], done, old, runs, language) for k in range(len(ids))])
    n_leaves = len(ids)
    groups = groups[:n_leaves] + [_parent(g, groups, result, done, old) for g in groups[n_leaves:]]
    _, terms = count_terms(corpus, language)
    n_runs = result.topic_details["n_runs"].max()
    told = describe(
        corpus,
        terms,
        groups,
        leaf,
        language=language,
        n_runs=None if pd.isna(n_runs) else int(n_runs),
        outlier_label=done.labels.get(OUTLIER_ID, NO_TOPIC),
        embed=embed,
    )
    centres = np.vstack([g.centre for g in groups[:n_leaves]]) if ids else result.model["centres"][:0]
    return replace(
        result,
        topics=told.topics,
        topic_terms=told.topic_terms,
        topic_details=told.topic_details,
        topic_quotes=told.topic_quotes,
        passage_topics=table,
        passage_positions=positions(corpus, centres) if ids else result.passage_positions,
        model={**result.model, "centres": centres, "topic_ids": tuple(ids)},
    )


def _leaf(
    corpus: Corpus,
    inside: NDArray[np.bool_],
    topic_id: str,
    done: Replayed,
    old: dict[str, str],
    runs: dict[str, Any],
    language: str,
) -> Group:
    rows = np.unique(corpus.rows[inside & (corpus.rows >= 0)])
    centre = (
        centres_of(corpus.vectors[rows], np.zeros(len(rows), dtype=np.int64))[0]
        if len(rows)
        else np.zeros(corpus.vectors.shape[1], dtype=np.float32)
    )
    changed = topic_id in done.changed
    found = None if changed or pd.isna(runs.get(topic_id)) else int(runs[topic_id])
    label = done.labels.get(topic_id) or (None if changed else old.get(topic_id))
    if label is None and topic_id in done.merged:
        label = join_labels([old.get(part, "") for part in done.merged[topic_id]], language)
    return Group(rows, centre, topic_id=topic_id, label=label, found_in=found, is_joined=changed)


def _parent(group: Group, groups: Sequence[Group], result: TopicResult, done: Replayed, old: dict[str, str]) -> Group:
    """Keep id and label of a broader topic with the same children as before, or with most of them if it was renamed."""
    children = {str(groups[c].topic_id) for c in group.children}
    best, shared = None, 0.0
    for parent, topics in result.topics.dropna(subset="parent_id").groupby("parent_id")["topic_id"]:
        before = set(topics)
        overlap = len(before & children) / len(before | children)
        if overlap > shared:
            best, shared = str(parent), overlap
    if best is None:
        return group
    if shared == 1.0 and not children & done.changed:
        return replace(group, topic_id=best, label=done.labels.get(best) or old.get(best))
    if shared >= 0.5:
        return replace(group, topic_id=best, label=done.labels.get(best))
    return group
