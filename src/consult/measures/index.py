"""Integer positions in place of ids, so that counting is arithmetic on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consult.measures.corpus import Corpus

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
MARKABLE = 40_000_000  # a mark for each possible value, a byte each, is faster than sorting up to here


@dataclass(frozen=True)
class Marks:
    """
    What documents carry (themes or topics): one row a distinct pair of document and idea.

    Attributes:
        document: Position of the document.
        code: Position of the idea in `keys`.
        keys: Ids of the ideas.
        labels: Their names.
        parents: Id of the broader idea, or an empty string.
    """

    document: Ints
    code: Ints
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Index:
    """
    Positions of responses and documents, and what each document carries.

    Attributes:
        response_ids: Ids of responses, sorted.
        document_ids: Ids of documents, sorted.
        doc_response: Position of each document's response.
        campaign_ids: Ids of campaigns, sorted.
        doc_campaign: Position of each document's campaign, -1 for none.
        doc_rank: Order of standing in for the campaign: 0 for the representative document.
        themes: Themes that documents carry.
        topics: Topics that documents carry, broader topics included, passages in no topic left out.
    """

    response_ids: npt.NDArray[np.object_]
    document_ids: npt.NDArray[np.object_]
    doc_response: Ints
    campaign_ids: tuple[str, ...]
    doc_campaign: Ints
    doc_rank: Ints
    themes: Marks
    topics: Marks

    @property
    def n_responses(self) -> int:
        """Number of responses."""
        return len(self.response_ids)


def positions(values: pd.Series, ids: pd.Series | npt.NDArray[np.object_]) -> Ints:
    """Return the position of each value among the ids, -1 where it is not one of them."""
    return np.asarray(pd.Index(ids).get_indexer(pd.Index(values)), dtype=np.int64)


def build_index(corpus: Corpus) -> Index:
    """Make the index of a corpus."""
    responses, documents = corpus.responses, corpus.documents
    doc_response = positions(documents["response_id"], responses["response_id"])
    doc_campaign, doc_rank = _campaign_codes(corpus)
    return Index(
        response_ids=responses["response_id"].to_numpy(dtype=object),
        document_ids=documents["document_id"].to_numpy(dtype=object),
        doc_response=doc_response,
        campaign_ids=tuple(sorted(corpus.campaign_members["campaign_id"].unique())),
        doc_campaign=doc_campaign,
        doc_rank=doc_rank,
        themes=_theme_marks(corpus),
        topics=_topic_marks(corpus),
    )


def distinct(first: Ints, second: Ints, size: int) -> tuple[Ints, Ints]:
    """Return the distinct pairs of two integer columns; `size` is above every value of the second."""
    pairs = np.sort(distinct_codes(first * np.int64(size) + second))
    return pairs // size, pairs % size


def distinct_codes(codes: Ints) -> Ints:
    """Return the distinct values of non-negative integers, in no particular order."""
    top = int(codes.max()) + 1 if len(codes) else 0
    if top <= MARKABLE:
        seen = np.zeros(top, dtype=bool)
        seen[codes] = True
        return np.flatnonzero(seen)
    return np.asarray(pd.unique(codes), dtype=np.int64)


def _campaign_codes(corpus: Corpus) -> tuple[Ints, Ints]:
    documents, members, campaigns = corpus.documents, corpus.campaign_members, corpus.campaigns
    campaign = np.full(len(documents), -1, dtype=np.int64)
    rank = np.zeros(len(documents), dtype=np.int64)
    if not len(members):
        return campaign, rank
    names = pd.Index(sorted(members["campaign_id"].unique()))
    chosen = set(campaigns["representative_document_id"]) if len(campaigns) else set()
    ordered = members.assign(other=~members["document_id"].isin(chosen)).sort_values(
        ["other", "similarity", "document_id"], ascending=[True, False, True]
    )
    where = positions(ordered["document_id"], documents["document_id"])
    known = where >= 0
    campaign[where[known]] = names.get_indexer(ordered["campaign_id"])[known]
    rank[where[known]] = np.arange(len(ordered))[known]
    return campaign, rank


def _theme_marks(corpus: Corpus) -> Marks:
    themes, taggings = corpus.themes, corpus.taggings
    keys = themes["theme_id"]
    document = positions(taggings["document_id"], corpus.documents["document_id"])
    code = positions(taggings["theme_id"], keys)
    known = (document >= 0) & (code >= 0)
    document, code = distinct(document[known], code[known], max(len(keys), 1))
    return Marks(document, code, tuple(keys), tuple(themes["name"]), _parents(themes["parent_id"]))


def _topic_marks(corpus: Corpus) -> Marks:
    topics = corpus.topics[~corpus.topics["is_outlier"].astype(bool)]
    keys = topics["topic_id"]
    parents = _parents(topics["parent_id"])
    passages, assigned = corpus.passages, corpus.passage_topics
    passage = positions(assigned["passage_id"], passages["passage_id"])
    passage_doc = positions(passages["document_id"], corpus.documents["document_id"])
    code = positions(assigned["topic_id"], keys)
    known = (passage >= 0) & (code >= 0)
    document = passage_doc[passage[known]]
    code = code[known]
    held = document >= 0
    document, code = distinct(document[held], code[held], max(len(keys), 1))
    above = positions(pd.Series(list(parents), dtype="str"), keys)
    documents_up, codes_up = [document], [code]
    current_document, current = document, code
    for _ in range(len(keys)):  # a chain of broader topics is never longer than their number
        up = above[current] if len(current) else current
        current_document, current = current_document[up >= 0], up[up >= 0]
        if not len(current):
            break
        documents_up.append(current_document)
        codes_up.append(current)
    document, code = distinct(np.concatenate(documents_up), np.concatenate(codes_up), max(len(keys), 1))
    return Marks(document, code, tuple(keys), tuple(topics["label"]), parents)


def _parents(column: pd.Series) -> tuple[str, ...]:
    values: Sequence[object] = column.tolist()
    return tuple("" if pd.isna(v) else str(v) for v in values)  # type: ignore[call-overload]
