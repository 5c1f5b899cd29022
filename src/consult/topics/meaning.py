"""Which words lie near a topic in meaning: for studies so small that counting words tells little."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from consult.topics.corpus import Corpus
from consult.topics.groups import Group
from consult.topics.labels import Candidate, TermTable
from consult.topics.nouns import GENERIC, is_noun_like
from consult.topics.terms import JOINT

MIN_TEXTS = 2
"""A term in fewer texts of the study's language is not considered."""
MAX_TERMS = 1500
FEW_TEXTS = 500
"""In a study of fewer texts, a word may name a topic when it is written in two of its texts, else in three."""
NEAREST = 0.10
"""A text is near a term when it is among this share of all texts that lie nearest to it."""
PRIOR = 0.02
"""Added to shares, so that a term near a handful of texts is not taken for a subject."""
MAX_LIFT = 3.0
MIN_SCORE = 0.35
"""A term that scores less says too little of a topic to name it."""
MIN_SECOND = 0.1
"""The same for a term that only stands beside another."""
PHRASE_BONUS = 1.6


def eligible_terms(table: TermTable, language: str) -> list[int]:
    """Return the columns of the terms that could stand in a label, the commonest at most `MAX_TERMS`, by column."""
    found = [
        (-table.facts[term].languages[language], column)
        for column, term in enumerate(table.terms)
        if table.facts[term].languages[language] >= MIN_TEXTS
        and term not in GENERIC
        and is_noun_like(term, table.facts[term], table.facts, language)
    ]
    return sorted(column for _, column in sorted(found)[:MAX_TERMS])


def rank_by_meaning(
    corpus: Corpus,
    table: TermTable,
    groups: Sequence[Group | None],
    columns: Sequence[int],
    vectors: NDArray[np.floating],
) -> list[list[Candidate]]:
    """
    Return candidates for the name of each group, best first.

    A term counts by the share of the group's texts, in whatever language, that are among those nearest to its
    meaning, against the share elsewhere; and by how often it is written in the group and how seldom elsewhere.

    Args:
        corpus: The passages.
        table: Their terms.
        groups: Topics; None where no name is wanted.
        columns: Columns of `table` to choose from.
        vectors: Unit vector of each of these terms.
    """
    similarity = np.round(corpus.own_vectors @ vectors.T.astype(np.float32), 4)
    near = similarity > np.quantile(similarity, 1 - NEAREST, axis=0)
    written = table.occurs[:, list(columns)]
    total = np.asarray(written.sum(axis=0)).ravel()
    out: list[list[Candidate]] = []
    for group in groups:
        if group is None or not len(group.rows):
            out.append([])
            continue
        inside = np.zeros(len(near), dtype=bool)
        inside[group.rows] = True
        counts = np.asarray(written[group.rows].sum(axis=0)).ravel()
        weighted = np.asarray(written[group.rows].T @ table.weights[group.rows]).ravel()
        here, there = near[inside].mean(axis=0), near[~inside].mean(axis=0) if (~inside).any() else 0.0
        meant = here * np.log2((here + PRIOR) / (there + PRIOR))
        n = len(group.rows)
        lift = np.log2(((counts + 0.5) / (n + 5)) / ((total - counts + 0.5) / (len(near) - n + 5)))
        score = np.clip(meant, 0, None) * np.log1p(weighted) * np.clip(lift, 0, MAX_LIFT)
        found = []
        for j, column in enumerate(columns):
            term = table.terms[column]
            is_phrase = JOINT in term
            if counts[j] < (2 if is_phrase or len(near) < FEW_TEXTS else 3):
                continue
            bonus = PHRASE_BONUS if is_phrase else 1.0
            value = round(float(score[j]) * bonus, 6)
            if value >= MIN_SECOND:
                found.append(Candidate(term, value, float(counts[j]), vectors[j], bonus))
        found.sort(key=lambda c: (-c.score, c.term))
        out.append(found if found and found[0].score >= MIN_SCORE else [])
    return out
