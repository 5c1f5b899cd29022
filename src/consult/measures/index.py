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
        own: Whether the idea is in what the sender added to a campaign's letter.
        keys: Ids of the ideas.
        labels: Their names.
        parents: Id of the broader idea, or an empty string.
    """

    document: Ints
    code: Ints
    own: Bools
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    parents: tuple[str, ...]


@dataclass(frozen=True)
class OwnParts:
    """
    The stretches that senders added to campaigns' letters.

    Attributes:
        document: Position of the document, sorted.
        start: First character of the stretch, sorted within a document.
        end: One past its last character.
        added: True for each document that has such a stretch.
    """

    document: Ints
    start: Ints
    end: Ints
    added: Bools

    def holds(self, document: Ints, start: Ints, end: Ints) -> Bools:
        """Return whether the middle of each place lies in what the sender added to that document."""
        found = np.zeros(len(document), dtype=bool)
        known = np.flatnonzero((document >= 0) & (document < len(self.added)))
        known = known[self.added[document[known]]] if len(self.added) else known[:0]
        if not len(known):
            return found
        middle = (start[known] + end[known]) // 2
        wide = np.int64(max(int(self.end.max()), int(middle.max())) + 1)
        place = np.searchsorted(self.document * wide + self.start, document[known] * wide + middle, "right") - 1
        inside = (place >= 0) & (self.document[place] == document[known]) & (middle < self.end[place])
        found[known] = inside
        return found


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
        own: What senders added to a campaign's letter.
        themes: Themes that documents carry.
        topics: Topics that documents carry, broader topics included, passages in no topic left out.
    """

    response_ids: npt.NDArray[np.object_]
    document_ids: npt.NDArray[np.object_]
    doc_response: Ints
    campaign_ids: tuple[str, ...]
    doc_campaign: Ints
    doc_rank: Ints
    own: OwnParts
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
    own = _own_parts(corpus)
    return Index(
        response_ids=responses["response_id"].to_numpy(dtype=object),
        document_ids=documents["document_id"].to_numpy(dtype=object),
        doc_response=doc_response,
        campaign_ids=tuple(sorted(corpus.campaign_members["campaign_id"].unique())),
        doc_campaign=doc_campaign,
        doc_rank=doc_rank,
        own=own,
        themes=_theme_marks(corpus, own),
        topics=_topic_marks(corpus, own),
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


def _own_parts(corpus: Corpus) -> OwnParts:
    table = corpus.own_parts
    document = positions(table["document_id"], corpus.documents["document_id"])
    start, end = (table[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    order = np.lexsort((start, document))
    order = order[document[order] >= 0]
    added = np.zeros(len(corpus.documents), dtype=bool)
    added[document[order]] = True
    return OwnParts(document[order], start[order], end[order], added)


def _theme_marks(corpus: Corpus, own: OwnParts) -> Marks:
    themes, taggings = corpus.themes, corpus.taggings
    keys = themes["theme_id"]
    document = positions(taggings["document_id"], corpus.documents["document_id"])
    code = positions(taggings["theme_id"], keys)
    start, end = (taggings[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    added = own.holds(document, start, end)
    known = (document >= 0) & (code >= 0)
    return _marked(document[known], code[known], added[known], keys, themes["name"], _parents(themes["parent_id"]))


def _topic_marks(corpus: Corpus, own: OwnParts) -> Marks:
    topics = corpus.topics[~corpus.topics["is_outlier"].astype(bool)]
    keys = topics["topic_id"]
    parents = _parents(topics["parent_id"])
    passages, assigned = corpus.passages, corpus.passage_topics
    passage = positions(assigned["passage_id"], passages["passage_id"])
    passage_doc = positions(passages["document_id"], corpus.documents["document_id"])
    start, end = (passages[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    passage_own = own.holds(passage_doc, start, end)
    code = positions(assigned["topic_id"], keys)
    known = (passage >= 0) & (code >= 0)
    document, added = passage_doc[passage[known]], passage_own[passage[known]]
    code = code[known]
    held = document >= 0
    document, code, added = document[held], code[held], added[held]
    above = positions(pd.Series(list(parents), dtype="str"), keys)
    parts = [(document, code, added)]
    for _ in range(len(keys)):  # a chain of broader topics is never longer than their number
        up = above[code] if len(code) else code
        document, code, added = document[up >= 0], up[up >= 0], added[up >= 0]
        if not len(code):
            break
        parts.append((document, code, added))
    document, code, added = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _marked(document, code, added, keys, topics["label"], parents)


def _marked(
    document: Ints, code: Ints, added: Bools, keys: pd.Series, labels: pd.Series, parents: tuple[str, ...]
) -> Marks:
    """Return marks, one a pair of document and idea; own where the idea is found in an own part at all."""
    size = max(len(keys), 1)
    documents, codes = distinct(document, code, size)
    own = np.zeros(len(documents), dtype=bool)
    if added.any():
        pairs = documents * np.int64(size) + codes
        own[np.searchsorted(pairs, document[added] * np.int64(size) + code[added])] = True
    return Marks(documents, codes, own, tuple(keys), tuple(labels), parents)


def _parents(column: pd.Series) -> tuple[str, ...]:
    values: Sequence[object] = column.tolist()
    return tuple("" if pd.isna(v) else str(v) for v in values)  # type: ignore[call-overload]
