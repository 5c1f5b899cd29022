"""Texts that say the same in other words, close in time: a hint that somebody may have coordinated them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from consult import schema
from consult.identity import make_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats = npt.NDArray[np.float32]

MIN_WORDS = 20
MIN_TEXTS = 20
LIKENESS = 0.75
UNUSUAL = 4.0
DAYS = 14
_BATCH = 2000


@dataclass(frozen=True)
class _Unit:
    """
    One text to compare: a document, or a campaign's documents under one question.

    Attributes:
        documents: Positions of the documents; the first one is compared.
        responses: Ids of the responses that sent them.
        first: First submission; NaT where none has a date.
        last: Last submission.
    """

    documents: tuple[int, ...]
    responses: frozenset[str]
    first: pd.Timestamp
    last: pd.Timestamp


@dataclass(frozen=True)
class _Vectors:
    """Vectors of passages, which rows belong to which document, and how long each passage is."""

    passages: Floats
    rows: tuple[npt.NDArray[np.int64], ...]
    lengths: npt.NDArray[np.float64]

    def whole(self, documents: Sequence[int]) -> Floats:
        """Return a vector for each document: the mean of its passages by length, of length one."""
        found = np.zeros((len(documents), self.passages.shape[1]), dtype=np.float32)
        for i, document in enumerate(documents):
            rows = self.rows[document]
            found[i] = self.lengths[rows] @ self.passages[rows]
        size: Floats = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(size, 1e-9), dtype=np.float32)

    def likeness(self, a: int, b: int) -> float:
        """
        Return how much of each of two documents the other one says as well, 0 to 1.

        Each passage is given the cosine with the passage of the other document that is nearest in meaning.
        These are averaged by length for either document, and the lower average counts, so that a text which
        merely holds the other one among much else is not like it.
        """
        rows_a, rows_b = self.rows[a], self.rows[b]
        cosines = self.passages[rows_a] @ self.passages[rows_b].T
        covered = (
            float(np.average(cosines.max(axis=1), weights=self.lengths[rows_a])),
            float(np.average(cosines.max(axis=0), weights=self.lengths[rows_b])),
        )
        return round(min(max(min(covered), 0.0), 1.0), 4)


def find_possibly_coordinated(
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    responses: pd.DataFrame,
    members: pd.DataFrame,
    vectors: Floats,
) -> pd.DataFrame:
    """
    Find texts of several responses that may be one argument in other words or another language.

    Only answers to the same question (or texts of the same kind, where there are no questions) are compared,
    of 20 words or more. Two texts are taken together where

    - each says nearly all that the other says: `LIKENESS`, a mean cosine of passages;
    - that is unusual here: their cosine lies four standard deviations above the mean of all pairs of distinct
      texts under the question (with fewer than 20 texts nothing is said, since what is usual is not known);
    - they were sent within 14 days of each other, where both have a date.

    A campaign counts as one text. Each text of a group is like the group's middle, so that no chain joins
    unlike texts. Whether anybody coordinated anything is not known from texts: two people may have read the
    same newspaper.

    Args:
        passages: Table ``passages``.
        documents: Table ``documents``.
        responses: Table ``responses``.
        members: Table ``campaign_members``.
        vectors: One vector of length one a row of `passages`.

    Returns:
        Table ``possibly_coordinated``.
    """
    known = documents.sort_values("document_id", ignore_index=True)
    space = _vectors(known, passages, vectors)
    long = known["n_words"].ge(MIN_WORDS) & np.array([len(rows) > 0 for rows in space.rows], dtype=bool)
    known = known.assign(asked=known["question_id"].fillna(known["attachment"].notna().map({True: "a", False: ""})))
    known = known.merge(responses[["response_id", "consultation_id", "submitted_at"]], on="response_id", how="left")
    known = known.merge(members, on="document_id", how="left")
    rows: list[dict[str, object]] = []
    for _, part in known[long].groupby(["consultation_id", "asked"], sort=True):
        units = _units(part)
        if len(units) < MIN_TEXTS:
            continue
        for group in _groups(units, _links(units, space)):
            middle = str(known["document_id"].iloc[units[group[0][0]].documents[0]])
            for unit, likeness in group:
                rows += [
                    {
                        "document_id": known["document_id"].iloc[document],
                        "group_id": make_id("pc", middle),
                        "representative_document_id": middle,
                        "likeness": likeness,
                    }
                    for document in units[unit].documents
                ]
    return schema.build("possibly_coordinated", rows) if rows else schema.empty("possibly_coordinated")


def _vectors(documents: pd.DataFrame, passages: pd.DataFrame, vectors: Floats) -> _Vectors:
    owner = np.asarray(pd.Index(documents["document_id"]).get_indexer(pd.Index(passages["document_id"])))
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(documents) + 1))
    rows = tuple(order[a:b] for a, b in pairwise(starts))
    lengths = (passages["end"] - passages["start"]).to_numpy(dtype=float)
    return _Vectors(np.asarray(vectors, dtype=np.float32), rows, np.maximum(lengths, 1.0))


def _units(part: pd.DataFrame) -> list[_Unit]:
    """Return the distinct texts of one question, the documents of a campaign together, most typical first."""
    ordered = part.assign(row=part.index).sort_values(["similarity", "document_id"], ascending=[False, True])
    text = ordered["campaign_id"].fillna(ordered["document_id"])
    found = [
        _Unit(tuple(g["row"]), frozenset(g["response_id"]), g["submitted_at"].min(), g["submitted_at"].max())
        for _, g in ordered.groupby(text, sort=True)
    ]
    return sorted(found, key=lambda unit: unit.documents[0])


def _links(units: Sequence[_Unit], space: _Vectors) -> dict[int, dict[int, float]]:
    """Return for each unit those like it, with how like they are."""
    whole = space.whole([unit.documents[0] for unit in units])
    links: dict[int, dict[int, float]] = defaultdict(dict)
    for a, b in _unusual(whole):
        one, other = units[a], units[b]
        if len(one.responses | other.responses) < 2 or not _close(one, other):
            continue
        likeness = space.likeness(one.documents[0], other.documents[0])
        if likeness >= LIKENESS:
            links[a][b] = links[b][a] = likeness
    return links


def _unusual(whole: Floats) -> Iterable[tuple[int, int]]:
    """Yield pairs whose cosine lies far above that of all pairs."""
    n = len(whole)
    n_pairs = n * (n - 1) / 2
    # Sums over all pairs at once: of cosines from the summed vector, of their squares from the Gram matrix.
    exact = whole.astype(np.float64)
    mean = (float((exact.sum(axis=0) ** 2).sum()) - n) / 2 / n_pairs
    squares = (float(((exact.T @ exact) ** 2).sum()) - n) / 2 / n_pairs
    least = mean + UNUSUAL * float(np.sqrt(max(squares - mean**2, 0.0)))
    for start in range(0, n, _BATCH):
        cosines = whole[start : start + _BATCH] @ whole[start:].T
        for a, b in np.argwhere(np.triu(cosines >= least, 1)).tolist():
            yield start + a, start + b


def _close(one: _Unit, other: _Unit) -> bool:
    """Return whether two units were sent close in time; where one has no date, time says nothing."""
    if pd.isna(one.first) or pd.isna(other.first):
        return True
    apart = max(one.first - other.last, other.first - one.last)
    return bool(apart <= pd.Timedelta(days=DAYS))


def _groups(units: Sequence[_Unit], links: dict[int, dict[int, float]]) -> list[list[tuple[int, float]]]:
    """
    Return groups of units, each like the one in the middle, which comes first with a likeness of 1.

    The unit that most responses are like is a middle first; who is in a group is in no other.
    """
    free = set(links)
    found = []
    while free:
        reach = {a: len(units[a].responses.union(*(units[b].responses for b in links[a] if b in free))) for a in free}
        middle = min(free, key=lambda a: (-reach[a], -len(units[a].responses), a))
        around = sorted((b for b in links[middle] if b in free), key=lambda b: (-links[middle][b], b))
        free -= {middle, *around}
        if around:
            found.append([(middle, 1.0), *((b, links[middle][b]) for b in around)])
    return found
