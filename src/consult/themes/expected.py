"""
What the phrases missed: documents whose meaning makes one of a theme's phrases more likely than not.

The phrases themselves are the teacher. For each theme a logistic regression learns, from what documents mean, which
of them hold a phrase; each document is judged by a regression that did not see it. A document without a phrase may
still raise the theme, and how likely that is follows from how likely a phrase was, and from the share of all mentions
that the phrases catch (C. Elkan and K. Noto, Learning classifiers from only positive and unlabeled data, 2008).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from consult.themes.codebook import Codebook
    from consult.themes.similarity import Vectors

    Missed = list[list[float]]
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

#: Share of mentions that phrases are taken to catch where nobody has measured it.
USUAL_RECALL = 2 / 3
#: Phrases that catch so many are looked behind no further. On 299 answers to the AI White Paper that were not at hand
#: when its phrases were written (recall 0.83), what would be added moves F1 by -0.001; behind those of the shipped
#: examples (0.95) it was wrong.
ENOUGH_RECALL = 0.8
#: A theme needs so many documents with a phrase to learn from.
ENOUGH_DOCUMENTS = 10
#: An added tagging is never surer than this.
_SUREST = 0.95
_FOLDS = 5
# Chosen on the coded answers to the AI White Paper with a part of the phrases taken away, with the result on the
# proposals for Ottensen in sight.
_PENALTY = 0.3
_LIKENESS_WEIGHT = 2.0


@dataclass(frozen=True)
class Meanings:
    """
    What documents mean, in the order of their ids.

    Attributes:
        features: Mean vector of the passages and highest likeness to each theme, documents by columns.
        owner: The document (its row) of each passage.
        folds: Number of the part that each document is held out with; a response is in one part.
        vectors: The vectors of the passages.
    """

    features: Floats
    owner: npt.NDArray[np.int64]
    folds: npt.NDArray[np.int64]
    vectors: Vectors


def looks_behind(codebook: Codebook) -> bool:
    """Say whether the phrases of a codebook may have missed enough for looking behind them."""
    return codebook.recall is None or codebook.recall < ENOUGH_RECALL


def meanings_of(passages: pd.DataFrame, documents: pd.DataFrame, vectors: Vectors, likeness: Vectors) -> Meanings:
    """
    Return what documents mean, from the vectors and likenesses of their passages.

    Args:
        passages: Table `passages`.
        documents: Table `documents`; document_id and response_id are enough.
        vectors: One row a passage.
        likeness: Similarity of each passage to each theme.
    """
    names, owner = np.unique(passages["document_id"].to_numpy(dtype=str), return_inverse=True)
    # In a fixed order, since the last digits of a sum hang on it.
    order = np.argsort(passages["passage_id"].to_numpy(dtype=str), kind="stable")
    mean = np.zeros((len(names), vectors.shape[1]))
    np.add.at(mean, owner[order], vectors[order])
    mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    highest = np.full((len(names), likeness.shape[1]), -1.0)
    np.maximum.at(highest, owner, likeness)
    of = dict(zip(documents["document_id"], documents["response_id"], strict=True))
    folds = np.array([_fold(of[name]) for name in names.tolist()], dtype=np.int64)
    return Meanings(np.hstack([mean, _LIKENESS_WEIGHT * highest]), owner, folds, vectors)


def _fold(response: str) -> int:
    return int.from_bytes(hashlib.blake2b(response.encode(), digest_size=8).digest(), "big") % _FOLDS


def missed(
    meanings: Meanings, with_themes: Flags, recall: float | None, known: Mapping[str, Missed] | None = None
) -> tuple[list[tuple[int, int, float]], dict[str, Missed]]:
    """
    Return the passages that probably raise a theme in documents in which it was not found.

    Of each such document it is the passage that speaks most for the theme.

    Args:
        meanings: What the documents mean.
        with_themes: Whether a theme was found in a passage, passages by themes.
        recall: Share of all mentions that the phrases catch; None where nobody has measured it.
        known: What was found before, by all that it hangs on; looked up before it is found again.

    Returns:
        (row of the passage, number of the theme, chance from 0.5 to 0.95) of each; and what to hand in as `known`
        the next time.
    """
    digest = hashlib.blake2b(repr((recall, meanings.features.shape)).encode(), digest_size=16)
    for part in (meanings.features, meanings.owner, meanings.vectors):
        digest.update(np.ascontiguousarray(part).tobytes())
    found: list[tuple[int, int, float]] = []
    keep: dict[str, Missed] = {}
    for number, with_theme in enumerate(with_themes.T):
        each = digest.copy()
        each.update(np.ascontiguousarray(with_theme).tobytes())
        key = each.hexdigest()
        keep[key] = known[key] if known and key in known else _missed(meanings, with_theme, recall)
        found += [(int(row), number, float(chance)) for row, chance in keep[key]]
    return found, keep


def _missed(meanings: Meanings, with_theme: Flags, recall: float | None) -> Missed:
    held = np.zeros(len(meanings.folds), dtype=bool)
    held[meanings.owner[with_theme]] = True
    if held.sum() < ENOUGH_DOCUMENTS or held.all():
        return []
    chance, pull = _held_out(meanings, held)
    caught = USUAL_RECALL if recall is None else recall
    raised = (1 - caught) / caught * chance / (1 - chance)
    wanted = ~held & (raised >= 0.5)
    rows = np.flatnonzero(wanted[meanings.owner])
    best: dict[int, int] = {}
    for row in rows.tolist():
        document = int(meanings.owner[row])
        if document not in best or pull[row] > pull[best[document]]:
            best[document] = row
    return [[row, round(float(min(raised[document], _SUREST)), 6)] for document, row in sorted(best.items())]


def _held_out(meanings: Meanings, held: Flags) -> tuple[Floats, Floats]:
    """Return how likely each document holds a phrase, and how much each passage speaks for it."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    chance, pull = np.zeros(len(held)), np.zeros(len(meanings.owner))
    size = meanings.vectors.shape[1]
    with threadpool_limits(1):  # sums over several threads differ in the last digit
        for fold in range(_FOLDS):
            out = meanings.folds == fold
            if not out.any() or len(set(held[~out].tolist())) < 2:
                continue
            model = LogisticRegression(C=_PENALTY, max_iter=300).fit(meanings.features[~out], held[~out])
            chance[out] = np.minimum(model.predict_proba(meanings.features[out])[:, 1], 1 - 1e-9)
            own = out[meanings.owner]
            pull[own] = meanings.vectors[own] @ model.coef_[0, :size]
    return chance, pull
