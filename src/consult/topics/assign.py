"""New passages get one of the topics a study has, without finding topics anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from consult import schema
from consult.topics.corpus import prepare
from consult.topics.describe import OUTLIER_ID
from consult.topics.outliers import strength_of

MIN_TO_JUDGE = 20
"""Of fewer new texts it cannot be said whether they fit less well than those before."""


@dataclass(frozen=True)
class Assigned:
    """
    Topics of new passages.

    Attributes:
        passage_topics: Table of the schema, for the new passages.
        nearest: As in `TopicResult`, for the new passages.
        share_without_topic: Share of the new distinct texts that fit no topic, junk apart.
        expected_share: The same among the texts that the topics were made from.
        has_drifted: Whether many more fit none than expected: new subjects have come up, find topics anew.
    """

    passage_topics: pd.DataFrame
    nearest: pd.DataFrame
    share_without_topic: float
    expected_share: float
    has_drifted: bool


def assign_passages(
    model: Mapping[str, Any],
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    responses: pd.DataFrame,
    vectors: NDArray[np.floating],
) -> Assigned:
    """
    Give each passage the nearest topic of a model, or the outlier topic.

    Args:
        model: `TopicResult.model`.
        passages: New rows of the table `passages`.
        documents: Table `documents` with their documents.
        responses: Table `responses` with their responses.
        vectors: Unit vectors in the space the topics were found in (centred with that corpus' offsets).
    """
    corpus = prepare(passages, documents, responses, vectors)
    centres, ids = model["centres"], np.array([*model["topic_ids"], OUTLIER_ID], dtype=object)
    n = len(corpus.texts)
    if n and len(centres):
        similarity = np.round(corpus.vectors @ centres.T, 5)
        near = similarity.argmax(axis=1)
        strength = strength_of(similarity.max(axis=1), model["scale"])
        label = np.where(strength >= model["min_strength"], near, len(centres))
    else:
        near = label = np.full(n, len(centres), dtype=np.int64)
        strength = np.zeros(n)
    table = pd.DataFrame(
        {
            "passage_id": corpus.passages["passage_id"],
            "topic_id": ids[corpus.of_passages(label, len(centres))],
            "strength": corpus.of_passages(strength, 0.0),
        }
    )
    nearest = table.assign(topic_id=ids[corpus.of_passages(near, len(centres))]).astype(
        {"passage_id": "str", "topic_id": "str"}
    )
    nearest = nearest[nearest["topic_id"] != OUTLIER_ID].reset_index(drop=True)
    without = float((label == len(centres)).mean()) if n else 0.0
    expected = float(model["outlier_share"])
    # Three standard errors of the expected share, and five points at least.
    margin = max(0.05, 3 * (max(expected, 0.01) * (1 - expected) / max(n, 1)) ** 0.5)
    has_drifted = n >= MIN_TO_JUDGE and without > expected + margin
    return Assigned(schema.build("passage_topics", table), nearest, without, expected, has_drifted)
