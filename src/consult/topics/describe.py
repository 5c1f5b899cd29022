"""From groups of passages to the tables a person reads: labels, terms, gloss, quotes, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from consult import schema
from consult.identity import make_id
from consult.topics.corpus import Corpus
from consult.topics.groups import Group
from consult.topics.labels import NO_TOPIC, TermTable
from consult.topics.model import class_weights
from consult.topics.naming import Embed, Namer, name_groups
from consult.topics.terms import JOINT

OUTLIER_ID = make_id("t", "no clear topic")
N_TERMS = 10
N_QUOTES = 3
N_CORE = 5
"""Texts that a topic's id is made from: the most central ones."""
FEW = 5
"""With fewer texts in the study's language than this, a topic's terms come from all its texts."""
_READABLE = (8, 45)


@dataclass(frozen=True)
class Description:
    """The tables `topics`, `topic_terms`, `topic_details` and `topic_quotes`, and the id of each group."""

    topics: pd.DataFrame
    topic_terms: pd.DataFrame
    topic_details: pd.DataFrame
    topic_quotes: pd.DataFrame
    ids: tuple[str, ...]


def describe(
    corpus: Corpus,
    table: TermTable,
    groups: Sequence[Group],
    leaf_of_passage: NDArray[np.int64],
    *,
    language: str,
    n_runs: int | None,
    outlier_label: str = NO_TOPIC,
    embed: Embed | None = None,
) -> Description:
    """
    Return everything that is told about topics, counted anew from the passages in each.

    Args:
        corpus: The passages.
        table: Their terms.
        groups: Topics, leaves first, then broader ones.
        leaf_of_passage: Index of each passage's leaf in `groups`, -1 for none.
        language: Language of the study.
        n_runs: Repeated runs behind `found_in`; None if none were made.
        embed: As for `find_topics`.
        outlier_label: Label of the row for passages without a topic.
    """
    ids = _make_ids(corpus, groups)
    weights = _term_weights(table, groups)
    languages = corpus.texts["language"].to_numpy(dtype=object)
    by_leaf = _Members(corpus, leaf_of_passage)
    named = name_groups(Namer(corpus, table, language, embed), groups, ids)
    topics: list[tuple[object, ...]] = []
    terms: list[tuple[object, ...]] = []
    details: list[tuple[object, ...]] = []
    quotes: list[tuple[object, ...]] = []
    for i, group in enumerate(groups):
        members = by_leaf.of(group.children or (i,))
        parent = ids[group.parent] if group.parent is not None else None
        topics.append((ids[i], parent, named[i], len(members), int(members["response_id"].nunique()), False))
        terms.extend(
            (ids[i], rank, term, weight)
            for rank, (term, weight) in enumerate(_top_terms(table, group, weights[i], languages, language), start=1)
        )
        fit = corpus.own_vectors @ group.centre if len(group.rows) else np.zeros(len(corpus.texts))
        details.append((ids[i], _gloss(corpus, group, fit, language), group.found_in, n_runs))
        quotes.extend((ids[i], rank, p) for rank, p in enumerate(_quotes(members, fit), start=1))
    outliers = by_leaf.of((-1,))
    topics.append((OUTLIER_ID, None, outlier_label, len(outliers), int(outliers["response_id"].nunique()), True))
    details.append((OUTLIER_ID, "", None, None))
    return Description(
        _table("topics", topics),
        _table("topic_terms", terms),
        _table("topic_details", details),
        _table("topic_quotes", quotes),
        ids,
    )


def _table(name: str, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    if not rows:
        return schema.empty(name)
    return schema.build(name, pd.DataFrame(list(rows), columns=list(schema.table(name).names)))


class _Members:
    """The passages of each leaf."""

    def __init__(self, corpus: Corpus, leaf: NDArray[np.int64]) -> None:
        self._passages = corpus.passages
        self._where: Mapping[int, NDArray[np.int64]] = {
            int(k): np.flatnonzero(leaf == k) for k in sorted(set(leaf.tolist()))
        }

    def of(self, leaves: Sequence[int]) -> pd.DataFrame:
        found = [self._where[k] for k in leaves if k in self._where]
        return self._passages.iloc[np.sort(np.concatenate(found)) if found else []]


def _make_ids(corpus: Corpus, groups: Sequence[Group]) -> tuple[str, ...]:
    ids: list[str] = []
    for group in groups:
        if group.topic_id is not None:
            ids.append(group.topic_id)
        elif group.children:
            ids.append(make_id("t", "broader", *sorted(ids[child] for child in group.children)))
        else:
            core = _nearest_rows(corpus, group.rows, group.centre, N_CORE)
            ids.append(make_id("t", *sorted(corpus.texts["text"].iloc[core])))
    return tuple(ids)


def _nearest_rows(corpus: Corpus, rows: NDArray[np.int64], centre: NDArray[np.float32], n: int) -> NDArray[np.int64]:
    fit = np.round(corpus.vectors[rows] @ centre, 4)
    return rows[np.lexsort((rows, -fit))[:n]]


def _term_weights(table: TermTable, groups: Sequence[Group]) -> list[NDArray[np.float64]]:
    """Return BERTopic's c-TF-IDF weights: leaves against leaves, broader topics against broader ones."""
    out: list[NDArray[np.float64]] = [np.zeros(0)] * len(groups)
    for level in ([i for i, g in enumerate(groups) if not g.children], [i for i, g in enumerate(groups) if g.children]):
        if not level or not table.terms:
            continue
        counts = sparse.csr_matrix(np.vstack([np.asarray(table.occurs[groups[i].rows].sum(axis=0)) for i in level]))
        found = class_weights(counts).toarray()
        for place, i in enumerate(level):
            out[i] = found[place]
    return out


def _top_terms(
    table: TermTable,
    group: Group,
    weights: NDArray[np.float64],
    languages: NDArray[np.object_],
    language: str,
) -> list[tuple[str, float]]:
    """Return the strongest terms in their commonest form: the study's language first, no term within another."""
    if not len(weights):
        return []
    mine = group.rows[languages[group.rows] == language]
    rows = mine if len(mine) >= FEW else group.rows
    here = np.asarray(table.occurs[rows].sum(axis=0)).ravel() > 0
    ranked = np.lexsort((np.arange(len(weights)), -np.round(weights, 9)))
    chosen: list[list[str]] = []
    shown: set[str] = set()
    out: list[tuple[str, float]] = []
    for i in ranked[:400]:
        if weights[i] <= 0 or len(out) == N_TERMS:
            break
        words = table.terms[i].split(JOINT)
        form = table.facts[table.terms[i]].display
        overlaps = any(set(words) <= set(other) or set(other) <= set(words) for other in chosen)
        if not here[i] or overlaps or form.casefold() in shown:
            continue
        chosen.append(words)
        shown.add(form.casefold())
        out.append((form, round(float(weights[i]), 6)))
    return out


def _gloss(corpus: Corpus, group: Group, fit: NDArray[np.floating], language: str) -> str:
    """Return the most central readable text in the study's language, else in any."""
    if not len(group.rows):
        return ""
    texts = corpus.texts.iloc[group.rows]
    n_words = texts["text"].str.count(r"\S+").to_numpy()
    readable = (n_words >= _READABLE[0]) & (n_words <= _READABLE[1])
    whole = texts["text"].str.match(r"^[^\W\d_a-zà-ÿ].*[.!?]$").to_numpy(dtype=bool)
    spoken = (texts["language"] == language).to_numpy()
    order = np.lexsort((group.rows, -np.round(fit[group.rows], 4), ~whole, ~readable, ~spoken))
    # A whole sentence is preferred only among the central half.
    central = np.round(fit[group.rows], 4) >= np.quantile(fit[group.rows], 0.5)
    order = np.concatenate([order[central[order]], order[~central[order]]])
    return str(texts["text"].iloc[order[0]])


def _quotes(members: pd.DataFrame, fit: NDArray[np.floating]) -> list[str]:
    """Return three central passages from different respondents, where possible of other types and languages."""
    if members.empty:
        return []
    score = np.round(fit[members["text_row"].to_numpy()], 4).astype(np.float64)
    n_words = members["text"].str.count(r"\S+").to_numpy()
    score -= 0.15 * ((n_words < _READABLE[0]) | (n_words > 70))
    frame = members.assign(score=score).sort_values(["score", "passage_id"], ascending=[False, True])
    pool: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()} for row in frame.head(40).to_dict("records")
    ]
    chosen: list[dict[str, Any]] = []
    while pool and len(chosen) < N_QUOTES:
        best = max(range(len(pool)), key=lambda i: (_worth(pool[i], chosen), -i))
        if chosen and _worth(pool[best], chosen) < -5:
            break
        chosen.append(pool.pop(best))
    return [str(row["passage_id"]) for row in chosen]


def _worth(row: Mapping[str, Any], chosen: Sequence[Mapping[str, Any]]) -> float:
    worth = float(row["score"])
    for other in chosen:
        worth -= 10.0 * (row["text"] == other["text"]) + 1.0 * (row["response_id"] == other["response_id"])
        worth -= 0.12 * (row["stakeholder_type"] == other["stakeholder_type"])
        worth -= 0.12 * (row["language"] == other["language"])
    return worth
