"""The one function that finds topics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from consult import schema
from consult.errors import UserError
from consult.topics.clustering import MIN_TEXTS, N_RUNS, ConsensusKMeans, Labels, centres_of
from consult.topics.corpus import Corpus, count_terms, prepare
from consult.topics.describe import OUTLIER_ID, describe
from consult.topics.groups import Group
from consult.topics.hierarchy import group_topics
from consult.topics.labels import NO_TOPIC, TermTable, rank_candidates
from consult.topics.meaning import MIN_SECOND
from consult.topics.naming import Embed, Namer
from consult.topics.positions import place
from consult.topics.stability import found_again

Progress = Callable[[int, int], None]

N_STEPS = 3
MIN_SUBJECT = 0.4
"""A group whose best term scores less (see `rank_candidates`) has no subject that could be named."""
MAX_DISSOLVED = 0.4
"""Share of groups that may be dissolved for that at most."""
MIN_TEXTS_TO_JUDGE = 300


@dataclass(frozen=True)
class TopicResult:
    """
    Topics of a study.

    `passage_topics` names the leaf topic; a broader topic holds what its children hold. Passages that fit no topic,
    and junk, are with the outlier topic; their strength tells how near the nearest topic is (0 for junk).

    Attributes:
        topics, topic_terms, topic_details, topic_quotes, passage_topics, passage_positions: Tables of the schema.
        nearest: passage_id, topic_id, strength: the nearest topic of every passage that is not junk, outliers too.
        model: What is needed to give new passages their topic: `centres`, `topic_ids`, `scale`, `min_strength`,
            `outlier_share`.
        agreement: Agreement between trees for each number of topics that was tried.
        bertopic: The fitted BERTopic; None when there were too few passages.
    """

    topics: pd.DataFrame
    topic_terms: pd.DataFrame
    topic_details: pd.DataFrame
    topic_quotes: pd.DataFrame
    passage_topics: pd.DataFrame
    passage_positions: pd.DataFrame
    nearest: pd.DataFrame
    model: Mapping[str, Any]
    agreement: Mapping[int, float] = field(default_factory=dict)
    bertopic: Any = None


def find_topics(
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    responses: pd.DataFrame,
    vectors: NDArray[np.floating],
    *,
    language: str = "en",
    n_topics: int | None = None,
    seed: int = 0,  # noqa: ARG001
    max_outliers: float = 0.06,
    embed: Embed | None = None,
    progress: Progress | None = None,
) -> TopicResult:
    """
    Find the topics of all passages.

    BERTopic does the work, with ready-made vectors, our clusterer and terms made of lemmas. No part of it is random:
    row order, seed and number of cores change nothing. Identical texts count once when topics are made, and each time
    when passages are counted.

    Args:
        passages: Table `passages`.
        documents: Table `documents`.
        responses: Table `responses`.
        vectors: Language-centred unit vectors (n, d), row i for row i of `passages`.
        language: ISO 639-1 code of the study's language, for labels.
        n_topics: Number of topics; None chooses it by stability.
        seed: Kept for the sake of the command line; there is nothing to seed.
        max_outliers: Share of passages that may be left without a topic at most, junk included, 0 to 1.
        embed: Gives texts and their languages unit vectors in the space of `vectors`; makes labels better. None: labels
            hang on counts alone.
        progress: Called with steps done and to do.

    Returns:
        The topics. With fewer than 12 distinct texts there is only the outlier topic.

    Raises:
        UserError: `n_topics` is below 2, or vectors and passages do not match.
    """
    _check(passages, vectors, n_topics)
    report = progress or _quiet
    report(0, N_STEPS)
    corpus = prepare(passages, documents, responses, vectors)
    if len(corpus.texts) < MIN_TEXTS:
        return _too_few(corpus)
    terms, table = count_terms(corpus, language)
    report(1, N_STEPS)
    namer = Namer(corpus, table, language, embed)
    judge = None
    if n_topics is None and namer.is_small:
        judge = _judge_small(namer, corpus)
    elif n_topics is None and len(corpus.texts) >= MIN_TEXTS_TO_JUDGE:
        judge = _judge(corpus, table)
    # Junk stands with the outliers, so that few others may; two in a hundred always may.
    share_of_junk = float((corpus.rows < 0).mean())
    allowed = min(max_outliers, max(0.02, max_outliers - share_of_junk))
    clusterer = ConsensusKMeans(corpus.keys, n_topics, allowed, judge)
    from consult.topics.model import fit

    fitted = fit(terms.by_passage, corpus.vectors, clusterer)
    report(2, N_STEPS)
    result = build(corpus, table, _by_size(clusterer), clusterer, language, embed)
    report(N_STEPS, N_STEPS)
    return replace(result, agreement=dict(clusterer.agreement_), bertopic=fitted)


def build(
    corpus: Corpus,
    table: TermTable,
    order: Labels,
    clusterer: ConsensusKMeans,
    language: str,
    embed: Embed | None,
) -> TopicResult:
    """Return the tables of a fitted clustering; `order` gives each cluster's place among the topics."""
    labels = np.where(clusterer.labels_ >= 0, order[clusterer.labels_], -1)
    near = order[clusterer.nearest_]
    centres = clusterer.centres_[np.argsort(order)]
    found = found_again(near, clusterer.runs_)
    leaves = [Group(np.flatnonzero(labels == k), centres[k], found_in=int(found[k])) for k in range(len(centres))]
    groups = with_parents(leaves)
    told = describe(
        corpus, table, groups, corpus.of_passages(labels, -1), language=language, n_runs=N_RUNS, embed=embed
    )
    leaf_ids = np.array(told.ids[: len(leaves)], dtype=object)
    assigned = assign_rows(corpus, labels, clusterer.probabilities_, leaf_ids)
    rows = corpus.rows
    real = rows >= 0
    nearest = pd.DataFrame(
        {
            "passage_id": corpus.passages["passage_id"].to_numpy(dtype=object)[real],
            "topic_id": leaf_ids[near[rows[real]]],
            "strength": clusterer.probabilities_[rows[real]],
        }
    ).astype({"passage_id": "str", "topic_id": "str"})
    model = {
        "centres": centres,
        "topic_ids": told.ids[: len(leaves)],
        "scale": clusterer.scale_,
        "min_strength": clusterer.limit_,
        "outlier_share": float((labels < 0).mean()),
    }
    return TopicResult(
        told.topics,
        told.topic_terms,
        told.topic_details,
        told.topic_quotes,
        assigned,
        positions(corpus, centres),
        nearest,
        model,
    )


def with_parents(leaves: list[Group]) -> list[Group]:
    """Return the leaves with their broader groups, and these behind them."""
    usable = [i for i, leaf in enumerate(leaves) if len(leaf.rows)]
    groups = np.full(len(leaves), -1, dtype=np.int64)
    if usable:
        groups[usable] = group_topics(np.vstack([leaves[i].centre for i in usable]))
    parents = []
    for g in range(int(groups.max()) + 1 if len(groups) else 0):
        children = tuple(np.flatnonzero(groups == g).tolist())
        rows = np.sort(np.concatenate([leaves[c].rows for c in children]))
        mean = np.sum([leaves[c].centre * len(leaves[c].rows) for c in children], axis=0)
        parents.append(Group(rows, (mean / np.linalg.norm(mean)).astype(np.float32), children=children))
    placed = [
        replace(leaf, parent=len(leaves) + int(g) if g >= 0 else None) for leaf, g in zip(leaves, groups, strict=True)
    ]
    return placed + parents


def assign_rows(
    corpus: Corpus, labels: Labels, strength: NDArray[np.float64], leaf_ids: NDArray[np.object_]
) -> pd.DataFrame:
    """Return the table `passage_topics` from the label and strength of each distinct text."""
    leaf = corpus.of_passages(labels, -1)
    topic = np.full(len(leaf), OUTLIER_ID, dtype=object)
    topic[leaf >= 0] = leaf_ids[leaf[leaf >= 0]]
    ids = corpus.passages["passage_id"]
    value = corpus.of_passages(strength, 0.0)
    return schema.build("passage_topics", pd.DataFrame({"passage_id": ids, "topic_id": topic, "strength": value}))


def positions(corpus: Corpus, centres: NDArray[np.float32]) -> pd.DataFrame:
    """Return the table `passage_positions`; junk stands at the origin."""
    xy = np.zeros((len(corpus.passages), 2))
    rows = corpus.rows
    real = rows >= 0
    if real.any():
        xy[real] = place(corpus.vectors, centres)[rows[real]]
    ids = corpus.passages["passage_id"]
    return schema.build("passage_positions", pd.DataFrame({"passage_id": ids, "x": xy[:, 0], "y": xy[:, 1]}))


def _by_size(clusterer: ConsensusKMeans) -> Labels:
    """Return each cluster's place when the largest comes first (as BERTopic numbers them)."""
    sizes = np.bincount(clusterer.labels_[clusterer.labels_ >= 0], minlength=len(clusterer.centres_))
    ranked = np.lexsort((np.arange(len(sizes)), -sizes))
    order = np.empty(len(sizes), dtype=np.int64)
    order[ranked] = np.arange(len(sizes))
    return order


def _judge_small(namer: Namer, corpus: Corpus) -> Callable[[Labels], NDArray[np.bool_]]:
    """Return a function that says which groups of a small study can be named; all, when few can."""

    def has_name(labels: Labels) -> NDArray[np.bool_]:
        centre = np.zeros(corpus.vectors.shape[1], dtype=np.float32)  # names go by the texts
        groups = [Group(np.flatnonzero(labels == k), centre) for k in range(int(labels.max()) + 1)]
        named = np.array([sum(c.score >= MIN_SECOND for c in found) >= 2 for found in namer.all_candidates(groups)])
        return named if named.sum() >= max(2, (1 - MAX_DISSOLVED) * len(named)) else np.ones(len(named), dtype=bool)

    return has_name


def _judge(corpus: Corpus, table: TermTable) -> Callable[[Labels], NDArray[np.bool_]]:
    """Return a function that says which groups have a subject: a term common in them and rare elsewhere."""
    languages = corpus.texts["language"].to_numpy(dtype=object)
    everyone = {code: np.flatnonzero(languages == code) for code in sorted(set(languages.tolist()))}

    def has_subject(labels: Labels) -> NDArray[np.bool_]:
        best = np.zeros(int(labels.max()) + 1)
        for k in range(len(best)):
            rows = np.flatnonzero(labels == k)
            for code, background in everyone.items():
                inside = rows[languages[rows] == code]
                if len(inside) >= max(5, 0.1 * len(rows)):
                    found = rank_candidates(table, inside, np.ones(len(inside)), background, code)
                    best[k] = max(best[k], found[0].score if found else 0.0)
            if not best[k]:
                best[k] = MIN_SUBJECT  # too few texts of any one language to tell
        weak = np.flatnonzero(best < MIN_SUBJECT)
        spared = weak[np.lexsort((weak, best[weak]))][int(MAX_DISSOLVED * len(best)) :]
        keep = best >= MIN_SUBJECT
        keep[spared] = True
        return keep

    return has_subject


def _too_few(corpus: Corpus) -> TopicResult:
    empty = np.zeros(0, dtype=object)
    labels = np.full(len(corpus.texts), -1, dtype=np.int64)
    assigned = assign_rows(corpus, labels, np.zeros(len(labels)), empty)
    topics = pd.DataFrame(
        {
            "topic_id": [OUTLIER_ID],
            "label": [NO_TOPIC],
            "n_passages": [len(corpus.passages)],
            "n_responses": [corpus.passages["response_id"].nunique()],
            "is_outlier": [True],
        }
    )
    centres = np.zeros((0, corpus.vectors.shape[1]), dtype=np.float32)
    return TopicResult(
        schema.build("topics", topics),
        schema.empty("topic_terms"),
        schema.build("topic_details", pd.DataFrame({"topic_id": [OUTLIER_ID], "gloss": [""]})),
        schema.empty("topic_quotes"),
        assigned,
        positions(
            corpus, centres_of(corpus.vectors, np.zeros(len(labels), dtype=np.int64)) if len(labels) else centres
        ),
        pd.DataFrame({"passage_id": [], "topic_id": [], "strength": []}),
        {"centres": centres, "topic_ids": (), "scale": (0.0, 1.0), "min_strength": 0.0, "outlier_share": 1.0},
    )


def _check(passages: pd.DataFrame, vectors: NDArray[np.floating], n_topics: int | None) -> None:
    if n_topics is not None and n_topics < 2:
        message = f"--topics: {n_topics} was given; at least 2 topics are needed. Leave it out to have it chosen."
        raise UserError(message)
    if len(vectors) != len(passages):
        message = f"vectors: {len(vectors)} rows for {len(passages)} passages; there must be one a passage."
        raise UserError(message)


def _quiet(done: int, total: int) -> None:
    """Report nothing."""
